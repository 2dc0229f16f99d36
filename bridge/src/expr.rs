//! Expressions as C++ sends them: a flat list in post-order, lowered without recursion.

use std::collections::HashMap;

use arrow::datatypes::DataType;
use datafusion::common::{Column, ScalarValue, TableReference};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::{
    BinaryExpr, Case, Expr, ExprFunctionExt, Operator, SortExpr, WindowFrame, WindowFrameBound,
    WindowFrameUnits, WindowFunctionDefinition, cast, try_cast,
};
use datafusion::prelude::lit;
use serde::Deserialize;

use crate::conform::conform;
use crate::failure::{Code, Failure, Result};
use crate::types::TypeDoc;

type Index = usize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Node {
    Column {
        relation: Option<String>,
        name: String,
    },
    Literal {
        value: LiteralValue,
        #[serde(rename = "type")]
        data_type: TypeDoc,
    },
    BinaryLiteral {
        hex: String,
    },
    IntegerLiteral {
        value: String,
        #[serde(rename = "type")]
        data_type: TypeDoc,
    },
    Call {
        name: String,
        args: Vec<Index>,
        #[serde(default)]
        distinct: bool,
        #[serde(default)]
        filter: Option<Index>,
        #[serde(default)]
        over: Option<Window>,
    },
    Alias {
        expr: Index,
        name: String,
    },
    Cast {
        expr: Index,
        #[serde(rename = "type")]
        data_type: TypeDoc,
        #[serde(rename = "try", default)]
        attempt: bool,
    },
    Binary {
        op: String,
        left: Index,
        right: Index,
    },
    Not {
        expr: Index,
    },
    Negative {
        expr: Index,
    },
    IsNull {
        expr: Index,
    },
    IsNotNull {
        expr: Index,
    },
    Between {
        expr: Index,
        low: Index,
        high: Index,
    },
    InList {
        expr: Index,
        list: Vec<Index>,
    },
    Like {
        expr: Index,
        pattern: Index,
    },
    Field {
        expr: Index,
        name: String,
    },
    Conform {
        expr: Index,
        field: String,
    },
    Case {
        branches: Vec<(Index, Index)>,
        otherwise: Option<Index>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum LiteralValue {
    Null,
    Bool(bool),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    pub expr: Index,
    pub ascending: bool,
    pub nulls_first: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    partition_by: Vec<Index>,
    order_by: Vec<Sort>,
    frame: Option<Frame>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    units: Units,
    start: Bound,
    end: Bound,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Units {
    Rows,
    Range,
    Groups,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bound {
    kind: BoundKind,
    offset: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BoundKind {
    Preceding,
    CurrentRow,
    Following,
}

/// Lowered expressions, found by their index.
pub struct Expressions(Vec<Expr>);

impl Expressions {
    pub fn lower(nodes: &[Node], functions: &dyn FunctionRegistry) -> Result<Self> {
        let mut lowered = Self(Vec::with_capacity(nodes.len()));
        for node in nodes {
            let expr = lowered.lower_node(node, functions)?;
            lowered.0.push(expr);
        }
        Ok(lowered)
    }

    pub fn get(&self, index: Index) -> Result<Expr> {
        self.0.get(index).cloned().ok_or_else(|| {
            Failure::new(Code::InvalidArgument, format!("no expression has the index {index}"))
        })
    }

    pub fn all(&self, indexes: &[Index]) -> Result<Vec<Expr>> {
        indexes.iter().map(|index| self.get(*index)).collect()
    }

    pub fn sorts(&self, sorts: &[Sort]) -> Result<Vec<SortExpr>> {
        sorts
            .iter()
            .map(|sort| Ok(self.get(sort.expr)?.sort(sort.ascending, sort.nulls_first)))
            .collect()
    }

    pub fn literal(&self, index: Index) -> Result<ScalarValue> {
        match self.get(index)? {
            Expr::Literal(value, _) => Ok(value),
            other => Err(Failure::new(
                Code::InvalidArgument,
                format!("`{other}` is no literal, which a default must be"),
            )),
        }
    }

    pub fn named_literals(
        &self,
        values: &HashMap<String, Index>,
    ) -> Result<HashMap<String, ScalarValue>> {
        values
            .iter()
            .map(|(name, index)| match self.get(*index)? {
                Expr::Literal(value, _) => Ok((name.clone(), value)),
                other => Err(Failure::new(
                    Code::InvalidArgument,
                    format!("the value of parameter `{name}` must be a literal, not `{other}`"),
                )),
            })
            .collect()
    }

    fn boxed(&self, index: Index) -> Result<Box<Expr>> {
        Ok(Box::new(self.get(index)?))
    }

    fn lower_node(&self, node: &Node, functions: &dyn FunctionRegistry) -> Result<Expr> {
        Ok(match node {
            Node::Column { relation, name } => Expr::Column(Column::new(
                relation.as_ref().map(|relation| TableReference::bare(relation.as_str())),
                name.as_str(),
            )),
            Node::Literal { value, data_type } => literal(value, &data_type.data_type()?)?,
            Node::BinaryLiteral { hex } => lit(ScalarValue::Binary(Some(decode_hex(hex)?))),
            Node::IntegerLiteral { value, data_type } => {
                integer_literal(value, &data_type.data_type()?)?
            }
            Node::Call { name, args, distinct, filter, over } => {
                let args = self.all(args)?;
                let filter = filter.map(|filter| self.get(filter)).transpose()?;
                match over {
                    Some(_) if *distinct => {
                        return Err(Failure::new(
                            Code::Unsupported,
                            format!("DISTINCT in the window function `{name}`"),
                        ));
                    }
                    Some(over) => self.window_call(name, args, filter, over, functions)?,
                    None => plain_call(name, args, *distinct, filter, functions)?,
                }
            }
            Node::Alias { expr, name } => self.get(*expr)?.alias(name.as_str()),
            Node::Cast { expr, data_type, attempt } => {
                let (expr, data_type) = (self.get(*expr)?, data_type.data_type()?);
                if *attempt { try_cast(expr, data_type) } else { cast(expr, data_type) }
            }
            Node::Binary { op, left, right } => Expr::BinaryExpr(BinaryExpr::new(
                self.boxed(*left)?,
                operator(op)?,
                self.boxed(*right)?,
            )),
            Node::Not { expr } => Expr::Not(self.boxed(*expr)?),
            Node::Negative { expr } => Expr::Negative(self.boxed(*expr)?),
            Node::IsNull { expr } => Expr::IsNull(self.boxed(*expr)?),
            Node::IsNotNull { expr } => Expr::IsNotNull(self.boxed(*expr)?),
            Node::Between { expr, low, high } => {
                self.get(*expr)?.between(self.get(*low)?, self.get(*high)?)
            }
            Node::InList { expr, list } => self.get(*expr)?.in_list(self.all(list)?, false),
            Node::Like { expr, pattern } => self.get(*expr)?.like(self.get(*pattern)?),
            Node::Field { expr, name } => {
                functions.udf("get_field")?.call(vec![self.get(*expr)?, lit(name.as_str())])
            }
            Node::Conform { expr, field } => conform(self.get(*expr)?, field),
            Node::Case { branches, otherwise } => Expr::Case(Case::new(
                None,
                branches
                    .iter()
                    .map(|(when, then)| Ok((self.boxed(*when)?, self.boxed(*then)?)))
                    .collect::<Result<_>>()?,
                otherwise.map(|index| self.boxed(index)).transpose()?,
            )),
        })
    }

    fn window_call(
        &self,
        name: &str,
        args: Vec<Expr>,
        filter: Option<Expr>,
        over: &Window,
        functions: &dyn FunctionRegistry,
    ) -> Result<Expr> {
        let function = match functions.udwf(name) {
            Ok(function) => WindowFunctionDefinition::WindowUDF(function),
            Err(_) => WindowFunctionDefinition::AggregateUDF(
                functions.udaf(name).map_err(|_| unknown_function(name))?,
            ),
        };
        let mut builder = Expr::from(WindowFunction::new(function, args))
            .partition_by(self.all(&over.partition_by)?)
            .order_by(self.sorts(&over.order_by)?);
        if let Some(filter) = filter {
            builder = builder.filter(filter);
        }
        if let Some(frame) = &over.frame {
            builder = builder.window_frame(frame.lower());
        }
        Ok(builder.build()?)
    }
}

fn plain_call(
    name: &str,
    args: Vec<Expr>,
    distinct: bool,
    filter: Option<Expr>,
    functions: &dyn FunctionRegistry,
) -> Result<Expr> {
    if let Ok(aggregate) = functions.udaf(name) {
        let call = aggregate.call(args);
        return Ok(match (distinct, filter) {
            (false, None) => call,
            (true, None) => call.distinct().build()?,
            (false, Some(filter)) => call.filter(filter).build()?,
            (true, Some(filter)) => call.distinct().filter(filter).build()?,
        });
    }
    if distinct || filter.is_some() {
        return Err(Failure::new(
            Code::InvalidQuery,
            format!("`{name}` is no aggregate function: DISTINCT and FILTER don't apply"),
        ));
    }
    Ok(functions.udf(name).map_err(|_| unknown_function(name))?.call(args))
}

fn unknown_function(name: &str) -> Failure {
    Failure::new(
        Code::InvalidQuery,
        format!(
            "there is no function `{name}` in this session; information_schema.routines lists them"
        ),
    )
}

impl Frame {
    fn lower(&self) -> WindowFrame {
        let units = match self.units {
            Units::Rows => WindowFrameUnits::Rows,
            Units::Range => WindowFrameUnits::Range,
            Units::Groups => WindowFrameUnits::Groups,
        };
        WindowFrame::new_bounds(units, self.start.lower(), self.end.lower())
    }
}

impl Bound {
    fn lower(&self) -> WindowFrameBound {
        let offset = ScalarValue::UInt64(self.offset);
        match self.kind {
            BoundKind::Preceding => WindowFrameBound::Preceding(offset),
            BoundKind::CurrentRow => WindowFrameBound::CurrentRow,
            BoundKind::Following => WindowFrameBound::Following(offset),
        }
    }
}

fn operator(op: &str) -> Result<Operator> {
    Ok(match op {
        "+" => Operator::Plus,
        "-" => Operator::Minus,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Modulo,
        "=" => Operator::Eq,
        "!=" => Operator::NotEq,
        "<" => Operator::Lt,
        "<=" => Operator::LtEq,
        ">" => Operator::Gt,
        ">=" => Operator::GtEq,
        "and" => Operator::And,
        "or" => Operator::Or,
        other => {
            return Err(Failure::new(Code::InvalidArgument, format!("no operator `{other}`")));
        }
    })
}

fn literal(value: &LiteralValue, data_type: &DataType) -> Result<Expr> {
    Ok(lit(match value {
        LiteralValue::Null => ScalarValue::try_from(data_type)?,
        LiteralValue::Bool(value) => ScalarValue::Boolean(Some(*value)),
        LiteralValue::Text(text) => match data_type {
            DataType::Utf8 => ScalarValue::Utf8(Some(text.clone())),
            _ => ScalarValue::try_from_string(text.clone(), data_type)?,
        },
    }))
}

/// Arrow casts to a temporal type only from the integer of its own width.
fn integer_literal(value: &str, data_type: &DataType) -> Result<Expr> {
    let value: i64 = value.parse().map_err(|_| {
        Failure::new(Code::InvalidArgument, format!("`{value}` is no 64-bit integer"))
    })?;
    let wide = ScalarValue::Int64(Some(value));
    let narrow = match data_type {
        DataType::Date32 | DataType::Time32(_) | DataType::Interval(_) => {
            wide.cast_to(&DataType::Int32)?
        }
        _ => wide,
    };
    Ok(lit(narrow.cast_to(data_type)?))
}

fn decode_hex(text: &str) -> Result<Vec<u8>> {
    let digits = |pair: &[u8]| {
        std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            digits(pair).ok_or_else(|| Failure::new(Code::InvalidArgument, "malformed hex digits"))
        })
        .collect()
}

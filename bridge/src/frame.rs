//! The operations on frames.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::ffi::FFI_ArrowSchema;
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{ParamValues, UnnestOptions};
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{Expr, JoinType, LogicalPlan};
use datafusion::physical_plan::execute_stream_partitioned;
use datafusion::prelude::DataFrame;
use serde::Deserialize;

use crate::expr::{Expressions, Node, Sort};
use crate::failure::{Code, Failure, Result};
use crate::runtime::{self, Token};
use crate::session::Shared;
use crate::stream::{self, EngineReader};
use crate::udf::QueryToken;

/// A plan over the tables of one session.
pub struct Frame {
    pub frame: DataFrame,
    pub shared: Arc<Shared>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request<T> {
    op: T,
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Operation {
    Select { exprs: Vec<usize> },
    Filter { predicate: usize },
    Aggregate { group_by: Vec<usize>, aggregates: Vec<usize> },
    Window { exprs: Vec<usize> },
    WithColumn { name: String, expr: usize },
    Rename { from: String, to: String },
    Drop { columns: Vec<String> },
    Sort { by: Vec<Sort> },
    Limit { skip: usize, fetch: usize },
    Distinct {},
    Unnest { columns: Vec<String>, preserve_nulls: bool },
    Alias { relation: String },
    Explain { analyze: bool },
    Params { values: HashMap<String, usize> },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Combination {
    Join {
        #[serde(rename = "type")]
        kind: Kind,
        left: Vec<String>,
        right: Vec<String>,
    },
    JoinOn {
        #[serde(rename = "type")]
        kind: Kind,
        conditions: Vec<usize>,
    },
    UnionAll {},
    UnionDistinct {},
    UnionByName {},
    Intersect {},
    Except {},
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Inner,
    Left,
    Right,
    Full,
    LeftSemi,
    LeftAnti,
    RightSemi,
    RightAnti,
}

impl From<Kind> for JoinType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Inner => JoinType::Inner,
            Kind::Left => JoinType::Left,
            Kind::Right => JoinType::Right,
            Kind::Full => JoinType::Full,
            Kind::LeftSemi => JoinType::LeftSemi,
            Kind::LeftAnti => JoinType::LeftAnti,
            Kind::RightSemi => JoinType::RightSemi,
            Kind::RightAnti => JoinType::RightAnti,
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Frame {
    pub fn new(frame: DataFrame, shared: Arc<Shared>) -> Box<Self> {
        Box::new(Self { frame, shared })
    }

    fn of(&self, frame: DataFrame) -> Box<Self> {
        Self::new(frame, Arc::clone(&self.shared))
    }

    pub fn transform(&self, request: &str) -> Result<Box<Self>> {
        let Request { op, nodes } = serde_json::from_str::<Request<Operation>>(request)?;
        let frame = self.frame.clone();
        let exprs = Expressions::lower(&nodes, self.frame.registry())?;
        let frame = match op {
            Operation::Select { exprs: indexes } => frame.select(exprs.all(&indexes)?)?,
            Operation::Filter { predicate } => frame.filter(exprs.get(predicate)?)?,
            Operation::Aggregate { group_by, aggregates } => {
                frame.aggregate(exprs.all(&group_by)?, exprs.all(&aggregates)?)?
            }
            // Not `window`: that plans all functions over the window of the first.
            Operation::Window { exprs: indexes } => {
                let mut columns: Vec<Expr> =
                    frame.schema().columns().into_iter().map(Expr::Column).collect();
                columns.extend(exprs.all(&indexes)?);
                frame.select(columns)?
            }
            Operation::WithColumn { name, expr } => frame.with_column(&name, exprs.get(expr)?)?,
            Operation::Rename { from, to } => {
                self.require_column(&from)?;
                frame.with_column_renamed(quoted(&from), &to)?
            }
            Operation::Drop { columns } => {
                columns.iter().try_for_each(|column| self.require_column(column))?;
                let columns: Vec<_> = columns.iter().map(|column| quoted(column)).collect();
                frame.drop_columns(&columns)?
            }
            Operation::Sort { by } => frame.sort(exprs.sorts(&by)?)?,
            Operation::Limit { skip, fetch } => frame.limit(skip, Some(fetch))?,
            Operation::Distinct {} => frame.distinct()?,
            Operation::Unnest { columns, preserve_nulls } => {
                let columns: Vec<_> = columns.iter().map(|column| quoted(column)).collect();
                let columns: Vec<_> = columns.iter().map(String::as_str).collect();
                let options = UnnestOptions::new().with_preserve_nulls(preserve_nulls);
                frame.unnest_columns_with_options(&columns, options)?
            }
            Operation::Alias { relation } => frame.alias(&quoted(&relation))?,
            Operation::Explain { analyze } => frame.explain(false, analyze)?,
            Operation::Params { values } => {
                let values = exprs.named_literals(&values)?;
                frame.with_param_values(ParamValues::from(values))?
            }
        };
        Ok(self.of(frame))
    }

    /// The engine ignores unknown names where a typo should be an error.
    fn require_column(&self, name: &str) -> Result<()> {
        let schema = self.frame.schema();
        if schema.fields().iter().any(|field| field.name() == name) {
            return Ok(());
        }
        Err(Failure::new(
            Code::InvalidQuery,
            format!("there is no column `{name}`; there are {}", schema.field_names().join(", ")),
        ))
    }

    pub fn combine(&self, other: &Frame, request: &str) -> Result<Box<Self>> {
        if !Arc::ptr_eq(&self.shared, &other.shared) {
            return Err(Failure::new(
                Code::InvalidArgument,
                "the two frames belong to different sessions",
            ));
        }
        let Request { op, nodes } = serde_json::from_str::<Request<Combination>>(request)?;
        let (left, right) = (self.frame.clone(), other.frame.clone());
        let exprs = Expressions::lower(&nodes, self.frame.registry())?;
        let frame = match op {
            Combination::Join { kind, left: left_columns, right: right_columns } => {
                let left_columns: Vec<_> = left_columns.iter().map(|name| quoted(name)).collect();
                let right_columns: Vec<_> = right_columns.iter().map(|name| quoted(name)).collect();
                let left_columns: Vec<_> = left_columns.iter().map(String::as_str).collect();
                let right_columns: Vec<_> = right_columns.iter().map(String::as_str).collect();
                left.join(right, kind.into(), &left_columns, &right_columns, None)?
            }
            Combination::JoinOn { kind, conditions } => {
                left.join_on(right, kind.into(), exprs.all(&conditions)?)?
            }
            Combination::UnionAll {} => left.union(right)?,
            Combination::UnionDistinct {} => left.union_distinct(right)?,
            Combination::UnionByName {} => left.union_by_name(right)?,
            Combination::Intersect {} => left.intersect(right)?,
            Combination::Except {} => left.except(right)?,
        };
        Ok(self.of(frame))
    }

    pub fn schema(&self) -> Result<FFI_ArrowSchema> {
        Ok(FFI_ArrowSchema::try_from(self.frame.schema().as_arrow())?)
    }

    fn limited(&self, token: &Token) -> Token {
        token.within(self.shared.query_timeout)
    }

    /// Runs `call` on the frame within the session's time limit.
    fn run<T, F, R>(&self, token: &Token, call: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(DataFrame) -> R + Send + 'static,
        R: Future<Output = Result<T>> + Send + 'static,
    {
        let token = self.limited(token);
        let frame = QueryToken::with(&token, self.frame.clone());
        runtime::run(&token, async move { call(frame).await })
    }

    pub fn stream(&self, token: &Token) -> Result<EngineReader> {
        // Its own, for kernels to see that the reader was dropped.
        let token = self.limited(token).child();
        let frame = QueryToken::with(&token, self.frame.clone());
        let reading = token.clone();
        runtime::run(&token, async move {
            let context = Arc::new(frame.task_ctx());
            let plan = frame.create_physical_plan().await?;
            let schema = plan.schema();
            Ok(EngineReader::new(schema, execute_stream_partitioned(plan, context)?, reading))
        })
    }

    pub fn count(&self, token: &Token) -> Result<u64> {
        self.run(token, |frame| async move { Ok(frame.count().await? as u64) })
    }

    pub fn to_text(&self, token: &Token) -> Result<String> {
        self.run(token, |frame| async move { Ok(frame.to_string().await?) })
    }

    pub fn stage(&self, memory_bytes: u64, token: &Token) -> Result<Box<Self>> {
        let budget = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
        let table =
            self.run(token, move |frame| async move { crate::stage::stage(frame, budget).await })?;
        Ok(self.of(self.shared.context.read_table(table)?))
    }

    pub fn write_parquet(&self, path: &str, token: &Token) -> Result<u64> {
        let url = self.shared.roots.folder_url(path)?;
        self.run(token, move |frame| async move {
            let nothing = frame.clone().limit(0, Some(0))?;
            let batches =
                frame.write_parquet(url.as_str(), DataFrameWriteOptions::new(), None).await?;
            let rows = first_count(&batches);
            if rows == 0 {
                // A folder gets no file for no rows; a file, by its extension, gets its columns.
                let file = format!("{url}part-0.parquet");
                nothing.write_parquet(&file, DataFrameWriteOptions::new(), None).await?;
            }
            Ok(rows)
        })
    }

    /// Calls `visit` for each table that the plan reads, also in subqueries and behind views.
    pub fn for_each_table(&self, visit: &mut dyn FnMut(&dyn TableProvider)) -> Result<()> {
        Ok(visit_tables(self.frame.logical_plan(), visit)?)
    }
}

fn visit_tables(
    plan: &LogicalPlan,
    visit: &mut dyn FnMut(&dyn TableProvider),
) -> datafusion::common::Result<()> {
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Ok(provider) = source_as_provider(&scan.source)
        {
            visit(provider.as_ref());
            if let Some(view) = provider.get_logical_plan() {
                visit_tables(&view, visit)?;
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
}

/// The row count that a write reports as its only value.
pub fn first_count(batches: &[arrow::array::RecordBatch]) -> u64 {
    use arrow::array::AsArray;
    use arrow::datatypes::UInt64Type;
    batches
        .first()
        .filter(|batch| batch.num_rows() > 0)
        .and_then(|batch| batch.column(0).as_primitive_opt::<UInt64Type>())
        .map_or(0, |counts| counts.value(0))
}

/// Hands the frame's rows to `out`.
///
/// # Safety
/// As `stream::export`.
pub unsafe fn stream_into(
    frame: &Frame,
    token: &Token,
    out: *mut arrow::ffi_stream::FFI_ArrowArrayStream,
) -> Result<()> {
    let reader = frame.stream(token)?;
    // SAFETY: passed on.
    unsafe { stream::export(reader, out) };
    Ok(())
}

//! Native table functions. Their callbacks run in C++, on the thread that asked for the statement
//! and outside of the engine: planning stops at a call that is not resolved yet, and is done again
//! with the frame that the callback gave.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, StructArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ffi::FFI_ArrowSchema;
use arrow::record_batch::RecordBatch;
use chrono::{DateTime, Utc};
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result as EngineResult, ScalarValue};
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, lit};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::prelude::DataFrame;
use parking_lot::Mutex;

use crate::failure::{Code, Failure, Result};
use crate::frame::Frame;
use crate::named_arguments::not_constant;
use crate::session::Shared;

/// A call of a native table function with constant arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub function: String,
    parameters: Vec<String>,
    arguments: Vec<ScalarValue>,
}

/// The calls of one statement that are resolved, by which it is planned again.
#[derive(Clone, Default)]
pub struct Tables {
    resolved: Vec<(Call, DataFrame)>,
    sessions: Vec<Arc<Shared>>,
    /// The statement's time, so that `now()` among the arguments is the same each time.
    pub started: Option<DateTime<Utc>>,
}

/// What table functions know of the statement that is being planned.
pub struct Planning {
    tables: Tables,
    values: HashMap<String, ScalarValue>,
    wanted: Mutex<Option<Call>>,
}

tokio::task_local! {
    pub static PLANNING: Arc<Planning>;
}

impl Tables {
    pub fn add(&mut self, call: &Call, frame: &Frame) {
        self.resolved.push((call.clone(), frame.frame.clone()));
        self.sessions.push(Arc::clone(&frame.shared));
    }

    pub fn require_of(&self, session: &Arc<Shared>) -> Result<()> {
        match self.sessions.iter().position(|shared| !Arc::ptr_eq(shared, session)) {
            None => Ok(()),
            Some(index) => Err(Failure::new(
                Code::InvalidArgument,
                format!(
                    "the table function `{}` returned a frame of another session",
                    self.resolved[index].0.function
                ),
            )),
        }
    }
}

impl Planning {
    pub fn new(tables: Tables, values: HashMap<String, ScalarValue>) -> Arc<Self> {
        Arc::new(Self { tables, values, wanted: Mutex::new(None) })
    }

    /// The call that planning stopped at.
    pub fn wanted(&self) -> Option<Call> {
        self.wanted.lock().clone()
    }

    fn table(&self, call: Call) -> EngineResult<Arc<dyn TableProvider>> {
        if let Some((_, frame)) = self.tables.resolved.iter().find(|(known, _)| *known == call) {
            return Ok(frame.clone().into_view());
        }
        let what = format!("the table function `{}` is yet to be called", call.function);
        *self.wanted.lock() = Some(call);
        Err(Failure::new(Code::Internal, what).into())
    }
}

/// The arguments of a call of `function`, which must be constants.
pub fn constants(function: &str, arguments: &TableFunctionArgs) -> EngineResult<Vec<ScalarValue>> {
    let planning = PLANNING.try_with(Arc::clone).map_err(|_| outside(function))?;
    let simplifier = ExprSimplifier::new(
        SimplifyContext::builder()
            .with_config_options(Arc::clone(arguments.session().config().options()))
            .with_query_execution_start_time(planning.tables.started)
            .build(),
    );
    arguments
        .exprs()
        .iter()
        .map(|argument| {
            let bound = bind(argument.clone(), &planning.values)?;
            let coerced = simplifier.coerce(bound, &DFSchema::empty())?;
            match simplifier.simplify(coerced)? {
                Expr::Literal(value, _) => Ok(value),
                other => Err(not_constant(function, &other.to_string()).into()),
            }
        })
        .collect()
}

fn outside(function: &str) -> Failure {
    Failure::new(
        Code::Unsupported,
        format!("the table function `{function}` can be called by SQL alone"),
    )
}

fn bind(argument: Expr, values: &HashMap<String, ScalarValue>) -> EngineResult<Expr> {
    let bound = argument.transform_up(|expr| {
        let value = match &expr {
            Expr::Placeholder(Placeholder { id, .. }) => values.get(id.trim_start_matches('$')),
            _ => None,
        };
        Ok(value.map_or_else(
            || Transformed::no(expr.clone()),
            |value| Transformed::yes(lit(value.clone())),
        ))
    })?;
    Ok(bound.data)
}

#[derive(Debug)]
pub struct NativeTableFunction {
    pub name: String,
    pub parameters: Vec<String>,
}

impl TableFunctionImpl for NativeTableFunction {
    fn call_with_args(&self, arguments: TableFunctionArgs) -> EngineResult<Arc<dyn TableProvider>> {
        let call = Call {
            function: self.name.clone(),
            parameters: self.parameters.clone(),
            arguments: constants(&self.name, &arguments)?,
        };
        PLANNING.try_with(|planning| planning.table(call)).map_err(|_| outside(&self.name))?
    }
}

impl Call {
    /// The arguments' own types.
    pub fn schema(&self) -> Result<FFI_ArrowSchema> {
        let types = self.arguments.iter().map(ScalarValue::data_type);
        Ok(FFI_ArrowSchema::try_from(&self.schema_of(types))?)
    }

    fn schema_of(&self, types: impl Iterator<Item = DataType>) -> Schema {
        let fields = self.parameters.iter().zip(types);
        Schema::new(
            fields.map(|(name, data_type)| Field::new(name, data_type, true)).collect::<Vec<_>>(),
        )
    }

    /// The arguments as columns of one row, converted to the types of `wanted`.
    pub fn row(&self, wanted: &Schema) -> Result<StructArray> {
        let columns = self
            .arguments
            .iter()
            .zip(wanted.fields())
            .map(|(value, field)| {
                let converted = value.cast_to(field.data_type()).map_err(|error| {
                    let what = format!(
                        "`{}`: the argument `{}`: {}",
                        self.function,
                        field.name(),
                        error.strip_backtrace()
                    );
                    Failure::new(Code::InvalidQuery, what)
                        .with("function", &self.function)
                        .with("parameter", field.name())
                })?;
                Ok(converted.to_array()?)
            })
            .collect::<Result<Vec<ArrayRef>>>()?;
        if columns.is_empty() {
            return Ok(StructArray::new_empty_fields(1, None));
        }
        let schema = self.schema_of(columns.iter().map(|column| column.data_type().clone()));
        Ok(StructArray::from(RecordBatch::try_new(Arc::new(schema), columns)?))
    }
}

//! Macros that stand for a query.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{ParamValues, Result as EngineResult};
use datafusion::datasource::ViewTable;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{ExprSchemable, LogicalPlan, LogicalPlanBuilder};
use datafusion::prelude::Expr as PlanExpr;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    CastKind, ColumnDef, Expr, Query, Statement as SqlStatement, Value,
};

use super::definition::{Definition, Returns, invalid, type_of};
use crate::failure::Result;
use crate::named_arguments::Parameter;
use crate::table_function::constants;

/// A query that was planned once, with a placeholder where a parameter stands.
#[derive(Debug)]
pub struct TableMacro {
    name: String,
    shape: Vec<Parameter>,
    types: Vec<Option<DataType>>,
    body: LogicalPlan,
}

fn placeholder(index: usize) -> String {
    format!("${}", index + 1)
}

impl TableMacro {
    pub async fn plan(
        definition: &Definition,
        mut query: Box<Query>,
        state: &SessionState,
    ) -> Result<Self> {
        definition.replace_parameters(&mut query, &|index| {
            let value = Expr::Value(Value::Placeholder(placeholder(index)).with_empty_span());
            match &definition.types[index] {
                None => value,
                Some(declared) => Expr::Cast {
                    kind: CastKind::Cast,
                    expr: Box::new(value),
                    data_type: declared.clone(),
                    array: false,
                    format: None,
                },
            }
        })?;
        let statement = Statement::Statement(Box::new(SqlStatement::Query(query)));
        let plan = state.statement_to_plan(statement).await?;
        let body = match &definition.returns {
            Returns::Table(columns) => as_declared(&definition.name, plan, columns, state)?,
            Returns::Unsaid | Returns::Value(_) => plan,
        };
        Ok(Self {
            name: definition.name.clone(),
            shape: definition.parameters.clone(),
            types: definition.parameter_types(state)?,
            body,
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn shape(&self) -> &[Parameter] {
        &self.shape
    }

    pub fn body(&self) -> &LogicalPlan {
        &self.body
    }
}

/// The query's columns by the names and types that the macro declares.
fn as_declared(
    name: &str,
    plan: LogicalPlan,
    columns: &[ColumnDef],
    state: &SessionState,
) -> Result<LogicalPlan> {
    let given = plan.schema().columns();
    if given.len() != columns.len() {
        return Err(invalid(format!(
            "`{name}` returns {} columns, but its query gives {}",
            columns.len(),
            given.len()
        )));
    }
    let values = given
        .into_iter()
        .zip(columns)
        .map(|(column, declared)| {
            let data_type = type_of(&declared.data_type, state)?;
            let value = PlanExpr::Column(column).cast_to(&data_type, plan.schema())?;
            Ok(value.alias(&declared.name.value))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(LogicalPlanBuilder::from(plan).project(values)?.build()?)
}

impl TableFunctionImpl for TableMacro {
    fn call_with_args(&self, arguments: TableFunctionArgs) -> EngineResult<Arc<dyn TableProvider>> {
        let values = constants(&self.name, &arguments)?
            .into_iter()
            .zip(&self.types)
            .enumerate()
            .map(|(index, (value, declared))| {
                let value = match declared {
                    Some(declared) => value.cast_to(declared)?,
                    None => value,
                };
                Ok(((index + 1).to_string(), value.into()))
            })
            .collect::<EngineResult<HashMap<_, _>>>()?;
        let plan = match values.is_empty() {
            true => self.body.clone(),
            false => self.body.clone().with_param_values(ParamValues::Map(values))?,
        };
        Ok(Arc::new(ViewTable::new(plan, None)))
    }
}

//! Generated columns, which delta-rs checks when rows are changed, and doesn't compute.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, ExprSchemable, cast};
use deltalake::DeltaTableError;
use deltalake::kernel::{EagerSnapshot, StructTypeExt};

use super::attempt::Condition;
use crate::failure::{Code, Failure, Result};

/// What a change sets of a table's rows.
pub type Values = Vec<(String, Condition)>;

/// The generated columns that depend on what `set` sets, and are not set themselves, with their new
/// values. Text in `set` is read with `scope`; `of_table` is how a column of the table is named
/// there.
pub fn recomputed(
    set: &Values,
    snapshot: &EagerSnapshot,
    state: &SessionState,
    scope: &DFSchema,
    of_table: impl Fn(&str) -> Column,
) -> Result<Values> {
    let table = DFSchema::try_from(snapshot.arrow_schema().as_ref().clone())?;
    let set_to = |name: &str| set.iter().find(|(column, _)| column == name);
    let mut found = Values::new();
    let generated = snapshot.schema().get_generated_columns().map_err(DeltaTableError::from)?;
    for column in generated.iter().filter(|column| set_to(&column.name).is_none()) {
        let text = column.get_generation_expression();
        let parsed = state
            .create_logical_expr(text, &table)
            .and_then(|expr| expr.get_type(&table).map(|_| expr));
        let expr = match parsed {
            Ok(expr) => expr,
            Err(_) if set.iter().any(|(name, _)| mentions(text, name)) => {
                return Err(by_hand(&column.name, text));
            }
            Err(_) => continue,
        };
        if !expr.column_refs().iter().any(|part| set_to(&part.name).is_some()) {
            continue;
        }
        let expr = expr.transform_up(|part| {
            let Expr::Column(part) = part else { return Ok(Transformed::no(part)) };
            Ok(Transformed::yes(match set_to(&part.name) {
                None => Expr::Column(of_table(&part.name)),
                Some((name, value)) => {
                    let kind = table.field_with_unqualified_name(name)?.data_type().clone();
                    cast(value.clone().resolved(state, scope)?, kind)
                }
            }))
        })?;
        let kind = table.field_with_unqualified_name(&column.name)?.data_type().clone();
        found.push((column.name.clone(), Condition::Expr(cast(expr.data, kind))));
    }
    Ok(found)
}

fn mentions(expression: &str, column: &str) -> bool {
    expression.to_lowercase().contains(&column.to_lowercase())
}

fn by_hand(column: &str, expression: &str) -> Failure {
    Failure::new(
        Code::Unsupported,
        format!(
            "column `{column}` is generated as `{expression}`, which can't be computed here; set it \
             as well"
        ),
    )
    .with("column", column)
}

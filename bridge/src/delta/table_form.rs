//! Rows in the form of the table that they go to, where delta-rs wants it exactly.

use arrow::datatypes::{DataType, Field};
use datafusion::common::{Column, ScalarValue};
use datafusion::prelude::{DataFrame, Expr, lit};
use deltalake::kernel::{EagerSnapshot, StructTypeExt};
use serde_json::json;

use super::schema_change::is_variant;
use crate::conform::conform;
use crate::failure::{Code, Failure, Result};

/// `rows` with a null in each column of the table that they lack; generated columns are left to
/// delta-rs. Unless the table `grows`, a column that it lacks is refused.
pub fn completed(mut rows: DataFrame, snapshot: &EagerSnapshot, grows: bool) -> Result<DataFrame> {
    let stored = snapshot.arrow_schema();
    let given = rows.schema().as_arrow().clone();
    if !grows
        && let Some(extra) =
            given.fields().iter().find(|field| stored.field_with_name(field.name()).is_err())
    {
        return Err(mismatch(
            extra.name(),
            "is not in the table; leave it out, or let the write add it (the schema mode `merge`)",
        ));
    }
    let generated =
        snapshot.schema().get_generated_columns().map_err(deltalake::DeltaTableError::from)?;
    for field in stored.fields() {
        let name = field.name();
        if given.field_with_name(name).is_ok() || generated.iter().any(|made| made.name == *name) {
            continue;
        }
        if !field.is_nullable() {
            return Err(mismatch(name, "is missing, and the table says NOT NULL; give it values"));
        }
        let null = lit(ScalarValue::try_from(field.data_type())?);
        rows = rows.with_column(name, null)?;
    }
    Ok(rows)
}

/// `rows` with VARIANT columns as Delta stores them: readers of Parquet give structs whose parts may
/// be null, which the engine doesn't cast to those that may not.
pub fn with_variants(mut rows: DataFrame, snapshot: &EagerSnapshot) -> Result<DataFrame> {
    let given = rows.schema().as_arrow().clone();
    for column in snapshot.schema().fields().filter(|field| is_variant(field)) {
        let name = column.name();
        let Ok(field) = given.field_with_name(name) else { continue };
        if has_variant_form(field) {
            continue;
        }
        let value = Expr::Column(Column::from_name(name));
        rows = rows.with_column(name, conform(value, &variant(name, column.is_nullable())))?;
    }
    Ok(rows)
}

fn has_variant_form(field: &Field) -> bool {
    matches!(field.data_type(), DataType::Struct(parts) if parts.iter().all(|part| !part.is_nullable()))
}

/// The document of a VARIANT column.
/// Source: Delta protocol, "Variant data in Parquet".
fn variant(name: &str, nullable: bool) -> String {
    let part = |name| json!({"name": name, "type": {"format": "z"}, "nullable": false});
    json!({
        "name": name,
        "type": {"format": "+s", "children": [part("metadata"), part("value")]},
        "nullable": nullable,
    })
    .to_string()
}

fn mismatch(column: &str, what: &str) -> Failure {
    Failure::new(Code::SchemaMismatch, format!("column `{column}` {what}")).with("column", column)
}

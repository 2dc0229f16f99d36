//! Changes of a table's schema by the rows that are written to it.

use deltalake::kernel::{DataType, EagerSnapshot, StructField};

use crate::failure::{Code, Failure, Result};

const MAPPING: &str = "delta.columnMapping.mode";

/// The table's column mapping mode, as its property has it.
pub fn mapping_of(snapshot: &EagerSnapshot) -> &str {
    snapshot.metadata().configuration().get(MAPPING).map_or("none", String::as_str)
}

/// Refuses a write in another column mapping mode than the table's.
pub fn check_mapping(snapshot: &EagerSnapshot, wanted: Option<&str>) -> Result<()> {
    let mode = mapping_of(snapshot);
    match wanted {
        Some(wanted) if wanted != mode => Err(Failure::new(
            Code::Unsupported,
            format!(
                "the table's column mapping ({MAPPING}) is `{mode}`, and can't be changed once a \
                 table is there; write a new table"
            ),
        )),
        _ => Ok(()),
    }
}

/// Refuses to change the schema of a table that delta-rs would break by it: it gives new columns no
/// physical names, and makes structs of variants.
pub fn check_evolution(snapshot: &EagerSnapshot) -> Result<()> {
    let mode = mapping_of(snapshot);
    if mode != "none" {
        return Err(Failure::new(
            Code::Unsupported,
            format!(
                "a write can't change the schema of a table with column mapping ({MAPPING} is \
                 `{mode}`); align the rows with its schema, or write a new table"
            ),
        ));
    }
    match snapshot.schema().fields().find(|field| holds_variant(field.data_type())) {
        None => Ok(()),
        Some(field) => Err(Failure::new(
            Code::Unsupported,
            format!(
                "a write can't change the schema of a table with a VARIANT column (`{}`, table \
                 feature variantType); align the rows with its schema, or write a new table",
                field.name()
            ),
        )
        .with("column", field.name())),
    }
}

pub fn is_variant(field: &StructField) -> bool {
    matches!(field.data_type(), DataType::Variant(_))
}

fn holds_variant(data_type: &DataType) -> bool {
    match data_type {
        DataType::Primitive(_) => false,
        DataType::Array(list) => holds_variant(list.element_type()),
        DataType::Struct(parts) => parts.fields().any(|part| holds_variant(part.data_type())),
        DataType::Map(map) => holds_variant(map.key_type()) || holds_variant(map.value_type()),
        DataType::Variant(_) => true,
    }
}

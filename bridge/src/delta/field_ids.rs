//! Parquet's field ids, which a schema takes over from files that have them. Where one has ids and
//! its table doesn't map columns by them, other engines read nulls in every column.

use bytes::Bytes;
use serde_json::Value;

const ID: &str = "parquet.field.id";

/// The commit that makes a table, without field ids in its schema; with column mapping, they are the
/// table's own.
pub fn without_field_ids(commit: Bytes) -> Bytes {
    let text = String::from_utf8_lossy(&commit);
    if !text.contains(ID) {
        return commit;
    }
    let lines: Vec<String> =
        text.lines().map(|line| cleared(line).unwrap_or(line.into())).collect();
    Bytes::from(lines.join("\n"))
}

/// The line anew, when it holds a schema with ids.
fn cleared(line: &str) -> Option<String> {
    let mut action: Value = serde_json::from_str(line).ok()?;
    let metadata = action.get_mut("metaData")?;
    let mapping = &metadata["configuration"]["delta.columnMapping.mode"];
    if mapping.as_str().is_some_and(|mode| mode != "none") {
        return None;
    }
    let mut schema = serde_json::from_str(metadata["schemaString"].as_str()?).ok()?;
    clear(&mut schema);
    metadata["schemaString"] = Value::String(schema.to_string());
    Some(action.to_string())
}

fn clear(part: &mut Value) {
    match part {
        Value::Object(members) => {
            if let Some(Value::Object(metadata)) = members.get_mut("metadata") {
                metadata.remove(ID);
            }
            members.values_mut().for_each(clear);
        }
        Value::Array(items) => items.iter_mut().for_each(clear),
        _ => {}
    }
}

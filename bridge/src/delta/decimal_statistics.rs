//! The smallest and largest values of decimal columns, which delta-rs rounds to floating point: of
//! more than fifteen digits the log would have a value that lies beside the column's, and readers
//! would skip files that have the rows they look for. Such columns have none.

use bytes::Bytes;
use deltalake::kernel::EagerSnapshot;
use serde_json::Value;

use super::commit_store::actions;

/// The digits that a double keeps.
const EXACT_DIGITS: u32 = 15;

/// The commit without inexact statistics, of a table at `snapshot` (none: one that it makes).
pub fn without_rounded_decimals(commit: Bytes, snapshot: Option<&EagerSnapshot>) -> Bytes {
    let Some(schema) = schema_of(&commit, snapshot) else { return commit };
    let columns = wide_decimals(&schema);
    if columns.is_empty() {
        return commit;
    }
    let lines: Vec<String> = String::from_utf8_lossy(&commit)
        .lines()
        .map(|line| cleared(line, &columns).unwrap_or_else(|| line.to_string()))
        .collect();
    Bytes::from(lines.join("\n"))
}

/// The schema that the commit leaves the table with.
fn schema_of(commit: &[u8], snapshot: Option<&EagerSnapshot>) -> Option<Value> {
    let own = actions(commit).find_map(|action| {
        serde_json::from_str(action.get("metaData")?.get("schemaString")?.as_str()?).ok()
    });
    own.or_else(|| serde_json::to_value(snapshot?.schema()).ok())
}

/// The columns, as statistics name them, that a double can't hold; parts of structs as paths.
fn wide_decimals(schema: &Value) -> Vec<Vec<String>> {
    let mut columns = Vec::new();
    for field in schema["fields"].as_array().into_iter().flatten() {
        let physical = &field["metadata"]["delta.columnMapping.physicalName"];
        let Some(name) = physical.as_str().or(field["name"].as_str()) else { continue };
        match &field["type"] {
            Value::String(kind) if precision(kind).is_some_and(|digits| digits > EXACT_DIGITS) => {
                columns.push(vec![name.to_string()]);
            }
            part @ Value::Object(_) => {
                for mut path in wide_decimals(part) {
                    path.insert(0, name.to_string());
                    columns.push(path);
                }
            }
            _ => {}
        }
    }
    columns
}

fn precision(kind: &str) -> Option<u32> {
    kind.strip_prefix("decimal(")?.split(',').next()?.trim().parse().ok()
}

/// The line anew, when it adds a file with statistics of such columns.
fn cleared(line: &str, columns: &[Vec<String>]) -> Option<String> {
    let mut action: Value = serde_json::from_str(line).ok()?;
    let file = action.get_mut("add")?;
    let mut statistics: Value = serde_json::from_str(file["stats"].as_str()?).ok()?;
    for bounds in ["minValues", "maxValues"] {
        for column in columns {
            remove(&mut statistics[bounds], column);
        }
    }
    file["stats"] = Value::String(statistics.to_string());
    Some(action.to_string())
}

fn remove(part: &mut Value, path: &[String]) {
    let Value::Object(members) = part else { return };
    match path {
        [name] => drop(members.remove(name)),
        [name, rest @ ..] => {
            if let Some(inner) = members.get_mut(name) {
                remove(inner, rest);
            }
        }
        [] => {}
    }
}

//! Filters over partition values, as text.

use deltalake::{DeltaTable, FilterLiteral, FilterValue, filter_literal};
use serde::Deserialize;

use crate::failure::{Code, Failure, Result};

/// Column, operator, values.
#[derive(Debug, Deserialize)]
pub struct PartitionFilter(String, String, Vec<String>);

/// As delta-rs takes them; of other columns than those that partition `table` it would take some too.
pub fn filter_literals<'a>(
    filters: &'a [PartitionFilter],
    table: &DeltaTable,
) -> Result<Vec<FilterLiteral<'a>>> {
    let partitions = table.snapshot()?.metadata().partition_columns();
    filters
        .iter()
        .map(|PartitionFilter(column, operator, values)| {
            if !partitions.contains(column) {
                let message = format!("`{column}` is no partition column of the table");
                return Err(Failure::new(Code::InvalidArgument, message));
            }
            let value = match values.as_slice() {
                [one] if !matches!(operator.as_str(), "in" | "not in") => FilterValue::Scalar(one),
                several => FilterValue::Set(several.iter().map(String::as_str).collect()),
            };
            Ok(filter_literal(column, operator, value)?)
        })
        .collect()
}

//! Rows into a table: appended, or in place of those that are there.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::Arc;

use datafusion::prelude::DataFrame;
use deltalake::delta_datafusion::SessionFallbackPolicy;
use deltalake::kernel::EagerSnapshot;
use deltalake::operations::write::{SchemaMode, WriteBuilder};
use deltalake::protocol::SaveMode;
use serde::Deserialize;

use super::attempt::{Attempt, Condition, Done, Given, with_condition};
use super::schema_change::{check_evolution, check_mapping};
use super::table_form::{completed, with_variants};
use super::time_zones::check_zones;
use super::writer_policy::WriterPolicy;
use crate::failure::Result;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Write {
    mode: Mode,
    schema_mode: Evolution,
    replace_where: Option<Given>,
    target_file_size: Option<u64>,
    writer: WriterPolicy,
    /// Only of a new table: its layout and metadata.
    partition_by: Vec<String>,
    configuration: HashMap<String, String>,
    /// What a table that is there must have.
    column_mapping: Option<String>,
    name: String,
    description: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Append,
    Overwrite,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Evolution {
    Strict,
    Merge,
    Overwrite,
}

impl Write {
    pub async fn run(self, attempt: &Attempt, source: DataFrame) -> Result<Done> {
        let snapshot = attempt.snapshot()?;
        let is_new = snapshot.is_none();
        let source = match &snapshot {
            None => source,
            Some(snapshot) => self.for_table(snapshot, source)?,
        };
        let (_, plan) = source.into_parts();
        let mut builder = WriteBuilder::new(attempt.log_store(), snapshot)
            .with_input_plan(plan)
            .with_session_state(Arc::new(attempt.state.clone()))
            .with_session_fallback_policy(SessionFallbackPolicy::RequireSessionState)
            .with_commit_properties(attempt.properties.clone())
            .with_writer_properties(self.writer.properties()?)
            .with_save_mode(match self.mode {
                Mode::Append => SaveMode::Append,
                Mode::Overwrite => SaveMode::Overwrite,
            });
        builder = match self.schema_mode {
            Evolution::Strict => builder,
            Evolution::Merge => builder.with_schema_mode(SchemaMode::Merge),
            Evolution::Overwrite => builder.with_schema_mode(SchemaMode::Overwrite),
        };
        if let Some(predicate) = &self.replace_where {
            builder = with_condition!(builder.with_replace_where(@ attempt.condition(predicate)?));
        }
        if let Some(rows) = self.writer.rows_at_a_time {
            builder = builder.with_write_batch_size(rows.get());
        }
        if let Some(size) = self.target_file_size.and_then(NonZeroU64::new) {
            builder = builder.with_target_file_size(Some(size));
        }
        if !self.partition_by.is_empty() {
            builder = builder.with_partition_columns(self.partition_by);
        }
        if is_new {
            builder = builder.with_configuration(
                self.configuration.into_iter().map(|(key, value)| (key, Some(value))),
            );
            if !self.name.is_empty() {
                builder = builder.with_table_name(self.name);
            }
            if !self.description.is_empty() {
                builder = builder.with_description(self.description);
            }
        }
        builder.await?;
        Ok(Done::default())
    }

    /// The rows as the table that is there takes them.
    fn for_table(&self, snapshot: &EagerSnapshot, rows: DataFrame) -> Result<DataFrame> {
        check_mapping(snapshot, self.column_mapping.as_deref())?;
        if !matches!(self.schema_mode, Evolution::Strict) {
            check_evolution(snapshot)?;
        }
        if matches!(self.schema_mode, Evolution::Overwrite) {
            return Ok(rows);
        }
        check_zones(rows.schema().fields(), snapshot.arrow_schema().fields())?;
        let rows = completed(rows, snapshot, matches!(self.schema_mode, Evolution::Merge))?;
        with_variants(rows, snapshot)
    }
}

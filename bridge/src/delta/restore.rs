//! A version's rows made current again: those of the whole table, or of some partitions, which
//! delta-rs's own restore can't be asked for.

use std::collections::HashMap;

use deltalake::DeltaTable;
use deltalake::kernel::transaction::CommitBuilder;
use deltalake::kernel::{Action, EagerSnapshot, LogicalFileView, StructField, Version};
use deltalake::protocol::DeltaOperation;
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use serde::Deserialize;

use super::attempt::{Attempt, Done};
use super::open::parse_timestamp;
use super::partition_filter::{PartitionFilter, filter_literals};
use super::schema_change::mapping_of;
use super::table_version::checks_of;
use crate::failure::{Code, Failure, Result};

/// With other deletions a file is another one.
type FileKey = (Path, Option<(String, Option<i32>)>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    version: Option<Version>,
    timestamp: Option<String>,
    /// Empty: the whole table, and its metadata too.
    filters: Vec<PartitionFilter>,
    ignore_missing_files: bool,
    allow_protocol_downgrade: bool,
}

impl Restore {
    pub async fn run(self, attempt: &Attempt) -> Result<Done> {
        if !self.filters.is_empty() {
            return self.run_on_partitions(attempt).await;
        }
        let mut builder = attempt
            .table()?
            .restore()
            .with_ignore_missing_files(self.ignore_missing_files)
            .with_protocol_downgrade_allowed(self.allow_protocol_downgrade)
            .with_commit_properties(attempt.properties.clone());
        if let Some(version) = self.version {
            builder = builder.with_version_to_restore(version);
        }
        if let Some(timestamp) = &self.timestamp {
            builder = builder.with_datetime_to_restore(parse_timestamp(timestamp)?);
        }
        let (_, metrics) = builder.await?;
        Done::of(&metrics)
    }

    async fn run_on_partitions(self, attempt: &Attempt) -> Result<Done> {
        let table = attempt.table()?;
        let mut past = DeltaTable::new(attempt.log_store());
        match (self.version, &self.timestamp) {
            (Some(version), _) => past.load_version(version).await?,
            (None, Some(timestamp)) => {
                past.load_with_datetime(parse_timestamp(timestamp)?).await?;
            }
            (None, None) => {}
        }
        check_same_layout(past.snapshot()?.snapshot(), table.snapshot()?.snapshot())?;
        let mut now = self.files(&table).await?;
        let mut then = self.files(&past).await?;
        let back: Vec<_> = then.extract_if(|file, _| now.remove(file).is_none()).collect();
        if back.is_empty() && now.is_empty() {
            return Ok(Done::default());
        }
        let mut actions = Vec::with_capacity(back.len() + now.len());
        for (_, file) in &back {
            if !self.ignore_missing_files {
                check_file(attempt, file).await?;
            }
            #[expect(deprecated, reason = "no other way to all that the log has of a file")]
            let add = file.add_action();
            actions.push(Action::Add(add));
        }
        actions.extend(now.values().map(|file| Action::Remove(file.remove_action(true))));
        let operation =
            DeltaOperation::Restore { version: Some(past.snapshot()?.version()), datetime: None };
        CommitBuilder::from(attempt.properties.clone())
            .with_actions(actions)
            .with_max_retries(0)
            .build(Some(table.snapshot()?.snapshot()), attempt.log_store(), operation)
            .await?;
        Ok(Done {
            metrics: [
                ("numRestoredFile".to_string(), back.len().to_string()),
                ("numRemovedFile".to_string(), now.len().to_string()),
            ]
            .into(),
            ..Done::default()
        })
    }

    async fn files(&self, table: &DeltaTable) -> Result<HashMap<FileKey, LogicalFileView>> {
        let files = table
            .get_active_add_actions_by_partitions(&filter_literals(&self.filters, table)?)
            .map_ok(|file| {
                let deletions = file
                    .deletion_vector_descriptor()
                    .map(|deleted| (deleted.path_or_inline_dv, deleted.offset));
                ((file.object_store_path(), deletions), file)
            })
            .try_collect()
            .await?;
        Ok(files)
    }
}

/// Refuses files that could not be read as those of the table as it is now.
fn check_same_layout(past: &EagerSnapshot, now: &EagerSnapshot) -> Result<()> {
    let (then, fields) = (past.schema(), now.schema());
    let is_there = |field: &StructField| {
        fields.field(field.name()).is_some_and(|now| now.data_type() == field.data_type())
    };
    let is_new_and_required =
        |field: &StructField| !field.is_nullable() && then.field(field.name()).is_none();
    let is_same = past.metadata().partition_columns() == now.metadata().partition_columns()
        && mapping_of(past) == mapping_of(now)
        && (mapping_of(now) == "none" || then == fields)
        && then.fields().all(is_there)
        && !fields.fields().any(is_new_and_required)
        && checks_of(past) == checks_of(now);
    if is_same {
        return Ok(());
    }
    Err(Failure::new(
        Code::Unsupported,
        "the table had other columns, partition columns or constraints in the version to restore; \
         restore all of it, or write the rows anew",
    ))
}

async fn check_file(attempt: &Attempt, file: &LogicalFileView) -> Result<()> {
    let path = file.object_store_path();
    let what = match attempt.log_store().object_store(None).head(&path).await {
        Ok(found) if i128::from(found.size) == i128::from(file.size()) => return Ok(()),
        Ok(found) => format!("has {} bytes, and should have {}", found.size, file.size()),
        Err(object_store::Error::NotFound { .. }) => "is gone".to_string(),
        Err(error) => return Err(error.into()),
    };
    let message = format!("the file `{path}` of the version to restore {what}");
    Err(Failure::new(Code::NotFound, message))
}

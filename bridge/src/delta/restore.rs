//! A version's rows made current again: those of the whole table, or of some partitions, which
//! delta-rs's own restore can't be asked for.

use std::collections::HashMap;

use deltalake::DeltaTable;
use deltalake::kernel::transaction::CommitBuilder;
use deltalake::kernel::{Action, LogicalFileView, Version};
use deltalake::protocol::DeltaOperation;
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use serde::Deserialize;

use super::attempt::{Attempt, Done};
use super::open::parse_timestamp;
use super::partition_filter::{PartitionFilter, filter_literals};
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
        let mut now = self.files(&table).await?;
        let mut then = self.files(&past).await?;
        let back: Vec<_> = then.extract_if(|file, _| now.remove(file).is_none()).collect();
        if back.is_empty() && now.is_empty() {
            return Ok(Done::default());
        }
        let mut actions = Vec::with_capacity(back.len() + now.len());
        for (_, file) in &back {
            if !self.ignore_missing_files {
                check_file(attempt, &file.object_store_path()).await?;
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

async fn check_file(attempt: &Attempt, path: &Path) -> Result<()> {
    match attempt.log_store().object_store(None).head(path).await {
        Err(object_store::Error::NotFound { .. }) => Err(Failure::new(
            Code::NotFound,
            format!("the file `{path}` of the version to restore is gone"),
        )),
        found => found.map(drop).map_err(Into::into),
    }
}

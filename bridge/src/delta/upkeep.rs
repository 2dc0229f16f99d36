//! Maintenance: what changes how a table is stored, or which version is current, by rules and not by
//! new rows.

use std::num::NonZeroU64;
use std::sync::Arc;

use chrono::Duration;
use deltalake::checkpoints::{cleanup_metadata, create_checkpoint};
use deltalake::delta_datafusion::SessionFallbackPolicy;
use deltalake::kernel::Version;
use deltalake::operations::optimize::OptimizeType;
use deltalake::operations::vacuum::VacuumMode;
use serde::Deserialize;

use super::attempt::{Attempt, Done};
use super::partition_filter::{PartitionFilter, filter_literals};
use super::restore::Restore;
use super::writer_policy::WriterPolicy;
use crate::failure::Result;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upkeep {
    Optimize(Optimize),
    Vacuum(Vacuum),
    Restore(Restore),
    FileCheck { dry_run: bool },
    Checkpoint {},
    CleanLog {},
    SymlinkManifest {},
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Optimize {
    /// Empty: files are compacted; else, sorted along these columns' Z-order curve.
    z_order: Vec<String>,
    filters: Vec<PartitionFilter>,
    target_size: Option<u64>,
    max_concurrent_tasks: Option<usize>,
    writer: WriterPolicy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vacuum {
    retention_hours: Option<f64>,
    dry_run: bool,
    full: bool,
    enforce_retention: bool,
    keep_versions: Vec<Version>,
}

impl Upkeep {
    pub async fn run(self, attempt: &Attempt) -> Result<Done> {
        match self {
            Self::Optimize(optimize) => optimize.run(attempt).await,
            Self::Vacuum(vacuum) => vacuum.run(attempt).await,
            Self::Restore(restore) => restore.run(attempt).await,
            Self::FileCheck { dry_run } => {
                let (_, metrics) = attempt
                    .table()?
                    .filesystem_check()
                    .with_dry_run(dry_run)
                    .with_commit_properties(attempt.properties.clone())
                    .await?;
                Ok(Done { files: metrics.files_removed, ..Done::default() })
            }
            Self::Checkpoint {} => {
                create_checkpoint(&attempt.table()?, None).await?;
                Ok(Done::default())
            }
            Self::CleanLog {} => {
                let removed = cleanup_metadata(&attempt.table()?, None).await?;
                Ok(counted("num_log_files_removed", removed))
            }
            Self::SymlinkManifest {} => {
                attempt.table()?.generate().await?;
                Ok(Done::default())
            }
        }
    }
}

fn counted(name: &str, count: usize) -> Done {
    Done { metrics: [(name.to_string(), count.to_string())].into(), files: Vec::new() }
}

impl Optimize {
    async fn run(self, attempt: &Attempt) -> Result<Done> {
        let table = attempt.table()?;
        let filters = filter_literals(&self.filters, &table)?;
        let mut builder = table
            .optimize()
            .with_session_state(Arc::new(attempt.state.clone()))
            .with_session_fallback_policy(SessionFallbackPolicy::RequireSessionState)
            .with_commit_properties(attempt.properties.clone())
            .with_writer_properties(self.writer.properties()?)
            .with_filters(&filters)
            .with_type(match self.z_order.is_empty() {
                true => OptimizeType::Compact,
                false => OptimizeType::ZOrder(self.z_order.clone()),
            });
        if let Some(size) = self.target_size.and_then(NonZeroU64::new) {
            builder = builder.with_target_size(size);
        }
        if let Some(tasks) = self.max_concurrent_tasks {
            builder = builder.with_max_concurrent_tasks(tasks.max(1));
        }
        let (_, metrics) = builder.await?;
        Done::of(&metrics)
    }
}

impl Vacuum {
    async fn run(self, attempt: &Attempt) -> Result<Done> {
        let mut builder = attempt
            .table()?
            .vacuum()
            .with_dry_run(self.dry_run)
            .with_mode(if self.full { VacuumMode::Full } else { VacuumMode::Lite })
            .with_enforce_retention_duration(self.enforce_retention)
            .with_commit_properties(attempt.properties.clone());
        if let Some(hours) = self.retention_hours {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a retention fit")]
            let milliseconds = (hours * 3_600_000.0) as i64;
            builder = builder.with_retention_period(Duration::milliseconds(milliseconds));
        }
        if !self.keep_versions.is_empty() {
            builder = builder.with_keep_versions(&self.keep_versions);
        }
        let (_, metrics) = builder.await?;
        Ok(Done { files: metrics.files_deleted, ..Done::default() })
    }
}

//! The change feed of a table.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use chrono::TimeDelta;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result as EngineResult;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DeltaCdfTableProvider;
use deltalake::kernel::Version;
use deltalake::logstore::LogStoreRef;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};
use serde::Deserialize;
use serde_json::Value;

use super::commit_store::{actions, commit_info, decoded};
use super::in_commit_times::InCommitTimes;
use super::open::parse_timestamp;
use crate::failure::{Code, Failure, Result};

/// Which part of the feed is asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    starting_version: Option<Version>,
    ending_version: Option<Version>,
    starting_timestamp: Option<String>,
    ending_timestamp: Option<String>,
    allow_out_of_range: bool,
}

impl Feed {
    pub async fn of(mut self, table: DeltaTable) -> Result<ChangeFeed> {
        if let Some(times) = InCommitTimes::of(&table)? {
            self.take_versions(&times).await?;
        }
        if self.starting_timestamp.is_none() {
            self.starting_version.get_or_insert(0);
        }
        self.refuse_misread(&table).await?;
        let mut builder = table.scan_cdf();
        if let Some(version) = self.starting_version {
            builder = builder.with_starting_version(version);
        }
        if let Some(version) = self.ending_version {
            builder = builder.with_ending_version(version);
        }
        if let Some(timestamp) = &self.starting_timestamp {
            builder = builder.with_starting_timestamp(parse_timestamp(timestamp)?);
        }
        if let Some(timestamp) = &self.ending_timestamp {
            builder = builder.with_ending_timestamp(parse_timestamp(timestamp)?);
        }
        if self.allow_out_of_range {
            builder = builder.with_allow_out_of_range();
        }
        Ok(ChangeFeed(DeltaCdfTableProvider::try_new(builder)?))
    }

    /// Puts versions for times, as in-commit timestamps tell: delta-rs looks at a commit's other time
    /// too.
    async fn take_versions(&mut self, times: &InCommitTimes) -> Result<()> {
        if let Some(text) = &self.starting_timestamp {
            let before = parse_timestamp(text)? - TimeDelta::milliseconds(1);
            let start = match times.version_at(before).await? {
                Some(version) if version < times.latest => Some(version + 1),
                None if times.first == 0 => Some(0),
                _ => None,
            };
            if start.is_some() {
                (self.starting_version, self.starting_timestamp) = (start, None);
            }
        }
        if let Some(text) = &self.ending_timestamp
            && let Some(end) = times.version_at(parse_timestamp(text)?).await?
            && end >= self.starting_version.unwrap_or(0)
        {
            (self.ending_version, self.ending_timestamp) = (Some(end), None);
        }
        Ok(())
    }

    /// delta-rs misreads some files with deletion vectors: of one that comes or goes as a whole it takes
    /// the deleted rows for the others, and it counts rows wrongly where there are several row groups.
    async fn refuse_misread(&self, table: &DeltaTable) -> Result<()> {
        let milliseconds =
            |text: &String| parse_timestamp(text).map(|time| time.timestamp_millis());
        let from = self.starting_timestamp.as_ref().map(milliseconds).transpose()?;
        let to = self.ending_timestamp.as_ref().map(milliseconds).transpose()?;
        let log_store = table.log_store();
        let latest = table.snapshot()?.version();
        let last = self.ending_version.map_or(latest, |version| version.min(latest));
        for version in self.starting_version.unwrap_or(0)..=last {
            let Some(entry) = log_store.read_commit_entry(version).await? else { continue };
            let made = commit_info(&entry)["timestamp"].as_i64();
            let left_out = made.is_some_and(|made| {
                from.is_some_and(|from| made < from) || to.is_some_and(|to| made > to)
            });
            if left_out {
                continue;
            }
            for (path, whole) in files_with_vectors(&entry) {
                if whole {
                    let what = format!("adds or removes all of the file `{path}`, which has one");
                    return Err(unreadable(version, &what));
                }
                if row_groups(&log_store, &path).await? > 1 {
                    let what = format!("changes the file `{path}`, which has several row groups");
                    return Err(unreadable(version, &what));
                }
            }
        }
        Ok(())
    }
}

/// The files with deletion vectors whose changes the commit has not written down, and whether it adds
/// or removes them as a whole.
fn files_with_vectors(entry: &[u8]) -> BTreeMap<String, bool> {
    let changes: Vec<Value> = actions(entry).collect();
    if changes.iter().any(|action| action.get("cdc").is_some()) {
        return BTreeMap::new();
    }
    let files = |kind| {
        changes
            .iter()
            .filter_map(move |action| action.get(kind))
            .filter(|file| file["dataChange"].as_bool().unwrap_or(true))
    };
    let paths = |kind| files(kind).filter_map(|file| file["path"].as_str()).collect();
    let (added, removed): (HashSet<_>, HashSet<_>) = (paths("add"), paths("remove"));
    files("add")
        .chain(files("remove"))
        .filter(|file| !file["deletionVector"].is_null())
        .filter_map(|file| file["path"].as_str())
        .map(|path| (decoded(path), added.contains(path) != removed.contains(path)))
        .collect()
}

async fn row_groups(log_store: &LogStoreRef, path: &str) -> Result<usize> {
    let store = log_store.object_store(None);
    let location = Path::parse(path).map_err(object_store::Error::from)?;
    let file = ObjectMeta { location: location.clone(), ..store.head(&location).await? };
    let metadata = DFParquetMetadata::new(store.as_ref(), &file).fetch_metadata().await?;
    Ok(metadata.num_row_groups())
}

fn unreadable(version: Version, what: &str) -> Failure {
    let way_out = match version.checked_sub(1) {
        None => "Read version 0 itself".to_string(),
        Some(before) => format!("Read versions {before} and {version} and compare them"),
    };
    Failure::new(
        Code::Unsupported,
        format!(
            "the change feed of version {version} can't be read because of deletion vectors: it \
             {what}. {way_out}"
        ),
    )
    .with("version", version)
}

/// delta-rs's feed. Its plan has a scan without a partition for each kind of change that there is none
/// of, which the engine can't sort.
#[derive(Debug)]
pub struct ChangeFeed(pub DeltaCdfTableProvider);

#[async_trait]
impl TableProvider for ChangeFeed {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        self.0.table_type()
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        let plan = self.0.scan(state, projection, filters, limit).await?;
        plan.transform_up(|node| {
            Ok(match node.children().len() + node.output_partitioning().partition_count() {
                0 => Transformed::yes(
                    Arc::new(EmptyExec::new(node.schema())) as Arc<dyn ExecutionPlan>
                ),
                _ => Transformed::no(node),
            })
        })
        .data()
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> EngineResult<Vec<TableProviderFilterPushDown>> {
        self.0.supports_filters_pushdown(filters)
    }
}

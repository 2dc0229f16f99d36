//! One attempt at a change: planned on one version, committed as the next or not at all.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::Arc;

use arrow::datatypes::Schema;
use deltalake::DeltaTable;
use deltalake::checkpoints::create_checkpoint;
use deltalake::delta_datafusion::SessionFallbackPolicy;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::kernel::{StructType, Transaction, Version};
use deltalake::logstore::LogStoreRef;
use deltalake::operations::create::CreateBuilder;
use deltalake::operations::write::{SchemaMode, WriteBuilder};
use deltalake::protocol::SaveMode;
use deltalake::table::config::TablePropertiesExt;
use serde::{Deserialize, Serialize};

use super::Location;
use super::commit_store::{CommitStore, Outcome};
use crate::failure::{Code, Failure, Result};
use crate::frame::Frame;
use crate::runtime::{self, Token};
use crate::session::Session;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateRequest {
    table_uri: String,
    storage_options: HashMap<String, String>,
    partition_by: Vec<String>,
    configuration: HashMap<String, String>,
    name: String,
    description: String,
    commit_metadata: HashMap<String, String>,
    #[serde(default)]
    operation_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WriteRequest {
    table_uri: String,
    storage_options: HashMap<String, String>,
    mode: Mode,
    schema_mode: Evolution,
    replace_where: Option<String>,
    partition_by: Vec<String>,
    configuration: HashMap<String, String>,
    name: String,
    description: String,
    commit_metadata: HashMap<String, String>,
    transaction: Option<AppTransaction>,
    target_file_size: Option<u64>,
    read_version: i64,
    operation_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Append,
    Overwrite,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Evolution {
    Strict,
    Merge,
    Overwrite,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AppTransaction {
    app_id: String,
    version: i64,
}

#[derive(Debug, Serialize)]
struct Commit {
    version: Version,
    read_version: i64,
    operation: String,
    metrics: HashMap<String, String>,
}

/// The key under which the log keeps the id that a commit is found by when its outcome is unknown.
const OPERATION_ID: &str = "alluvium.operationId";

fn commit_properties(
    metadata: &HashMap<String, String>,
    operation_id: &str,
    transaction: Option<&AppTransaction>,
) -> CommitProperties {
    let metadata = metadata
        .iter()
        .map(|(key, value)| (key.clone(), serde_json::Value::from(value.as_str())))
        .chain([(OPERATION_ID.to_string(), serde_json::Value::from(operation_id))]);
    let properties = CommitProperties::default()
        .with_metadata(metadata)
        .with_max_retries(0)
        .with_create_checkpoint(false)
        .with_cleanup_expired_logs(Some(false));
    match transaction {
        Some(AppTransaction { app_id, version }) => {
            properties.with_application_transaction(Transaction::new(app_id, *version))
        }
        None => properties,
    }
}

/// What an attempt came to: the log's word counts, not the operation's. An error after the commit
/// file was written (a hook) is no failed commit.
fn settle(store: &CommitStore, read_version: i64, outcome: Result<DeltaTable>) -> Result<(Commit, Option<DeltaTable>)> {
    match (store.outcome(), outcome) {
        (Outcome::Committed { version, info }, outcome) => {
            let metrics = info["operationMetrics"].as_object().map(|metrics| {
                metrics.iter().map(|(key, value)| (key.clone(), plain(value))).collect()
            });
            let operation = info["operation"].as_str().unwrap_or_default().to_string();
            let commit =
                Commit { version, read_version, operation, metrics: metrics.unwrap_or_default() };
            Ok((commit, outcome.ok()))
        }
        (Outcome::Unknown, Err(failure)) => Err(Failure {
            code: Code::CommitStateUnknown,
            message: format!("the commit may or may not be in the log: {}", failure.message),
            ..failure
        }),
        (_, Err(failure)) => Err(failure),
        (_, Ok(_)) => Err(Failure::new(Code::Internal, "the operation ended without a commit")),
    }
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToString::to_string)
}

impl Session {
    pub fn delta_create(&self, request: &str, schema: &Schema, token: &Token) -> Result<String> {
        let request: CreateRequest = serde_json::from_str(request)?;
        let location = Location {
            table_uri: request.table_uri.clone(),
            storage_options: request.storage_options.clone(),
        };
        let store = CommitStore::new(location.log_store(&self.shared)?, None);
        let schema: StructType = schema.try_into_kernel()?;
        let gate = Arc::clone(&store.gate);
        runtime::run_gated(token, Some(gate), async move {
            if deltalake::logstore::LogStore::is_delta_table_location(store.as_ref()).await? {
                return Err(Failure::new(
                    Code::AlreadyExists,
                    format!("there is a table at `{}` already", request.table_uri),
                ));
            }
            let configuration =
                request.configuration.iter().map(|(key, value)| (key.clone(), Some(value.clone())));
            let mut builder = CreateBuilder::new()
                .with_log_store(Arc::clone(&store) as LogStoreRef)
                .with_columns(schema.fields().cloned())
                .with_partition_columns(request.partition_by.iter())
                .with_raise_if_key_not_exists(false)
                .with_configuration(configuration)
                .with_commit_properties(commit_properties(
                    &request.commit_metadata,
                    &request.operation_id,
                    None,
                ));
            if !request.name.is_empty() {
                builder = builder.with_table_name(&request.name);
            }
            if !request.description.is_empty() {
                builder = builder.with_comment(&request.description);
            }
            let outcome = builder.await.map_err(Failure::from);
            let (commit, _) = settle(&store, -1, outcome)?;
            Ok(serde_json::to_string(&commit)?)
        })
    }

    pub fn delta_write(&self, frame: &Frame, request: &str, token: &Token) -> Result<String> {
        let request: WriteRequest = serde_json::from_str(request)?;
        let location = Location {
            table_uri: request.table_uri.clone(),
            storage_options: request.storage_options.clone(),
        };
        let log_store = location.log_store(&self.shared)?;
        let read_version = Version::try_from(request.read_version).ok();
        let store = CommitStore::new(log_store, read_version);
        let gate = Arc::clone(&store.gate);
        let token = token.within(self.shared.query_timeout);
        let (state, plan) = frame.frame.clone().into_parts();
        runtime::run_gated(&token, Some(gate), async move {
            let snapshot = match read_version {
                None => None,
                Some(version) => {
                    let mut table = DeltaTable::new(Arc::clone(&store) as LogStoreRef);
                    table.load_version(version).await?;
                    table.update_datafusion_session(&state)?;
                    Some(table.snapshot()?.snapshot().clone())
                }
            };
            let builder = request.apply(
                WriteBuilder::new(Arc::clone(&store) as LogStoreRef, snapshot)
                    .with_input_plan(plan)
                    .with_session_state(Arc::new(state))
                    .with_session_fallback_policy(SessionFallbackPolicy::RequireSessionState),
            );
            let outcome = builder.await.map_err(Failure::from);
            let (mut commit, table) = settle(&store, request.read_version, outcome)?;
            if let Some(table) = table {
                checkpoint_when_due(&table, &mut commit).await;
            }
            Ok(serde_json::to_string(&commit)?)
        })
    }
}

impl WriteRequest {
    fn apply(&self, mut builder: WriteBuilder) -> WriteBuilder {
        builder = builder
            .with_save_mode(match self.mode {
                Mode::Append => SaveMode::Append,
                Mode::Overwrite => SaveMode::Overwrite,
            })
            .with_commit_properties(commit_properties(
                &self.commit_metadata,
                &self.operation_id,
                self.transaction.as_ref(),
            ));
        builder = match self.schema_mode {
            Evolution::Strict => builder,
            Evolution::Merge => builder.with_schema_mode(SchemaMode::Merge),
            Evolution::Overwrite => builder.with_schema_mode(SchemaMode::Overwrite),
        };
        if let Some(predicate) = &self.replace_where {
            builder = builder.with_replace_where(predicate.as_str());
        }
        if let Some(size) = self.target_file_size.and_then(NonZeroU64::new) {
            builder = builder.with_target_file_size(Some(size));
        }
        if !self.partition_by.is_empty() {
            builder = builder.with_partition_columns(self.partition_by.iter());
        }
        if self.read_version < 0 {
            let configuration =
                self.configuration.iter().map(|(key, value)| (key.clone(), Some(value.clone())));
            builder = builder.with_configuration(configuration);
            if !self.name.is_empty() {
                builder = builder.with_table_name(&self.name);
            }
            if !self.description.is_empty() {
                builder = builder.with_description(&self.description);
            }
        }
        builder
    }
}

/// A checkpoint is a convenience for readers: when it fails, the commit stands.
async fn checkpoint_when_due(table: &DeltaTable, commit: &mut Commit) {
    let Ok(state) = table.snapshot() else { return };
    let interval = state.table_config().checkpoint_interval().get();
    if commit.version == 0 || commit.version % interval != 0 {
        return;
    }
    if let Err(error) = create_checkpoint(table, None).await {
        commit.metrics.insert("checkpoint_error".to_string(), error.to_string());
    }
}

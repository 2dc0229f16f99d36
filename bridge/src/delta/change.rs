//! One attempt at a change of a table: planned on one version, committed as the next or not at all.
//! Which attempt to make, and what follows a lost one, is decided in C++.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::execution::SessionState;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::kernel::{Transaction, Version};
use deltalake::logstore::LogStoreRef;
use deltalake::table::state::DeltaTableState;
use deltalake::{DeltaResult, DeltaTable};
use serde::{Deserialize, Serialize};

use super::alter::Alteration;
use super::app_transaction::AppTransaction;
use super::attempt::{Attempt, Done, OPERATION_ID, plain};
use super::commit_store::{CommitStore, OnConflict, Outcome};
use super::create::Create;
use super::rewrite::{Delete, Merge, Update};
use super::upkeep::Upkeep;
use super::write::Write;
use super::{Location, exclusive_put, store as stores};
use crate::expr::{Expressions, Node};
use crate::failure::{Code, Failure, Result};
use crate::frame::Frame;
use crate::runtime::{self, Token};
use crate::session::Session;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    table_uri: String,
    storage_options: HashMap<String, String>,
    /// The version to plan on; negative for a table that must not exist yet.
    read_version: i64,
    on_conflict: OnConflict,
    operation_id: String,
    commit_metadata: HashMap<String, String>,
    transaction: Option<AppTransaction>,
    /// What the operation's expressions refer to.
    #[serde(default)]
    nodes: Vec<Node>,
    operation: Operation,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Operation {
    Create(Create),
    Write(Write),
    Merge(Merge),
    Update(Update),
    Delete(Delete),
    #[serde(untagged)]
    Alter(Alteration),
    #[serde(untagged)]
    Upkeep(Upkeep),
}

#[derive(Debug, Serialize)]
struct Commit {
    /// Null when there was nothing to commit.
    version: Option<Version>,
    read_version: i64,
    operation: String,
    metrics: BTreeMap<String, String>,
    files: Vec<String>,
}

impl Request {
    fn location(&self) -> Location {
        Location {
            table_uri: self.table_uri.clone(),
            storage_options: self.storage_options.clone(),
        }
    }

    fn properties(&self) -> CommitProperties {
        let metadata = self
            .commit_metadata
            .iter()
            .map(|(key, value)| (key.clone(), serde_json::Value::from(value.as_str())))
            .chain([(
                OPERATION_ID.to_string(),
                serde_json::Value::from(self.operation_id.as_str()),
            )]);
        let properties = CommitProperties::default()
            .with_metadata(metadata)
            .with_max_retries(0)
            .with_create_checkpoint(false)
            .with_cleanup_expired_logs(Some(false));
        match &self.transaction {
            Some(AppTransaction { app_id, version }) => {
                properties.with_application_transaction(Transaction::new(app_id, *version))
            }
            None => properties,
        }
    }
}

/// What an attempt came to: the log's word counts, not the operation's. An error after the commit
/// file was written (a hook) is no failed commit.
fn settle(store: &CommitStore, read_version: i64, outcome: Result<Done>) -> Result<Commit> {
    match (store.outcome(), outcome) {
        (Outcome::Committed { version, info }, outcome) => {
            let done = outcome.unwrap_or_default();
            let mut metrics = done.metrics;
            if let Some(logged) = info["operationMetrics"].as_object() {
                metrics.extend(logged.iter().map(|(name, value)| (name.clone(), plain(value))));
            }
            let operation = info["operation"].as_str().unwrap_or_default().to_string();
            Ok(Commit {
                version: Some(version),
                read_version,
                operation,
                metrics,
                files: done.files,
            })
        }
        (Outcome::Unknown, Err(failure)) => Err(Failure {
            code: Code::CommitStateUnknown,
            message: format!("the commit may or may not be in the log: {}", failure.message),
            ..failure
        }),
        (Outcome::Refused(failure), Err(_)) | (_, Err(failure)) => Err(failure),
        (_, Ok(done)) => Ok(Commit {
            version: None,
            read_version,
            operation: String::new(),
            metrics: done.metrics,
            files: done.files,
        }),
    }
}

impl Session {
    /// Makes one attempt. `source` is the frame that a write or merge takes its rows from, `schema`
    /// what a table or column is created with.
    pub fn delta_change(
        &self,
        request: &str,
        source: Option<&Frame>,
        schema: Schema,
        token: &Token,
    ) -> Result<String> {
        let mut request: Request = serde_json::from_str(request)?;
        let log_store = request.location().log_store(&self.shared)?;
        let read_version = Version::try_from(request.read_version).ok();
        let store = CommitStore::new(Arc::clone(&log_store), read_version, request.on_conflict);
        let gate = Arc::clone(&store.gate);
        let token = token.within(self.shared.query_timeout);
        let source = source.map(|frame| frame.frame.clone());
        let state = source
            .as_ref()
            .map_or_else(|| self.shared.context.state(), |frame| frame.clone().into_parts().0);
        let shared = Arc::clone(&self.shared);
        let expressions = Expressions::lower(&std::mem::take(&mut request.nodes), &state)?;
        runtime::run_gated(&token, Some(gate), async move {
            exclusive_put::prove(&log_store, &request.storage_options).await?;
            let table = match read_version {
                None => None,
                Some(version) => {
                    let known = shared.known_tables.at(&request.location(), version);
                    Some(load(&store, known, version, &state).await?)
                }
            };
            let properties = request.properties();
            let attempt =
                Attempt { store: Arc::clone(&store), state, properties, expressions, table };
            let outcome = match request.operation {
                Operation::Create(create) => create.run(&attempt, &schema).await,
                Operation::Write(write) => write.run(&attempt, rows(source)?).await,
                Operation::Merge(merge) => merge.run(&attempt, rows(source)?).await,
                Operation::Update(update) => update.run(&attempt).await,
                Operation::Delete(delete) => delete.run(&attempt).await,
                Operation::Alter(alteration) => alteration.run(&attempt, &schema).await,
                Operation::Upkeep(upkeep) => upkeep.run(&attempt).await,
            };
            let commit = settle(&store, request.read_version, outcome)?;
            Ok(serde_json::to_string(&commit)?)
        })
    }
}

fn rows<T>(source: Option<T>) -> Result<T> {
    source
        .ok_or_else(|| Failure::new(Code::InvalidArgument, "the operation needs a source of rows"))
}

/// The table at `version`, which is what the store checks the commit against.
async fn load(
    store: &Arc<CommitStore>,
    known: Option<DeltaTableState>,
    version: Version,
    state: &SessionState,
) -> DeltaResult<DeltaTable> {
    let mut table = DeltaTable::new(Arc::clone(store) as LogStoreRef);
    match known {
        Some(known) => table.state = Some(known),
        None => table.load_version(version).await?,
    }
    stores::register(table.log_store().as_ref(), state);
    store.expect(table.snapshot()?.snapshot().clone());
    Ok(table)
}

//! The choke point of every commit: a log store around the real one that sees each commit's bytes,
//! lets through only what the change was planned on, and remembers what happened.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::execution::object_store::ObjectStoreUrl;
use deltalake::kernel::transaction::TransactionError;
use deltalake::kernel::{Action, EagerSnapshot, Version};
use deltalake::logstore::{CommitOrBytes, LogStore, LogStoreConfig, LogStoreRef};
use deltalake::{DeltaResult, ObjectStore};
use futures::TryStreamExt;
use object_store::path::Path;
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::decimal_statistics::without_rounded_decimals;
use super::faults::{self, FaultyStore};
use super::field_ids::without_field_ids;
use crate::failure::{Code, Failure};

/// What to do when another writer committed first.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// The change depends on what it read: it is lost.
    Refuse,
    /// The change adds files and read nothing: the same commit goes after the others, tried so often.
    Rebase { attempts: u32 },
}

/// What became of the commit.
#[derive(Debug, Clone, Default)]
pub enum Outcome {
    /// Nothing reached the log.
    #[default]
    None,
    /// The store let nothing through, for a reason that delta-rs may put differently.
    Refused(Failure),
    Committed {
        version: Version,
        info: Value,
    },
    /// The write failed in a way that leaves open whether the log has it.
    Unknown,
}

pub struct CommitStore {
    inner: LogStoreRef,
    on_conflict: OnConflict,
    progress: Mutex<Progress>,
    /// What the change was planned on.
    expected: OnceLock<EagerSnapshot>,
    /// The real paths of files that a new table's commit has by another name.
    real_names: OnceLock<HashMap<String, String>>,
    /// Held while the commit file is written, so that a cancelled call waits for the outcome.
    pub gate: Arc<tokio::sync::Mutex<()>>,
}

struct Progress {
    next_version: Version,
    outcome: Outcome,
}

impl CommitStore {
    /// `read_version` is the version that the change was planned on; none is a table to be created.
    pub fn new(
        inner: LogStoreRef,
        read_version: Option<Version>,
        on_conflict: OnConflict,
    ) -> Arc<Self> {
        Arc::new(Self {
            inner,
            on_conflict,
            progress: Mutex::new(Progress {
                next_version: read_version.map_or(0, |version| version + 1),
                outcome: Outcome::None,
            }),
            expected: OnceLock::new(),
            real_names: OnceLock::new(),
            gate: Arc::default(),
        })
    }

    /// Tells the store the table that the change is planned on.
    pub fn expect(&self, snapshot: EagerSnapshot) {
        // Set once, before the operation starts.
        drop(self.expected.set(snapshot));
    }

    /// Tells the store the real paths of files that the commit will have by the names that are the keys.
    pub fn name_files(&self, real_names: HashMap<String, String>) {
        drop(self.real_names.set(real_names));
    }

    /// The commit that makes a table, as other engines need it.
    fn first_commit(&self, bytes: Bytes) -> Bytes {
        let bytes = without_field_ids(bytes);
        match self.real_names.get() {
            Some(names) if !names.is_empty() => renamed(&bytes, names),
            _ => bytes,
        }
    }

    pub fn outcome(&self) -> Outcome {
        self.progress.lock().outcome.clone()
    }

    fn next_version(&self) -> Version {
        self.progress.lock().next_version
    }

    fn refuse(&self, failure: Failure) -> TransactionError {
        self.progress.lock().outcome = Outcome::Refused(failure.clone());
        TransactionError::LogStoreError { msg: failure.message.clone(), source: Box::new(failure) }
    }

    fn conflict(&self, version: Version) -> TransactionError {
        let next = self.next_version();
        self.refuse(
            Failure::new(
                Code::CommitConflict,
                format!(
                    "another writer committed version {next} first; this change was planned on version {}",
                    i128::from(next) - 1
                ),
            )
            .retryable()
            .with("version", version),
        )
    }

    /// Every file that a commit removes must be in the table: a second remove of one file is how
    /// rows get doubled. And a commit that says that it changes no data must take away as many rows
    /// as it brings, as far as statistics tell.
    async fn check_removes(&self, bytes: &[u8]) -> Result<(), TransactionError> {
        let changes: Vec<FileChange> = actions(bytes).filter_map(FileChange::of).collect();
        let Some(snapshot) =
            self.expected.get().filter(|_| changes.iter().any(|file| file.removed))
        else {
            return Ok(());
        };
        let active: HashMap<String, Option<i64>> = snapshot
            .file_views(self.inner.as_ref(), None)
            .map_ok(|file| {
                let deleted =
                    file.deletion_vector_descriptor().map_or(0, |vector| vector.cardinality);
                let rows = file.num_records().and_then(|rows| i64::try_from(rows).ok());
                (file.path().into_owned(), rows.map(|rows| rows - deleted))
            })
            .try_collect()
            .await
            .map_err(|error| self.refuse(Failure::from(error)))?;
        let version = snapshot.version();
        let mut gained = Some(0);
        for file in &changes {
            let rows = match (file.removed, active.get(&file.path)) {
                (true, None) => {
                    let path = &file.path;
                    let what = format!(
                        "the commit would remove `{path}`, which is not in the table at version {version}"
                    );
                    return Err(
                        self.refuse(Failure::new(Code::Corruption, what).with("path", path))
                    );
                }
                (true, Some(rows)) => rows.map(|rows| -rows),
                (false, _) => file.rows,
            };
            gained = gained.zip(rows).map(|(gained, rows)| gained + rows);
        }
        match gained {
            Some(gained) if gained != 0 && changes.iter().all(|file| !file.data_change) => {
                let what = format!(
                    "the commit says that it changes no data, but has {gained} rows more than the files \
                     of version {version} that it replaces"
                );
                Err(self.refuse(Failure::new(Code::Corruption, what)))
            }
            _ => Ok(()),
        }
    }

    /// The version that follows the log's end, if all that was committed from `from` on leaves a
    /// blind append as it is.
    async fn rebased(&self, from: Version, bytes: &[u8]) -> Result<Version, TransactionError> {
        let ours: HashSet<String> = actions(bytes).filter_map(|action| app_id(&action)).collect();
        let latest = self
            .inner
            .get_latest_version(from)
            .await
            .map_err(|error| self.refuse(Failure::from(error)))?;
        for version in from..=latest {
            let entry = self
                .inner
                .read_commit_entry(version)
                .await
                .map_err(|error| self.refuse(Failure::from(error)))?;
            let Some(entry) = entry else { return Err(self.conflict(version)) };
            for action in actions(&entry) {
                if action.get("metaData").is_some() || action.get("protocol").is_some() {
                    return Err(self.refuse(
                        Failure::new(
                            Code::SchemaMismatch,
                            format!(
                                "version {version} changed the table's schema or protocol meanwhile"
                            ),
                        )
                        .retryable()
                        .with("version", version),
                    ));
                }
                if app_id(&action).is_some_and(|id| ours.contains(&id)) {
                    return Err(self.conflict(version));
                }
            }
        }
        Ok(latest + 1)
    }

    async fn put(
        &self,
        version: Version,
        commit: &CommitOrBytes,
        operation_id: Uuid,
    ) -> Result<(), TransactionError> {
        let put = async {
            self.inner
                .write_commit_entry(version, commit.clone(), operation_id)
                .await
                .map_err(StepError)
        };
        let put = match faults::is_armed() {
            false => put.await,
            true => faults::step(async {}, put).await,
        };
        match put.map_err(|error| error.0) {
            Err(TransactionError::VersionAlreadyExists(_))
                if self.holds(version, commit).await? =>
            {
                Ok(())
            }
            put => put,
        }
    }

    /// Whether the log has these very bytes at `version`: a store that loses the answer to a
    /// conditional put sends it again, and finds the version taken by itself.
    async fn holds(
        &self,
        version: Version,
        commit: &CommitOrBytes,
    ) -> Result<bool, TransactionError> {
        let CommitOrBytes::LogBytes(bytes) = commit else { return Ok(false) };
        let found = self
            .inner
            .read_commit_entry(version)
            .await
            .map_err(|error| StepError::from(Failure::from(error)).0)?;
        Ok(found.as_ref() == Some(bytes))
    }

    /// Puts the commit at the next version, or, where that is taken and the change allows it, at the
    /// first that is free.
    async fn put_next(
        &self,
        commit: &CommitOrBytes,
        operation_id: Uuid,
    ) -> Result<Version, TransactionError> {
        let mut version = self.next_version();
        let mut attempt = 1;
        loop {
            match (self.put(version, commit, operation_id).await, commit, self.on_conflict) {
                (Ok(()), ..) => return Ok(version),
                (
                    Err(TransactionError::VersionAlreadyExists(_)),
                    CommitOrBytes::LogBytes(bytes),
                    OnConflict::Rebase { attempts },
                ) if attempt < attempts => {
                    attempt += 1;
                    tokio::time::sleep(Duration::from_millis(rand::random_range(
                        0..=u64::from(attempt),
                    )))
                    .await;
                    version = self.rebased(version, bytes).await?;
                }
                (Err(TransactionError::VersionAlreadyExists(_)), ..) => {
                    return Err(self.conflict(version));
                }
                (Err(error), ..) => {
                    return Err(match not_written(&error) {
                        Some(failure) => self.refuse(failure),
                        None => error,
                    });
                }
            }
        }
    }
}

/// The commit with the real paths of the files that it adds.
fn renamed(commit: &[u8], names: &HashMap<String, String>) -> Bytes {
    let text = String::from_utf8_lossy(commit);
    let renamed = |line: &str| {
        let Ok(Action::Add(mut file)) = serde_json::from_str(line) else { return None };
        file.path.clone_from(names.get(&file.path)?);
        serde_json::to_string(&Action::Add(file)).ok()
    };
    let lines: Vec<String> =
        text.lines().map(|line| renamed(line).unwrap_or_else(|| line.to_string())).collect();
    Bytes::from(lines.join("\n"))
}

/// What a lock table refuses before anything reaches the log.
fn not_written(error: &TransactionError) -> Option<Failure> {
    let TransactionError::LogStoreError { source, .. } = error else { return None };
    let failure = source.downcast_ref::<Failure>()?;
    [Code::AlreadyExists, Code::Corruption].contains(&failure.code).then(|| failure.clone())
}

/// What a commit does with a data file.
struct FileChange {
    path: String,
    removed: bool,
    data_change: bool,
    /// Of a file that is added, where its statistics tell.
    rows: Option<i64>,
}

impl FileChange {
    fn of(action: Value) -> Option<Self> {
        let removed = action.get("remove").is_some();
        let file = action.get(if removed { "remove" } else { "add" })?;
        let statistics = file["stats"].as_str().and_then(|text| serde_json::from_str(text).ok());
        Some(Self {
            path: decoded(file["path"].as_str()?),
            removed,
            data_change: file["dataChange"].as_bool().unwrap_or(true),
            rows: statistics.and_then(|statistics: Value| statistics["numRecords"].as_i64()),
        })
    }
}

struct StepError(TransactionError);

impl From<Failure> for StepError {
    fn from(failure: Failure) -> Self {
        Self(TransactionError::LogStoreError {
            msg: failure.message.clone(),
            source: Box::new(failure),
        })
    }
}

/// The actions of a commit; a line that is no action is none.
pub fn actions(bytes: &[u8]) -> impl Iterator<Item = Value> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

fn app_id(action: &Value) -> Option<String> {
    Some(action.get("txn")?.get("appId")?.as_str()?.to_string())
}

/// A path as the log has it, decoded.
pub fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// The `commitInfo` action of a commit, which carries its operation and metrics.
pub fn commit_info(bytes: &[u8]) -> Value {
    actions(bytes)
        .find_map(|mut action| action.get_mut("commitInfo").map(Value::take))
        .unwrap_or_default()
}

#[async_trait]
impl LogStore for CommitStore {
    /// The commit code chooses how it writes by this name.
    fn name(&self) -> String {
        self.inner.name()
    }

    async fn refresh(&self) -> DeltaResult<()> {
        self.inner.refresh().await
    }

    async fn read_commit_entry(&self, version: Version) -> DeltaResult<Option<Bytes>> {
        self.inner.read_commit_entry(version).await
    }

    async fn write_commit_entry(
        &self,
        version: Version,
        commit_or_bytes: CommitOrBytes,
        operation_id: Uuid,
    ) -> Result<(), TransactionError> {
        if version != self.next_version() {
            return Err(self.conflict(version));
        }
        let _committing = self.gate.lock().await;
        let commit_or_bytes = match commit_or_bytes {
            CommitOrBytes::LogBytes(bytes) => {
                let bytes = if version == 0 { self.first_commit(bytes) } else { bytes };
                CommitOrBytes::LogBytes(without_rounded_decimals(bytes, self.expected.get()))
            }
            staged @ CommitOrBytes::TmpCommit(_) => staged,
        };
        if let CommitOrBytes::LogBytes(bytes) = &commit_or_bytes {
            self.check_removes(bytes).await?;
        }
        match self.put_next(&commit_or_bytes, operation_id).await {
            Ok(version) => {
                let bytes = match commit_or_bytes {
                    CommitOrBytes::LogBytes(bytes) => bytes,
                    CommitOrBytes::TmpCommit(_) => self
                        .inner
                        .read_commit_entry(version)
                        .await
                        .ok()
                        .flatten()
                        .unwrap_or_default(),
                };
                let outcome = Outcome::Committed { version, info: commit_info(&bytes) };
                *self.progress.lock() = Progress { next_version: version + 1, outcome };
                Ok(())
            }
            Err(error) => {
                let mut progress = self.progress.lock();
                if !matches!(progress.outcome, Outcome::Refused(_)) {
                    progress.outcome = Outcome::Unknown;
                }
                Err(error)
            }
        }
    }

    async fn abort_commit_entry(
        &self,
        version: Version,
        commit_or_bytes: CommitOrBytes,
        operation_id: Uuid,
    ) -> Result<(), TransactionError> {
        self.inner.abort_commit_entry(version, commit_or_bytes, operation_id).await
    }

    /// A change that will be rebased is not told of newer versions: delta-rs would refuse to commit.
    async fn get_latest_version(&self, start_version: Version) -> DeltaResult<Version> {
        match self.on_conflict {
            OnConflict::Rebase { .. } if start_version + 1 == self.next_version() => {
                Ok(start_version)
            }
            _ => self.inner.get_latest_version(start_version).await,
        }
    }

    fn object_store(&self, operation_id: Option<Uuid>) -> Arc<dyn ObjectStore> {
        let store = self.inner.object_store(operation_id);
        if faults::is_armed() { Arc::new(FaultyStore(store)) } else { store }
    }

    fn root_object_store(&self, operation_id: Option<Uuid>) -> Arc<dyn ObjectStore> {
        self.inner.root_object_store(operation_id)
    }

    fn config(&self) -> &LogStoreConfig {
        self.inner.config()
    }

    fn object_store_url(&self) -> ObjectStoreUrl {
        self.inner.object_store_url()
    }

    fn to_uri(&self, location: &Path) -> String {
        self.inner.to_uri(location)
    }
}

//! The choke point of every commit: a log store around the real one that sees each commit's bytes,
//! lets through only the version that follows the one that was read, and remembers what happened.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use deltalake::kernel::Version;
use deltalake::kernel::transaction::TransactionError;
use deltalake::logstore::{CommitOrBytes, LogStore, LogStoreConfig, LogStoreRef};
use deltalake::{DeltaResult, ObjectStore};
use datafusion::execution::object_store::ObjectStoreUrl;
use object_store::path::Path;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::failure::{Code, Failure};

/// What became of the commit.
#[derive(Debug, Clone, Default)]
pub enum Outcome {
    /// Nothing reached the log.
    #[default]
    None,
    Committed { version: Version, info: serde_json::Value },
    /// The write failed in a way that leaves open whether the log has it.
    Unknown,
}

pub struct CommitStore {
    inner: LogStoreRef,
    next_version: Version,
    outcome: Mutex<Outcome>,
    /// Held while the commit file is written, so that a cancelled call waits for the outcome.
    pub gate: Arc<tokio::sync::Mutex<()>>,
}

impl CommitStore {
    /// `read_version` is the version that the change was planned on; none is a table to be created.
    pub fn new(inner: LogStoreRef, read_version: Option<Version>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            next_version: read_version.map_or(0, |version| version + 1),
            outcome: Mutex::default(),
            gate: Arc::default(),
        })
    }

    pub fn outcome(&self) -> Outcome {
        self.outcome.lock().clone()
    }

    fn conflict(&self, version: Version) -> TransactionError {
        let failure = Failure::new(
            Code::CommitConflict,
            format!(
                "another writer committed version {} first; this change was planned on version {}",
                self.next_version,
                i128::from(self.next_version) - 1
            ),
        )
        .retryable()
        .with("version", version);
        TransactionError::LogStoreError {
            msg: failure.message.clone(),
            source: Box::new(failure),
        }
    }
}

/// The `commitInfo` action of a commit, which carries its operation and metrics.
fn commit_info(bytes: &[u8]) -> serde_json::Value {
    bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<serde_json::Value>(line).ok())
        .find_map(|mut action| action.get_mut("commitInfo").map(serde_json::Value::take))
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
        if version != self.next_version {
            return Err(self.conflict(version));
        }
        let _committing = self.gate.lock().await;
        let bytes = match &commit_or_bytes {
            CommitOrBytes::LogBytes(bytes) => Some(bytes.clone()),
            CommitOrBytes::TmpCommit(_) => None,
        };
        match self.inner.write_commit_entry(version, commit_or_bytes, operation_id).await {
            Ok(()) => {
                let bytes = match bytes {
                    Some(bytes) => bytes,
                    None => {
                        self.inner.read_commit_entry(version).await.ok().flatten().unwrap_or_default()
                    }
                };
                *self.outcome.lock() = Outcome::Committed { version, info: commit_info(&bytes) };
                Ok(())
            }
            Err(TransactionError::VersionAlreadyExists(_)) => Err(self.conflict(version)),
            Err(error) => {
                *self.outcome.lock() = Outcome::Unknown;
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

    async fn get_latest_version(&self, start_version: Version) -> DeltaResult<Version> {
        self.inner.get_latest_version(start_version).await
    }

    fn object_store(&self, operation_id: Option<Uuid>) -> Arc<dyn ObjectStore> {
        self.inner.object_store(operation_id)
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

//! A log on S3 whose commits are decided by a lock table. The steps are those of Delta's
//! `S3DynamoDBLogStore`, so that its writers and ours take turns: the bytes go to a temporary file, an
//! item of the lock table says that they are the commit, the commit file is written, and the item is
//! marked complete. Whoever finds an item that isn't finishes it.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::execution::object_store::ObjectStoreUrl;
use deltalake::kernel::Version;
use deltalake::kernel::transaction::TransactionError;
use deltalake::logstore::{CommitOrBytes, LogStore, LogStoreConfig, LogStoreRef};
use deltalake::{DeltaResult, DeltaTableError, ObjectStore};
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutMode, PutOptions};
use uuid::Uuid;

use super::commit_store::decoded;
use super::lock_table::{Entry, LockTable, Put};
use crate::failure::{Code, Failure, Result};

pub struct LockedLog {
    inner: LogStoreRef,
    locks: LockTable,
    /// What the lock table knows the table by.
    table_path: String,
}

impl LockedLog {
    pub fn new(inner: LogStoreRef, locks: LockTable) -> Self {
        // As Hadoop's paths are written: without escapes.
        let table_path = decoded(inner.root_url().as_str().trim_end_matches('/'));
        Self { inner, locks, table_path }
    }

    fn store(&self) -> Arc<dyn ObjectStore> {
        self.inner.object_store(None)
    }

    async fn entry(&self, version: Version) -> Result<Option<Entry>> {
        self.locks.get(&self.table_path, &file_of(version)).await
    }

    async fn is_in_log(&self, file: &str) -> Result<bool> {
        match self.store().head(&in_log(file)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Finishes the commit that another writer left between its item and its file.
    async fn finish(&self, entry: &Entry) -> Result<()> {
        if entry.complete {
            return Ok(());
        }
        if !self.is_in_log(&entry.file).await? {
            match self.store().get(&in_log(&entry.temp_path)).await {
                Ok(found) => {
                    self.publish(&entry.file, found.bytes().await?).await?;
                }
                // Its writer finished it just now.
                Err(object_store::Error::NotFound { .. })
                    if self.is_in_log(&entry.file).await? => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.locks.complete(&self.table_path, &entry.file).await
    }

    async fn finish_latest(&self) -> Result<()> {
        match self.locks.latest(&self.table_path).await? {
            Some(entry) => self.finish(&entry).await,
            None => Ok(()),
        }
    }

    /// Writes the commit file. False when a writer that asks no lock table has put another there.
    async fn publish(&self, file: &str, bytes: Bytes) -> Result<bool> {
        let create = PutOptions { mode: PutMode::Create, ..Default::default() };
        let place = in_log(file);
        match self.store().put_opts(&place, bytes.clone().into(), create).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => {
                Ok(self.store().get(&place).await?.bytes().await? == bytes)
            }
            // The lock table alone decides.
            Err(
                object_store::Error::NotImplemented { .. }
                | object_store::Error::NotSupported { .. },
            ) => {
                self.store().put(&place, bytes.into()).await?;
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn left_over(&self, file: &str) -> Failure {
        let path = &self.table_path;
        Failure::new(
            Code::AlreadyExists,
            format!("the lock table has `{file}` of `{path}`, and the log does not"),
        )
        .with("table", path)
        .with("hint", "delete the items of a table that was here before")
    }

    /// Commits, or returns false when the version is taken.
    async fn commit(&self, version: Version, bytes: Bytes) -> Result<bool> {
        let file = file_of(version);
        if self.is_in_log(&file).await? {
            return Ok(false);
        }
        if let Some(before) = version.checked_sub(1) {
            match self.entry(before).await? {
                Some(entry) => self.finish(&entry).await?,
                None if self.is_in_log(&file_of(before)).await? => {}
                None => {
                    return Err(Failure::new(
                        Code::Corruption,
                        format!(
                            "version {version} can't follow: neither the log of `{}` nor its lock \
                             table has version {before}",
                            self.table_path
                        ),
                    ));
                }
            }
        }
        let entry = Entry {
            temp_path: format!(".tmp/{file}.{}", Uuid::new_v4()),
            file: file.clone(),
            complete: false,
        };
        let temporary = in_log(&entry.temp_path);
        self.store().put(&temporary, bytes.clone().into()).await?;
        if let Put::Taken = self.locks.put(&self.table_path, &entry).await? {
            let holder = self.entry(version).await?;
            // A first try whose answer was lost may have put ours.
            if holder.as_ref().is_none_or(|holder| holder.temp_path != entry.temp_path) {
                drop(self.store().delete(&temporary).await);
                if let Some(holder) = holder {
                    self.finish(&holder).await?;
                    if !self.is_in_log(&file).await? {
                        return Err(self.left_over(&file));
                    }
                }
                return Ok(false);
            }
        }
        let published = self.publish(&file, bytes).await?;
        // Whoever reads next does these otherwise.
        if self.locks.complete(&self.table_path, &file).await.is_ok() {
            drop(self.store().delete(&temporary).await);
        }
        Ok(published)
    }
}

fn file_of(version: Version) -> String {
    format!("{version:020}.json")
}

fn in_log(file: &str) -> Path {
    Path::from(format!("_delta_log/{file}"))
}

fn as_table_error(failure: Failure) -> DeltaTableError {
    DeltaTableError::GenericError { source: Box::new(failure) }
}

#[async_trait]
impl LogStore for LockedLog {
    /// So that commits come as bytes.
    fn name(&self) -> String {
        self.inner.name()
    }

    async fn refresh(&self) -> DeltaResult<()> {
        self.finish_latest().await.map_err(as_table_error)?;
        self.inner.refresh().await
    }

    async fn read_commit_entry(&self, version: Version) -> DeltaResult<Option<Bytes>> {
        let found = self.inner.read_commit_entry(version).await?;
        if found.is_some() {
            return Ok(found);
        }
        match self.entry(version).await.map_err(as_table_error)? {
            Some(entry) if !entry.complete => {
                self.finish(&entry).await.map_err(as_table_error)?;
                self.inner.read_commit_entry(version).await
            }
            _ => Ok(None),
        }
    }

    async fn write_commit_entry(
        &self,
        version: Version,
        commit_or_bytes: CommitOrBytes,
        _operation_id: Uuid,
    ) -> Result<(), TransactionError> {
        let failed = |failure: Failure| TransactionError::LogStoreError {
            msg: failure.message.clone(),
            source: Box::new(failure),
        };
        let bytes = match commit_or_bytes {
            CommitOrBytes::LogBytes(bytes) => bytes,
            CommitOrBytes::TmpCommit(path) => self.store().get(&path).await?.bytes().await?,
        };
        match self.commit(version, bytes).await.map_err(failed)? {
            true => Ok(()),
            false => Err(TransactionError::VersionAlreadyExists(version)),
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
        self.finish_latest().await.map_err(as_table_error)?;
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

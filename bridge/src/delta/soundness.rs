//! Whether what the log says happened could have happened: other writers don't all commit by
//! compare-and-swap.

use std::collections::HashSet;
use std::sync::Arc;

use deltalake::DeltaTable;
use deltalake::kernel::Version;
use deltalake::logstore::LogStoreRef;
use futures::TryStreamExt;

use super::attempt::OPERATION_ID;
use super::commit_store::{actions, commit_info, decoded};
use crate::failure::{Code, Failure, Result};

/// Replays the commits up to `latest` that follow the last of ours, before which all was sound, and
/// fails on one that removes a file that is not in the table.
pub async fn verify(log_store: &LogStoreRef, latest: Version, table_uri: &str) -> Result<()> {
    let mut foreign = Vec::new();
    let mut base = None;
    for version in (0..=latest).rev() {
        // What is gone from the log can't be replayed; a checkpoint stands for it.
        let Some(entry) = log_store.read_commit_entry(version).await? else {
            base = Some(version);
            break;
        };
        if !commit_info(&entry)[OPERATION_ID].is_null() {
            base = Some(version);
            break;
        }
        foreign.push((version, entry));
    }
    if foreign.iter().all(|(_, entry)| !removes(entry)) {
        return Ok(());
    }
    let mut active = match base {
        None => HashSet::new(),
        Some(version) => match files_at(log_store, version).await {
            Ok(files) => files,
            // Without a checkpoint at the log's first version nothing can be told of it.
            Err(_) => return Ok(()),
        },
    };
    for (version, entry) in foreign.into_iter().rev() {
        let mut added = Vec::new();
        for action in actions(&entry) {
            if let Some(path) = action["add"]["path"].as_str() {
                added.push(decoded(path));
            }
            if let Some(path) = action["remove"]["path"].as_str().map(decoded)
                && !active.remove(&path)
            {
                return Err(unsound(table_uri, version, &path));
            }
        }
        active.extend(added);
    }
    Ok(())
}

fn removes(entry: &[u8]) -> bool {
    actions(entry).any(|action| !action["remove"].is_null())
}

async fn files_at(log_store: &LogStoreRef, version: Version) -> Result<HashSet<String>> {
    let mut table = DeltaTable::new(Arc::clone(log_store));
    table.load_version(version).await?;
    let files = table
        .snapshot()?
        .snapshot()
        .file_views(log_store.as_ref(), None)
        .map_ok(|file| file.path().into_owned())
        .try_collect()
        .await?;
    Ok(files)
}

fn unsound(table: &str, version: Version, path: &str) -> Failure {
    let before = i128::from(version) - 1;
    Failure::new(
        Code::Corruption,
        format!(
            "version {version} of `{table}` removes the file `{path}`, which was not in the table any \
             more: its writer did not see the commit before, and rows may be doubled or back since. \
             Restore version {before}, the last that is sound, and make the change again"
        ),
    )
    .with("table", table)
    .with("version", version)
    .with("restore_version", before)
    .with("path", path)
}

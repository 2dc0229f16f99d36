//! Application transactions: whether one is part of what a table is now.

use deltalake::DeltaTable;
use deltalake::kernel::Version;
use deltalake::logstore::LogStoreRef;
use serde::Deserialize;
use serde_json::Value;

use super::commit_store::{actions, commit_info};
use crate::failure::Result;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppTransaction {
    pub app_id: String,
    pub version: i64,
}

impl AppTransaction {
    /// The table's version that applied this transaction, or a later one of the application; none
    /// when it is not part of the table. A restore leaves the log's entry for the application as it
    /// is, so the way back from the latest version leads over the versions that were restored.
    pub async fn applied_at(&self, table: &DeltaTable) -> Result<Option<Version>> {
        let state = table.snapshot()?;
        let log_store = table.log_store();
        let known = state.transaction_version(log_store.as_ref(), &self.app_id).await?;
        if known.is_none_or(|known| known < self.version) {
            return Ok(None);
        }
        let latest = state.version();
        let mut version = latest;
        loop {
            let Some(entry) = log_store.read_commit_entry(version).await? else {
                // The log no longer has it; no restore since undid it.
                return Ok(Some(latest));
            };
            if actions(&entry).any(|action| self.is_in(&action)) {
                return Ok(Some(version));
            }
            let next = match restored(&entry, &log_store).await? {
                Some(restored) if restored < version => restored,
                _ if version == 0 => return Ok(None),
                _ => version - 1,
            };
            version = next;
        }
    }

    fn is_in(&self, action: &Value) -> bool {
        action["txn"]["appId"].as_str() == Some(&self.app_id)
            && action["txn"]["version"].as_i64().is_some_and(|version| version >= self.version)
    }
}

/// The version that a commit restored, if that is what it did.
async fn restored(entry: &[u8], log_store: &LogStoreRef) -> Result<Option<Version>> {
    let info = commit_info(entry);
    if info["operation"] != "RESTORE" {
        return Ok(None);
    }
    // delta-rs writes parameters as they are, Spark as text.
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let parameters = &info["operationParameters"];
    if let Some(version) = number(&parameters["version"]) {
        return Ok(Version::try_from(version).ok());
    }
    let Some(time) =
        number(&parameters["datetime"]).and_then(chrono::DateTime::from_timestamp_millis)
    else {
        return Ok(None);
    };
    let mut table = DeltaTable::new(log_store.clone());
    table.load_with_datetime(time).await?;
    Ok(table.version())
}

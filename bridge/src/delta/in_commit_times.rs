//! In-commit timestamps: where a table has them on, they say when a version was made, and not the
//! times of the log's files, which a copy has anew.

use chrono::{DateTime, Utc};
use deltalake::DeltaTable;
use deltalake::kernel::Version;
use deltalake::logstore::LogStoreRef;

use super::commit_store::commit_info;
use crate::failure::{Code, Failure, Result};

// Delta protocol, "In-Commit Timestamps".
const ENABLED: &str = "delta.enableInCommitTimestamps";
const SINCE: &str = "delta.inCommitTimestampEnablementVersion";

pub struct InCommitTimes {
    log_store: LogStoreRef,
    /// The version that turned them on.
    pub first: Version,
    pub latest: Version,
}

impl InCommitTimes {
    /// Those of `table` up to its version, where they are on.
    pub fn of(table: &DeltaTable) -> Result<Option<Self>> {
        let state = table.snapshot()?;
        let properties = state.metadata().configuration();
        if !properties.get(ENABLED).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let first = match properties.get(SINCE) {
            None => 0,
            Some(version) => version.parse().map_err(|_| {
                Failure::new(Code::Corruption, format!("the property {SINCE} is `{version}`"))
            })?,
        };
        Ok(Some(Self { log_store: table.log_store(), first, latest: state.version() }))
    }

    /// The last version that was made at `time` or before; none when they were turned on later.
    pub async fn version_at(&self, time: DateTime<Utc>) -> Result<Option<Version>> {
        let time = time.timestamp_millis();
        let (mut low, mut high) = (self.first, self.latest + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.made(middle).await? {
                Some(made) if made > time => high = middle,
                _ => low = middle + 1,
            }
        }
        Ok((low > self.first).then(|| low - 1))
    }

    /// None for a commit that is gone from the log, as the oldest may be.
    async fn made(&self, version: Version) -> Result<Option<i64>> {
        let Some(entry) = self.log_store.read_commit_entry(version).await? else { return Ok(None) };
        match commit_info(&entry)["inCommitTimestamp"].as_i64() {
            Some(made) => Ok(Some(made)),
            None => Err(Failure::new(
                Code::Corruption,
                format!("version {version} has no in-commit timestamp, though they are on"),
            )
            .with("version", version)),
        }
    }
}

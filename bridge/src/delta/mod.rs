//! Delta tables: opened for reading, and changed one attempt at a time. The protocol around the
//! attempts is C++.

mod alter;
mod app_transaction;
mod attempt;
mod change;
mod commit_store;
mod create;
mod decimal_statistics;
mod exclusive_put;
mod faults;
mod feed;
mod field_ids;
mod generated;
mod in_commit_times;
mod inspect;
mod known_tables;
mod lock_table;
mod locked_log;
mod open;
mod partition_filter;
mod pruning;
mod restore;
mod rewrite;
mod schema_change;
mod soundness;
mod statement;
mod store;
mod table_form;
mod table_version;
mod time_zones;
mod truncate;
mod upkeep;
mod write;
mod writer_policy;

use datafusion::catalog::TableProvider;
use deltalake::logstore::LogStoreRef;
use serde::Deserialize;
use std::collections::HashMap;
use url::Url;

use crate::failure::Result;
use crate::frame::Frame;
use crate::session::Shared;
use crate::stream::StreamTable;

pub use faults::arm as arm_fault;
pub use known_tables::KnownTables;
pub use open::Opened;
pub use statement::Statement;
pub use store::reach;
use table_version::TableVersion;

/// Which table, as every request names it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Location {
    table_uri: String,
    #[serde(default)]
    storage_options: HashMap<String, String>,
}

impl Location {
    /// The table's folder, if the session may touch it.
    fn url(&self, shared: &Shared) -> Result<Url> {
        shared.roots.folder_url(&self.table_uri)
    }

    fn log_store(&self, shared: &Shared) -> Result<LogStoreRef> {
        let mut options = shared.store_options.clone();
        options.extend(self.storage_options.clone());
        store::open(&self.url(shared)?, &options)
    }
}

/// The CHECK constraints of a Delta table, by name; none of any other table.
pub fn checks(provider: &dyn TableProvider) -> &[(String, String)] {
    table_version_of(provider).map_or(&[], TableVersion::checks)
}

fn table_version_of(provider: &dyn TableProvider) -> Option<&TableVersion> {
    (provider as &dyn std::any::Any).downcast_ref()
}

/// The lowest version of the Delta table at `table_uri` that the frame's plan reads; -1 when none.
pub fn read_version(frame: &Frame, table_uri: &str) -> Result<i64> {
    let url = frame.shared.roots.folder_url(table_uri)?;
    let folder = |url: &Url| url.as_str().trim_end_matches('/').to_string();
    let mut lowest = None;
    frame.for_each_table(&mut |provider| {
        if let Some(table) = table_version_of(provider)
            && folder(table.url()) == folder(&url)
        {
            lowest = Some(lowest.map_or(table.version(), |lowest| table.version().min(lowest)));
        }
    })?;
    Ok(lowest.map_or(-1, |version| i64::try_from(version).unwrap_or(i64::MAX)))
}

/// The frame's logical plan, and each Delta table that it reads with its version.
pub fn plan_text(frame: &Frame) -> Result<String> {
    let mut text = frame.frame.logical_plan().display_indent_schema().to_string();
    frame.for_each_table(&mut |provider| {
        if let Some(table) = table_version_of(provider) {
            text.push_str(&format!("\n{} at {}", table.url(), table.version()));
        }
    })?;
    Ok(text)
}

/// Whether the frame's plan reads a stream, which it can do once.
pub fn reads_once(frame: &Frame) -> Result<bool> {
    let mut once = false;
    frame.for_each_table(&mut |provider| {
        once |= (provider as &dyn std::any::Any).is::<StreamTable>();
    })?;
    Ok(once)
}

//! Delta tables: opened for reading, and changed one attempt at a time. The protocol around the
//! attempts is C++.

mod commit_store;
mod open;
mod table_version;
mod write;

use std::collections::HashMap;
use std::sync::Once;

use datafusion::catalog::TableProvider;
use deltalake::logstore::{LogStoreRef, StorageConfig, logstore_for};
use serde::Deserialize;
use url::Url;

use crate::failure::Result;
use crate::frame::Frame;
use crate::session::Shared;
use crate::stream::StreamTable;

pub use open::Opened;
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
        register_stores();
        shared.roots.folder_url(&self.table_uri)
    }

    fn log_store(&self, shared: &Shared) -> Result<LogStoreRef> {
        let url = self.url(shared)?;
        Ok(logstore_for(&url, StorageConfig::parse_options(self.storage_options.clone())?)?)
    }
}

/// A static archive may drop the constructors by which the stores register themselves.
fn register_stores() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        deltalake::aws::register_handlers(None);
        deltalake::azure::register_handlers(None);
        deltalake::gcp::register_handlers(None);
    });
}

pub fn is_delta(provider: &dyn TableProvider) -> bool {
    table_version_of(provider).is_some()
}

fn table_version_of(provider: &dyn TableProvider) -> Option<&TableVersion> {
    (provider as &dyn std::any::Any).downcast_ref()
}

/// Whether the frame's plan reads the Delta table at `table_uri`.
pub fn reads_table(frame: &Frame, table_uri: &str) -> Result<bool> {
    let url = frame.shared.roots.folder_url(table_uri)?;
    let folder = |url: &Url| url.as_str().trim_end_matches('/').to_string();
    frame.any_table(|provider| {
        table_version_of(provider).is_some_and(|table| folder(table.url()) == folder(&url))
    })
}

/// Whether the frame's plan reads a stream, which it can do once.
pub fn reads_once(frame: &Frame) -> Result<bool> {
    frame.any_table(|provider| (provider as &dyn std::any::Any).is::<StreamTable>())
}

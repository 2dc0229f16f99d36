//! Delta tables: opened for reading, and changed one attempt at a time. The protocol around the
//! attempts is C++.

mod commit_store;
mod open;
mod write;

use std::collections::HashMap;
use std::sync::Once;

use datafusion::catalog::TableProvider;
use deltalake::delta_datafusion::DeltaScanNext;
use deltalake::logstore::{LogStoreRef, StorageConfig, logstore_for};
use serde::Deserialize;
use url::Url;

use crate::failure::Result;
use crate::frame::Frame;
use crate::session::Shared;
use crate::stream::OneShot;

pub use open::Opened;

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
    scan_of(provider).is_some()
}

fn scan_of(provider: &dyn TableProvider) -> Option<&DeltaScanNext> {
    (provider as &dyn std::any::Any).downcast_ref()
}

/// Whether the frame's plan reads the Delta table at `table_uri`.
pub fn reads_table(frame: &Frame, table_uri: &str) -> Result<bool> {
    let url = frame.shared.roots.folder_url(table_uri)?;
    frame.any_table(|provider| {
        scan_of(provider)
            .is_some_and(|scan| folder(scan.snapshot().table_root().as_str()) == folder(url.as_str()))
    })
}

fn folder(url: &str) -> &str {
    url.trim_end_matches('/')
}

/// Whether the frame's plan reads a stream, which it can do once.
pub fn reads_once(frame: &Frame) -> Result<bool> {
    frame.any_table(|provider| {
        (provider as &dyn std::any::Any)
            .downcast_ref::<datafusion::catalog::streaming::StreamingTable>()
            .is_some_and(|table| format!("{table:?}").contains("OneShot"))
    })
}

#[expect(dead_code, reason = "names the type that reads_once looks for")]
type ReadOnce = OneShot;

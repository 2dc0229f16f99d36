//! What a session has read of tables' logs: the next look at a table reads only what came after.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use deltalake::DeltaTable;
use deltalake::kernel::Version;
use deltalake::logstore::LogStoreRef;
use deltalake::table::state::DeltaTableState;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use parking_lot::Mutex;

use super::Location;
use crate::failure::Result;

/// Tables that are remembered; beyond, all are forgotten.
const MOST_TABLES: usize = 16;

#[derive(Default)]
pub struct KnownTables(Mutex<HashMap<Key, Known>>);

type Key = (String, BTreeMap<String, String>);

struct Known {
    state: DeltaTableState,
    mark: Mark,
}

/// What tells a commit file from that of another table which was made in the same place.
#[derive(Debug, Clone, PartialEq)]
struct Mark {
    modified: DateTime<Utc>,
    size: u64,
    e_tag: Option<String>,
}

impl Mark {
    async fn of(log_store: &LogStoreRef, version: Version) -> Option<Self> {
        let commit = Path::from(format!("_delta_log/{version:020}.json"));
        let found = log_store.object_store(None).head(&commit).await.ok()?;
        Some(Self { modified: found.last_modified, size: found.size, e_tag: found.e_tag })
    }
}

fn key(location: &Location) -> Key {
    let options = location.storage_options.clone().into_iter().collect();
    (location.table_uri.clone(), options)
}

impl KnownTables {
    /// The table at its latest version.
    pub(super) async fn latest(
        &self,
        location: &Location,
        log_store: LogStoreRef,
    ) -> Result<DeltaTable> {
        let mut table = DeltaTable::new(log_store);
        let known = self
            .0
            .lock()
            .get(&key(location))
            .map(|known| (known.state.clone(), known.mark.clone()));
        if let Some((state, mark)) = known
            && Mark::of(&table.log_store(), state.version()).await.as_ref() == Some(&mark)
        {
            table.state = Some(state);
            table.update_state().await?;
        } else {
            table.load().await?;
        }
        self.remember(location, &table).await;
        Ok(table)
    }

    /// The table at `version`, if that is where `latest` found it last, and it still is that table.
    pub(super) async fn still_at(
        &self,
        location: &Location,
        log_store: &LogStoreRef,
        version: Version,
    ) -> Option<DeltaTableState> {
        let mark = {
            let known = self.0.lock();
            let known = known.get(&key(location))?;
            (known.state.version() == version).then(|| known.mark.clone())?
        };
        let found = Mark::of(log_store, version).await?;
        if found == mark { self.at(location, version) } else { None }
    }

    /// The table at `version`, as `latest` found it last; the caller has made sure that it still is.
    pub(super) fn at(&self, location: &Location, version: Version) -> Option<DeltaTableState> {
        let known = self.0.lock();
        let state = &known.get(&key(location))?.state;
        (state.version() == version).then(|| state.clone())
    }

    async fn remember(&self, location: &Location, table: &DeltaTable) {
        let Some(state) = &table.state else { return };
        let mark = Mark::of(&table.log_store(), state.version()).await;
        let mut known = self.0.lock();
        match mark {
            Some(mark) => {
                if known.len() >= MOST_TABLES && !known.contains_key(&key(location)) {
                    known.clear();
                }
                known.insert(key(location), Known { state: state.clone(), mark });
            }
            // Only a checkpoint stands for this version: nothing tells it from another table's.
            None => drop(known.remove(&key(location))),
        }
    }
}

//! The beginning of a table's history, removed: log entries, data files and change files that only
//! versions before a first one need. delta-rs's vacuum can't be asked for this: it deletes the change
//! files of every version, and it adds commits of its own.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use deltalake::checkpoints::create_checkpoint;
use deltalake::kernel::Version;
use deltalake::logstore::LogStoreRef;
use deltalake::{DeltaTable, ObjectStore};
use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};
use serde::Serialize;
use serde_json::Value;

use super::commit_store::{actions, decoded};
use super::open::Request;
use crate::failure::{Code, Failure, Result};
use crate::runtime::{self, Token};
use crate::session::Session;

const LOG: &str = "_delta_log/";
/// A checkpoint is larger than a few commits, and readers are as fast without it.
const FEWEST_COMMITS_CUT: usize = 10;
const FEED: &str = "delta.enableChangeDataFeed";
const LAST_CHECKPOINT: &str = "_delta_log/_last_checkpoint";

#[derive(Debug, Default, Serialize)]
struct Files {
    files: u64,
    bytes: u64,
}

#[derive(Debug, Serialize)]
struct Report {
    first_version: Version,
    version: Version,
    data: Files,
    changes: Files,
    log: Files,
}

/// What is to go.
#[derive(Debug, Default)]
struct Plan {
    data: Vec<ObjectMeta>,
    changes: Vec<ObjectMeta>,
    log: Vec<ObjectMeta>,
    has_checkpoint: bool,
}

impl Files {
    fn of(objects: &[ObjectMeta]) -> Self {
        Self { files: objects.len() as u64, bytes: objects.iter().map(|object| object.size).sum() }
    }
}

impl Session {
    /// Removes what only versions before that of `request` need, or only tells what that is.
    pub fn delta_truncate(&self, request: &str, dry_run: bool, token: &Token) -> Result<String> {
        let request = Request::parse(request)?;
        let shared = Arc::clone(&self.shared);
        runtime::run(token, async move {
            let table = request.load(&shared).await?;
            let log_store = table.log_store();
            let first_version = table.snapshot()?.version();
            let version = log_store.get_latest_version(first_version).await?;
            let active = active_files(&table).await?;
            let needed = needed_since(&table, version, active.clone()).await?;
            let store = log_store.object_store(None);
            let mut plan = plan(&log_store, first_version, &active, &needed).await?;
            if !plan.has_checkpoint && plan.log.len() < FEWEST_COMMITS_CUT {
                plan.log.clear();
            }
            if !dry_run {
                match plan.has_checkpoint {
                    _ if plan.log.is_empty() => {}
                    false => begin_at(&table, first_version, &active).await?,
                    true => drop_old_hint(store.as_ref(), first_version).await?,
                }
                apply(store.as_ref(), &plan).await?;
            }
            Ok(serde_json::to_string(&Report {
                first_version,
                version,
                data: Files::of(&plan.data),
                changes: Files::of(&plan.changes),
                log: Files::of(&plan.log),
            })?)
        })
    }
}

async fn active_files(table: &DeltaTable) -> Result<HashSet<Path>> {
    let log_store = table.log_store();
    let files = table
        .snapshot()?
        .snapshot()
        .file_views(log_store.as_ref(), None)
        .map_ok(|file| file.object_store_path())
        .try_collect()
        .await?;
    Ok(files)
}

/// The files that some version from `first` to `last` reads: those active at the first one, and all
/// that its commit and the later ones add. A version can only be read when all of its log is there,
/// so a gap in it means that nothing is known.
async fn needed_since(
    table: &DeltaTable,
    last: Version,
    mut needed: HashSet<Path>,
) -> Result<HashSet<Path>> {
    let log_store = table.log_store();
    let snapshot = table.snapshot()?;
    let first = snapshot.version();
    let has_feed = snapshot.metadata().configuration().get(FEED).is_some_and(|on| on == "true");
    for version in first..=last {
        let Some(entry) = log_store.read_commit_entry(version).await? else {
            // A checkpoint may stand for the first one.
            if version == first {
                continue;
            }
            return Err(Failure::new(
                Code::Corruption,
                format!(
                    "the log of `{}` lacks version {version} between {first} and {last}, so it can't \
                     be told which files are needed",
                    log_store.root_url()
                ),
            ));
        };
        let actions = whole(&entry, version)?;
        // Without change files the feed of a commit reads what the commit removed. (What later ones
        // removed is active at the first, or was added since.)
        let has_changes = actions.iter().any(|action| !action["cdc"].is_null());
        let kinds: &[&str] = match version == first && has_feed && !has_changes {
            true => &["add", "cdc", "remove"],
            false => &["add", "cdc"],
        };
        for file in actions.iter().flat_map(|action| kinds.iter().map(|kind| &action[*kind])) {
            if !file.is_null() {
                needed.insert(path_in(file)?);
            }
        }
    }
    Ok(needed)
}

/// All actions of a commit: one that can't be read may be of any file.
fn whole(entry: &[u8], version: Version) -> Result<Vec<Value>> {
    let read: Vec<_> = actions(entry).collect();
    let lines = entry.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    if read.len() == lines.count() {
        return Ok(read);
    }
    Err(Failure::new(
        Code::Corruption,
        format!("the commit of version {version} has a line that is no JSON; nothing was removed"),
    ))
}

/// Where a file lies that the log names, below the table.
fn path_in(file: &Value) -> Result<Path> {
    let path = decoded(file["path"].as_str().unwrap_or_default());
    let plain = Path::parse(&path).ok().filter(|plain| plain.as_ref() == path);
    plain.ok_or_else(|| {
        Failure::new(
            Code::Unsupported,
            format!("the log names the file `{path}`, which is no plain path below the table; nothing was removed"),
        )
    })
}

/// Keeps what lies in folders of the table's own: a link to a folder may lead to anything.
struct OwnFolders {
    root: Option<std::path::PathBuf>,
    known: HashMap<String, bool>,
}

impl OwnFolders {
    fn of(log_store: &LogStoreRef) -> Self {
        Self { root: log_store.root_url().to_file_path().ok(), known: HashMap::new() }
    }

    fn has(&mut self, file: &Path) -> bool {
        let Some(root) = &self.root else { return true };
        let Some((folder, _)) = file.as_ref().rsplit_once('/') else { return true };
        if let Some(known) = self.known.get(folder) {
            return *known;
        }
        let mut place = root.clone();
        let is_own = folder.split('/').all(|part| {
            place.push(part);
            std::fs::symlink_metadata(&place).is_ok_and(|found| found.is_dir())
        });
        self.known.insert(folder.to_string(), is_own);
        is_own
    }
}

async fn plan(
    log_store: &LogStoreRef,
    first: Version,
    active: &HashSet<Path>,
    needed: &HashSet<Path>,
) -> Result<Plan> {
    let mut plan = Plan::default();
    let mut folders = OwnFolders::of(log_store);
    let store = log_store.object_store(None);
    let mut found = HashSet::new();
    let mut objects = store.list(None);
    while let Some(object) = objects.try_next().await? {
        if active.contains(&object.location) {
            found.insert(object.location.clone());
        }
        if !folders.has(&object.location) {
            continue;
        }
        let path = object.location.as_ref();
        if let Some(name) = path.strip_prefix(LOG) {
            match version_of(name) {
                Some(version) if version < first => plan.log.push(object),
                Some(version) if version == first => {
                    plan.has_checkpoint |= name.ends_with(".checkpoint.parquet");
                }
                _ => {}
            }
        } else if path.ends_with(".parquet") && !needed.contains(&object.location) {
            match path.split_once('/') {
                Some(("_change_data", _)) => plan.changes.push(object),
                // Of some other feature of the format, or of another program.
                Some((folder, _)) if is_hidden(folder) => {}
                _ => plan.data.push(object),
            }
        }
    }
    if let Some(lost) = active.iter().find(|file| !found.contains(*file)) {
        return Err(Failure::new(
            Code::Corruption,
            format!(
                "`{}` has no file `{lost}`, which version {first} needs; nothing was removed",
                log_store.root_url()
            ),
        ));
    }
    // Whoever is interrupted leaves a log without gaps.
    plan.log.sort_by(|a, b| a.location.cmp(&b.location));
    Ok(plan)
}

/// The version that a file of the log is of, whatever kind of file it is.
fn version_of(name: &str) -> Option<Version> {
    let (digits, rest) = name.split_at_checked(20)?;
    if !rest.starts_with('.') {
        return None;
    }
    digits.parse().ok()
}

fn is_hidden(folder: &str) -> bool {
    folder.starts_with(['_', '.']) && !folder.contains('=')
}

/// Makes a checkpoint of the first version, so that nothing before it is needed, and sees that it can
/// be read.
async fn begin_at(table: &DeltaTable, first: Version, active: &HashSet<Path>) -> Result<()> {
    let log_store = table.log_store();
    let store = log_store.object_store(None);
    let hint = read_hint(store.as_ref()).await?;
    create_checkpoint(table, None).await?;
    sync(&log_store, &checkpoint_of(first))?;
    // Readers look for a newer checkpoint from the one on that the hint names, so it may be too old,
    // but a newer one is faster.
    if let Some((bytes, version)) = hint
        && version > first
    {
        store.put(&Path::from(LAST_CHECKPOINT), bytes.into()).await?;
    }
    let mut again = DeltaTable::new(Arc::clone(&log_store));
    again.load_version(first).await?;
    if active_files(&again).await? == *active {
        return Ok(());
    }
    // Nobody shall begin at it.
    unless_gone(store.delete(&Path::from(LAST_CHECKPOINT)).await)?;
    unless_gone(store.delete(&checkpoint_of(first)).await)?;
    Err(Failure::new(
        Code::Corruption,
        format!(
            "the checkpoint of version {first} of `{}` has other files than its log; nothing was removed",
            log_store.root_url()
        ),
    ))
}

fn checkpoint_of(version: Version) -> Path {
    Path::from(format!("{LOG}{version:020}.checkpoint.parquet"))
}

/// Has the disk keep a file that stands for others, before those go.
fn sync(log_store: &LogStoreRef, file: &Path) -> Result<()> {
    let Ok(root) = log_store.root_url().to_file_path() else { return Ok(()) };
    let written = std::fs::File::open(root.join(file.as_ref())).and_then(|file| file.sync_all());
    written.map_err(|error| Failure::new(Code::Io, format!("`{file}` can't be written: {error}")))
}

/// What `_last_checkpoint` has, and the version that it names (0 when that can't be read).
async fn read_hint(store: &dyn ObjectStore) -> Result<Option<(Bytes, Version)>> {
    match store.get(&Path::from(LAST_CHECKPOINT)).await {
        Ok(found) => {
            let bytes = found.bytes().await?;
            let hint: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let version = hint["version"].as_u64().unwrap_or_default();
            Ok(Some((bytes, version)))
        }
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whoever was killed after the checkpoint was written may have left a hint of one that goes now.
/// Readers do without it.
async fn drop_old_hint(store: &dyn ObjectStore, first: Version) -> Result<()> {
    match read_hint(store).await? {
        Some((_, version)) if version < first => {
            unless_gone(store.delete(&Path::from(LAST_CHECKPOINT)).await)
        }
        _ => Ok(()),
    }
}

async fn apply(store: &dyn ObjectStore, plan: &Plan) -> Result<()> {
    let files: Vec<_> =
        plan.data.iter().chain(&plan.changes).map(|object| Ok(object.location.clone())).collect();
    let mut deleted = store.delete_stream(stream::iter(files).boxed());
    while let Some(outcome) = deleted.next().await {
        unless_gone(outcome.map(drop))?;
    }
    for object in &plan.log {
        unless_gone(store.delete(&object.location).await)?;
    }
    Ok(())
}

fn unless_gone(outcome: object_store::Result<()>) -> Result<()> {
    match outcome {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

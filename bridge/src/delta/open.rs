//! Opening tables for reading, and asking where they stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::ffi::FFI_ArrowSchema;
use chrono::{DateTime, Utc};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DeltaScanConfig;
use deltalake::kernel::Version;
use deltalake::logstore::LogStoreRef;
use serde::{Deserialize, Serialize};

use super::app_transaction::AppTransaction;
use super::feed::Feed;
use super::in_commit_times::InCommitTimes;
use super::table_version::TableVersion;
use super::{Location, soundness, store};
use crate::catalog::Provider;
use crate::failure::{Code, Failure, Result};
use crate::runtime::{self, Token};
use crate::session::{Session, Shared};

/// The beginning of a log may be removed between listing and reading it, when a checkpoint stands
/// for it: then there is another way to the same version.
const LOADS_OF_A_LOG_THAT_IS_CUT: usize = 3;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    table_uri: String,
    #[serde(default)]
    storage_options: std::collections::HashMap<String, String>,
    #[serde(default)]
    version: Option<Version>,
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(default)]
    scan: Option<Scan>,
    #[serde(default)]
    gate: Option<Gate>,
    #[serde(default)]
    metadata_only: bool,
    #[serde(default)]
    transaction: Option<AppTransaction>,
    /// Checks what other writers committed.
    #[serde(default)]
    verify: bool,
    /// Only these data files, by their paths in the log.
    #[serde(default)]
    files: Option<Vec<String>>,
    /// The change feed, not the rows.
    #[serde(default)]
    feed: Option<Feed>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scan {
    file_column_name: Option<String>,
    wrap_partition_values: Option<bool>,
    enable_parquet_pushdown: Option<bool>,
    schema_force_view_types: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gate {
    max_reader_version: Option<i32>,
    max_writer_version: Option<i32>,
    required_features: Vec<String>,
    forbidden_features: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Metadata {
    table_uri: String,
    version: Version,
    table_id: String,
    name: String,
    description: String,
    partition_columns: Vec<String>,
    configuration: BTreeMap<String, String>,
    min_reader_version: i32,
    min_writer_version: i32,
    reader_features: Vec<String>,
    writer_features: Vec<String>,
}

/// An opened table.
pub struct Opened {
    pub provider: Option<Provider>,
    pub metadata: String,
    pub schema: FFI_ArrowSchema,
}

#[derive(Debug, Serialize)]
struct State {
    exists: bool,
    version: i64,
    /// The version that applied the transaction.
    applied_at: Option<Version>,
    configuration: BTreeMap<String, String>,
}

/// Whether a file of a log is gone that was listed just before.
fn lost_a_log_file(failure: &Failure) -> bool {
    failure.code == Code::NotFound && failure.message.contains("_delta_log/")
}

impl Request {
    pub(super) fn parse(request: &str) -> Result<Self> {
        Ok(serde_json::from_str(request)?)
    }

    pub(super) fn location(&self) -> Location {
        Location {
            table_uri: self.table_uri.clone(),
            storage_options: self.storage_options.clone(),
        }
    }

    fn is_pinned(&self) -> bool {
        self.version.is_some() || self.timestamp.is_some() || self.files.is_some()
    }

    pub(super) async fn load(&self, shared: &Shared) -> Result<DeltaTable> {
        let log_store = self.location().log_store(shared)?;
        let mut loaded = self.load_from(shared, Arc::clone(&log_store)).await;
        for _ in 0..LOADS_OF_A_LOG_THAT_IS_CUT {
            match &loaded {
                Err(failure) if lost_a_log_file(failure) => {
                    loaded = self.load_from(shared, Arc::clone(&log_store)).await;
                }
                _ => break,
            }
        }
        match loaded {
            Ok(table) => Ok(table),
            Err(failure) => {
                let explained = |failure: Failure| {
                    let failure = failure.with("table", &self.table_uri);
                    store::explained(log_store.root_url(), &self.storage_options, failure)
                };
                // A remote store that doesn't answer isn't asked again.
                if log_store.root_url().scheme() != "file" && store::is_store_failure(&failure) {
                    return Err(explained(failure));
                }
                // Asked only now, since it takes a look at the whole log.
                match log_store.is_delta_table_location().await {
                    Ok(false) => Err(no_table(&self.table_uri)),
                    Ok(true) => Err(explained(failure)),
                    Err(error) => Err(explained(error.into())),
                }
            }
        }
    }

    async fn load_from(&self, shared: &Shared, log_store: LogStoreRef) -> Result<DeltaTable> {
        let mut table = DeltaTable::new(log_store);
        match (self.version, &self.timestamp) {
            (Some(_), Some(_)) => {
                return Err(Failure::new(
                    Code::InvalidArgument,
                    "a version and a timestamp exclude each other",
                ));
            }
            (Some(version), None) => {
                let known = &shared.known_tables;
                match known.still_at(&self.location(), &table.log_store(), version).await {
                    Some(state) => table.state = Some(state),
                    None => self.load_version(&mut table, version).await?,
                }
            }
            (None, Some(timestamp)) => {
                let time = parse_timestamp(timestamp)?;
                let known = &shared.known_tables;
                let latest = known.latest(&self.location(), table.log_store()).await?;
                match InCommitTimes::of(&latest)? {
                    None => table.load_with_datetime(time).await?,
                    Some(times) => self.load_time(&mut table, &times, time).await?,
                }
            }
            (None, None) => {
                return shared.known_tables.latest(&self.location(), table.log_store()).await;
            }
        }
        Ok(table)
    }

    async fn load_time(
        &self,
        table: &mut DeltaTable,
        times: &InCommitTimes,
        time: DateTime<Utc>,
    ) -> Result<()> {
        match (times.version_at(time).await?, times.first) {
            (Some(version), _) => self.load_version(table, version).await,
            (None, 0) => Err(Failure::new(
                Code::NotFound,
                format!("`{}` has no version of {time} or before", self.table_uri),
            )),
            (None, first) => {
                table.load_with_datetime(time).await?;
                match table.snapshot()?.version() < first {
                    true => Ok(()),
                    false => self.load_version(table, first - 1).await,
                }
            }
        }
    }

    async fn load_version(&self, table: &mut DeltaTable, version: Version) -> Result<()> {
        match table.load_version(version).await {
            Ok(()) => Ok(()),
            Err(error) => {
                let failure = Failure::from(error);
                let latest = table.get_latest_version().await.ok();
                match latest {
                    Some(latest) if latest < version => Err(Failure::new(
                        Code::NotFound,
                        format!(
                            "`{}` has no version {version}; the latest is {latest}",
                            self.table_uri
                        ),
                    )),
                    _ => Err(failure),
                }
            }
        }
    }
}

fn no_table(place: &str) -> Failure {
    Failure::new(Code::NotFound, format!("there is no Delta table at `{place}`"))
        .with("table", place)
}

pub(super) fn parse_timestamp(text: &str) -> Result<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc)).map_err(|error| {
        Failure::new(Code::InvalidArgument, format!("`{text}` is no RFC 3339 timestamp: {error}"))
    })
}

fn names<T: ToString>(features: Option<&[T]>) -> Vec<String> {
    features.unwrap_or_default().iter().map(ToString::to_string).collect()
}

fn configuration(table: &DeltaTable) -> Result<BTreeMap<String, String>> {
    Ok(table.snapshot()?.metadata().configuration().clone().into_iter().collect())
}

fn metadata(table: &DeltaTable) -> Result<Metadata> {
    let state = table.snapshot()?;
    let (protocol, metadata) = (state.protocol(), state.metadata());
    Ok(Metadata {
        table_uri: table.table_url().to_string(),
        version: state.version(),
        table_id: metadata.id().to_string(),
        name: metadata.name().unwrap_or_default().to_string(),
        description: metadata.description().unwrap_or_default().to_string(),
        partition_columns: metadata.partition_columns().to_vec(),
        configuration: configuration(table)?,
        min_reader_version: protocol.min_reader_version(),
        min_writer_version: protocol.min_writer_version(),
        reader_features: names(protocol.reader_features()),
        writer_features: names(protocol.writer_features()),
    })
}

impl Gate {
    fn check(&self, metadata: &Metadata) -> Result<()> {
        let refuse = |what: String| {
            Err(Failure::new(
                Code::Unsupported,
                format!("`{}` is refused by the feature gate: {what}", metadata.table_uri),
            ))
        };
        if let Some(max) = self.max_reader_version
            && metadata.min_reader_version > max
        {
            return refuse(format!(
                "it needs reader version {}, at most {max} is accepted",
                metadata.min_reader_version
            ));
        }
        if let Some(max) = self.max_writer_version
            && metadata.min_writer_version > max
        {
            return refuse(format!(
                "it needs writer version {}, at most {max} is accepted",
                metadata.min_writer_version
            ));
        }
        let has = |feature: &String| {
            metadata.reader_features.contains(feature) || metadata.writer_features.contains(feature)
        };
        if let Some(missing) = self.required_features.iter().find(|feature| !has(feature)) {
            return refuse(format!("it lacks the feature `{missing}`"));
        }
        if let Some(forbidden) = self.forbidden_features.iter().find(|feature| has(feature)) {
            return refuse(format!("it has the feature `{forbidden}`"));
        }
        Ok(())
    }
}

impl Session {
    pub fn delta_open(&self, request: &str, token: &Token) -> Result<Opened> {
        let request = Request::parse(request)?;
        let shared = Arc::clone(&self.shared);
        runtime::run(token, async move {
            let table = request.load(&shared).await?;
            let metadata = metadata(&table)?;
            if let Some(gate) = &request.gate {
                gate.check(&metadata)?;
            }
            let schema =
                FFI_ArrowSchema::try_from(table.snapshot()?.snapshot().arrow_schema().as_ref())?;
            let (location, pinned) = (request.location(), request.is_pinned());
            let provider = match (request.metadata_only, request.feed) {
                (true, _) => None,
                (false, Some(feed)) => {
                    store::register(table.log_store().as_ref(), &shared.context.state());
                    Some(Provider { table: Arc::new(feed.of(table).await?) })
                }
                (false, None) => {
                    let state = shared.context.state();
                    store::register(table.log_store().as_ref(), &state);
                    let mut config = DeltaScanConfig::new_from_session(&state);
                    if let Some(scan) = request.scan {
                        scan.apply(&mut config);
                    }
                    let version =
                        TableVersion::new(table, location, config, request.files, pinned)?;
                    Some(Provider { table: Arc::new(version) })
                }
            };
            let metadata = serde_json::to_string(&metadata)?;
            Ok(Opened { provider, metadata, schema })
        })
    }

    pub fn delta_is_table(&self, request: &str) -> Result<bool> {
        let request = Request::parse(request)?;
        let log_store = request.location().log_store(&self.shared)?;
        runtime::run(&Token::new(-1), async move {
            log_store.is_delta_table_location().await.map_err(|error| {
                store::explained(log_store.root_url(), &request.storage_options, error.into())
            })
        })
    }

    pub fn delta_state(&self, request: &str, token: &Token) -> Result<String> {
        let request = Request::parse(request)?;
        let shared = Arc::clone(&self.shared);
        runtime::run(token, async move {
            let table = match request.load(&shared).await {
                Ok(table) => table,
                Err(failure) if failure.code == Code::NotFound => {
                    // What wasn't found may be something else: a bucket, a lock table.
                    let log_store = request.location().log_store(&shared)?;
                    if !matches!(log_store.is_delta_table_location().await, Ok(false)) {
                        return Err(failure);
                    }
                    let state = State {
                        exists: false,
                        version: -1,
                        applied_at: None,
                        configuration: BTreeMap::new(),
                    };
                    return Ok(serde_json::to_string(&state)?);
                }
                Err(failure) => return Err(failure),
            };
            let version = table.snapshot()?.version();
            if request.verify {
                soundness::verify(&table.log_store(), version, &request.table_uri).await?;
            }
            let applied_at = match &request.transaction {
                Some(transaction) => transaction.applied_at(&table).await?,
                None => None,
            };
            let version = i64::try_from(version).unwrap_or(i64::MAX);
            let configuration = configuration(&table)?;
            let state = State { exists: true, version, applied_at, configuration };
            Ok(serde_json::to_string(&state)?)
        })
    }

    pub fn delta_verify(&self, request: &str, token: &Token) -> Result<()> {
        let request = Request::parse(request)?;
        let shared = Arc::clone(&self.shared);
        runtime::run(token, async move {
            let table = request.load(&shared).await?;
            let version = table.snapshot()?.version();
            soundness::verify(&table.log_store(), version, &request.table_uri).await
        })
    }

    pub fn delta_find_commit(
        &self,
        request: &str,
        operation_id: &str,
        after_version: i64,
        token: &Token,
    ) -> Result<i64> {
        let request = Request::parse(request)?;
        let log_store = request.location().log_store(&self.shared)?;
        let operation_id = operation_id.to_string();
        runtime::run(token, async move {
            if !log_store.is_delta_table_location().await? {
                return Ok(-1);
            }
            let first = Version::try_from(after_version + 1).unwrap_or(0);
            let latest = log_store.get_latest_version(first.saturating_sub(1)).await?;
            for version in first..=latest {
                let entry = log_store.read_commit_entry(version).await?.unwrap_or_default();
                if String::from_utf8_lossy(&entry).contains(&operation_id) {
                    return Ok(i64::try_from(version).unwrap_or(i64::MAX));
                }
            }
            Ok(-1)
        })
    }
}

impl Scan {
    fn apply(self, config: &mut DeltaScanConfig) {
        if let Some(name) = self.file_column_name {
            config.file_column_name = Some(name);
        }
        if let Some(wrap) = self.wrap_partition_values {
            config.wrap_partition_values = wrap;
        }
        if let Some(pushdown) = self.enable_parquet_pushdown {
            config.enable_parquet_pushdown = pushdown;
        }
        if let Some(views) = self.schema_force_view_types {
            config.schema_force_view_types = views;
        }
    }
}

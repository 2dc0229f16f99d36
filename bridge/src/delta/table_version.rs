//! A Delta table at one version, as the engine reads it. It knows where it lies, and takes no rows:
//! the engine's own sink for Delta checks no constraint, so every write goes the other way.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use deltalake::DeltaTable;
use deltalake::delta_datafusion::{DeltaScanConfig, DeltaScanNext, FileSelection};
use deltalake::kernel::{EagerSnapshot, Version};
use deltalake::logstore::LogStoreRef;
use url::Url;

use super::Location;
use crate::failure::Result;

/// What the properties that hold CHECK constraints begin with (Delta protocol, "Check Constraints").
const CHECK_PREFIX: &str = "delta.constraints.";

/// A table's CHECK constraints, which its configuration holds too: names and conditions, in order.
pub fn checks_of(snapshot: &EagerSnapshot) -> Vec<(String, String)> {
    let properties = snapshot.metadata().configuration().iter();
    let mut checks: Vec<_> = properties
        .filter_map(|(key, check)| {
            Some((key.strip_prefix(CHECK_PREFIX)?.to_string(), check.clone()))
        })
        .collect();
    checks.sort();
    checks
}

#[derive(Debug)]
pub struct TableVersion {
    scan: DeltaScanNext,
    config: DeltaScanConfig,
    location: Location,
    table: DeltaTable,
    version: Version,
    /// Asked for by a version, a time or its files: it stays where it is.
    pinned: bool,
    checks: Vec<(String, String)>,
}

impl TableVersion {
    pub(super) fn new(
        table: DeltaTable,
        location: Location,
        config: DeltaScanConfig,
        files: Option<Vec<String>>,
        pinned: bool,
    ) -> Result<Self> {
        let state = table.snapshot()?;
        let checks = checks_of(state.snapshot());
        let mut scan = DeltaScanNext::new(state.snapshot().clone(), config.clone())?;
        if let Some(files) = files {
            scan = scan.with_file_selection(FileSelection::from_file_paths(files));
        }
        let version = state.version();
        Ok(Self { scan, config, location, table, version, pinned, checks })
    }

    /// The same table as it is in `table`.
    pub fn at(&self, table: DeltaTable) -> Result<Self> {
        Self::new(table, self.location.clone(), self.config.clone(), None, false)
    }

    pub(super) fn location(&self) -> &Location {
        &self.location
    }

    pub fn log_store(&self) -> LogStoreRef {
        self.table.log_store()
    }

    pub fn partition_columns(&self) -> Result<Vec<String>> {
        Ok(self.table.snapshot()?.metadata().partition_columns().to_vec())
    }

    pub fn pinned(&self) -> bool {
        self.pinned
    }

    /// The table's CHECK constraints: name and SQL expression.
    pub fn checks(&self) -> &[(String, String)] {
        &self.checks
    }

    pub fn version(&self) -> Version {
        self.version
    }

    pub fn url(&self) -> &Url {
        self.table.table_url()
    }
}

#[async_trait]
impl TableProvider for TableVersion {
    fn schema(&self) -> SchemaRef {
        self.scan.schema()
    }

    fn table_type(&self) -> TableType {
        self.scan.table_type()
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        self.scan.scan(state, projection, filters, limit).await
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> EngineResult<Vec<TableProviderFilterPushDown>> {
        self.scan.supports_filters_pushdown(filters)
    }
}

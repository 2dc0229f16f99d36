//! A Delta table at one version, as the engine reads it. It knows where it lies, and takes no rows:
//! the engine's own sink for Delta checks no constraint, so every write goes the other way.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use deltalake::delta_datafusion::DeltaScanNext;
use deltalake::kernel::Version;
use url::Url;

/// What the properties that hold CHECK constraints begin with (Delta protocol, "Check Constraints").
const CHECK_PREFIX: &str = "delta.constraints.";

#[derive(Debug)]
pub struct TableVersion {
    scan: DeltaScanNext,
    url: Url,
    version: Version,
    checks: Vec<(String, String)>,
}

impl TableVersion {
    /// `configuration` is the table's, which holds its CHECK constraints too.
    pub fn new(
        scan: DeltaScanNext,
        url: Url,
        version: Version,
        configuration: &BTreeMap<String, String>,
    ) -> Self {
        let checks = configuration
            .iter()
            .filter_map(|(key, check)| {
                Some((key.strip_prefix(CHECK_PREFIX)?.to_string(), check.clone()))
            })
            .collect();
        Self { scan, url, version, checks }
    }

    /// The table's CHECK constraints: name and SQL expression.
    pub fn checks(&self) -> &[(String, String)] {
        &self.checks
    }

    pub fn version(&self) -> Version {
        self.version
    }

    pub fn url(&self) -> &Url {
        &self.url
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

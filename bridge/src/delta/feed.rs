//! The change feed of a table.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result as EngineResult;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use deltalake::delta_datafusion::DeltaCdfTableProvider;

/// delta-rs's feed. Its plan has a scan without a partition for each kind of change that there is none
/// of, which the engine can't sort.
#[derive(Debug)]
pub struct ChangeFeed(pub DeltaCdfTableProvider);

#[async_trait]
impl TableProvider for ChangeFeed {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        self.0.table_type()
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        let plan = self.0.scan(state, projection, filters, limit).await?;
        plan.transform_up(|node| {
            Ok(match node.children().len() + node.output_partitioning().partition_count() {
                0 => Transformed::yes(
                    Arc::new(EmptyExec::new(node.schema())) as Arc<dyn ExecutionPlan>
                ),
                _ => Transformed::no(node),
            })
        })
        .data()
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> EngineResult<Vec<TableProviderFilterPushDown>> {
        self.0.supports_filters_pushdown(filters)
    }
}

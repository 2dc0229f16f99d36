//! Which data files a frame's plan reads, of those that its tables have, and why it leaves out others.

use std::collections::HashSet;

use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::source_as_provider;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan, TableScan};
use datafusion::physical_plan::ExecutionPlan;
use deltalake::kernel::Version;
use serde::Serialize;

use super::table_version::TableVersion;
use super::table_version_of;
use crate::failure::Result;
use crate::frame::Frame;
use crate::runtime::{self, Token};

#[derive(Debug, Serialize)]
struct Pruning {
    table_uri: String,
    version: Version,
    files_total: usize,
    /// That the conditions on partition columns alone leave.
    files_of_partitions: usize,
    files_kept: usize,
    filters: Vec<String>,
}

/// The gauge by which delta-rs's scan tells how many files it is about to read.
const FILES: &str = "count_files_scanned";

fn file_count(plan: &dyn ExecutionPlan) -> usize {
    let own =
        plan.metrics().and_then(|metrics| metrics.sum_by_name(FILES)).map(|sum| sum.as_usize());
    own.unwrap_or_else(|| plan.children().into_iter().map(|child| file_count(child.as_ref())).sum())
}

async fn kept(table: &TableVersion, state: &SessionState, filters: &[Expr]) -> Result<usize> {
    Ok(file_count(table.scan(state, None, filters, None).await?.as_ref()))
}

async fn of_scan(scan: &TableScan, state: &SessionState) -> Result<Option<Pruning>> {
    let provider = source_as_provider(&scan.source)?;
    let Some(table) = table_version_of(provider.as_ref()) else { return Ok(None) };
    let partitions: HashSet<_> = table.partition_columns()?.into_iter().collect();
    let of_partitions: Vec<Expr> = scan
        .filters
        .iter()
        .filter(|filter| {
            filter.column_refs().iter().all(|column| partitions.contains(&column.name))
        })
        .cloned()
        .collect();
    Ok(Some(Pruning {
        table_uri: table.url().to_string(),
        version: table.version(),
        files_total: kept(table, state, &[]).await?,
        files_of_partitions: kept(table, state, &of_partitions).await?,
        files_kept: kept(table, state, &scan.filters).await?,
        filters: scan.filters.iter().map(ToString::to_string).collect(),
    }))
}

impl Frame {
    /// One report for each scan of a Delta table, as the optimized plan has them.
    pub fn delta_pruning(&self, token: &Token) -> Result<String> {
        let frame = self.frame.clone();
        runtime::run(token, async move {
            let (state, plan) = frame.into_parts();
            let mut scans = Vec::new();
            state.optimize(&plan)?.apply_with_subqueries(|node| {
                if let LogicalPlan::TableScan(scan) = node {
                    scans.push(scan.clone());
                }
                Ok(TreeNodeRecursion::Continue)
            })?;
            let mut reports = Vec::new();
            for scan in &scans {
                reports.extend(of_scan(scan, &state).await?);
            }
            Ok(serde_json::to_string(&reports)?)
        })
    }
}

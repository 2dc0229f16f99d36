//! SQL statements that change a Delta table, taken apart for the commit protocol.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, TableReference};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::dml::{
    InsertOp, MergeIntoAction, MergeIntoClause, MergeIntoClauseKind, MergeIntoOp,
};
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan, WriteOp};
use datafusion_proto::bytes::Serializeable;
use deltalake::kernel::Version;
use serde::Serialize;

use super::attempt::Encoded;
use super::table_version_of;
use crate::failure::{Code, Failure, Result};
use crate::runtime::{self, Token};
use crate::session::{Session, reference};

/// What a statement asks for: the document that C++ goes by.
#[derive(Debug, Serialize)]
pub struct Statement {
    table: String,
    table_uri: String,
    storage_options: HashMap<String, String>,
    /// The version that the table was registered at, when it was asked for by a version.
    pinned: Option<Version>,
    change: Change,
}

/// In the form of the operations of a change request, without their policies.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Insert { overwrite: bool },
    Delete { predicate: Option<Encoded> },
    Update { predicate: Option<Encoded>, set: Vec<Assignment> },
    Merge(Merge),
}

#[derive(Debug, Serialize)]
struct Merge {
    predicate: Encoded,
    source_alias: &'static str,
    target_alias: &'static str,
    clauses: Vec<Clause>,
}

#[derive(Debug, Serialize)]
struct Clause {
    when: &'static str,
    condition: Option<Encoded>,
    set: Vec<Assignment>,
}

#[derive(Debug, Serialize)]
struct Assignment {
    column: String,
    value: Encoded,
}

const SOURCE: &str = "source";
const TARGET: &str = "target";

impl Statement {
    /// The statement behind `plan`, when that changes the rows of a Delta table.
    pub fn of(plan: &LogicalPlan) -> Result<Option<Self>> {
        let LogicalPlan::Dml(dml) = plan else { return Ok(None) };
        let provider = source_as_provider(&dml.target)?;
        let Some(table) = table_version_of(provider.as_ref()) else { return Ok(None) };
        let location = table.location();
        Ok(Some(Self {
            table: dml.table_name.to_string(),
            table_uri: location.table_uri.clone(),
            storage_options: location.storage_options.clone(),
            pinned: table.pinned().then(|| table.version()),
            change: Change::of(dml)?,
        }))
    }
}

impl Change {
    fn of(dml: &DmlStatement) -> Result<Self> {
        match &dml.op {
            WriteOp::Insert(InsertOp::Append) => Ok(Self::Insert { overwrite: false }),
            WriteOp::Insert(InsertOp::Overwrite) => Ok(Self::Insert { overwrite: true }),
            WriteOp::Truncate => Ok(Self::Delete { predicate: None }),
            WriteOp::Delete => Ok(Self::Delete { predicate: predicate(&dml.input)? }),
            WriteOp::Update => update(dml),
            WriteOp::MergeInto(merge) => Ok(Self::Merge(Merge::of(dml, merge)?)),
            other => Err(unsupported(format!("SQL {} into a Delta table", other.name()))),
        }
    }
}

fn unsupported(what: String) -> Failure {
    Failure::new(Code::Unsupported, format!("{what} isn't supported; a MERGE may say it"))
}

/// The condition of a plan that filters one table and does nothing else.
fn predicate(input: &LogicalPlan) -> Result<Option<Encoded>> {
    match input {
        LogicalPlan::Filter(filter) if predicate(&filter.input)?.is_none() => {
            Ok(Some(encode(unqualified(filter.predicate.clone())?)?))
        }
        LogicalPlan::SubqueryAlias(alias) => predicate(&alias.input),
        LogicalPlan::TableScan(_) => Ok(None),
        other => Err(unsupported(format!("a change of rows by {}", other.display()))),
    }
}

fn update(dml: &DmlStatement) -> Result<Change> {
    let LogicalPlan::Projection(projection) = dml.input.as_ref() else {
        return Err(unsupported(format!("an update by {}", dml.input.display())));
    };
    let predicate = predicate(&projection.input)?;
    let mut set = Vec::new();
    for (expr, field) in projection.expr.iter().zip(projection.schema.fields()) {
        let value = expr.clone().unalias();
        // The engine writes out every column; what stays is the column itself.
        if !matches!(&value, Expr::Column(column) if column.name == *field.name()) {
            let column = field.name().clone();
            set.push(Assignment { column, value: encode(unqualified(value)?)? });
        }
    }
    Ok(Change::Update { predicate, set })
}

impl Merge {
    fn of(dml: &DmlStatement, merge: &MergeIntoOp) -> Result<Self> {
        let encoded = |expr: &Expr| encode(between(expr.clone(), &dml.table_name)?);
        let clauses = merge
            .clauses
            .iter()
            .map(|clause| Clause::of(clause, &encoded))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            predicate: encoded(&merge.on)?,
            source_alias: SOURCE,
            target_alias: TARGET,
            clauses,
        })
    }
}

impl Clause {
    fn of(clause: &MergeIntoClause, encoded: &dyn Fn(&Expr) -> Result<Encoded>) -> Result<Self> {
        use MergeIntoClauseKind::{Matched, NotMatched, NotMatchedBySource, NotMatchedByTarget};
        let assignments = |columns: &mut dyn Iterator<Item = (&String, &Expr)>| {
            columns
                .map(|(column, value)| {
                    Ok(Assignment { column: column.clone(), value: encoded(value)? })
                })
                .collect::<Result<Vec<_>>>()
        };
        let (when, set) = match (&clause.kind, &clause.action) {
            (Matched, MergeIntoAction::Update(set)) => (
                "matched_update",
                assignments(&mut set.iter().map(|(column, value)| (column, value))),
            ),
            (Matched, MergeIntoAction::Delete) => ("matched_delete", Ok(Vec::new())),
            (NotMatched | NotMatchedByTarget, MergeIntoAction::Insert { columns, values }) => {
                ("not_matched_insert", assignments(&mut columns.iter().zip(values)))
            }
            (NotMatchedBySource, MergeIntoAction::Update(set)) => (
                "not_matched_by_source_update",
                assignments(&mut set.iter().map(|(column, value)| (column, value))),
            ),
            (NotMatchedBySource, MergeIntoAction::Delete) => {
                ("not_matched_by_source_delete", Ok(Vec::new()))
            }
            (kind, action) => {
                return Err(Failure::new(
                    Code::InvalidQuery,
                    format!("a MERGE clause {kind:?} can't do {action:?}"),
                ));
            }
        };
        Ok(Self { when, condition: clause.predicate.as_ref().map(encoded).transpose()?, set: set? })
    }
}

fn encode(expr: Expr) -> Result<Encoded> {
    let mut subquery = false;
    let mut unbound = None;
    expr.apply(|node| {
        if let Expr::Placeholder(placeholder) = node {
            unbound = Some(placeholder.id.clone());
        }
        subquery |= matches!(
            node,
            Expr::ScalarSubquery(_)
                | Expr::InSubquery(_)
                | Expr::Exists(_)
                | Expr::SetComparison(_)
                | Expr::OuterReferenceColumn(..)
        );
        Ok(TreeNodeRecursion::Continue)
    })?;
    if subquery {
        return Err(unsupported("a subquery in a condition or value of a change".to_string()));
    }
    if let Some(name) = unbound {
        let what = format!("the parameter `{name}` has no value");
        return Err(Failure::new(Code::InvalidQuery, what));
    }
    Ok(Encoded::of(&expr.to_bytes()?))
}

fn with_relation(
    expr: Expr,
    relation: impl Fn(Option<&TableReference>) -> Option<TableReference>,
) -> Result<Expr> {
    let renamed = expr.transform(|node| {
        Ok(match node {
            Expr::Column(Column { relation: from, name, .. }) => {
                Transformed::yes(Expr::Column(Column::new(relation(from.as_ref()), name)))
            }
            other => Transformed::no(other),
        })
    })?;
    Ok(renamed.data)
}

fn unqualified(expr: Expr) -> Result<Expr> {
    with_relation(expr, |_| None)
}

/// The columns of the table as `target.name`, all others as `source.name`.
fn between(expr: Expr, table: &TableReference) -> Result<Expr> {
    with_relation(expr, |from| {
        let is_target = from.is_some_and(|from| from.resolved_eq(table));
        Some(TableReference::bare(if is_target { TARGET } else { SOURCE }))
    })
}

impl Session {
    /// Puts the latest version of the registered Delta table `name` in its place.
    pub fn delta_refresh(&self, name: &str, token: &Token) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let name = reference(name);
        runtime::run(token, async move {
            let provider = shared.context.table_provider(name.clone()).await?;
            let Some(known) = table_version_of(provider.as_ref()) else { return Ok(()) };
            let latest = shared.known_tables.latest(known.location(), known.log_store()).await?;
            if latest.version() == Some(known.version()) {
                return Ok(());
            }
            let latest = Arc::new(known.at(latest)?);
            let _planning = shared.planning.write().await;
            shared.context.deregister_table(name.clone())?;
            shared.context.register_table(name, latest)?;
            Ok(())
        })
    }
}

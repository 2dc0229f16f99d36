//! The constraints that the catalog's tables declare: `information_schema` has no view of them.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::catalog::TableProvider;
use datafusion::common::Constraint;
use datafusion::logical_expr::TableType;
use datafusion::prelude::SessionContext;

use crate::delta;
use crate::failure::Result;
use crate::frame::Frame;
use crate::runtime::{self, Token};
use crate::session::Session;

/// One row of the result. A constraint over several columns has a row for each.
struct Declared {
    table: [String; 3],
    kind: &'static str,
    name: Option<String>,
    column: Option<String>,
    position: i64,
    check: Option<String>,
}

/// The rows as columns, in the order of `Declared`.
fn batch(rows: &[Declared]) -> Result<RecordBatch> {
    fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
        Arc::new(values.collect::<StringArray>())
    }
    let part = |index: usize| texts(rows.iter().map(move |row| Some(row.table[index].as_str())));
    Ok(RecordBatch::try_from_iter([
        ("table_catalog", part(0)),
        ("table_schema", part(1)),
        ("table_name", part(2)),
        ("constraint_type", texts(rows.iter().map(|row| Some(row.kind)))),
        ("constraint_name", texts(rows.iter().map(|row| row.name.as_deref()))),
        ("column_name", texts(rows.iter().map(|row| row.column.as_deref()))),
        (
            "ordinal_position",
            Arc::new(rows.iter().map(|row| row.position).collect::<Int64Array>()) as ArrayRef,
        ),
        ("check_clause", texts(rows.iter().map(|row| row.check.as_deref()))),
    ])?)
}

fn collect(table: &[String; 3], provider: &dyn TableProvider, rows: &mut Vec<Declared>) {
    let schema = provider.schema();
    let mut add = |kind, name, column: Option<usize>, position: usize, check| {
        rows.push(Declared {
            table: table.clone(),
            kind,
            name,
            column: column.and_then(|index| Some(schema.fields().get(index)?.name().clone())),
            position: i64::try_from(position).unwrap_or(i64::MAX),
            check,
        });
    };
    for constraint in provider.constraints().into_iter().flat_map(|all| all.iter()) {
        let (kind, columns) = match constraint {
            Constraint::PrimaryKey(columns) => ("PRIMARY KEY", columns),
            Constraint::Unique(columns) => ("UNIQUE", columns),
        };
        for (position, column) in columns.iter().enumerate() {
            add(kind, None, Some(*column), position + 1, None);
        }
    }
    if provider.table_type() == TableType::Base {
        for (index, _) in
            schema.fields().iter().enumerate().filter(|(_, field)| !field.is_nullable())
        {
            add("NOT NULL", None, Some(index), 1, None);
        }
    }
    for (name, check) in delta::checks(provider) {
        add("CHECK", Some(name.clone()), None, 1, Some(check.clone()));
    }
}

async fn declared(context: &SessionContext) -> Result<Vec<Declared>> {
    let mut rows = Vec::new();
    for catalog in context.catalog_names() {
        let Some(schemas) = context.catalog(&catalog) else { continue };
        for schema in schemas.schema_names() {
            let Some(tables) = schemas.schema(&schema) else { continue };
            for name in tables.table_names() {
                if let Some(provider) = tables.table(&name).await? {
                    let table = [catalog.clone(), schema.clone(), name];
                    collect(&table, provider.as_ref(), &mut rows);
                }
            }
        }
    }
    Ok(rows)
}

impl Session {
    pub fn constraints(&self, token: &Token) -> Result<Box<Frame>> {
        let shared = Arc::clone(&self.shared);
        runtime::run(token, async move {
            let rows = declared(&shared.context).await?;
            let frame = shared.context.read_batch(batch(&rows)?)?;
            Ok(Frame::new(frame, shared))
        })
    }
}

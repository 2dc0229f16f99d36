//! Changes of a table's metadata: no data file is written.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::Schema;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::{MetadataValue, Protocol, StructType, StructTypeExt, TableFeatures};
use deltalake::operations::update_table_metadata::TableMetadataUpdate;
use deltalake::{DeltaTable, DeltaTableError};
use serde::Deserialize;

use super::attempt::{Attempt, Condition, Done, Given, with_condition};
use super::schema_change::mapping_of;
use crate::failure::{Code, Failure, Result};

/// The writer version from which a protocol names its features.
const NAMED_FEATURES: i32 = 7;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alteration {
    AddConstraints(HashMap<String, Given>),
    DropConstraint {
        name: String,
        if_exists: bool,
    },
    /// The columns come as a schema.
    AddColumns {},
    DropNotNull {
        column: String,
    },
    SetProperties(HashMap<String, String>),
    AddFeatures {
        names: Vec<String>,
        raise_protocol: bool,
    },
    SetFieldMetadata {
        column: String,
        metadata: HashMap<String, String>,
    },
    SetTableMetadata {
        name: Option<String>,
        description: Option<String>,
    },
}

impl Alteration {
    pub async fn run(self, attempt: &Attempt, schema: &Schema) -> Result<Done> {
        let table = attempt.table()?;
        let properties = attempt.properties.clone();
        match self {
            Self::AddConstraints(constraints) => {
                let mut builder = table
                    .add_constraint()
                    .with_session_state(Arc::new(attempt.state.clone()))
                    .with_commit_properties(properties);
                for (name, check) in constraints {
                    let check = attempt.condition(&check)?;
                    builder = with_condition!(builder.with_constraint(name, @ check));
                }
                builder.await?;
            }
            Self::DropConstraint { name, if_exists } => {
                table
                    .drop_constraints()
                    .with_constraint(name)
                    .with_raise_if_not_exists(!if_exists)
                    .with_commit_properties(properties)
                    .await?;
            }
            Self::AddColumns {} => {
                let columns: StructType = schema.try_into_kernel()?;
                let columns: Vec<_> = columns.fields().cloned().collect();
                table.add_columns().with_fields(columns).with_commit_properties(properties).await?;
            }
            Self::DropNotNull { column } => {
                table
                    .drop_column_not_null()
                    .with_column(column)
                    .with_commit_properties(properties)
                    .await?;
            }
            Self::SetProperties(values) => {
                check_raise(&table, &values)?;
                table
                    .set_tbl_properties()
                    .with_properties(values)
                    .with_raise_if_not_exists(false)
                    .with_commit_properties(properties)
                    .await?;
            }
            Self::AddFeatures { names, raise_protocol } => {
                let mut features =
                    names.iter().map(|name| feature(name)).collect::<Result<Vec<_>>>()?;
                if raise_protocol {
                    features.extend(unnamed_features(table.snapshot()?.protocol()));
                }
                table
                    .add_feature()
                    .with_features(features)
                    .with_allow_protocol_versions_increase(raise_protocol)
                    .with_commit_properties(properties)
                    .await?;
            }
            Self::SetFieldMetadata { column, metadata } => {
                let metadata = metadata
                    .into_iter()
                    .map(|(key, value)| (key, MetadataValue::String(value)))
                    .collect();
                table
                    .update_field_metadata()
                    .with_field_name(&column)
                    .with_metadata(metadata)
                    .with_commit_properties(properties)
                    .await?;
            }
            Self::SetTableMetadata { name, description } => {
                table
                    .update_table_metadata()
                    .with_update(TableMetadataUpdate { name, description })
                    .with_commit_properties(properties)
                    .await?;
            }
        }
        Ok(Done::default())
    }
}

fn feature(name: &str) -> Result<TableFeatures> {
    name.parse().map_err(|()| {
        Failure::new(Code::Unsupported, format!("delta-rs knows no table feature `{name}`"))
            .with("feature", name)
    })
}

/// What a protocol's versions stand for, and a protocol with named features must name.
/// Source: Delta protocol, "Valid Feature Names in Table Features".
fn unnamed_features(protocol: &Protocol) -> Vec<TableFeatures> {
    use TableFeatures::{
        AppendOnly, ChangeDataFeed, CheckConstraints, ColumnMapping, GeneratedColumns,
        IdentityColumns, Invariants,
    };
    let (reader, writer) = (protocol.min_reader_version(), protocol.min_writer_version());
    let by_writer = [
        (2, AppendOnly),
        (2, Invariants),
        (3, CheckConstraints),
        (4, ChangeDataFeed),
        (4, GeneratedColumns),
        (6, IdentityColumns),
    ];
    let mut features: Vec<_> = by_writer
        .into_iter()
        .filter(|(since, _)| (*since..NAMED_FEATURES).contains(&writer))
        .map(|(_, feature)| feature)
        .collect();
    if reader == 2 && (5..NAMED_FEATURES).contains(&writer) {
        features.push(ColumnMapping);
    }
    features
}

/// Refuses a property that makes delta-rs raise a protocol and forget what the table uses.
fn check_raise(table: &DeltaTable, values: &HashMap<String, String>) -> Result<()> {
    let state = table.snapshot()?;
    if state.protocol().min_writer_version() >= NAMED_FEATURES {
        return Ok(());
    }
    let raises = |(name, value): &(&String, &String)| match name.as_str() {
        "delta.enableDeletionVectors" => value.as_str() == "true",
        "delta.minWriterVersion" => value.as_str() == "7",
        _ => false,
    };
    let generated = state.schema().get_generated_columns().map_err(DeltaTableError::from)?;
    let lost = match (mapping_of(state.snapshot()), generated.is_empty()) {
        ("none", true) => return Ok(()),
        ("none", false) => "generatedColumns",
        _ => "columnMapping",
    };
    match values.iter().find(raises) {
        None => Ok(()),
        Some((name, value)) => Err(Failure::new(
            Code::Unsupported,
            format!(
                "`{name}` = `{value}` would make the table one with named features without \
                 `{lost}`, which it uses; add a feature first, which names all (add_features with \
                 raise_protocol)"
            ),
        )
        .with("property", name)),
    }
}

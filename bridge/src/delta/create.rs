//! New tables: empty ones, and folders of Parquet files that become one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use arrow::datatypes::Schema;
use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::operations::convert_to_delta::{ConvertToDeltaBuilder, PartitionStrategy};
use deltalake::operations::create::CreateBuilder;
use futures::TryStreamExt;
use serde::Deserialize;

use super::attempt::{Attempt, Done};
use super::commit_store::decoded;
use crate::failure::{Code, Failure, Result};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// How the Parquet files that are there become the table's; without it the table is empty.
    #[serde(default)]
    convert: Option<Layout>,
    partition_by: Vec<String>,
    configuration: HashMap<String, String>,
    name: String,
    description: String,
}

/// What folders say about partitions: `name=value`, or values in the order of the columns.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Layout {
    Hive,
    Directory,
}

impl Create {
    pub async fn run(self, attempt: &Attempt, schema: &Schema) -> Result<Done> {
        let log_store = attempt.log_store();
        if log_store.is_delta_table_location().await? {
            return Err(Failure::new(
                Code::AlreadyExists,
                format!("there is a table at `{}` already", log_store.root_url()),
            ));
        }
        let schema: StructType = schema.try_into_kernel()?;
        match self.convert {
            None => self.create(attempt, &schema).await,
            Some(layout) => self.convert(attempt, &schema, layout).await,
        }
    }

    async fn create(self, attempt: &Attempt, schema: &StructType) -> Result<Done> {
        let mut builder = CreateBuilder::new()
            .with_log_store(attempt.log_store())
            .with_columns(schema.fields().cloned())
            .with_partition_columns(self.partition_by)
            .with_raise_if_key_not_exists(false)
            .with_configuration(
                self.configuration.into_iter().map(|(key, value)| (key, Some(value))),
            )
            .with_commit_properties(attempt.properties.clone());
        if !self.name.is_empty() {
            builder = builder.with_table_name(self.name);
        }
        if !self.description.is_empty() {
            builder = builder.with_comment(self.description);
        }
        builder.await?;
        Ok(Done::default())
    }

    /// `partitions` are the partition columns: what folders say has no types.
    async fn convert(
        self,
        attempt: &Attempt,
        partitions: &StructType,
        layout: Layout,
    ) -> Result<Done> {
        attempt.store.name_files(files_by_decoded_name(attempt).await?);
        let mut builder = ConvertToDeltaBuilder::new()
            .with_log_store(attempt.log_store())
            .with_partition_schema(partitions.fields().cloned())
            .with_partition_strategy(match layout {
                Layout::Hive => PartitionStrategy::Hive,
                Layout::Directory => PartitionStrategy::Directory,
            })
            .with_configuration(
                self.configuration.into_iter().map(|(key, value)| (key, Some(value))),
            )
            .with_commit_properties(attempt.properties.clone());
        if !self.name.is_empty() {
            builder = builder.with_table_name(self.name);
        }
        if !self.description.is_empty() {
            builder = builder.with_comment(self.description);
        }
        builder.await?;
        Ok(Done::default())
    }
}

/// The files whose names change when they are decoded, as delta-rs decodes them for the log: decoded
/// and real paths.
async fn files_by_decoded_name(attempt: &Attempt) -> Result<HashMap<String, String>> {
    let mut files = HashMap::new();
    let mut listed = attempt.log_store().object_store(None).list(None);
    while let Some(file) = listed.try_next().await? {
        let path = file.location.to_string();
        if file.location.extension() != Some("parquet") {
            continue;
        }
        match files.entry(decoded(&path)) {
            Entry::Vacant(free) => drop(free.insert(path)),
            Entry::Occupied(other) => {
                return Err(Failure::new(
                    Code::Unsupported,
                    format!("`{path}` and `{}` are one file to the log; rename one", other.get()),
                ));
            }
        }
    }
    files.retain(|decoded, path| decoded != path);
    Ok(files)
}

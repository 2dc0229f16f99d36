//! What the engine keeps between the queries of a session, as rows: its three caches.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array};
use chrono::{DateTime, Utc};
use datafusion::common::stats::Precision;
use datafusion::datasource::MemTable;
use object_store::ObjectMeta;

use crate::failure::{Code, Failure, Result};
use crate::frame::Frame;
use crate::session::Session;

type Column = (&'static str, ArrayRef);

fn texts(name: &'static str, values: impl Iterator<Item = Option<String>>) -> Column {
    (name, Arc::new(values.collect::<StringArray>()))
}

fn sizes(name: &'static str, values: impl Iterator<Item = Option<usize>>) -> Column {
    let values = values.map(|value| value.and_then(|value| u64::try_from(value).ok()));
    (name, Arc::new(values.collect::<UInt64Array>()))
}

fn times(name: &'static str, values: impl Iterator<Item = DateTime<Utc>>) -> Column {
    let micros = values.map(|time| Some(time.timestamp_micros()));
    (name, Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC")))
}

/// The columns that say which file an entry is about.
fn files<'a>(metas: impl Iterator<Item = &'a ObjectMeta> + Clone) -> Vec<Column> {
    vec![
        texts("path", metas.clone().map(|meta| Some(meta.location.to_string()))),
        times("file_modified", metas.clone().map(|meta| meta.last_modified)),
        sizes("file_size_bytes", metas.clone().map(|meta| usize::try_from(meta.size).ok())),
        texts("e_tag", metas.clone().map(|meta| meta.e_tag.clone())),
        texts("version", metas.map(|meta| meta.version.clone())),
    ]
}

fn known(value: Precision<usize>) -> Option<usize> {
    match value {
        Precision::Exact(value) | Precision::Inexact(value) => Some(value),
        Precision::Absent => None,
    }
}

impl Session {
    /// The entries of the cache `name` as they are now.
    pub fn cache_entries(&self, name: &str) -> Result<Box<Frame>> {
        let columns = match name {
            "list_files" => self.listed_files(),
            "metadata" => self.file_metadata(),
            "statistics" => self.file_statistics(),
            other => {
                return Err(Failure::new(Code::InvalidArgument, format!("no cache `{other}`")));
            }
        };
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, values)| (name, values, true)),
        )?;
        let table = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
        let frame = self.shared.context.read_table(Arc::new(table))?;
        Ok(Frame::new(frame, Arc::clone(&self.shared)))
    }

    fn listed_files(&self) -> Vec<Column> {
        let cache = self.shared.context.runtime_env().cache_manager.get_list_files_cache();
        let entries = cache.map(|cache| cache.list_entries()).unwrap_or_default();
        let rows: Vec<_> = entries
            .iter()
            .flat_map(|(key, entry)| entry.value.files.iter().map(move |meta| (key, entry, meta)))
            .collect();
        let mut columns = vec![
            texts(
                "table",
                rows.iter().map(|(key, ..)| key.table.as_ref().map(ToString::to_string)),
            ),
            texts("folder", rows.iter().map(|(key, ..)| Some(key.path.to_string()))),
        ];
        columns.extend(files(rows.iter().map(|(.., meta)| *meta)));
        columns.push(sizes("hits", rows.iter().map(|(_, entry, _)| Some(entry.hits))));
        columns
    }

    fn file_metadata(&self) -> Vec<Column> {
        let cache = self.shared.context.runtime_env().cache_manager.get_file_metadata_cache();
        let entries: Vec<_> = cache.list_entries().into_values().collect();
        let mut columns = files(entries.iter().map(|entry| &entry.value.meta));
        columns
            .push(sizes("metadata_size_bytes", entries.iter().map(|entry| Some(entry.size_bytes))));
        columns.push(sizes("hits", entries.iter().map(|entry| Some(entry.hits))));
        columns
    }

    fn file_statistics(&self) -> Vec<Column> {
        let cache = self.shared.context.runtime_env().cache_manager.get_file_statistic_cache();
        let entries: Vec<_> =
            cache.map(|cache| cache.list_entries()).unwrap_or_default().into_iter().collect();
        let values = || entries.iter().map(|(_, entry)| entry);
        let statistics = || values().map(|entry| &entry.value.statistics);
        let mut columns = vec![texts(
            "table",
            entries.iter().map(|(key, _)| key.table.as_ref().map(ToString::to_string)),
        )];
        columns.extend(files(values().map(|entry| &entry.value.meta)));
        columns.extend([
            sizes("num_rows", statistics().map(|all| known(all.num_rows))),
            sizes("num_columns", statistics().map(|all| Some(all.column_statistics.len()))),
            sizes("table_size_bytes", statistics().map(|all| known(all.total_byte_size))),
            sizes("statistics_size_bytes", values().map(|entry| Some(entry.size_bytes))),
            sizes("hits", values().map(|entry| Some(entry.hits))),
        ]);
        columns
    }
}

//! How data files are encoded.

use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use serde::Deserialize;
use std::num::NonZeroUsize;

use crate::failure::{Code, Failure, Result};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriterPolicy {
    compression: Option<String>,
    compression_level: Option<i32>,
    max_row_group_rows: Option<usize>,
    pub rows_at_a_time: Option<NonZeroUsize>,
    /// Columns with a Bloom filter.
    bloom_filter_columns: Vec<String>,
    bloom_filter_fpp: Option<f64>,
    /// Columns that are (true) or aren't (false) dictionary-encoded; others as Parquet's writer
    /// decides.
    dictionary: Vec<(String, bool)>,
    /// Per column, an encoding by Parquet's name.
    encodings: Vec<(String, String)>,
    /// Columns without statistics in the file's footer.
    without_statistics: Vec<String>,
}

fn invalid(what: String) -> Failure {
    Failure::new(Code::InvalidArgument, what)
}

/// A dotted name as the path of a column.
fn path(name: &str) -> ColumnPath {
    ColumnPath::new(name.split('.').map(ToString::to_string).collect())
}

impl WriterPolicy {
    fn codec(&self) -> Result<Compression> {
        let level = self.compression_level;
        Ok(match self.compression.as_deref() {
            None | Some("snappy") => Compression::SNAPPY,
            Some("uncompressed") => Compression::UNCOMPRESSED,
            Some("lz4_raw") => Compression::LZ4_RAW,
            Some("zstd") => Compression::ZSTD(ZstdLevel::try_new(level.unwrap_or(1))?),
            Some("gzip") => Compression::GZIP(parquet::basic::GzipLevel::try_new(
                u32::try_from(level.unwrap_or(6)).unwrap_or(6),
            )?),
            Some("brotli") => Compression::BROTLI(parquet::basic::BrotliLevel::try_new(
                u32::try_from(level.unwrap_or(1)).unwrap_or(1),
            )?),
            Some(other) => {
                return Err(invalid(format!(
                    "no compression is called `{other}`; there are uncompressed, snappy, zstd, gzip, \
                     lz4_raw and brotli"
                )));
            }
        })
    }

    pub fn properties(&self) -> Result<WriterProperties> {
        let mut builder = WriterProperties::builder()
            .set_compression(self.codec()?)
            .set_created_by(format!("alluvium, delta-rs {}", deltalake::crate_version()));
        if let Some(rows) = self.max_row_group_rows {
            builder = builder.set_max_row_group_row_count(Some(rows));
        }
        for column in &self.bloom_filter_columns {
            builder = builder.set_column_bloom_filter_enabled(path(column), true);
            if let Some(fpp) = self.bloom_filter_fpp {
                builder = builder.set_column_bloom_filter_fpp(path(column), fpp);
            }
        }
        for (column, enabled) in &self.dictionary {
            builder = builder.set_column_dictionary_enabled(path(column), *enabled);
        }
        for (column, encoding) in &self.encodings {
            let encoding: Encoding = encoding
                .parse()
                .map_err(|_| invalid(format!("no Parquet encoding is called `{encoding}`")))?;
            builder = builder.set_column_encoding(path(column), encoding);
        }
        for column in &self.without_statistics {
            builder = builder.set_column_statistics_enabled(path(column), EnabledStatistics::None);
        }
        Ok(builder.build())
    }
}

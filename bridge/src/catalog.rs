//! Registration: how tables become known to a session.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use datafusion::catalog::{MemTable, MemorySchemaProvider, TableProvider};
use datafusion::common::TableReference;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::arrow::ArrowFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};

use crate::delta;
use crate::failure::{Code, Failure, Result};
use crate::frame::Frame;
use crate::runtime::{self, Token};
use crate::session::{Session, reference};
use crate::stream::{ForeignReader, StreamTable};

/// Anything that can be registered.
pub struct Provider {
    pub table: Arc<dyn TableProvider>,
}

impl Session {
    fn register(&self, name: &str, table: Arc<dyn TableProvider>) -> Result<()> {
        let table_name = reference(name);
        let context = &self.shared.context;
        self.require_schema(&table_name)?;
        if context.table_exist(table_name.clone())? {
            return Err(Failure::new(
                Code::AlreadyExists,
                format!("there is a table `{name}` already; deregister it first"),
            )
            .with("table", name));
        }
        context.register_table(table_name, table)?;
        Ok(())
    }

    fn require_schema(&self, table: &TableReference) -> Result<()> {
        let options = self.shared.context.state().config_options().catalog.clone();
        let resolved = table.clone().resolve(&options.default_catalog, &options.default_schema);
        let known = self
            .shared
            .context
            .catalog(&resolved.catalog)
            .and_then(|catalog| catalog.schema(&resolved.schema))
            .is_some();
        if known {
            return Ok(());
        }
        Err(Failure::new(
            Code::NotFound,
            format!("there is no schema `{}.{}`", resolved.catalog, resolved.schema),
        ))
    }

    /// Registers what each of `partitions` holds; they have one schema.
    pub fn register_batches(
        &self,
        name: &str,
        schema: SchemaRef,
        partitions: Vec<Vec<RecordBatch>>,
    ) -> Result<()> {
        self.register(name, Arc::new(MemTable::try_new(schema, partitions)?))
    }

    pub fn register_stream(&self, name: &str, reader: ForeignReader) -> Result<()> {
        self.register(name, Arc::new(StreamTable::new(reader)?))
    }

    pub fn register_listing(&self, name: &str, location: &str, format: &str) -> Result<()> {
        let (format, extension): (Arc<dyn FileFormat>, _) = match format {
            "parquet" => (Arc::new(ParquetFormat::default()), ".parquet"),
            "csv" => (Arc::new(CsvFormat::default()), ".csv"),
            "json" => (Arc::new(JsonFormat::default()), ".json"),
            "arrow" => (Arc::new(ArrowFormat), ".arrow"),
            other => {
                return Err(Failure::new(
                    Code::InvalidArgument,
                    format!("no file format `{other}`"),
                ));
            }
        };
        let mut url = self.shared.roots.url(location)?;
        if url.to_file_path().is_ok_and(|path| path.is_dir()) && !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let state = self.shared.context.state();
        delta::reach(&url, &state)?;
        // Kept between queries: without it, each reads the files' statistics again.
        let statistics = state.runtime_env().cache_manager.get_file_statistic_cache();
        let table = runtime::run(&Token::new(-1), async move {
            let url = ListingTableUrl::parse(url.as_str())?;
            let options = ListingOptions::new(format).with_file_extension(extension);
            let config = ListingTableConfig::new(url)
                .with_listing_options(options)
                .infer_schema(&state)
                .await?;
            Ok(ListingTable::try_new(config)?.with_cache(statistics))
        })?;
        self.register(name, Arc::new(table))
    }

    pub fn register_provider(&self, name: &str, provider: &Provider) -> Result<()> {
        self.register(name, Arc::clone(&provider.table))
    }

    pub fn register_view(&self, name: &str, frame: &Frame) -> Result<()> {
        self.register(name, frame.frame.clone().into_view())
    }

    pub fn read(&self, provider: &Provider) -> Result<Box<Frame>> {
        let frame = self.shared.context.read_table(Arc::clone(&provider.table))?;
        Ok(Frame::new(frame, Arc::clone(&self.shared)))
    }

    /// Rows that are kept in memory.
    pub fn read_batches(&self, schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Box<Frame>> {
        let table = Arc::new(MemTable::try_new(schema, vec![batches])?);
        Ok(Frame::new(self.shared.context.read_table(table)?, Arc::clone(&self.shared)))
    }

    /// The rows of an Arrow IPC stream.
    pub fn read_ipc(&self, bytes: &[u8]) -> Result<Box<Frame>> {
        let malformed = |error: ArrowError| {
            Failure::new(
                Code::InvalidArgument,
                format!("these bytes are no Arrow IPC stream: {error}"),
            )
        };
        let reader = StreamReader::try_new(bytes, None).map_err(malformed)?;
        let schema = reader.schema();
        let batches = reader.collect::<std::result::Result<Vec<_>, _>>().map_err(malformed)?;
        self.read_batches(schema, batches)
    }

    pub fn create_schema(&self, name: &str) -> Result<()> {
        let context = &self.shared.context;
        let default = context.state().config_options().catalog.default_catalog.clone();
        let (catalog, schema) = name.split_once('.').unwrap_or((&default, name));
        let provider = context.catalog(catalog).ok_or_else(|| {
            Failure::new(Code::NotFound, format!("there is no catalog `{catalog}`"))
        })?;
        if provider.schema(schema).is_some() {
            return Err(Failure::new(
                Code::AlreadyExists,
                format!("there is a schema `{name}` already"),
            ));
        }
        provider.register_schema(schema, Arc::new(MemorySchemaProvider::new()))?;
        Ok(())
    }

    pub fn deregister(&self, name: &str) -> Result<()> {
        match self.shared.context.deregister_table(reference(name))? {
            Some(_) => Ok(()),
            None => Err(Failure::new(Code::NotFound, format!("there is no table `{name}`"))
                .with("table", name)),
        }
    }
}

//! Record batches across the boundary: engine results out, foreign streams in, both through the
//! Arrow C stream interface.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchReader};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ffi_stream::{ArrowArrayStreamReader, FFI_ArrowArrayStream};
use async_trait::async_trait;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, Result as EngineResult};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::{RecordBatchReceiverStream, RecordBatchStreamAdapter};
use datafusion::physical_plan::streaming::PartitionStream;
use futures::StreamExt;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::failure::{Code, Failure, Result};
use crate::runtime::{self, Token};

/// Batches that may wait between the engine and the reader: with few, each costs both a wake-up.
const READ_AHEAD: usize = 16;

/// A plan's output as a blocking reader: its partitions as they come. The engine works on its own
/// threads; dropping the reader stops it.
pub struct EngineReader {
    schema: SchemaRef,
    token: Token,
    batches: mpsc::Receiver<Result<RecordBatch>>,
    /// What was received and not read yet, in reverse order.
    received: Vec<Result<RecordBatch>>,
    /// One for each partition.
    pumps: JoinSet<()>,
    failed: bool,
}

impl EngineReader {
    /// To be called on the engine's threads, where the work starts at once.
    pub fn new(
        schema: SchemaRef,
        partitions: Vec<SendableRecordBatchStream>,
        token: Token,
    ) -> Self {
        let (sender, batches) = mpsc::channel(READ_AHEAD);
        let mut pumps = JoinSet::new();
        for partition in partitions {
            pumps.spawn(pump(partition, sender.clone()));
        }
        Self { schema, token, batches, received: Vec::new(), pumps, failed: false }
    }

    fn read(&mut self) -> Result<Option<RecordBatch>> {
        if self.received.is_empty() {
            self.receive()?;
        }
        self.received.pop().transpose()
    }

    /// Waits for the next batches; none is the end.
    fn receive(&mut self) -> Result<()> {
        let token = self.token.clone();
        let (batches, received, pumps) = (&mut self.batches, &mut self.received, &mut self.pumps);
        runtime::wait(&token, async {
            if batches.recv_many(received, READ_AHEAD).await > 0 {
                received.reverse();
                return Ok(());
            }
            while let Some(outcome) = pumps.join_next().await {
                match outcome {
                    Ok(()) => {}
                    Err(error) if error.is_panic() => {
                        return Err(runtime::panicked(error.into_panic().as_ref()));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        })
    }
}

impl Drop for EngineReader {
    fn drop(&mut self) {
        self.token.cancel();
    }
}

/// Moves a partition's batches to the reader, up to the first failure.
async fn pump(mut partition: SendableRecordBatchStream, sender: mpsc::Sender<Result<RecordBatch>>) {
    while let Some(batch) = partition.next().await {
        let failed = batch.is_err();
        if sender.send(batch.map_err(Failure::from)).await.is_err() || failed {
            break;
        }
    }
}

impl Iterator for EngineReader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match runtime::guard(|| self.read()) {
            Ok(batch) => batch.map(Ok),
            Err(failure) => {
                self.failed = true;
                self.pumps.abort_all();
                Some(Err(ArrowError::ExternalError(Box::new(failure))))
            }
        }
    }
}

impl RecordBatchReader for EngineReader {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// Hands `reader` to the C stream at `out`.
///
/// # Safety
/// `out` points to memory for an `ArrowArrayStream`, released or uninitialised.
pub unsafe fn export(reader: EngineReader, out: *mut FFI_ArrowArrayStream) {
    // SAFETY: by the contract above.
    unsafe { out.write(FFI_ArrowArrayStream::new(Box::new(reader))) };
}

/// A stream that the caller made. Nothing that it hands over is trusted: the engine reads offsets,
/// indices and text without looking again.
pub struct ForeignReader(ArrowArrayStreamReader);

impl ForeignReader {
    /// Takes over the C stream at `stream`.
    ///
    /// # Safety
    /// `stream` points to a valid, unreleased `ArrowArrayStream`.
    pub unsafe fn import(stream: *mut FFI_ArrowArrayStream) -> Result<Self> {
        // SAFETY: by the contract above.
        Ok(Self(unsafe { ArrowArrayStreamReader::from_raw(stream) }?))
    }

    pub fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

impl Iterator for ForeignReader {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        // Arrow's reader panics on a stream that fails without saying why, and on wild offsets.
        let batch = catch_unwind(AssertUnwindSafe(|| self.0.next())).unwrap_or_else(|_| {
            let why = "it failed and gave no reason, or handed over arrays that can't be read";
            Some(Err(ArrowError::CDataInterface(why.to_string())))
        });
        batch.map(|batch| batch.map_err(foreign).and_then(checked))
    }
}

fn checked(batch: RecordBatch) -> Result<RecordBatch> {
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        column.to_data().validate_full().map_err(|error| {
            Failure::new(
                Code::InvalidArgument,
                format!("column `{}` of the input is not valid Arrow: {error}", field.name()),
            )
            .with("column", field.name())
        })?;
    }
    Ok(batch)
}

/// An error of the stream's producer; one of our own streams carries its failure as text.
fn foreign(error: ArrowError) -> Failure {
    Failure::decode(&error.to_string())
        .unwrap_or_else(|| Failure::new(Code::Io, format!("reading the input stream: {error}")))
}

/// A foreign stream as a table that can be read once.
#[derive(Debug)]
pub struct StreamTable(StreamingTable);

impl StreamTable {
    pub fn new(reader: ForeignReader) -> Result<Self> {
        let schema = reader.schema();
        let stream = OneShot { schema: Arc::clone(&schema), reader: Mutex::new(Some(reader)) };
        Ok(Self(StreamingTable::try_new(schema, vec![Arc::new(stream)])?))
    }
}

#[async_trait]
impl TableProvider for StreamTable {
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
        self.0.scan(state, projection, filters, limit).await
    }
}

struct OneShot {
    schema: SchemaRef,
    reader: Mutex<Option<ForeignReader>>,
}

impl fmt::Debug for OneShot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneShot")
    }
}

impl PartitionStream for OneShot {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let Some(reader) = self.reader.lock().take() else {
            let spent = Failure::new(
                Code::InvalidQuery,
                "the table is a stream that was read already; register it again, or stage it to \
                 read it more than once",
            );
            let once = futures::stream::once(async move { Err(DataFusionError::from(spent)) });
            return Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), once));
        };
        let mut builder = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), READ_AHEAD);
        let sender = builder.tx();
        // The foreign side may block for as long as it likes: never on an engine thread.
        builder.spawn_blocking(move || {
            for batch in reader {
                if sender.blocking_send(batch.map_err(DataFusionError::from)).is_err() {
                    break;
                }
            }
            Ok(())
        });
        builder.build()
    }
}

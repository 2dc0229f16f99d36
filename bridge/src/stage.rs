//! Runs a plan once and keeps its rows: in memory up to a budget, spilled beyond.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::execution::{SendableRecordBatchStream, SpillFile, TaskContext};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::spill::SpillManager;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::prelude::DataFrame;
use futures::{StreamExt, TryStreamExt};

use crate::failure::Result;
use crate::runtime;

/// The kept rows of one partition.
struct StagedPartition {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    spilled: Option<Arc<dyn SpillFile>>,
    spill: SpillManager,
    _memory: MemoryReservation,
}

impl fmt::Debug for StagedPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StagedPartition({} batches in memory)", self.batches.len())
    }
}

impl PartitionStream for StagedPartition {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let kept = futures::stream::iter(self.batches.clone().into_iter().map(Ok)).boxed();
        let rows = match &self.spilled {
            None => kept,
            Some(file) => match self.spill.read_spill_as_stream(Arc::clone(file), None) {
                Ok(spilled) => kept.chain(spilled).boxed(),
                Err(error) => futures::stream::once(async { Err(error) }).boxed(),
            },
        };
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows))
    }
}

/// Runs `frame` and returns a table of its rows, one partition for each of the plan's.
pub async fn stage(frame: DataFrame, memory_bytes: usize) -> Result<Arc<dyn TableProvider>> {
    let environment = frame.task_ctx().runtime_env();
    let schema: SchemaRef = Arc::new(frame.schema().as_arrow().clone());
    let streams = frame.execute_stream_partitioned().await?;
    let held = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for (index, stream) in streams.into_iter().enumerate() {
        let (environment, held) = (Arc::clone(&environment), Arc::clone(&held));
        let schema = Arc::clone(&schema);
        tasks.spawn(async move {
            let partition = keep(stream, schema, environment, memory_bytes, held).await?;
            Ok::<_, crate::failure::Failure>((index, partition))
        });
    }
    let mut partitions = Vec::with_capacity(tasks.len());
    while let Some(outcome) = tasks.join_next().await {
        partitions.push(match outcome {
            Ok(partition) => partition?,
            Err(error) if error.is_panic() => {
                return Err(runtime::panicked(error.into_panic().as_ref()));
            }
            Err(error) => return Err(error.into()),
        });
    }
    partitions.sort_by_key(|(index, _)| *index);
    let partitions = partitions
        .into_iter()
        .map(|(_, partition)| Arc::new(partition) as Arc<dyn PartitionStream>)
        .collect();
    Ok(Arc::new(StreamingTable::try_new(schema, partitions)?))
}

async fn keep(
    mut stream: SendableRecordBatchStream,
    schema: SchemaRef,
    environment: Arc<RuntimeEnv>,
    memory_bytes: usize,
    held: Arc<AtomicUsize>,
) -> Result<StagedPartition> {
    let memory = MemoryConsumer::new("stage").register(&environment.memory_pool);
    let metrics = SpillMetrics::new(&ExecutionPlanMetricsSet::new(), 0);
    let spill = SpillManager::new(environment, metrics, Arc::clone(&schema));
    let mut batches = Vec::new();
    let mut file = None;
    while let Some(batch) = stream.try_next().await? {
        let bytes = batch.get_array_memory_size();
        let fits = file.is_none()
            && held.fetch_add(bytes, Ordering::Relaxed) + bytes <= memory_bytes
            && memory.try_grow(bytes).is_ok();
        if fits {
            batches.push(batch);
        } else {
            // Once spilling, always: the rows of a partition keep their order.
            if file.is_none() {
                file = Some(spill.create_in_progress_file("staging rows")?);
            }
            if let Some(file) = &mut file {
                file.append_batch(&batch)?;
            }
        }
    }
    let spilled = match &mut file {
        Some(file) => file.finish()?,
        None => None,
    };
    Ok(StagedPartition { schema, batches, spilled, spill, _memory: memory })
}

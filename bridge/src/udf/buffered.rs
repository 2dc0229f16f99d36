//! An accumulator that keeps its rows: for calls whose rows must come distinct or in an order, and
//! for windows that slide over a function that can't take rows away.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, StructArray, UInt32Array};
use arrow::buffer::OffsetBuffer;
use arrow::compute::{SortColumn, SortOptions, concat, lexsort_to_indices, take_arrays};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::row::{RowConverter, SortField};
use datafusion::common::utils::memory::estimate_memory_size;
use datafusion::common::{Result as EngineResult, ScalarValue, internal_err};
use datafusion::logical_expr::Accumulator;

use crate::udf::aggregate::{States, nullable};

/// A column to sort by.
#[derive(Debug, Clone)]
pub struct Ordering {
    pub column: usize,
    pub options: SortOptions,
}

#[derive(Debug)]
pub struct Buffered {
    /// Arguments first, then what the rows are sorted by.
    columns: Vec<DataType>,
    arguments: usize,
    orderings: Vec<Ordering>,
    distinct: bool,
    /// Never updated: empty states of the call are made of it.
    states: States,
    batches: VecDeque<Vec<ArrayRef>>,
    bytes: usize,
}

impl Buffered {
    pub fn new(
        columns: Vec<DataType>,
        arguments: usize,
        orderings: Vec<Ordering>,
        distinct: bool,
        states: States,
    ) -> Self {
        let batches = VecDeque::new();
        Self { columns, arguments, orderings, distinct, states, batches, bytes: 0 }
    }

    /// A partial state: a list of rows.
    pub fn state_field<'a>(name: &str, columns: impl Iterator<Item = &'a FieldRef>) -> Field {
        let types: Vec<_> = columns.map(|field| field.data_type().clone()).collect();
        let item = Field::new_list_field(DataType::Struct(row_fields(&types)), true);
        nullable(&Field::new_list(format!("{name}[rows]"), item, true))
    }

    fn keep(&mut self, columns: Vec<ArrayRef>) {
        self.bytes += bytes_of(&columns);
        self.batches.push_back(columns);
    }

    /// All rows as one batch.
    fn rows(&self) -> EngineResult<Vec<ArrayRef>> {
        (0..self.columns.len())
            .map(|index| {
                let parts: Vec<&dyn Array> =
                    self.batches.iter().map(|batch| batch[index].as_ref()).collect();
                match parts.is_empty() {
                    true => Ok(arrow::array::new_empty_array(&self.columns[index])),
                    false => Ok(concat(&parts)?),
                }
            })
            .collect()
    }

    fn sorted(&self, rows: Vec<ArrayRef>) -> EngineResult<Vec<ArrayRef>> {
        if self.orderings.is_empty() || rows.first().is_none_or(|column| column.is_empty()) {
            return Ok(rows);
        }
        let by: Vec<_> = self
            .orderings
            .iter()
            .map(|ordering| SortColumn {
                values: Arc::clone(&rows[ordering.column]),
                options: Some(ordering.options),
            })
            .collect();
        Ok(take_arrays(&rows, &lexsort_to_indices(&by, None)?, None)?)
    }

    /// The first row of each list of arguments.
    fn distinct(&self, rows: Vec<ArrayRef>) -> EngineResult<Vec<ArrayRef>> {
        let fields = self.columns[..self.arguments].iter();
        let converter =
            RowConverter::new(fields.map(|column| SortField::new(column.clone())).collect())?;
        let keys = converter.convert_columns(&rows[..self.arguments])?;
        let mut seen = std::collections::HashSet::with_capacity(keys.num_rows());
        let mut first = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            if seen.insert(key) {
                first.push(u32::try_from(index).map_err(|error| {
                    datafusion::common::DataFusionError::External(Box::new(error))
                })?);
            }
        }
        Ok(take_arrays(&rows, &UInt32Array::from(first), None)?)
    }
}

impl Accumulator for Buffered {
    fn update_batch(&mut self, values: &[ArrayRef]) -> EngineResult<()> {
        self.keep(values[..self.columns.len()].to_vec());
        Ok(())
    }

    fn evaluate(&mut self) -> EngineResult<ScalarValue> {
        let mut rows = self.sorted(self.rows()?)?;
        if self.distinct {
            rows = self.distinct(rows)?;
        }
        let mut states = self.states.anew()?;
        states.grow(1)?;
        let count = rows.first().map_or(0, |column| column.len());
        states.update(&rows, &vec![0; count])?;
        ScalarValue::try_from_array(&states.results(1)?, 0)
    }

    fn size(&self) -> usize {
        size_of::<Self>()
            + self.bytes
            + estimate_memory_size::<Vec<ArrayRef>>(self.batches.len(), 0).unwrap_or(0)
    }

    fn state(&mut self) -> EngineResult<Vec<ScalarValue>> {
        let rows = StructArray::try_new(row_fields(&self.columns), self.rows()?, None)?;
        let item = Arc::new(Field::new_list_field(rows.data_type().clone(), true));
        let offsets = OffsetBuffer::from_lengths([rows.len()]);
        let list = ListArray::try_new(item, offsets, Arc::new(rows), None)?;
        Ok(vec![ScalarValue::List(Arc::new(list))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> EngineResult<()> {
        let Some(lists) = states.first().and_then(|state| state.as_list_opt::<i32>()) else {
            return internal_err!("kept rows are a list");
        };
        for list in lists.iter().flatten() {
            self.keep(list.as_struct().columns().to_vec());
        }
        Ok(())
    }

    /// Takes away the oldest rows, as many as `values` has.
    fn retract_batch(&mut self, values: &[ArrayRef]) -> EngineResult<()> {
        let mut rows = values.first().map_or(0, |column| column.len());
        while rows > 0 {
            let Some(oldest) = self.batches.front_mut() else {
                return internal_err!("more rows are taken away than there are");
            };
            let length = oldest.first().map_or(0, |column| column.len());
            if length <= rows {
                rows -= length;
                self.bytes -= bytes_of(oldest);
                self.batches.pop_front();
                continue;
            }
            let before = bytes_of(oldest);
            for column in oldest.iter_mut() {
                *column = column.slice(rows, length - rows);
            }
            self.bytes = self.bytes - before + bytes_of(oldest);
            rows = 0;
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }
}

fn row_fields(columns: &[DataType]) -> Fields {
    columns
        .iter()
        .enumerate()
        .map(|(index, column)| Field::new(format!("c{index}"), column.clone(), true))
        .collect()
}

fn bytes_of(columns: &[ArrayRef]) -> usize {
    columns.iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or_default()).sum()
}

//! Window functions.

use std::fmt;
use std::ops::Range;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use cxx::SharedPtr;
use datafusion::common::{Result as EngineResult, ScalarValue};
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{
    Documentation, LimitEffect, PartitionEvaluator, Signature, WindowUDFImpl,
};
use datafusion::physical_expr::PhysicalExpr;
use std::sync::Arc;

use crate::failure::Result;
use crate::ffi::NativeKernel;
use crate::udf::{Native, decode, export, import};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Window {
    native: Native,
}

impl Window {
    pub fn new(native: Native) -> Self {
        Self { native }
    }
}

impl WindowUDFImpl for Window {
    fn name(&self) -> &str {
        self.native.name()
    }

    fn aliases(&self) -> &[String] {
        &self.native.declaration.aliases
    }

    fn signature(&self) -> &Signature {
        &self.native.signature
    }

    fn field(&self, args: WindowUDFFieldArgs) -> EngineResult<FieldRef> {
        let fields = args.input_fields();
        let field = self.native.return_field(fields, &vec![None; fields.len()])?;
        Ok(Arc::new(field.as_ref().clone().with_name(args.name())))
    }

    fn coerce_types(&self, given: &[DataType]) -> EngineResult<Vec<DataType>> {
        self.native.coerce(given)
    }

    fn partition_evaluator(
        &self,
        args: PartitionEvaluatorArgs,
    ) -> EngineResult<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(self.evaluator(args.input_fields())?))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.native.documentation)
    }

    fn limit_effect(&self, _args: &[Arc<dyn PhysicalExpr>]) -> LimitEffect {
        LimitEffect::Unknown
    }
}

impl Window {
    fn evaluator(&self, given: &[FieldRef]) -> Result<Evaluator> {
        let returns = self.native.return_field(given, &vec![None; given.len()])?;
        let filled = self.native.filled(given);
        let arguments: Fields = filled
            .iter()
            .map(|field| Field::new(field.name(), field.data_type().clone(), true))
            .collect();
        let mut arguments = FFI_ArrowSchema::try_from(DataType::Struct(arguments))?;
        let mut returned = FFI_ArrowSchema::try_from(returns.as_ref())?;
        // SAFETY: both schemas are valid and taken over.
        let kernel = unsafe {
            self.native.function.0.prepare((&raw mut arguments).cast(), (&raw mut returned).cast())
        };
        Ok(Evaluator {
            kernel: kernel.map_err(|error| decode(&error))?,
            returns: returns.data_type().clone(),
            defaults: self.native.missing(given.len()).cloned().collect(),
            frames: self.native.declaration.traits.frames,
        })
    }
}

struct Evaluator {
    kernel: SharedPtr<NativeKernel>,
    returns: DataType,
    defaults: Vec<ScalarValue>,
    frames: bool,
}
// SAFETY: the kernel is immutable, and promises to be callable from many threads.
unsafe impl Send for Evaluator {}

impl fmt::Debug for Evaluator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Evaluator of a native window function")
    }
}

impl Evaluator {
    fn exported(&self, values: &[ArrayRef], rows: usize) -> EngineResult<Vec<FFI_ArrowArray>> {
        let mut arrays: Vec<_> = values.iter().map(export).collect();
        for value in &self.defaults {
            arrays.push(export(&value.to_array_of_size(rows)?));
        }
        Ok(arrays)
    }
}

impl PartitionEvaluator for Evaluator {
    fn evaluate_all(&mut self, values: &[ArrayRef], num_rows: usize) -> EngineResult<ArrayRef> {
        let mut arrays = self.exported(values, num_rows)?;
        let mut result = FFI_ArrowArray::empty();
        // SAFETY: the arrays are valid, of the types that the kernel was prepared for, and stay
        // ours; `result` is empty and filled.
        let outcome = unsafe {
            self.kernel.evaluate_partition(
                i64::try_from(num_rows).unwrap_or(i64::MAX),
                arrays.as_mut_ptr().cast(),
                (&raw mut result).cast(),
            )
        };
        outcome.map_err(|error| decode(&error))?;
        // SAFETY: C++ built the array of that type.
        unsafe { import(result, &self.returns) }
    }

    fn evaluate(&mut self, values: &[ArrayRef], range: &Range<usize>) -> EngineResult<ScalarValue> {
        let rows = values.first().map_or(range.end, |array| array.len());
        let mut arrays = self.exported(values, rows)?;
        let mut result = FFI_ArrowArray::empty();
        let to_signed = |row: usize| i64::try_from(row).unwrap_or(i64::MAX);
        // SAFETY: as in `evaluate_all`.
        let outcome = unsafe {
            self.kernel.evaluate_frame(
                to_signed(rows),
                arrays.as_mut_ptr().cast(),
                to_signed(range.start),
                to_signed(range.end),
                (&raw mut result).cast(),
            )
        };
        outcome.map_err(|error| decode(&error))?;
        // SAFETY: C++ built the array of that type.
        ScalarValue::try_from_array(&unsafe { import(result, &self.returns) }?, 0)
    }

    fn uses_window_frame(&self) -> bool {
        self.frames
    }
}

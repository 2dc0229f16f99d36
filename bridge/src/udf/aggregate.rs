//! Aggregate functions.

use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, UInt64Array};
use arrow::compute::{filter, prep_null_mask_filter};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use cxx::UniquePtr;
use datafusion::common::{Result as EngineResult, ScalarValue, internal_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, Documentation, EmitTo, GroupsAccumulator, Signature,
};
use datafusion::physical_expr::expressions::Literal;

use crate::failure::Result;
use crate::ffi::NativeAccumulator;
use crate::udf::buffered::{Buffered, Ordering};
use crate::udf::{Native, decode, export, import};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Aggregate {
    native: Arc<Native>,
}

impl Aggregate {
    pub fn new(native: Native) -> Self {
        Self { native: Arc::new(native) }
    }

    fn states(&self, args: &AccumulatorArgs) -> Result<States> {
        let constants: Vec<_> = args
            .exprs
            .iter()
            .map(|expr| expr.downcast_ref::<Literal>().map(|literal| literal.value().clone()))
            .collect();
        States::new(&self.native, args, &constants)
    }

    /// Rows are kept where the call says in which order, or that they are distinct.
    fn keeps_rows(&self, args: &AccumulatorArgs) -> bool {
        args.is_distinct
            || (self.native.declaration.traits.order_sensitive && !args.order_bys.is_empty())
    }
}

impl AggregateUDFImpl for Aggregate {
    fn name(&self) -> &str {
        self.native.name()
    }

    fn aliases(&self) -> &[String] {
        &self.native.declaration.aliases
    }

    fn signature(&self) -> &Signature {
        &self.native.signature
    }

    fn return_type(&self, _argument_types: &[DataType]) -> EngineResult<DataType> {
        internal_err!("the field is asked for")
    }

    fn return_field(&self, fields: &[FieldRef]) -> EngineResult<FieldRef> {
        Ok(self.native.return_field(fields, &vec![None; fields.len()])?)
    }

    fn coerce_types(&self, given: &[DataType]) -> EngineResult<Vec<DataType>> {
        self.native.coerce(given)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> EngineResult<Vec<FieldRef>> {
        let ordered =
            self.native.declaration.traits.order_sensitive && !args.ordering_fields.is_empty();
        if args.is_distinct || ordered {
            let columns = args.input_fields.iter().chain(args.ordering_fields);
            return Ok(vec![Arc::new(Buffered::state_field(args.name, columns))]);
        }
        Ok(self.native.state_fields(args.name, args.input_fields)?)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> EngineResult<Box<dyn Accumulator>> {
        let states = self.states(&args)?;
        if self.keeps_rows(&args) {
            return Ok(Box::new(self.buffered(states, &args)?));
        }
        Ok(Box::new(Single { states, group_zero: Vec::new(), retracts: false }))
    }

    fn create_sliding_accumulator(
        &self,
        args: AccumulatorArgs,
    ) -> EngineResult<Box<dyn Accumulator>> {
        let states = self.states(&args)?;
        if self.keeps_rows(&args) || !self.native.declaration.traits.retracts {
            return Ok(Box::new(self.buffered(states, &args)?));
        }
        Ok(Box::new(Single { states, group_zero: Vec::new(), retracts: true }))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !self.keeps_rows(&args)
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs,
    ) -> EngineResult<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups { states: self.states(&args)? }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        match self.native.declaration.traits.order_sensitive {
            true => AggregateOrderSensitivity::SoftRequirement,
            false => AggregateOrderSensitivity::Insensitive,
        }
    }

    fn supports_null_handling_clause(&self) -> bool {
        self.native.declaration.traits.null_treatment
    }

    /// What no rows give: asked of an empty group.
    fn default_value(&self, data_type: &DataType) -> EngineResult<ScalarValue> {
        let fields = self.native.examples.fields();
        let mut states = Recipe {
            native: Arc::clone(&self.native),
            fields: fields.to_vec(),
            constants: vec![None; fields.len()],
            returns: Arc::new(Field::new(self.name(), data_type.clone(), true)),
            ignore_nulls: false,
            states: Vec::new(),
        }
        .make()?;
        states.grow(1)?;
        ScalarValue::try_from_array(&states.results(1)?, 0)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.native.documentation)
    }
}

impl Aggregate {
    fn buffered(&self, states: States, args: &AccumulatorArgs) -> EngineResult<Buffered> {
        let mut columns: Vec<DataType> =
            args.expr_fields.iter().map(|field| field.data_type().clone()).collect();
        let arguments = columns.len();
        let mut orderings = Vec::new();
        if self.native.declaration.traits.order_sensitive {
            for by in args.order_bys {
                columns.push(by.expr.data_type(args.schema)?);
                orderings.push(Ordering { column: columns.len() - 1, options: by.options });
            }
        }
        Ok(Buffered::new(columns, arguments, orderings, args.is_distinct, states))
    }
}

impl Native {
    fn state_fields(&self, name: &str, arguments: &[FieldRef]) -> Result<Vec<FieldRef>> {
        let arguments = Fields::from(self.filled(arguments));
        let mut arguments = FFI_ArrowSchema::try_from(DataType::Struct(arguments))?;
        let mut out = FFI_ArrowSchema::empty();
        // SAFETY: the schema is valid and taken over; `out` is empty and filled.
        let outcome = unsafe {
            self.function.0.state_fields((&raw mut arguments).cast(), (&raw mut out).cast())
        };
        outcome.map_err(|error| decode(&error))?;
        let named = |field: &FieldRef| {
            Arc::new(field.as_ref().clone().with_name(format!("{name}[{}]", field.name())))
        };
        Ok(Schema::try_from(&out)?.fields.iter().map(named).collect())
    }
}

/// The states of all groups, in C++.
pub struct States {
    accumulator: UniquePtr<NativeAccumulator>,
    make: Recipe,
    groups: usize,
}
// SAFETY: the object is used by one thread at a time, which Rust's `&mut` sees to, and shared for
// reading its size alone.
unsafe impl Send for States {}
// SAFETY: as above.
unsafe impl Sync for States {}

/// What an accumulator is made of, to make another.
#[derive(Clone)]
struct Recipe {
    native: Arc<Native>,
    fields: Vec<FieldRef>,
    constants: Vec<Option<ScalarValue>>,
    returns: FieldRef,
    ignore_nulls: bool,
    states: Vec<FieldRef>,
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "States of {}", self.make.native.name())
    }
}

impl Recipe {
    fn make(self) -> Result<States> {
        let mut call = self.native.call(&self.fields, &self.constants)?;
        let mut returns = FFI_ArrowSchema::try_from(self.returns.as_ref())?;
        // SAFETY: the schemas and the array are valid and taken over.
        let accumulator = unsafe {
            self.native.function.0.accumulate(
                call.fields_ptr(),
                call.constants_ptr(),
                &call.is_constant,
                (&raw mut returns).cast(),
                self.ignore_nulls,
            )
        };
        let accumulator = accumulator.map_err(|error| decode(&error))?;
        Ok(States { accumulator, make: self, groups: 0 })
    }
}

impl States {
    fn new(
        native: &Arc<Native>,
        args: &AccumulatorArgs,
        constants: &[Option<ScalarValue>],
    ) -> Result<Self> {
        Recipe {
            native: Arc::clone(native),
            fields: args.expr_fields.to_vec(),
            constants: constants.to_vec(),
            returns: Arc::clone(&args.return_field),
            ignore_nulls: args.ignore_nulls,
            states: native.state_fields("state", args.expr_fields)?,
        }
        .make()
    }

    /// Empty states of the same call.
    pub fn anew(&self) -> Result<Self> {
        self.make.clone().make()
    }

    pub fn grow(&mut self, groups: usize) -> Result<()> {
        if groups > self.groups {
            self.accumulator.pin_mut().grow(groups).map_err(|error| decode(&error))?;
            self.groups = groups;
        }
        Ok(())
    }

    /// The arguments and defaults as C++ gets them.
    fn exported(&self, arguments: &[ArrayRef]) -> Result<(Vec<FFI_ArrowArray>, Vec<bool>)> {
        let given = self.make.fields.len();
        let mut arrays: Vec<_> = arguments.iter().take(given).map(export).collect();
        let mut scalars = vec![false; arrays.len()];
        for value in self.make.native.missing(given) {
            arrays.push(export(&value.to_array_of_size(1)?));
            scalars.push(true);
        }
        Ok((arrays, scalars))
    }

    pub fn update(&mut self, arguments: &[ArrayRef], groups: &[usize]) -> Result<()> {
        let (mut arrays, scalars) = self.exported(arguments)?;
        // SAFETY: the arrays are valid, of the call's types, as long as `groups`, and stay ours.
        let outcome = unsafe {
            self.accumulator.pin_mut().update(arrays.as_mut_ptr().cast(), &scalars, groups)
        };
        outcome.map_err(|error| decode(&error))
    }

    fn retract(&mut self, arguments: &[ArrayRef], groups: &[usize]) -> Result<()> {
        let (mut arrays, scalars) = self.exported(arguments)?;
        // SAFETY: as for `update`.
        let outcome = unsafe {
            self.accumulator.pin_mut().retract(arrays.as_mut_ptr().cast(), &scalars, groups)
        };
        outcome.map_err(|error| decode(&error))
    }

    fn merge(&mut self, states: &[ArrayRef], groups: &[usize]) -> Result<()> {
        let mut arrays: Vec<_> = states.iter().map(export).collect();
        // SAFETY: the arrays are valid, of the types of the state fields, as long as `groups`, and
        // stay ours.
        let outcome =
            unsafe { self.accumulator.pin_mut().merge(arrays.as_mut_ptr().cast(), groups) };
        outcome.map_err(|error| decode(&error))
    }

    fn states(&mut self, count: usize) -> Result<Vec<ArrayRef>> {
        let fields = &self.make.states;
        let mut arrays: Vec<_> = fields.iter().map(|_| FFI_ArrowArray::empty()).collect();
        // SAFETY: there is an empty array for each state field, which is filled.
        let outcome =
            unsafe { self.accumulator.pin_mut().write_states(count, arrays.as_mut_ptr().cast()) };
        outcome.map_err(|error| decode(&error))?;
        let imported = arrays.into_iter().zip(fields).map(|(array, field)| {
            // SAFETY: C++ built the array of the field's type.
            unsafe { import(array, field.data_type()) }
        });
        Ok(imported.collect::<EngineResult<_>>()?)
    }

    pub fn results(&mut self, count: usize) -> Result<ArrayRef> {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: the array is empty and filled.
        let outcome =
            unsafe { self.accumulator.pin_mut().write_results(count, (&raw mut array).cast()) };
        outcome.map_err(|error| decode(&error))?;
        // SAFETY: C++ built the array of the return field's type.
        Ok(unsafe { import(array, self.make.returns.data_type()) }?)
    }

    fn drop_first(&mut self, count: usize) -> Result<()> {
        self.accumulator.pin_mut().drop_first(count).map_err(|error| decode(&error))?;
        self.groups -= count;
        Ok(())
    }

    pub fn bytes(&self) -> usize {
        self.accumulator.bytes()
    }
}

/// One group, of an aggregate without GROUP BY or of a window.
#[derive(Debug)]
struct Single {
    states: States,
    /// As many zeros as the longest batch so far has rows: all belong to group 0.
    group_zero: Vec<usize>,
    retracts: bool,
}

impl Single {
    fn ready(&mut self, rows: usize) -> Result<()> {
        self.states.grow(1)?;
        if self.group_zero.len() < rows {
            self.group_zero.resize(rows, 0);
        }
        Ok(())
    }
}

impl Accumulator for Single {
    fn update_batch(&mut self, values: &[ArrayRef]) -> EngineResult<()> {
        let rows = values.first().map_or(0, |array| array.len());
        self.ready(rows)?;
        Ok(self.states.update(values, &self.group_zero[..rows])?)
    }

    fn evaluate(&mut self) -> EngineResult<ScalarValue> {
        self.ready(0)?;
        ScalarValue::try_from_array(&self.states.results(1)?, 0)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.states.bytes()
    }

    fn state(&mut self) -> EngineResult<Vec<ScalarValue>> {
        self.ready(0)?;
        let states = self.states.states(1)?;
        states.iter().map(|array| ScalarValue::try_from_array(array, 0)).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> EngineResult<()> {
        let rows = states.first().map_or(0, |array| array.len());
        self.ready(rows)?;
        Ok(self.states.merge(states, &self.group_zero[..rows])?)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> EngineResult<()> {
        let rows = values.first().map_or(0, |array| array.len());
        self.ready(rows)?;
        Ok(self.states.retract(values, &self.group_zero[..rows])?)
    }

    fn supports_retract_batch(&self) -> bool {
        self.retracts
    }
}

struct Groups {
    states: States,
}

impl Groups {
    fn count(&self, emit_to: EmitTo) -> usize {
        match emit_to {
            EmitTo::All => self.states.groups,
            EmitTo::First(count) => count,
        }
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> EngineResult<()> {
        self.states.grow(total_num_groups)?;
        let Some(passing) = opt_filter else {
            return Ok(self.states.update(values, group_indices)?);
        };
        let (values, groups) = passing_rows(values, group_indices, passing)?;
        Ok(self.states.update(&values, &groups)?)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> EngineResult<ArrayRef> {
        let count = self.count(emit_to);
        let results = self.states.results(count)?;
        self.states.drop_first(count)?;
        Ok(results)
    }

    fn state(&mut self, emit_to: EmitTo) -> EngineResult<Vec<ArrayRef>> {
        let count = self.count(emit_to);
        let states = self.states.states(count)?;
        self.states.drop_first(count)?;
        Ok(states)
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> EngineResult<()> {
        self.states.grow(total_num_groups)?;
        Ok(self.states.merge(values, group_indices)?)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> EngineResult<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, |array| array.len());
        let mut each = Groups { states: self.states.anew()? };
        let groups: Vec<_> = (0..rows).collect();
        each.update_batch(values, &groups, opt_filter, rows)?;
        Ok(each.states.states(rows)?)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.states.bytes()
    }
}

fn passing_rows(
    values: &[ArrayRef],
    groups: &[usize],
    passing: &BooleanArray,
) -> EngineResult<(Vec<ArrayRef>, Vec<usize>)> {
    let passing = match passing.null_count() {
        0 => passing.clone(),
        _ => prep_null_mask_filter(passing),
    };
    let values = values
        .iter()
        .map(|array| filter(array, &passing))
        .collect::<std::result::Result<Vec<_>, _>>()?;
    let indices: UInt64Array = groups.iter().map(|group| *group as u64).collect();
    let indices = filter(&indices, &passing)?;
    let indices = arrow::array::AsArray::as_primitive::<arrow::datatypes::UInt64Type>(&indices);
    Ok((values, indices.values().iter().map(|group| *group as usize).collect()))
}

/// A field that can be anything's null: of states that are kept rows.
pub fn nullable(field: &Field) -> Field {
    field.clone().with_nullable(true)
}

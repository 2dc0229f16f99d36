//! Native functions: C++ functions as functions of the engine.

mod aggregate;
mod buffered;
mod lent;
mod operators;
mod query_token;
mod scalar;
mod window;

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ptr::NonNull;
use std::sync::Arc;

use arrow::alloc::Allocation;
use arrow::array::{Array, ArrayData, ArrayRef, StructArray, make_array, new_null_array};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use cxx::{Exception, SharedPtr};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::types::{LogicalType, NativeType};
use datafusion::common::{Result as EngineResult, ScalarValue};
use datafusion::datasource::source_as_provider;
use datafusion::execution::registry::MemoryFunctionRegistry;
use datafusion::logical_expr::{
    AggregateUDF, Coercion, DocSection, Documentation, DocumentationBuilder, Expr, LogicalPlan,
    ScalarUDF, Signature, TypeSignature, TypeSignatureClass, Volatility, WindowUDF,
};
use datafusion::prelude::SessionContext;
use parking_lot::Mutex;
use serde::Deserialize;

use crate::expr::{Expressions, Node};
use crate::failure::{Code, Failure, Result};
use crate::ffi::{self, NativeFunction};

pub use operators::{Binding, OperatorPlanner, Rule};
pub use query_token::QueryToken;

/// A function that a session gets.
pub enum Registered {
    Scalar(ScalarUDF),
    Aggregate(AggregateUDF),
    Window(WindowUDF),
}

impl Registered {
    pub fn names(&self) -> (&str, &[String]) {
        match self {
            Self::Scalar(function) => (function.name(), function.aliases()),
            Self::Aggregate(function) => (function.name(), function.aliases()),
            Self::Window(function) => (function.name(), function.aliases()),
        }
    }
}

/// Gives the engine's `function` another name.
pub fn alias(context: &SessionContext, name: &str, function: &str) -> Result<()> {
    let name = interned(name);
    let state = context.state();
    if let Some(found) = state.scalar_functions().get(function) {
        context.register_udf(found.as_ref().clone().with_aliases([name]));
    } else if let Some(found) = state.aggregate_functions().get(function) {
        context.register_udaf(found.as_ref().clone().with_aliases([name]));
    } else if let Some(found) = state.window_functions().get(function) {
        context.register_udwf(found.as_ref().clone().with_aliases([name]));
    } else {
        return Err(Failure::new(
            Code::NotFound,
            format!("`{name}` is to stand for `{function}`, which the engine doesn't have"),
        ));
    }
    Ok(())
}

/// The functions that a plan calls, also in subqueries and behind views.
pub fn called(plan: &LogicalPlan) -> Result<Vec<String>> {
    let mut names = BTreeSet::new();
    collect_calls(plan, &mut names)?;
    Ok(names.into_iter().collect())
}

fn collect_calls(plan: &LogicalPlan, names: &mut BTreeSet<String>) -> EngineResult<()> {
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Ok(provider) = source_as_provider(&scan.source)
            && let Some(view) = provider.get_logical_plan()
        {
            collect_calls(&view, names)?;
        }
        node.apply_expressions(|expr| {
            expr.apply(|part| {
                match part {
                    Expr::ScalarFunction(call) => names.insert(call.name().to_string()),
                    Expr::AggregateFunction(call) => names.insert(call.func.name().to_string()),
                    Expr::WindowFunction(call) => names.insert(call.fun.name().to_string()),
                    _ => false,
                };
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(())
}

/// The engine takes names that live as long as the program: each is kept once.
fn interned(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock();
    if let Some(known) = names.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.to_string().into_boxed_str());
    names.insert(name);
    name
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    kind: Kind,
    name: String,
    aliases: Vec<String>,
    volatility: Stability,
    description: String,
    syntax: String,
    example: String,
    parameters: Vec<Parameter>,
    nodes: Vec<Node>,
    #[serde(default)]
    traits: Traits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Scalar,
    Aggregate,
    Window,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stability {
    Immutable,
    Stable,
    Volatile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    name: String,
    description: String,
    /// The node of its default.
    default: Option<usize>,
}

/// What the engine may know beyond the signature.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Traits {
    null_propagating: bool,
    short_circuits: bool,
    monotonicity: Vec<i8>,
    rewrites: bool,
    retracts: bool,
    order_sensitive: bool,
    null_treatment: bool,
    frames: bool,
}

/// A C++ function that promises to be const and callable from many threads at once.
struct Handle(SharedPtr<NativeFunction>);
// SAFETY: the headers of `alluvium/udf` document the promise; the object behind the pointer is
// immutable.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

/// What the three kinds have in common.
struct Native {
    declaration: Declaration,
    /// A type for each parameter.
    examples: Schema,
    defaults: Vec<Option<ScalarValue>>,
    signature: Signature,
    documentation: Documentation,
    function: Handle,
}

/// The Arrow fields and constants of a call, as they cross.
struct Call {
    fields: FFI_ArrowSchema,
    constants: FFI_ArrowArray,
    is_constant: Vec<bool>,
}

pub fn define(
    declaration: &str,
    examples: &FFI_ArrowSchema,
    function: SharedPtr<NativeFunction>,
) -> Result<Registered> {
    let declaration: Declaration = serde_json::from_str(declaration)?;
    let examples = Schema::try_from(examples)?;
    let defaults = declaration.defaults(&examples)?;
    let kind = declaration.kind;
    let native = Native {
        signature: declaration.signature(&examples, &defaults),
        documentation: declaration.document(),
        defaults,
        examples,
        declaration,
        function: Handle(function),
    };
    Ok(match kind {
        Kind::Scalar => Registered::Scalar(ScalarUDF::from(scalar::Scalar::new(native))),
        Kind::Aggregate => {
            Registered::Aggregate(AggregateUDF::from(aggregate::Aggregate::new(native)))
        }
        Kind::Window => Registered::Window(WindowUDF::from(window::Window::new(native))),
    })
}

impl Declaration {
    fn defaults(&self, examples: &Schema) -> Result<Vec<Option<ScalarValue>>> {
        let nodes = Expressions::lower(&self.nodes, &MemoryFunctionRegistry::new())?;
        self.parameters
            .iter()
            .zip(examples.fields())
            .map(|(parameter, field)| {
                let Some(index) = parameter.default else { return Ok(None) };
                let value = nodes.literal(index)?;
                Ok(Some(value.cast_to(field.data_type())?))
            })
            .collect()
    }

    /// Types are settled by `coerce`; the other signatures are what the catalog shows.
    fn signature(&self, examples: &Schema, defaults: &[Option<ScalarValue>]) -> Signature {
        let volatility = match self.volatility {
            Stability::Immutable => Volatility::Immutable,
            Stability::Stable => Volatility::Stable,
            Stability::Volatile => Volatility::Volatile,
        };
        let types: Vec<_> =
            examples.fields().iter().map(|field| field.data_type().clone()).collect();
        let mut signatures = vec![TypeSignature::UserDefined, shown(&types)];
        if defaults.iter().all(Option::is_some) {
            signatures.push(TypeSignature::Nullary);
        }
        let mut signature = Signature::new(TypeSignature::OneOf(signatures), volatility);
        signature.parameter_names =
            Some(self.parameters.iter().map(|parameter| parameter.name.clone()).collect());
        signature
    }

    fn document(&self) -> Documentation {
        const NATIVE: DocSection =
            DocSection { include: true, label: "Native Functions", description: None };
        let mut builder: DocumentationBuilder =
            Documentation::builder(NATIVE, &self.description, &self.syntax);
        for parameter in &self.parameters {
            builder = builder.with_argument(&parameter.name, &parameter.description);
        }
        if !self.example.is_empty() {
            builder = builder.with_sql_example(&self.example);
        }
        builder.build()
    }
}

/// `Coercible` is compared as it is, which leaves the types to `coerce`; nested types can't be said
/// in it.
fn shown(types: &[DataType]) -> TypeSignature {
    if types.is_empty() {
        return TypeSignature::Nullary;
    }
    if types.iter().any(DataType::is_nested) {
        return TypeSignature::Exact(types.to_vec());
    }
    let coercions = types.iter().map(|data_type| {
        let native: Arc<dyn LogicalType> = Arc::new(NativeType::from(data_type.clone()));
        Coercion::new_exact(TypeSignatureClass::Native(native))
    });
    TypeSignature::Coercible(coercions.collect())
}

impl Native {
    fn name(&self) -> &str {
        &self.declaration.name
    }

    /// The types that arguments are cast to. Arguments that fit no parameter stay as they are:
    /// `return_field` is asked next, and says what is wrong.
    fn coerce(&self, given: &[DataType]) -> EngineResult<Vec<DataType>> {
        let fields: Fields =
            given.iter().map(|given| Field::new("", given.clone(), true)).collect();
        let mut given_schema = FFI_ArrowSchema::try_from(DataType::Struct(fields))?;
        let mut wanted = FFI_ArrowSchema::empty();
        // SAFETY: the given schema is valid and taken over; the other is empty and filled.
        let outcome = unsafe {
            self.function.0.coerce((&raw mut given_schema).cast(), (&raw mut wanted).cast())
        };
        match outcome {
            Ok(()) => {
                let fields = Schema::try_from(&wanted)?.fields;
                Ok(fields.iter().map(|field| field.data_type().clone()).collect())
            }
            Err(_) => Ok(given.to_vec()),
        }
    }

    /// The fields with those of defaults appended.
    fn filled(&self, fields: &[FieldRef]) -> Vec<FieldRef> {
        let mut filled = fields.to_vec();
        for (default, parameter) in
            self.defaults.iter().zip(&self.declaration.parameters).skip(fields.len())
        {
            if let Some(value) = default {
                filled.push(Arc::new(Field::new(
                    &parameter.name,
                    value.data_type(),
                    value.is_null(),
                )));
            }
        }
        filled
    }

    fn missing(&self, given: usize) -> impl Iterator<Item = &ScalarValue> {
        self.defaults.iter().skip(given).flatten()
    }

    fn call(&self, fields: &[FieldRef], constants: &[Option<ScalarValue>]) -> Result<Call> {
        let fields = self.filled(fields);
        let mut values = Vec::with_capacity(fields.len());
        let mut is_constant = Vec::with_capacity(fields.len());
        let given = constants.iter().map(Option::as_ref);
        let all = given.chain(self.missing(constants.len()).map(Some));
        for (field, constant) in fields.iter().zip(all) {
            // A literal keeps its own type until it is folded.
            let constant = constant.and_then(|value| value.cast_to(field.data_type()).ok());
            is_constant.push(constant.is_some());
            values.push(match constant {
                Some(value) => value.to_array_of_size(1)?,
                None => new_null_array(field.data_type(), 1),
            });
        }
        let fields = Fields::from(fields);
        let shown: Fields =
            fields.iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
        let constants = StructArray::try_new_with_length(shown, values, None, 1)?;
        Ok(Call {
            fields: FFI_ArrowSchema::try_from(DataType::Struct(fields))?,
            constants: FFI_ArrowArray::new(&constants.to_data()),
            is_constant,
        })
    }

    fn return_field(
        &self,
        fields: &[FieldRef],
        constants: &[Option<ScalarValue>],
    ) -> Result<FieldRef> {
        let mut call = self.call(fields, constants)?;
        let mut out = FFI_ArrowSchema::empty();
        // SAFETY: schema and array are valid and taken over; `out` is empty and filled.
        let outcome = unsafe {
            self.function.0.return_field(
                call.fields_ptr(),
                call.constants_ptr(),
                &call.is_constant,
                (&raw mut out).cast(),
            )
        };
        outcome.map_err(|error| decode(&error))?;
        Ok(Arc::new(Field::try_from(&out)?))
    }
}

impl Call {
    fn fields_ptr(&mut self) -> *mut ffi::ArrowSchema {
        (&raw mut self.fields).cast()
    }

    fn constants_ptr(&mut self) -> *mut ffi::ArrowArray {
        (&raw mut self.constants).cast()
    }
}

/// What C++ threw.
fn decode(error: &Exception) -> Failure {
    Failure::decode(error.what())
        .unwrap_or_else(|| Failure::new(Code::FunctionFailed, error.what().to_string()))
}

fn export(array: &ArrayRef) -> FFI_ArrowArray {
    FFI_ArrowArray::new(&array.to_data())
}

/// # Safety
/// `array` holds an array of `data_type` that C++ has checked.
unsafe fn import(array: FFI_ArrowArray, data_type: &DataType) -> EngineResult<ArrayRef> {
    if let Some(width) = data_type.primitive_width()
        && array.offset() == 0
        && !array.is_empty()
    {
        // SAFETY: as here.
        return Ok(unsafe { import_numbers(array, data_type, width) });
    }
    // SAFETY: by the contract above.
    let data = unsafe { from_ffi_and_data_type(array, data_type.clone()) }?;
    Ok(make_array(data))
}

/// What `from_ffi_and_data_type` does, for the results that kernels give most.
///
/// # Safety
/// As `import`; the array isn't empty.
unsafe fn import_numbers(array: FFI_ArrowArray, data_type: &DataType, width: usize) -> ArrayRef {
    let (rows, may_have_nulls) = (array.len(), array.null_count_opt() != Some(0));
    let (validity, values) = (array.buffer(0), array.buffer(1));
    let owner: Arc<dyn Allocation> = Arc::new(array);
    let buffer = |start: *const u8, bytes: usize| {
        let start = NonNull::new(start.cast_mut()).unwrap_or(NonNull::dangling());
        // SAFETY: the array has these bytes, and lives as long as the buffer.
        unsafe { Buffer::from_custom_allocation(start, bytes, Arc::clone(&owner)) }
    };
    let nulls = (may_have_nulls && !validity.is_null())
        .then(|| NullBuffer::new(BooleanBuffer::new(buffer(validity, rows.div_ceil(8)), 0, rows)));
    let data = ArrayData::builder(data_type.clone())
        .len(rows)
        .add_buffer(buffer(values, rows * width))
        .nulls(nulls);
    // SAFETY: C++ has checked the array.
    make_array(unsafe { data.build_unchecked() })
}

/// A name registers one function in a session, so the name is its identity there.
impl PartialEq for Native {
    fn eq(&self, other: &Self) -> bool {
        self.declaration.name == other.declaration.name && self.signature == other.signature
    }
}
impl Eq for Native {}
impl Hash for Native {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.declaration.name.hash(state);
    }
}
impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Native({})", self.declaration.name)
    }
}

//! Scalar functions.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use cxx::SharedPtr;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result as EngineResult, internal_err};
use datafusion::execution::registry::MemoryFunctionRegistry;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::sort_properties::{ExprProperties, SortProperties};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ExprSchemable, ReturnFieldArgs, ScalarFunctionArgs,
    ScalarUDFImpl, Signature,
};
use parking_lot::RwLock;
use serde::Deserialize;

use crate::expr::{Expressions, Node};
use crate::failure::{Code, Failure, Result};
use crate::ffi::NativeKernel;
use crate::runtime::Token;
use crate::udf::lent::Lent;
use crate::udf::query_token::QueryToken;
use crate::udf::{Native, decode, import};

#[derive(Debug)]
pub struct Scalar {
    native: Native,
    prepared: RwLock<Vec<Prepared>>,
}

/// A kernel for arguments of some types.
#[derive(Clone)]
struct Prepared {
    arguments: Vec<DataType>,
    returns: FieldRef,
    kernel: SharedPtr<NativeKernel>,
}
// SAFETY: the kernel is immutable, and promises to be callable from many threads.
unsafe impl Send for Prepared {}
// SAFETY: as above.
unsafe impl Sync for Prepared {}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prepared({:?})", self.arguments)
    }
}

/// Kernels that are kept: a plan calls a function with one list of types, a session with few.
const MAX_PREPARED: usize = 16;

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.native == other.native
    }
}
impl Eq for Scalar {}
impl std::hash::Hash for Scalar {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.native.hash(state);
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rewritten {
    nodes: Vec<Node>,
    values: std::collections::HashMap<String, usize>,
}

impl ScalarUDFImpl for Scalar {
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

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> EngineResult<FieldRef> {
        let constants: Vec<_> =
            args.scalar_arguments.iter().map(|constant| constant.cloned()).collect();
        Ok(self.native.return_field(args.arg_fields, &constants)?)
    }

    fn coerce_types(&self, given: &[DataType]) -> EngineResult<Vec<DataType>> {
        self.native.coerce(given)
    }

    fn is_strict(&self) -> bool {
        self.native.declaration.traits.null_propagating
    }

    fn short_circuits(&self) -> bool {
        self.native.declaration.traits.short_circuits
    }

    fn output_ordering(&self, inputs: &[ExprProperties]) -> EngineResult<SortProperties> {
        Ok(ordering(&self.native.declaration.traits.monotonicity, inputs))
    }

    fn simplify(
        &self,
        args: Vec<Expr>,
        info: &SimplifyContext,
    ) -> EngineResult<ExprSimplifyResult> {
        let is_constant: Vec<_> =
            args.iter().map(|argument| matches!(argument, Expr::Literal(..))).collect();
        self.native.function.0.require_constants(&is_constant).map_err(|error| decode(&error))?;
        if !self.native.declaration.traits.rewrites {
            return Ok(ExprSimplifyResult::Original(args));
        }
        Ok(match self.rewritten(&args, info)? {
            Some(expr) => ExprSimplifyResult::Simplified(expr),
            None => ExprSimplifyResult::Original(args),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        Ok(ColumnarValue::Array(self.invoke(&args)?))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.native.documentation)
    }
}

impl Scalar {
    pub fn new(native: Native) -> Self {
        Self { native, prepared: RwLock::default() }
    }

    fn invoke(&self, args: &ScalarFunctionArgs) -> Result<ArrayRef> {
        let given = args.args.len();
        let mut arrays = Lent::with_capacity(given);
        let mut scalars = Vec::with_capacity(given);
        for value in &args.args {
            scalars.push(matches!(value, ColumnarValue::Scalar(_)));
            match value {
                ColumnarValue::Array(array) => arrays.push(array),
                ColumnarValue::Scalar(scalar) => arrays.push_owned(&scalar.to_array_of_size(1)?),
            }
        }
        for value in self.native.missing(given) {
            scalars.push(true);
            arrays.push_owned(&value.to_array_of_size(1)?);
        }
        let kernel = self.prepare(&args.arg_fields, &args.return_field)?;
        let token = args.config_options.extensions.get::<QueryToken>().map(|query| &query.0);
        let stop = token.map_or(std::ptr::null(), std::ptr::from_ref);
        let rows = i64::try_from(args.number_rows).unwrap_or(i64::MAX);
        let mut result = FFI_ArrowArray::empty();
        // SAFETY: the arrays are valid, of the types that the kernel was prepared for, and stay
        // ours; `result` is empty and filled by it; `stop` outlives the call.
        let outcome = unsafe {
            kernel.invoke(rows, arrays.as_mut_ptr(), &scalars, stop, (&raw mut result).cast())
        };
        // What a kernel gives that was told to stop is no answer.
        token.map_or(Ok(()), Token::check)?;
        outcome.map_err(|error| decode(&error))?;
        // SAFETY: the kernel's boundary built the array of that type.
        let array = unsafe { import(result, args.return_field.data_type()) }?;
        if array.len() != args.number_rows {
            return Err(Failure::new(
                Code::FunctionFailed,
                format!("{} returned {} values for {rows} rows", self.name(), array.len()),
            ));
        }
        Ok(array)
    }

    fn prepare(&self, fields: &[FieldRef], returns: &FieldRef) -> Result<SharedPtr<NativeKernel>> {
        let fits = |prepared: &&Prepared| {
            prepared.returns == *returns
                && prepared.arguments.len() == fields.len()
                && prepared.arguments.iter().zip(fields).all(|(a, b)| a == b.data_type())
        };
        if let Some(found) = self.prepared.read().iter().find(fits) {
            return Ok(SharedPtr::clone(&found.kernel));
        }
        let filled = self.native.filled(fields);
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
        let kernel = kernel.map_err(|error| decode(&error))?;
        let mut prepared = self.prepared.write();
        if prepared.len() == MAX_PREPARED {
            prepared.clear();
        }
        prepared.push(Prepared {
            arguments: fields.iter().map(|field| field.data_type().clone()).collect(),
            returns: Arc::clone(returns),
            kernel: SharedPtr::clone(&kernel),
        });
        Ok(kernel)
    }

    /// The expression that the function puts in the place of a call.
    fn rewritten(&self, args: &[Expr], info: &SimplifyContext) -> Result<Option<Expr>> {
        let mut fields = Vec::with_capacity(args.len());
        let mut constants = Vec::with_capacity(args.len());
        for argument in args {
            fields.push(argument.to_field(info.schema().as_ref())?.1);
            constants.push(match argument {
                Expr::Literal(value, _) => Some(value.clone()),
                _ => None,
            });
        }
        let mut call = self.native.call(&fields, &constants)?;
        // SAFETY: schema and array are valid and taken over.
        let document = unsafe {
            self.native.function.0.rewrite(
                call.fields_ptr(),
                call.constants_ptr(),
                &call.is_constant,
            )
        };
        let document = document.map_err(|error| decode(&error))?;
        if document.is_empty() {
            return Ok(None);
        }
        let Rewritten { nodes, values } = serde_json::from_str(&document)?;
        let Some(result) = values.get("result") else { return Ok(None) };
        let body = Expressions::lower(&nodes, &MemoryFunctionRegistry::new())?.get(*result)?;
        Ok(Some(self.with_arguments(body, args)?))
    }

    /// `body`, its columns replaced by the arguments of the parameters that they name.
    fn with_arguments(&self, body: Expr, args: &[Expr]) -> Result<Expr> {
        let replaced = body.transform(|node| {
            let Expr::Column(column) = &node else { return Ok(Transformed::no(node)) };
            let mut parameters = self.native.declaration.parameters.iter();
            let Some(index) = parameters.position(|parameter| parameter.name == column.name) else {
                return internal_err!("{} has no parameter `{}`", self.name(), column.name);
            };
            let argument = match args.get(index) {
                Some(argument) => argument.clone(),
                None => match &self.native.defaults[index] {
                    Some(value) => Expr::Literal(value.clone(), None),
                    None => return internal_err!("{} lacks an argument", self.name()),
                },
            };
            Ok(Transformed::yes(argument))
        })?;
        Ok(replaced.data)
    }
}

/// The order of the result: that of the one argument that isn't constant.
fn ordering(monotonicity: &[i8], inputs: &[ExprProperties]) -> SortProperties {
    let mut varying = inputs
        .iter()
        .enumerate()
        .filter(|(_, input)| !matches!(input.sort_properties, SortProperties::Singleton));
    let Some((index, input)) = varying.next() else { return SortProperties::Singleton };
    if varying.next().is_some() {
        return SortProperties::Unordered;
    }
    match monotonicity.get(index) {
        Some(1) => input.sort_properties,
        Some(-1) => -input.sort_properties,
        _ => SortProperties::Unordered,
    }
}

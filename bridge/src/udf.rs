//! Native functions: C++ kernels as functions of the engine.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, make_array};
use arrow::compute::can_cast_types;
use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type, to_ffi};
use cxx::SharedPtr;
use datafusion::common::{Result as EngineResult, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, DocumentationBuilder, ReturnFieldArgs, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature, Volatility, scalar_doc_sections::DOC_SECTION_OTHER,
};
use serde::Deserialize;

use crate::failure::{Code, Failure, Result};
use crate::ffi::NativeKernel;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    name: String,
    aliases: Vec<String>,
    variadic: bool,
    volatility: Kind,
    description: String,
    example: String,
    parameter_descriptions: Vec<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Immutable,
    Stable,
    Volatile,
}

/// A kernel that C++ promises to be const and callable from many threads at once.
struct Kernel(SharedPtr<NativeKernel>);
// SAFETY: `ScalarFunction` documents the promise; the object behind the pointer is immutable.
unsafe impl Send for Kernel {}
// SAFETY: as above.
unsafe impl Sync for Kernel {}

pub struct NativeFunction {
    declaration: Declaration,
    parameters: Schema,
    returns: FieldRef,
    signature: Signature,
    documentation: Documentation,
    kernel: Kernel,
}

impl NativeFunction {
    pub fn define(
        declaration: &str,
        parameters: &FFI_ArrowSchema,
        returns: &FFI_ArrowSchema,
        kernel: SharedPtr<NativeKernel>,
    ) -> Result<ScalarUDF> {
        let declaration: Declaration = serde_json::from_str(declaration)?;
        let parameters = Schema::try_from(parameters)?;
        let returns = Field::try_from(returns)?.with_name(&declaration.name);
        let volatility = match declaration.volatility {
            Kind::Immutable => Volatility::Immutable,
            Kind::Stable => Volatility::Stable,
            Kind::Volatile => Volatility::Volatile,
        };
        let documentation = document(&declaration, &parameters);
        Ok(ScalarUDF::new_from_impl(Self {
            signature: Signature::user_defined(volatility),
            declaration,
            parameters,
            returns: Arc::new(returns),
            documentation,
            kernel: Kernel(kernel),
        }))
    }

    fn parameter(&self, index: usize) -> Option<&Field> {
        let fields = self.parameters.fields();
        let last = fields.len().checked_sub(1)?;
        let index = if self.declaration.variadic { index.min(last) } else { index };
        fields.get(index).map(AsRef::as_ref)
    }
}

fn document(declaration: &Declaration, parameters: &Schema) -> Documentation {
    let names: Vec<_> = parameters.fields().iter().map(|field| field.name().as_str()).collect();
    let syntax = format!("{}({})", declaration.name, names.join(", "));
    let mut builder: DocumentationBuilder =
        Documentation::builder(DOC_SECTION_OTHER, &declaration.description, syntax);
    for (name, description) in names.iter().zip(&declaration.parameter_descriptions) {
        builder = builder.with_argument(*name, description);
    }
    if !declaration.example.is_empty() {
        builder = builder.with_sql_example(&declaration.example);
    }
    builder.build()
}

/// A name registers one function in a session, so the name is its identity there.
impl PartialEq for NativeFunction {
    fn eq(&self, other: &Self) -> bool {
        self.declaration.name == other.declaration.name
            && self.parameters == other.parameters
            && self.returns == other.returns
    }
}
impl Eq for NativeFunction {}
impl Hash for NativeFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.declaration.name.hash(state);
    }
}
impl fmt::Debug for NativeFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NativeFunction({})", self.declaration.name)
    }
}

impl ScalarUDFImpl for NativeFunction {
    fn name(&self) -> &str {
        &self.declaration.name
    }

    fn aliases(&self) -> &[String] {
        &self.declaration.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _argument_types: &[DataType]) -> EngineResult<DataType> {
        Ok(self.returns.data_type().clone())
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs) -> EngineResult<FieldRef> {
        Ok(Arc::clone(&self.returns))
    }

    fn coerce_types(&self, given: &[DataType]) -> EngineResult<Vec<DataType>> {
        let declared = self.parameters.fields().len();
        let fits = if self.declaration.variadic {
            given.len() + 1 >= declared
        } else {
            given.len() == declared
        };
        if !fits {
            return plan_err!(
                "{} takes {}{declared} arguments, not {}",
                self.name(),
                if self.declaration.variadic { "at least " } else { "" },
                given.len()
            );
        }
        given
            .iter()
            .enumerate()
            .map(|(index, given)| match self.parameter(index) {
                Some(parameter) => coerce(given, parameter.data_type()).map_or_else(
                    || {
                        plan_err!(
                            "argument `{}` of {} must be {}, not {given}",
                            parameter.name(),
                            self.name(),
                            parameter.data_type()
                        )
                    },
                    Ok,
                ),
                None => plan_err!("{} takes no arguments", self.name()),
            })
            .collect()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        Ok(ColumnarValue::Array(self.invoke(&args)?))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

/// The type that an argument is cast to; kernels read every layout of strings and binaries.
fn coerce(given: &DataType, declared: &DataType) -> Option<DataType> {
    use DataType::{Binary, BinaryView, LargeBinary, LargeUtf8, Utf8, Utf8View};
    let readable = match declared {
        Utf8 => matches!(given, Utf8 | LargeUtf8 | Utf8View),
        Binary => matches!(given, Binary | LargeBinary | BinaryView),
        _ => false,
    };
    if readable || given == declared {
        return Some(given.clone());
    }
    can_cast_types(given, declared).then(|| declared.clone())
}

impl NativeFunction {
    fn invoke(&self, args: &ScalarFunctionArgs) -> Result<ArrayRef> {
        let mut arrays = Vec::with_capacity(args.args.len());
        let mut schemas = Vec::with_capacity(args.args.len());
        let mut scalars = Vec::with_capacity(args.args.len());
        for (value, field) in args.args.iter().zip(&args.arg_fields) {
            let array = match value {
                ColumnarValue::Array(array) => Arc::clone(array),
                ColumnarValue::Scalar(scalar) => scalar.to_array_of_size(1)?,
            };
            scalars.push(matches!(value, ColumnarValue::Scalar(_)));
            let (array, schema) = to_ffi(&array.to_data())?;
            arrays.push(array);
            schemas.push(schema.with_name(field.name())?);
        }
        let rows = i64::try_from(args.number_rows).unwrap_or(i64::MAX);
        let mut result = FFI_ArrowArray::empty();
        // SAFETY: the arrays and schemas are valid and taken over by the kernel; `result` is empty
        // and filled by it with an array of the declared type.
        let outcome = unsafe {
            self.kernel.0.invoke(
                rows,
                arrays.as_mut_ptr().cast(),
                schemas.as_mut_ptr().cast(),
                &scalars,
                (&raw mut result).cast(),
            )
        };
        outcome.map_err(|error| self.failed(&error))?;
        // SAFETY: the kernel's boundary checked the array against the declared type.
        let data = unsafe { from_ffi_and_data_type(result, self.returns.data_type().clone()) }?;
        let array = make_array(data);
        if array.len() != args.number_rows {
            return Err(Failure::new(
                Code::FunctionFailed,
                format!("{} returned {} values for {rows} rows", self.name(), array.len()),
            ));
        }
        Ok(array)
    }

    fn failed(&self, error: &cxx::Exception) -> Failure {
        let message = Failure::decode(error.what())
            .map_or_else(|| error.what().to_string(), |failure| failure.message);
        Failure::new(Code::FunctionFailed, format!("{}: {message}", self.name()))
            .with("function", self.name())
    }
}

//! Macros that stand for an expression.

use std::any::Any;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::types::{LogicalTypeRef, NativeType};
use datafusion::common::{Column, DFSchema, Result as EngineResult, ScalarValue};
use datafusion::execution::SessionState;
use datafusion::execution::context::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::scalar_doc_sections::DOC_SECTION_OTHER;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    Coercion, ColumnarValue, Documentation, Expr, ExprSchemable, ReturnFieldArgs,
    ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, TypeSignatureClass, Volatility,
    cast,
};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::create_physical_expr;
use datafusion::sql::sqlparser::ast::{Expr as SqlExpr, FunctionBehavior, Ident};
use parking_lot::Mutex;

use super::definition::{Definition, Returns, invalid, plan_value, query_in, type_of};
use crate::failure::{Code, Failure, Result};
use crate::named_arguments::Parameter;

/// An expression whose columns are the parameters. The optimizer puts it in the place of the call.
#[derive(Debug)]
pub struct ScalarMacro {
    name: String,
    shape: Vec<Parameter>,
    types: Vec<Option<DataType>>,
    defaults: Vec<Option<Expr>>,
    returns: Option<DataType>,
    body: Expr,
    /// Parts of the body, those of the macros that it calls included.
    size: usize,
    /// Levels of macros that call each other.
    depth: usize,
    signature: Signature,
    documentation: Documentation,
    /// The types of results that were asked for, by the types of the arguments: the engine asks
    /// often, and each time would ask the macros in the body in turn.
    results: Mutex<HashMap<Vec<DataType>, DataType>>,
}

impl PartialEq for ScalarMacro {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.types == other.types
            && self.defaults == other.defaults
            && self.returns == other.returns
            && self.body == other.body
    }
}

impl Eq for ScalarMacro {}

impl Hash for ScalarMacro {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.body.hash(state);
    }
}

/// What a parameter is called inside of the body: the engine's names of columns can be spelled in
/// several ways.
fn column(index: usize) -> String {
    format!("${}", index + 1)
}

fn columns(count: usize) -> Vec<Expr> {
    (0..count).map(|index| Expr::Column(Column::new_unqualified(column(index)))).collect()
}

impl ScalarMacro {
    pub fn plan(definition: &Definition, mut body: SqlExpr, state: &SessionState) -> Result<Self> {
        if let Some(query) = query_in(&mut body) {
            return Err(Failure::new(
                Code::Unsupported,
                format!(
                    "`{}` returns a value, so its body can't have a query: `{query}`; declare \
                     RETURNS TABLE(column type, ...)",
                    definition.name
                ),
            ));
        }
        let documentation = document(definition, &body);
        definition.replace_parameters(&mut body, &|index| {
            SqlExpr::Identifier(Ident::with_quote('"', column(index)))
        })?;
        let types = definition.parameter_types(state)?;
        let schema = schema_of(types.iter().map(|each| each.clone().unwrap_or(DataType::Null)))?;
        let body = plan_value(body, &schema, state)?;
        // One that depends on the time of the query passes for one that always differs: the engine
        // would compute a stable call of constants itself, when it doesn't tell that time.
        let volatility = match volatility_of(&definition.name, &body)?.max(declared(definition)) {
            Volatility::Immutable => Volatility::Immutable,
            Volatility::Stable | Volatility::Volatile => Volatility::Volatile,
        };
        let body = inlined(body)?;
        let size = size_of(&definition.name, &body)?;
        let depth = depth_of(&definition.name, &body)?;
        let defaults = definition
            .parameters
            .iter()
            .map(|parameter| {
                let default = parameter.default.clone();
                default.map(|each| plan_value(each, &DFSchema::empty(), state)).transpose()
            })
            .collect::<Result<Vec<_>>>()?;
        let returns = match &definition.returns {
            Returns::Value(declared) => Some(type_of(declared, state)?),
            Returns::Unsaid | Returns::Table(_) => None,
        };
        let required = defaults.iter().filter(|default| default.is_none()).count();
        let planned = Self {
            name: definition.name.clone(),
            shape: definition.parameters.clone(),
            signature: signature(&types, required, volatility, definition),
            types,
            defaults,
            returns,
            body,
            size,
            depth,
            documentation,
            results: Mutex::default(),
        };
        // What doesn't type-check fails here and not at the first call.
        if planned.types.iter().all(Option::is_some) {
            planned.result_type(&planned.types.iter().flatten().cloned().collect::<Vec<_>>())?;
        }
        Ok(planned)
    }

    pub fn function_name(&self) -> &str {
        &self.name
    }

    pub fn shape(&self) -> &[Parameter] {
        &self.shape
    }

    /// The given arguments and the defaults of the others, converted to the declared types.
    fn complete(&self, given: &[Expr]) -> EngineResult<Vec<Expr>> {
        if given.len() > self.types.len() {
            return Err(self.wrong_count(given.len()));
        }
        self.types
            .iter()
            .enumerate()
            .map(|(index, declared)| {
                let value = given
                    .get(index)
                    .cloned()
                    .or_else(|| self.defaults[index].clone())
                    .ok_or_else(|| self.wrong_count(given.len()))?;
                Ok(match declared {
                    Some(declared) => cast(value, declared.clone()),
                    None => value,
                })
            })
            .collect()
    }

    fn wrong_count(&self, given: usize) -> datafusion::common::DataFusionError {
        let what = format!("`{}` has {} parameters, not {given}", self.name, self.types.len());
        invalid(what).with("function", &self.name).into()
    }

    /// The body over `arguments`, converted to the declared type.
    fn over(&self, arguments: &[Expr]) -> EngineResult<Expr> {
        let body = self.body.clone().transform_up(|expr| {
            Ok(match parameter(&expr).and_then(|index| arguments.get(index)) {
                Some(argument) => Transformed::yes(argument.clone()),
                None => Transformed::no(expr),
            })
        })?;
        Ok(match &self.returns {
            Some(returns) => cast(body.data, returns.clone()),
            None => body.data,
        })
    }

    /// The type of the result for arguments of these types.
    fn result_type(&self, given: &[DataType]) -> EngineResult<DataType> {
        if let Some(known) = self.results.lock().get(given) {
            return Ok(known.clone());
        }
        let schema = schema_of(given.iter().cloned())?;
        let whole = self.over(&self.complete(&columns(given.len()))?)?;
        let context = SimplifyContext::builder().with_schema(Arc::new(schema.clone())).build();
        let found = ExprSimplifier::new(context).coerce(whole, &schema)?.get_type(&schema)?;
        let mut results = self.results.lock();
        if results.len() >= MOST_RESULTS {
            results.clear();
        }
        results.insert(given.to_vec(), found.clone());
        Ok(found)
    }

    /// Whether an argument would be computed more than once in the body's place. One whose values
    /// differ each time must not; others should not. (Where the body depends on the time of the
    /// query, only the optimizer knows that.)
    fn repeats(&self, arguments: &[Expr]) -> EngineResult<bool> {
        let mut uses = vec![0_usize; arguments.len()];
        self.body.apply(|expr| {
            if let Some(count) = parameter(expr).and_then(|index| uses.get_mut(index)) {
                *count += 1;
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        let immutable = self.signature.volatility == Volatility::Immutable;
        Ok(arguments.iter().zip(uses).any(|(argument, uses)| {
            uses > 1 && (argument.is_volatile() || immutable && is_computed(argument))
        }))
    }
}

fn is_computed(argument: &Expr) -> bool {
    match argument {
        Expr::Column(_) | Expr::Literal(..) => false,
        Expr::Cast(conversion) => is_computed(&conversion.expr),
        _ => true,
    }
}

/// Types of results that are remembered; beyond, all are forgotten.
const MOST_RESULTS: usize = 64;

/// Most parts that a macro's body, and an expression with one in it, may have: macros that call
/// others twice double with each.
const MOST_PARTS: usize = 20_000;

fn size_of(name: &str, expr: &Expr) -> EngineResult<usize> {
    let mut size = 0_usize;
    expr.apply(|part| {
        size = size.saturating_add(1 + macro_of(part).map_or(0, |called| called.size));
        Ok(TreeNodeRecursion::Continue)
    })?;
    if size <= MOST_PARTS {
        return Ok(size);
    }
    let what = format!("`{name}`: with the macros in it, it has more than {MOST_PARTS} parts");
    Err(Failure::new(Code::ResourceExhausted, what).with("function", name).into())
}

/// Each level is one of the stack's, where calls are not replaced.
const MOST_LEVELS: usize = 32;

fn depth_of(name: &str, body: &Expr) -> EngineResult<usize> {
    let mut below = 0;
    body.apply(|part| {
        below = below.max(macro_of(part).map_or(0, |called| called.depth));
        Ok(TreeNodeRecursion::Continue)
    })?;
    if below < MOST_LEVELS {
        return Ok(below + 1);
    }
    let what = format!("`{name}` calls macros that call macros, over {MOST_LEVELS} levels");
    Err(Failure::new(Code::ResourceExhausted, what).with("function", name).into())
}

fn macro_of(part: &Expr) -> Option<&ScalarMacro> {
    match part {
        Expr::ScalarFunction(call) => (call.func.inner().as_ref() as &dyn Any).downcast_ref(),
        _ => None,
    }
}

/// The body with those of the macros that it calls: the optimizer replaces only a few levels.
fn inlined(body: Expr) -> EngineResult<Expr> {
    let inlined = body.transform_up(|part| match (&part, macro_of(&part)) {
        (Expr::ScalarFunction(call), Some(called)) if !called.repeats(&call.args)? => {
            let whole = called.over(&called.complete(&call.args)?)?;
            size_of(&called.name, &whole)?;
            Ok(Transformed::yes(whole))
        }
        _ => Ok(Transformed::no(part)),
    })?;
    Ok(inlined.data)
}

fn parameter(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Column(column) => {
            column.name.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1)
        }
        _ => None,
    }
}

fn schema_of(types: impl Iterator<Item = DataType>) -> EngineResult<DFSchema> {
    let fields = types.enumerate().map(|(index, each)| Field::new(column(index), each, true));
    DFSchema::try_from(Schema::new(fields.collect::<Vec<_>>()))
}

fn declared(definition: &Definition) -> Volatility {
    match definition.behavior {
        None | Some(FunctionBehavior::Immutable) => Volatility::Immutable,
        Some(FunctionBehavior::Stable) => Volatility::Stable,
        Some(FunctionBehavior::Volatile) => Volatility::Volatile,
    }
}

/// That of the body's most volatile function. Refuses what isn't computed of one row.
fn volatility_of(name: &str, body: &Expr) -> Result<Volatility> {
    let mut volatility = Volatility::Immutable;
    let mut refused = None;
    body.apply(|expr| {
        match expr {
            Expr::ScalarFunction(call) => {
                volatility = volatility.max(call.func.signature().volatility);
            }
            Expr::AggregateFunction(_) | Expr::WindowFunction(_) | Expr::Unnest(_) => {
                refused = Some(expr.to_string());
                return Ok(TreeNodeRecursion::Stop);
            }
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    match refused {
        None => Ok(volatility),
        Some(part) => Err(Failure::new(
            Code::Unsupported,
            format!(
                "`{name}` is computed row by row, which `{part}` is not; declare RETURNS TABLE"
            ),
        )),
    }
}

/// Most signatures that the catalog shows of one macro: it lists strings in each of their layouts.
const MOST_EXAMPLES: usize = 81;

fn examples_of(parameter: &Coercion) -> usize {
    TypeSignature::Coercible(vec![parameter.clone()]).get_example_types().len()
}

/// Arguments are converted by the macro itself, to the declared types whatever they are; the second
/// form is what the catalog lists.
fn signature(
    types: &[Option<DataType>],
    required: usize,
    volatility: Volatility,
    definition: &Definition,
) -> Signature {
    let listed: Option<Vec<_>> = types
        .iter()
        .map(|declared| {
            let native: LogicalTypeRef = Arc::new(NativeType::from(declared.clone()?));
            Some(Coercion::new_exact(TypeSignatureClass::Native(native)))
        })
        .collect();
    let mut forms = vec![TypeSignature::UserDefined];
    if required == 0 {
        forms.push(TypeSignature::Nullary);
    }
    if let Some(listed) = listed.filter(|listed| !listed.is_empty()) {
        let examples: usize = listed.iter().map(examples_of).fold(1, usize::saturating_mul);
        if examples <= MOST_EXAMPLES {
            forms.push(TypeSignature::Coercible(listed));
        }
    }
    let mut signature = Signature::one_of(forms, volatility);
    // The engine checks these against the number of arguments, which defaults leave open.
    signature.parameter_names =
        Some(definition.parameters.iter().map(|parameter| parameter.name.clone()).collect());
    signature
}

/// From it, the catalog takes the parameters' names.
fn document(definition: &Definition, body: &SqlExpr) -> Documentation {
    let names: Vec<_> = definition.parameters.iter().map(|each| each.name.as_str()).collect();
    let call = format!("{}({})", definition.name, names.join(", "));
    let mut builder =
        Documentation::builder(DOC_SECTION_OTHER, format!("A macro: `{body}`."), call);
    for (parameter, declared) in definition.parameters.iter().zip(&definition.types) {
        let declared = declared.as_ref().map_or("any type".to_string(), ToString::to_string);
        let what = match &parameter.default {
            Some(default) => format!("{declared}, {default} when not given"),
            None => declared,
        };
        builder = builder.with_argument(&parameter.name, what);
    }
    builder.build()
}

impl ScalarUDFImpl for ScalarMacro {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }

    fn coerce_types(&self, given: &[DataType]) -> EngineResult<Vec<DataType>> {
        let declared = self.types.iter().map(Option::as_ref).chain(std::iter::repeat(None));
        Ok(given
            .iter()
            .zip(declared)
            .map(|(given, declared)| declared.unwrap_or(given).clone())
            .collect())
    }

    fn return_type(&self, given: &[DataType]) -> EngineResult<DataType> {
        self.result_type(given)
    }

    fn return_field_from_args(&self, call: ReturnFieldArgs) -> EngineResult<FieldRef> {
        let given: Vec<_> = call.arg_fields.iter().map(|field| field.data_type().clone()).collect();
        Ok(Arc::new(Field::new(&self.name, self.result_type(&given)?, true)))
    }

    fn simplify(
        &self,
        arguments: Vec<Expr>,
        info: &SimplifyContext,
    ) -> EngineResult<ExprSimplifyResult> {
        if self.repeats(&arguments)? {
            return Ok(ExprSimplifyResult::Original(arguments));
        }
        let whole = self.over(&self.complete(&arguments)?)?;
        size_of(&self.name, &whole)?;
        let schema = Arc::clone(info.schema());
        let coerced = ExprSimplifier::new(info.clone()).coerce(whole, &schema)?;
        Ok(ExprSimplifyResult::Simplified(coerced))
    }

    /// For calls that are not replaced: of constants, and of arguments that differ each time.
    fn invoke_with_args(&self, call: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let rows = call.number_rows;
        let scalar = call.args.iter().all(|each| matches!(each, ColumnarValue::Scalar(_)));
        let arrays =
            call.args.iter().map(|each| each.to_array(rows)).collect::<EngineResult<Vec<_>>>()?;
        let schema = Arc::new(schema_of(arrays.iter().map(|array| array.data_type().clone()))?);
        let columns = columns(arrays.len());
        let context = SimplifyContext::builder()
            .with_schema(Arc::clone(&schema))
            .with_config_options(Arc::clone(&call.config_options))
            .with_current_time()
            .build();
        let simplifier = ExprSimplifier::new(context);
        let whole = simplifier.coerce(self.over(&self.complete(&columns)?)?, &schema)?;
        let whole = simplifier.simplify(whole)?;
        let physical = create_physical_expr(
            &whole,
            &schema,
            &ExecutionProps::new(),
            &PhysicalPlanningContext::default(),
        )?;
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(
            Arc::new(schema.as_arrow().clone()),
            arrays,
            &options,
        )?;
        let result = physical.evaluate(&batch)?;
        match (scalar && !self.body.is_volatile(), result) {
            (true, ColumnarValue::Array(values)) if !values.is_empty() => {
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&values, 0)?))
            }
            (_, result) => Ok(result),
        }
    }
}

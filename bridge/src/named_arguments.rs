//! Arguments by name, before a statement is planned: the engine drops the names of table functions'
//! arguments, and refuses to leave out an argument before one that is given, though it has a default.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use datafusion::common::ScalarValue;
use datafusion::execution::SessionState;
use datafusion::prelude::lit;
use datafusion::sql::parser::{CopyToSource, Statement};
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, ObjectNamePart,
    TableFactor, Value, ValueWithSpan, VisitMut, VisitorMut,
};
use datafusion::sql::unparser::Unparser;
use serde::Deserialize;

use crate::expr::{Expressions, Node};
use crate::failure::{Code, Failure, Result};
use crate::macros;

/// A parameter, and what stands for an argument that isn't given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Parameter {
    pub name: String,
    pub default: Option<Expr>,
}

/// The parameters of the native functions.
#[derive(Debug, Default)]
pub struct Shapes {
    values: HashMap<String, Vec<Parameter>>,
    tables: HashMap<String, Vec<Parameter>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShapesDocument {
    nodes: Vec<Node>,
    functions: Vec<ShapeDocument>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShapeDocument {
    names: Vec<String>,
    table: bool,
    parameters: Vec<ParameterDocument>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterDocument {
    name: String,
    default: Option<usize>,
}

impl Shapes {
    pub fn read(document: &str, state: &SessionState) -> Result<Self> {
        let ShapesDocument { nodes, functions } = serde_json::from_str(document)?;
        let literals = Expressions::lower(&nodes, state)?;
        let mut shapes = Self::default();
        for function in functions {
            let parameters = function
                .parameters
                .into_iter()
                .map(|ParameterDocument { name, default }| {
                    let default = default
                        .map(|index| -> Result<Expr> {
                            Ok(Unparser::default().expr_to_sql(&literals.get(index)?)?)
                        })
                        .transpose()?;
                    Ok(Parameter { name, default })
                })
                .collect::<Result<Vec<_>>>()?;
            let shapes = if function.table { &mut shapes.tables } else { &mut shapes.values };
            for name in function.names {
                shapes.insert(name, parameters.clone());
            }
        }
        Ok(shapes)
    }

    /// The parameters' names of each table function.
    pub fn tables(&self) -> impl Iterator<Item = (&String, Vec<String>)> {
        self.tables.iter().map(|(name, parameters)| {
            (name, parameters.iter().map(|parameter| parameter.name.clone()).collect())
        })
    }

    /// Puts the arguments of the calls in `statement` into the order of the parameters.
    pub fn apply(
        &self,
        statement: &mut Statement,
        state: &SessionState,
        values: &Values,
    ) -> Result<()> {
        let mut arrange = Arrange { shapes: self, state, values };
        let flow = match statement {
            Statement::Statement(statement) => statement.visit(&mut arrange),
            Statement::CopyTo(copy) => match &mut copy.source {
                CopyToSource::Query(query) => query.visit(&mut arrange),
                CopyToSource::Relation(_) => ControlFlow::Continue(()),
            },
            Statement::Explain(explain) => {
                return self.apply(&mut explain.statement, state, values);
            }
            Statement::CreateExternalTable(_) | Statement::Reset(_) => ControlFlow::Continue(()),
        };
        match flow {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(failure) => Err(failure),
        }
    }
}

/// The values of the statement's `$name` parameters.
pub type Values = HashMap<String, ScalarValue>;

struct Arrange<'a> {
    shapes: &'a Shapes,
    state: &'a SessionState,
    values: &'a Values,
}

/// The name that a function is called by: unquoted, it has no upper case.
pub fn function_name(name: &ObjectName) -> Option<String> {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(ident)] => Some(match ident.quote_style {
            Some(_) => ident.value.clone(),
            None => ident.value.to_lowercase(),
        }),
        _ => None,
    }
}

impl Arrange<'_> {
    fn table_call(&self, name: &mut ObjectName, arguments: &mut Vec<FunctionArg>) -> Result<()> {
        let Some(function) = function_name(name) else { return Ok(()) };
        let native = self.shapes.tables.get(&function).map(Vec::as_slice);
        let Some(parameters) = native.or_else(|| macros::table_parameters(&function, self.state))
        else {
            return self.bind(arguments);
        };
        // The engine looks for the name as it is written, quotes and all.
        *name = ObjectName::from(vec![Ident::new(&function)]);
        for argument in arguments.iter() {
            refuse_columns(&function, argument)?;
        }
        let given = std::mem::take(arguments);
        *arguments = Call { function: &function, parameters }.complete(given)?;
        Ok(())
    }

    /// The engine's own table functions are planned before parameters are bound.
    fn bind(&self, arguments: &mut Vec<FunctionArg>) -> Result<()> {
        match arguments.visit(&mut Bind { values: self.values }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(failure) => Err(failure),
        }
    }

    fn value_call(&self, name: &ObjectName, arguments: &mut Vec<FunctionArg>) -> Result<()> {
        let Some(function) = function_name(name) else { return Ok(()) };
        if let Some(parameters) = macros::scalar_parameters(&function, self.state) {
            let given = std::mem::take(arguments);
            *arguments = Call { function: &function, parameters }.complete(given)?;
            return Ok(());
        }
        let by_name = arguments.iter().any(|argument| !matches!(argument, FunctionArg::Unnamed(_)));
        if let Some(parameters) = self.shapes.values.get(&function).filter(|_| by_name) {
            let given = std::mem::take(arguments);
            *arguments = Call { function: &function, parameters }.fill_gaps(given)?;
        }
        Ok(())
    }
}

impl VisitorMut for Arrange<'_> {
    type Break = Failure;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Failure> {
        let done = match factor {
            TableFactor::Table { name, args: Some(call), .. } => {
                self.table_call(name, &mut call.args)
            }
            TableFactor::Function { name, args, .. } => self.table_call(name, args),
            _ => Ok(()),
        };
        done.map_or_else(ControlFlow::Break, ControlFlow::Continue)
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Failure> {
        let done = match expr {
            Expr::Function(call) => match &mut call.args {
                FunctionArguments::List(list) => self.value_call(&call.name, &mut list.args),
                _ => Ok(()),
            },
            _ => Ok(()),
        };
        done.map_or_else(ControlFlow::Break, ControlFlow::Continue)
    }
}

struct Bind<'a> {
    values: &'a Values,
}

impl VisitorMut for Bind<'_> {
    type Break = Failure;

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Failure> {
        let Expr::Value(ValueWithSpan { value: Value::Placeholder(id), .. }) = expr else {
            return ControlFlow::Continue(());
        };
        let Some(value) = self.values.get(id.trim_start_matches('$')) else {
            return ControlFlow::Continue(());
        };
        match Unparser::default().expr_to_sql(&lit(value.clone())) {
            Ok(literal) => {
                *expr = literal;
                ControlFlow::Continue(())
            }
            Err(error) => ControlFlow::Break(error.into()),
        }
    }
}

/// A call of a function whose parameters are known.
struct Call<'a> {
    function: &'a str,
    parameters: &'a [Parameter],
}

impl Call<'_> {
    /// All arguments in order, with defaults for those that aren't given.
    fn complete(&self, given: Vec<FunctionArg>) -> Result<Vec<FunctionArg>> {
        let places = self.place(given)?;
        self.fill(places)
    }

    /// The arguments in order up to the last that is given, with defaults for those that aren't.
    fn fill_gaps(&self, given: Vec<FunctionArg>) -> Result<Vec<FunctionArg>> {
        let mut places = self.place(given)?;
        let length = places.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        places.truncate(length);
        self.fill(places)
    }

    fn fill(&self, places: Vec<Option<FunctionArgExpr>>) -> Result<Vec<FunctionArg>> {
        places
            .into_iter()
            .zip(self.parameters)
            .map(|(place, parameter)| {
                place
                    .or_else(|| parameter.default.clone().map(FunctionArgExpr::Expr))
                    .map(FunctionArg::Unnamed)
                    .ok_or_else(|| self.refuse("is not given, and has no default", &parameter.name))
            })
            .collect()
    }

    /// For each parameter, the argument that is given.
    fn place(&self, given: Vec<FunctionArg>) -> Result<Vec<Option<FunctionArgExpr>>> {
        let count = given.len();
        let mut places = vec![None; self.parameters.len()];
        let mut named = HashSet::new();
        for (index, argument) in given.into_iter().enumerate() {
            let (name, value) = match argument {
                FunctionArg::Named { name, arg, .. }
                | FunctionArg::ExprNamed { name: Expr::Identifier(name), arg, .. } => {
                    (Some(name), arg)
                }
                FunctionArg::Unnamed(value) => (None, value),
                FunctionArg::ExprNamed { name, .. } => {
                    return Err(self.refuse("is named by an expression", &name.to_string()));
                }
            };
            let at = match &name {
                Some(name) => self.find(name)?,
                None if !named.is_empty() => {
                    let what = format!(
                        "`{}`: an argument without a name follows one with a name",
                        self.function
                    );
                    return Err(self.failure(what));
                }
                None => index,
            };
            let Some(place) = places.get_mut(at) else { return Err(self.too_many(count)) };
            if place.replace(value).is_some() {
                return Err(self.refuse("is given twice", &self.parameters[at].name));
            }
            named.extend(name);
        }
        Ok(places)
    }

    fn find(&self, name: &Ident) -> Result<usize> {
        let same = |parameter: &Parameter| match name.quote_style {
            Some(_) => parameter.name == name.value,
            None => parameter.name.eq_ignore_ascii_case(&name.value),
        };
        self.parameters.iter().position(same).ok_or_else(|| {
            let what = format!(
                "`{}` has no parameter `{}`; it has {}",
                self.function,
                name.value,
                self.names()
            );
            self.failure(what).with("parameter", &name.value)
        })
    }

    fn names(&self) -> String {
        if self.parameters.is_empty() {
            return "none".to_string();
        }
        let names: Vec<_> = self.parameters.iter().map(|each| format!("`{}`", each.name)).collect();
        names.join(", ")
    }

    fn too_many(&self, count: usize) -> Failure {
        let what = format!(
            "`{}` is given {count} arguments; its parameters are {}",
            self.function,
            self.names()
        );
        self.failure(what)
    }

    fn refuse(&self, what: &str, parameter: &str) -> Failure {
        let what = format!("`{}`: the argument `{parameter}` {what}", self.function);
        self.failure(what).with("parameter", parameter)
    }

    fn failure(&self, what: String) -> Failure {
        Failure::new(Code::InvalidQuery, what).with("function", self.function)
    }
}

/// The engine would say that there is no such column.
fn refuse_columns(function: &str, argument: &FunctionArg) -> Result<()> {
    struct NoColumns;
    impl VisitorMut for NoColumns {
        type Break = String;
        fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<String> {
            match expr {
                Expr::Identifier(_)
                | Expr::CompoundIdentifier(_)
                | Expr::Subquery(_)
                | Expr::Exists { .. }
                | Expr::InSubquery { .. } => ControlFlow::Break(expr.to_string()),
                _ => ControlFlow::Continue(()),
            }
        }
    }
    let mut value = match argument {
        FunctionArg::Named { arg, .. }
        | FunctionArg::ExprNamed { arg, .. }
        | FunctionArg::Unnamed(arg) => arg.clone(),
    };
    match value.visit(&mut NoColumns) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(part) => Err(not_constant(function, &part)),
    }
}

pub fn not_constant(function: &str, argument: &str) -> Failure {
    let what = format!(
        "`{function}` is a table function, whose arguments must be constants (literals, what can be \
         computed of them, and $parameters that are given a value), not `{argument}`"
    );
    Failure::new(Code::InvalidQuery, what).with("function", function)
}

//! What a statement says of a macro, in one form for all its spellings.

use std::collections::HashSet;
use std::ops::ControlFlow;

use arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr as PlanExpr, ExprSchemable};
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{
    CastKind, ColumnDef, CreateFunction, CreateFunctionBody, DataType as SqlType, Expr,
    ExprWithAlias, FunctionBehavior, FunctionReturnType, Ident, MacroArg, MacroDefinition,
    ObjectName, OperateFunctionArg, Query, SelectItem, SetExpr, Statement as SqlStatement,
    TableFactor, Value, ValueWithSpan, VisitMut, VisitorMut,
};
use datafusion::sql::sqlparser::dialect::dialect_from_str;

use crate::failure::{Code, Failure, Result};
use crate::named_arguments::{Parameter, function_name};
use crate::session::refuse_deep;

/// A statement that changes the macros of a session.
pub enum Change {
    Create(Box<Definition>),
    Drop { names: Vec<String>, if_exists: bool },
}

#[derive(Debug, Clone)]
pub enum Body {
    Value(Box<Expr>),
    Table(Box<Query>),
}

#[derive(Debug, Clone)]
pub enum Returns {
    Unsaid,
    Value(SqlType),
    Table(Vec<ColumnDef>),
}

#[derive(Debug)]
pub struct Definition {
    pub name: String,
    pub or_replace: bool,
    pub parameters: Vec<Parameter>,
    pub types: Vec<Option<SqlType>>,
    pub returns: Returns,
    pub body: Body,
    pub behavior: Option<FunctionBehavior>,
}

fn unsupported(what: impl Into<String>) -> Failure {
    Failure::new(Code::Unsupported, what)
}

pub fn invalid(what: impl Into<String>) -> Failure {
    Failure::new(Code::InvalidQuery, what)
}

fn name_of(name: &ObjectName) -> Result<String> {
    function_name(name).ok_or_else(|| {
        unsupported(format!("`{name}`: functions belong to the session; their names have one part"))
    })
}

impl Change {
    /// The change that `statement` asks for, if it is one of macros.
    pub fn of(statement: &Statement, state: &SessionState) -> Result<Option<Self>> {
        let Statement::Statement(statement) = statement else { return Ok(None) };
        Ok(Some(match statement.as_ref() {
            SqlStatement::CreateFunction(create) => {
                Self::Create(Box::new(Definition::of_function(create, state)?))
            }
            SqlStatement::CreateMacro { or_replace, name, args, definition, .. } => {
                let args = args.as_deref().unwrap_or_default();
                Self::Create(Box::new(Definition::of_macro(*or_replace, name, args, definition)?))
            }
            SqlStatement::DropFunction(drop) => Self::Drop {
                names: drop
                    .func_desc
                    .iter()
                    .map(|function| name_of(&function.name))
                    .collect::<Result<_>>()?,
                if_exists: drop.if_exists,
            },
            _ => return Ok(None),
        }))
    }
}

impl Definition {
    fn of_macro(
        or_replace: bool,
        name: &ObjectName,
        arguments: &[MacroArg],
        definition: &MacroDefinition,
    ) -> Result<Self> {
        let parameters = arguments
            .iter()
            .map(|argument| Parameter {
                name: argument.name.value.clone(),
                default: argument.default_expr.clone(),
            })
            .collect();
        let body = match definition {
            MacroDefinition::Expr(body) => Body::Value(Box::new(body.clone())),
            MacroDefinition::Table(query) => Body::Table(query.clone()),
        };
        Self {
            name: name_of(name)?,
            or_replace,
            parameters,
            types: vec![None; arguments.len()],
            returns: Returns::Unsaid,
            body,
            behavior: None,
        }
        .checked()
    }

    fn of_function(create: &CreateFunction, state: &SessionState) -> Result<Self> {
        refuse_clauses(create)?;
        let arguments = create.args.as_deref().unwrap_or_default();
        let returns = match &create.return_type {
            None => Returns::Unsaid,
            Some(FunctionReturnType::DataType(SqlType::Table(columns))) => {
                Returns::Table(columns.clone().unwrap_or_default())
            }
            Some(FunctionReturnType::DataType(data_type)) => Returns::Value(data_type.clone()),
            Some(FunctionReturnType::SetOf(_)) => {
                return Err(unsupported("RETURNS SETOF; write RETURNS TABLE(column type, ...)"));
            }
        };
        let body = match &create.function_body {
            Some(CreateFunctionBody::Return(body)) => body.clone(),
            Some(CreateFunctionBody::AsBeforeOptions { body, link_symbol: None }) => body.clone(),
            _ => {
                return Err(unsupported(
                    "a function without a body in SQL: RETURN ... or AS '...'",
                ));
            }
        };
        Self {
            name: name_of(&create.name)?,
            or_replace: create.or_replace,
            parameters: arguments.iter().enumerate().map(parameter).collect::<Result<_>>()?,
            types: arguments.iter().map(|argument| Some(argument.data_type.clone())).collect(),
            body: body_of(body, matches!(returns, Returns::Table(_)), state)?,
            returns,
            behavior: create.behavior.clone(),
        }
        .checked()
    }

    fn checked(self) -> Result<Self> {
        let mut seen = HashSet::new();
        let mut defaults = false;
        for parameter in &self.parameters {
            let name = &parameter.name;
            if !seen.insert(name) {
                return Err(invalid(format!("`{}` has two parameters `{name}`", self.name)));
            }
            if defaults && parameter.default.is_none() {
                return Err(invalid(format!(
                    "`{}`: the parameter `{name}` has no default, but follows one that has",
                    self.name
                )));
            }
            defaults = parameter.default.is_some();
            if let Some(part) =
                parameter.default.clone().and_then(|mut each| part_of_a_row(&mut each))
            {
                return Err(invalid(format!(
                    "`{}`: the default of `{name}` must be a constant, not `{part}`",
                    self.name
                )));
            }
        }
        match (&self.returns, &self.body) {
            (Returns::Table(_), Body::Value(_)) => Err(invalid(format!(
                "`{}` returns a table, so its body must be a query: RETURN (SELECT ...)",
                self.name
            ))),
            _ => Ok(self),
        }
    }

    /// A body is bound to the functions that there are when the macro is made; one that names the
    /// macro itself would be bound to what the macro replaces.
    pub fn refuse_recursion(&self) -> Result<()> {
        let mut find = FindCall { name: &self.name };
        let flow = match self.body.clone() {
            Body::Value(mut body) => body.visit(&mut find),
            Body::Table(mut query) => query.visit(&mut find),
        };
        match flow {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => {
                Err(invalid(format!("the macro `{}` calls itself", self.name)))
            }
        }
    }

    /// The declared types of the parameters.
    pub fn parameter_types(&self, state: &SessionState) -> Result<Vec<Option<DataType>>> {
        self.types
            .iter()
            .map(|declared| declared.as_ref().map(|each| type_of(each, state)).transpose())
            .collect()
    }

    /// Replaces what stands for a parameter in `body` (its name, `$name` or `$1`) by what
    /// `replacement` gives for the parameter's position.
    pub fn replace_parameters<T: VisitMut>(
        &self,
        body: &mut T,
        replacement: &dyn Fn(usize) -> Expr,
    ) -> Result<()> {
        let mut replace = ReplaceParameters { definition: self, replacement };
        match body.visit(&mut replace) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(failure) => Err(failure),
        }
    }

    fn position(&self, name: &str, quoted: bool, normalize: bool) -> Option<usize> {
        self.parameters.iter().position(|parameter| {
            parameter.name == name
                || (normalize && !quoted && parameter.name.eq_ignore_ascii_case(name))
        })
    }
}

/// Clauses that would say something of the function that doesn't come true.
fn refuse_clauses(create: &CreateFunction) -> Result<()> {
    let clauses = [
        (create.called_on_null.is_some(), "STRICT and ON NULL INPUT; write CASE into the body"),
        (create.security.is_some(), "SECURITY"),
        (!create.set_params.is_empty(), "SET"),
        (create.using.is_some(), "USING"),
        (create.options.is_some(), "OPTIONS"),
        (create.remote_connection.is_some(), "REMOTE WITH CONNECTION"),
        (create.if_not_exists, "IF NOT EXISTS"),
    ];
    if let Some((_, clause)) = clauses.iter().find(|(given, _)| *given) {
        return Err(unsupported(format!("a macro can't have the clause {clause}")));
    }
    match &create.language {
        Some(language) if !language.value.eq_ignore_ascii_case("sql") => {
            Err(unsupported(format!("LANGUAGE {language}; macros are written in SQL")))
        }
        _ => Ok(()),
    }
}

fn parameter((index, argument): (usize, &OperateFunctionArg)) -> Result<Parameter> {
    if let Some(mode) = argument.mode.as_ref().filter(|mode| mode.to_string() != "IN") {
        return Err(unsupported(format!("a macro's parameter can't be {mode}")));
    }
    // The parser keeps the quotes in these names.
    let name = match &argument.name {
        Some(name) => name.value.trim_matches('"').to_string(),
        None => format!("arg{}", index + 1),
    };
    Ok(Parameter { name, default: argument.default_expr.clone() })
}

fn body_of(body: Expr, table: bool, state: &SessionState) -> Result<Body> {
    match body {
        Expr::Subquery(query) if table => Ok(Body::Table(query)),
        Expr::Value(ValueWithSpan {
            value: Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text),
            ..
        }) => parse_body(&text, table, state),
        Expr::Value(ValueWithSpan { value: Value::DollarQuotedString(text), .. }) => {
            parse_body(&text.value, table, state)
        }
        other => Ok(Body::Value(Box::new(other))),
    }
}

/// Reads a body that is given as text: a query, or an expression.
fn parse_body(text: &str, table: bool, state: &SessionState) -> Result<Body> {
    refuse_deep(text)?;
    let options = &state.config_options().sql_parser;
    let dialect = dialect_from_str(options.dialect.as_ref())
        .ok_or_else(|| unsupported("this SQL dialect"))?;
    let parser = || {
        DFParserBuilder::new(text.trim().trim_end_matches(';'))
            .with_dialect(dialect.as_ref())
            .with_recursion_limit(options.recursion_limit.get())
            .build()
    };
    if let Ok(mut parser) = parser()
        && let Ok(ExprWithAlias { expr, alias: None }) = parser.parse_into_expr()
    {
        return Ok(if table { body_of(expr, true, state)? } else { Body::Value(Box::new(expr)) });
    }
    let mut statements = parser()?.parse_statements()?;
    match (statements.pop_front(), statements.is_empty()) {
        (Some(Statement::Statement(statement)), true) => match *statement {
            SqlStatement::Query(query) if table => Ok(Body::Table(query)),
            SqlStatement::Query(query) => single_value(*query),
            _ => Err(invalid("the body of a macro must be a query or an expression")),
        },
        _ => Err(invalid("the body of a macro must be one query or expression")),
    }
}

/// The expression of `SELECT expression`.
fn single_value(query: Query) -> Result<Body> {
    if let SetExpr::Select(select) = query.body.as_ref()
        && select.from.is_empty()
        && let [SelectItem::UnnamedExpr(value) | SelectItem::ExprWithAlias { expr: value, .. }] =
            select.projection.as_slice()
    {
        return Ok(Body::Value(Box::new(value.clone())));
    }
    Err(unsupported(
        "a macro that returns a value can't read tables; declare RETURNS TABLE(column type, ...)",
    ))
}

/// The engine's type for a type of SQL.
pub fn type_of(declared: &SqlType, state: &SessionState) -> Result<DataType> {
    let null = Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(Expr::Value(Value::Null.with_empty_span())),
        data_type: declared.clone(),
        array: false,
        format: None,
    };
    let planned = plan_value(null, &DFSchema::empty(), state)?;
    Ok(planned.get_type(&DFSchema::empty())?)
}

pub fn plan_value(value: Expr, schema: &DFSchema, state: &SessionState) -> Result<PlanExpr> {
    let value = ExprWithAlias { expr: value, alias: None };
    Ok(state.create_logical_expr_from_sql_expr(value, schema)?)
}

/// The first part of `value` that only a row or a query gives.
pub fn part_of_a_row(value: &mut Expr) -> Option<String> {
    struct Find;
    impl VisitorMut for Find {
        type Break = String;
        fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<String> {
            match expr {
                Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                    ControlFlow::Break(expr.to_string())
                }
                _ => find_query(expr),
            }
        }
    }
    match value.visit(&mut Find) {
        ControlFlow::Break(part) => Some(part),
        ControlFlow::Continue(()) => None,
    }
}

fn find_query(expr: &Expr) -> ControlFlow<String> {
    match expr {
        Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => {
            ControlFlow::Break(expr.to_string())
        }
        _ => ControlFlow::Continue(()),
    }
}

/// The first query inside of `value`.
pub fn query_in(value: &mut Expr) -> Option<String> {
    struct Find;
    impl VisitorMut for Find {
        type Break = String;
        fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<String> {
            find_query(expr)
        }
    }
    match value.visit(&mut Find) {
        ControlFlow::Break(part) => Some(part),
        ControlFlow::Continue(()) => None,
    }
}

struct FindCall<'a> {
    name: &'a str,
}

impl FindCall<'_> {
    fn check(&self, name: &ObjectName) -> ControlFlow<()> {
        match function_name(name) {
            Some(called) if called == self.name => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

impl VisitorMut for FindCall<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(call) => self.check(&call.name),
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        match factor {
            TableFactor::Table { name, args: Some(_), .. } | TableFactor::Function { name, .. } => {
                self.check(name)
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

struct ReplaceParameters<'a> {
    definition: &'a Definition,
    replacement: &'a dyn Fn(usize) -> Expr,
}

impl ReplaceParameters<'_> {
    fn placeholder(&self, id: &str) -> Result<usize> {
        let name = id.trim_start_matches('$');
        let by_number = || {
            let number = name.parse::<usize>().ok()?;
            number.checked_sub(1).filter(|index| *index < self.definition.parameters.len())
        };
        self.definition.position(name, false, true).or_else(by_number).ok_or_else(|| {
            invalid(format!("`{}` has no parameter for `{id}`", self.definition.name))
        })
    }

    fn identifier(&self, ident: &Ident) -> Option<usize> {
        self.definition.position(&ident.value, ident.quote_style.is_some(), false)
    }
}

impl VisitorMut for ReplaceParameters<'_> {
    type Break = Failure;

    // After the parts, so that what is put in isn't looked at again.
    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Failure> {
        let index = match expr {
            Expr::Identifier(ident) => self.identifier(ident),
            Expr::Value(ValueWithSpan { value: Value::Placeholder(id), .. }) => {
                match self.placeholder(id) {
                    Ok(index) => Some(index),
                    Err(failure) => return ControlFlow::Break(failure),
                }
            }
            _ => None,
        };
        if let Some(index) = index {
            *expr = (self.replacement)(index);
        }
        ControlFlow::Continue(())
    }
}

//! Functions that SQL defines: `CREATE FUNCTION` and `CREATE MACRO`. They live in the session's own
//! registry, where `information_schema` finds them; nothing else is kept of them.

mod definition;
mod scalar;
mod table;

use std::any::Any;
use std::sync::Arc;

use datafusion::execution::SessionState;
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::SessionContext;

pub use definition::{Body, Change, Definition};
use scalar::ScalarMacro;
use table::TableMacro;

use crate::failure::{Code, Failure, Result};
use crate::named_arguments::Parameter;

/// A new macro, not yet in the session.
pub enum Macro {
    Scalar(Box<ScalarMacro>),
    Table(Box<TableMacro>),
}

impl Macro {
    pub async fn plan(definition: Definition, state: &SessionState) -> Result<Self> {
        refuse_taken(&definition, state)?;
        definition.refuse_recursion()?;
        Ok(match definition.body.clone() {
            Body::Value(body) => {
                Self::Scalar(Box::new(ScalarMacro::plan(&definition, *body, state)?))
            }
            Body::Table(query) => {
                Self::Table(Box::new(TableMacro::plan(&definition, query, state).await?))
            }
        })
    }

    /// The plan whose places and tables the session's policy must allow.
    pub fn reads(&self) -> Option<&datafusion::logical_expr::LogicalPlan> {
        match self {
            Self::Scalar(_) => None,
            Self::Table(table) => Some(table.body()),
        }
    }

    /// Puts the macro in the place of one of its name.
    pub fn register(self, context: &SessionContext) {
        match self {
            Self::Scalar(scalar) => {
                context.deregister_udtf(scalar.function_name());
                context.register_udf(ScalarUDF::from(*scalar));
            }
            Self::Table(table) => {
                let name = table.name().to_string();
                context.deregister_udf(&name);
                context.register_udtf(&name, Arc::new(*table));
            }
        }
    }
}

fn scalar<'a>(name: &str, state: &'a SessionState) -> Option<&'a ScalarMacro> {
    (state.scalar_functions().get(name)?.inner().as_ref() as &dyn Any).downcast_ref()
}

fn table<'a>(name: &str, state: &'a SessionState) -> Option<&'a TableMacro> {
    (state.table_functions().get(name)?.function().as_ref() as &dyn Any).downcast_ref()
}

/// The parameters of the scalar macro `name`.
pub fn scalar_parameters<'a>(name: &str, state: &'a SessionState) -> Option<&'a [Parameter]> {
    Some(scalar(name, state)?.shape())
}

/// The parameters of the table macro `name`.
pub fn table_parameters<'a>(name: &str, state: &'a SessionState) -> Option<&'a [Parameter]> {
    Some(table(name, state)?.shape())
}

fn exists(name: &str, state: &SessionState) -> bool {
    state.scalar_functions().contains_key(name)
        || state.aggregate_functions().contains_key(name)
        || state.window_functions().contains_key(name)
        || state.higher_order_functions().contains_key(name)
        || state.table_functions().contains_key(name)
}

fn is_macro(name: &str, state: &SessionState) -> bool {
    scalar(name, state).is_some() || table(name, state).is_some()
}

fn refuse_taken(definition: &Definition, state: &SessionState) -> Result<()> {
    let name = &definition.name;
    let what = match (exists(name, state), is_macro(name, state), definition.or_replace) {
        (false, ..) | (true, true, true) => return Ok(()),
        (true, true, false) => {
            format!(
                "there is a macro `{name}` already; CREATE OR REPLACE puts another in its place"
            )
        }
        (true, false, _) => format!(
            "there is a function `{name}` already, which is no macro: nothing can take its place"
        ),
    };
    Err(Failure::new(Code::AlreadyExists, what).with("function", name))
}

/// Drops the macro `name`. The engine's and the profile's functions stay as they are.
pub fn drop(name: &str, if_exists: bool, context: &SessionContext) -> Result<()> {
    let state = context.state();
    if is_macro(name, &state) {
        context.deregister_udf(name);
        context.deregister_udtf(name);
        return Ok(());
    }
    if exists(name, &state) {
        let what = format!(
            "`{name}` is a function of the engine or of the profile: a session keeps these as it \
             was opened with them"
        );
        return Err(Failure::new(Code::PolicyViolation, what).with("function", name));
    }
    if if_exists {
        return Ok(());
    }
    let what =
        format!("there is no function `{name}`; information_schema.routines lists what there is");
    Err(Failure::new(Code::NotFound, what).with("function", name))
}

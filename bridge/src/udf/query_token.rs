//! The token of the query that a kernel works for, carried to it in the plan's configuration.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use datafusion::common::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::common::{Result as EngineResult, config_err};
use datafusion::prelude::DataFrame;

use crate::runtime::Token;

#[derive(Clone)]
pub struct QueryToken(pub Token);

impl QueryToken {
    /// `frame`, its plan made under `token`.
    pub fn with(token: &Token, frame: DataFrame) -> DataFrame {
        let (mut state, plan) = frame.into_parts();
        state.config_mut().options_mut().extensions.insert(Self(token.clone()));
        // Functions get the options as they were when the query started.
        let options = Arc::clone(state.config().options());
        state.execution_props_mut().config_options = Some(options);
        DataFrame::new(state, plan)
    }
}

impl fmt::Debug for QueryToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueryToken")
    }
}

impl ConfigExtension for QueryToken {
    const PREFIX: &'static str = "alluvium_query";
}

impl ExtensionOptions for QueryToken {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, _value: &str) -> EngineResult<()> {
        config_err!("there is no setting `{key}`")
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        Vec::new()
    }
}

//! What an attempt at a change works with, and what it comes to.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::{DFSchema, Result as EngineResult};
use datafusion::execution::SessionState;
use datafusion::logical_expr::Expr;
use datafusion_proto::bytes::Serializeable;
use deltalake::DeltaTable;
use deltalake::kernel::EagerSnapshot;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::logstore::LogStoreRef;
use serde::{Deserialize, Serialize};

use super::commit_store::CommitStore;
use crate::expr::Expressions;
use crate::failure::{Code, Failure, Result};
use crate::session::refuse_deep;

/// The key under which the log keeps the id that a commit is found by when its outcome is unknown.
pub const OPERATION_ID: &str = "alluvium.operationId";

/// An expression of an operation: SQL, the index of a node, or an expression of the engine's.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Given {
    Node(usize),
    Sql(String),
    Encoded(Encoded),
}

/// An expression of the engine's as the bytes of its own serialisation, in hex digits.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoded {
    expr: String,
}

impl Encoded {
    pub fn of(bytes: &[u8]) -> Self {
        Self { expr: bytes.iter().map(|byte| format!("{byte:02x}")).collect() }
    }

    fn decode(&self, state: &SessionState) -> Result<Expr> {
        let bytes = (0..self.expr.len() / 2)
            .map(|index| u8::from_str_radix(&self.expr[2 * index..2 * index + 2], 16))
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(|error| Failure::new(Code::InvalidArgument, error.to_string()))?;
        Ok(Expr::from_bytes_with_ctx(&bytes, &state.task_ctx())?)
    }
}

/// An expression as delta-rs's builders take it; their own type for it is private.
#[derive(Debug, Clone)]
pub enum Condition {
    Sql(String),
    Expr(Expr),
}

impl Condition {
    pub fn resolved(self, state: &SessionState, scope: &DFSchema) -> EngineResult<Expr> {
        match self {
            Self::Sql(text) => state.create_logical_expr(&text, scope),
            Self::Expr(expr) => Ok(expr),
        }
    }
}

/// `builder.method(arguments, @condition)`, whichever kind the condition is.
macro_rules! with_condition {
    ($builder:ident.$method:ident($($argument:expr,)* @ $condition:expr)) => {
        match $condition {
            Condition::Sql(text) => $builder.$method($($argument,)* text),
            Condition::Expr(expr) => $builder.$method($($argument,)* expr),
        }
    };
}
pub(super) use with_condition;

/// What an attempt works with.
pub struct Attempt {
    pub store: Arc<CommitStore>,
    pub state: SessionState,
    pub properties: CommitProperties,
    pub expressions: Expressions,
    pub table: Option<DeltaTable>,
}

impl Attempt {
    pub fn log_store(&self) -> LogStoreRef {
        Arc::clone(&self.store) as LogStoreRef
    }

    /// The table at the version that was read.
    pub fn table(&self) -> Result<DeltaTable> {
        self.table.clone().ok_or_else(|| Failure::new(Code::NotFound, "there is no such table"))
    }

    pub fn snapshot(&self) -> Result<Option<EagerSnapshot>> {
        match &self.table {
            None => Ok(None),
            Some(table) => Ok(Some(table.snapshot()?.snapshot().clone())),
        }
    }

    pub fn condition(&self, given: &Given) -> Result<Condition> {
        match given {
            Given::Node(index) => self.expressions.get(*index).map(Condition::Expr),
            Given::Encoded(encoded) => encoded.decode(&self.state).map(Condition::Expr),
            Given::Sql(text) => {
                refuse_deep(text)?;
                Ok(Condition::Sql(text.clone()))
            }
        }
    }
}

/// What an operation came to besides what the log says.
#[derive(Debug, Default)]
pub struct Done {
    pub metrics: BTreeMap<String, String>,
    /// Data files that the operation named, such as those that a vacuum deletes.
    pub files: Vec<String>,
}

impl Done {
    /// The numbers and texts of a metrics structure.
    pub fn of(metrics: &impl Serialize) -> Result<Self> {
        let metrics = match serde_json::to_value(metrics)? {
            serde_json::Value::Object(all) => {
                all.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
            }
            _ => BTreeMap::new(),
        };
        Ok(Self { metrics, files: Vec::new() })
    }
}

/// A value of a log's JSON as text.
pub fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToString::to_string)
}

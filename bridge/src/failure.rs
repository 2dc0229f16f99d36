//! What went wrong, in the terms of the C++ `Error`: engine errors are classified by their types
//! here, before anything turns them into text.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;

use arrow::error::ArrowError;
use datafusion::common::DataFusionError;
use deltalake::DeltaTableError;
use deltalake::kernel::transaction::{CommitConflictError, TransactionError};
use parquet::errors::ParquetError;
use serde::{Deserialize, Serialize};

/// The spelling of `alluvium::ErrorCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Code {
    InvalidArgument,
    InvalidQuery,
    PolicyViolation,
    NotFound,
    AlreadyExists,
    SchemaMismatch,
    Unsupported,
    ConstraintViolation,
    CommitConflict,
    CommitStateUnknown,
    ResourceExhausted,
    Cancelled,
    DeadlineExceeded,
    Io,
    Corruption,
    FunctionFailed,
    Internal,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failure {
    pub code: Code,
    pub retryable: bool,
    pub message: String,
    pub details: BTreeMap<String, String>,
}

pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Stands between the text for people and the document for `Error`.
pub const SEPARATOR: char = '\u{1e}';

impl Failure {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, retryable: false, message: message.into(), details: BTreeMap::new() }
    }

    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    pub fn with(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.details.insert(key.to_string(), value.to_string());
        self
    }

    /// Reads a failure back from its text form, as C++ callbacks throw it, and as engines put it
    /// into errors of their own.
    pub fn decode(text: &str) -> Option<Self> {
        let (_, document) = text.split_once(SEPARATOR)?;
        serde_json::Deserializer::from_str(document).into_iter().next()?.ok()
    }

    /// The failure behind `error`, by the most telling type in its chain of sources.
    fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut verdict = Verdict::default();
        verdict.visit(error);
        verdict.found.or_else(|| Self::decode(&error.to_string())).unwrap_or_else(|| {
            let code = verdict.code.unwrap_or(Code::Internal);
            let text = text_of(error);
            if let Some(failure) = unnameable(&text).filter(|_| verdict.bad_name) {
                return failure;
            }
            let mut failure = Failure::new(code, text);
            failure.retryable = verdict.retryable;
            failure
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let document = serde_json::to_string(self).unwrap_or_default();
        write!(f, "{}{SEPARATOR}{document}", self.message)
    }
}

impl StdError for Failure {}

/// What the engines put before a message when they wrap it, which tells a reader nothing.
const WRAPPINGS: [&str; 7] = [
    "Failed to read delta log object: ",
    "Generic DeltaTable error: ",
    "External error: ",
    "Generic error: ",
    "Kernel error: ",
    "Generic delta kernel error: ",
    "DataFusion error: ",
];

/// Drops the backtraces that the engines append to their messages, and their wrappings.
fn text_of(error: &(dyn StdError + 'static)) -> String {
    let text = error.to_string();
    let end = ["\n\nbacktrace: ", "\n   0: ", "\nThis issue was likely caused by"]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min();
    let mut text = text[..end.unwrap_or(text.len())].trim_end();
    while let Some(rest) = WRAPPINGS.iter().find_map(|wrapping| text.strip_prefix(wrapping)) {
        text = rest;
    }
    text.to_string()
}

/// The longest name of a folder that file systems take, in bytes.
const LONGEST_NAME: usize = 255;

/// The partition column behind a folder that can't be made, as its path is in an error.
fn unnameable(text: &str) -> Option<Failure> {
    let folder = text.split('/').find(|folder| folder.len() > LONGEST_NAME)?;
    let (column, _) = folder.split_once('=')?;
    let what = format!(
        "a value of the partition column `{column}` is too long for the name of its folder, which \
         can have {LONGEST_NAME} bytes; partition by a shorter one"
    );
    Some(Failure::new(Code::InvalidArgument, what).with("column", column))
}

/// Table features by the protocol's names.
fn named(features: &[impl ToString]) -> String {
    let mut names: Vec<_> = features.iter().map(|name| format!("`{}`", name.to_string())).collect();
    names.sort();
    names.join(", ")
}

/// Marks of errors that have no type of their own, the telling ones first.
const BY_TEXT: [(Code, &[&str]); 9] = [
    (Code::ConstraintViolation, &["failed validation check"]),
    (Code::InvalidArgument, &["retention period", "version to restore"]),
    (
        Code::InvalidQuery,
        &[
            "sql parser error",
            "error during planning",
            "no field named",
            "multiple source rows",
            "z-order column",
            "cast error",
        ],
    ),
    (
        Code::Unsupported,
        &["unsupported", "not supported", "not yet supported", "allow_protocol_versions_increase"],
    ),
    (Code::AlreadyExists, &["already exists"]),
    (
        Code::NotFound,
        &[
            "no files in log segment",
            "not the same as the specified end version",
            "not found",
            "no table version",
            "does not exist",
            "no column with the name",
            "no field with the provided name",
        ],
    ),
    (
        Code::Corruption,
        &["protocol", "gap", "missing", "non-nullable structarray", "invalid checkpoint"],
    ),
    (Code::SchemaMismatch, &["schema", "cast"]),
    (Code::ResourceExhausted, &["resources exhausted"]),
];

#[derive(Default)]
struct Verdict {
    found: Option<Failure>,
    code: Option<Code>,
    retryable: bool,
    /// A file or folder that can't have its name.
    bad_name: bool,
}

impl Verdict {
    fn settle(&mut self, code: Code) {
        self.code.get_or_insert(code);
    }

    fn visit(&mut self, error: &(dyn StdError + 'static)) {
        if let Some(failure) = error.downcast_ref::<Failure>() {
            self.found.get_or_insert_with(|| failure.clone());
        } else if let Some(error) = error.downcast_ref::<DataFusionError>() {
            self.datafusion(error);
        } else if let Some(error) = error.downcast_ref::<DeltaTableError>() {
            self.delta(error);
        } else if let Some(error) = error.downcast_ref::<TransactionError>() {
            self.transaction(error);
        } else if let Some(error) = error.downcast_ref::<ArrowError>() {
            self.arrow(error);
        } else if let Some(error) = error.downcast_ref::<ParquetError>() {
            self.parquet(error);
        } else if let Some(error) = error.downcast_ref::<object_store::Error>() {
            self.object_store(error);
        } else if let Some(error) = error.downcast_ref::<std::io::Error>() {
            self.io(error);
        } else if let Some(error) = error.downcast_ref::<tokio::task::JoinError>() {
            self.settle(if error.is_cancelled() { Code::Cancelled } else { Code::Internal });
        } else if let Some(source) = error.source() {
            self.visit(source);
        }
    }

    fn datafusion(&mut self, error: &DataFusionError) {
        use DataFusionError::*;
        match error {
            ArrowError(error, _) => self.arrow(error),
            ParquetError(error) => self.parquet(error),
            ObjectStore(error) => self.object_store(error),
            IoError(error) => self.io(error),
            SQL(..) | Plan(_) | SchemaError(..) | Execution(_) => self.settle(Code::InvalidQuery),
            Configuration(_) => self.settle(Code::InvalidArgument),
            NotImplemented(_) | Substrait(_) => self.settle(Code::Unsupported),
            Internal(text) if text.contains("No suitable object store found") => {
                self.settle(Code::InvalidArgument);
            }
            Internal(_) | Ffi(_) => self.settle(Code::Internal),
            ExecutionJoin(error) => self.visit(error.as_ref()),
            ResourcesExhausted(_) => self.settle(Code::ResourceExhausted),
            External(error) => self.visit(error.as_ref()),
            Context(_, error) | Diagnostic(_, error) => self.datafusion(error),
            Collection(errors) => errors.iter().for_each(|error| self.datafusion(error)),
            Shared(error) => self.datafusion(error),
        }
    }

    fn delta(&mut self, error: &DeltaTableError) {
        use DeltaTableError::*;
        match error {
            Transaction { source } => self.transaction(source),
            VersionAlreadyExists(_) => self.conflict(),
            ObjectStore { source } => self.object_store(source),
            Parquet { source } => self.parquet(source),
            Arrow { source } => self.arrow(source),
            Io { source } => self.io(source),
            GenericError { source } => self.visit(source.as_ref()),
            NotATable(_) | InvalidVersion(_) => self.settle(Code::NotFound),
            InvalidTableLocation(_) | InvalidDateTimeString { .. } | VersionDowngrade { .. } => {
                self.settle(Code::InvalidArgument);
            }
            SchemaMismatch { .. } | PartitionError { .. } => self.settle(Code::SchemaMismatch),
            InvalidPartitionFilter { .. } => self.settle(Code::InvalidQuery),
            InvalidData { .. } => self.settle(Code::ConstraintViolation),
            MissingFeature { .. } | UnsupportedColumnMapping { .. } => {
                self.settle(Code::Unsupported);
            }
            InvalidJsonLog { .. } | InvalidStatsJson { .. } | MetadataError(_) | NoSchema => {
                self.settle(Code::Corruption);
            }
            other => {
                if let Some(source) = other.source() {
                    self.visit(source);
                }
            }
        }
        if self.code.is_none() && self.found.is_none() {
            self.by_text(&error.to_string());
        }
    }

    /// The kernel's and delta-rs's stringly errors: nothing but their text tells them apart.
    fn by_text(&mut self, text: &str) {
        let text = text.to_lowercase();
        let found = BY_TEXT.iter().find(|(_, marks)| marks.iter().any(|mark| text.contains(mark)));
        if let Some((code, _)) = found {
            self.settle(*code);
        }
    }

    fn transaction(&mut self, error: &TransactionError) {
        match error {
            TransactionError::VersionAlreadyExists(_) | TransactionError::MaxCommitAttempts(_) => {
                self.conflict();
            }
            TransactionError::CommitConflict(conflict) => match conflict {
                CommitConflictError::MetadataChanged | CommitConflictError::ProtocolChanged(_) => {
                    self.settle(Code::SchemaMismatch);
                    self.retryable = true;
                }
                CommitConflictError::UnsupportedWriterVersion(_)
                | CommitConflictError::UnsupportedReaderVersion(_) => {
                    self.settle(Code::Unsupported);
                }
                CommitConflictError::CorruptedState { .. } | CommitConflictError::NoMetadata => {
                    self.settle(Code::Corruption);
                }
                _ => self.conflict(),
            },
            TransactionError::DeltaTableAppendOnly => self.settle(Code::ConstraintViolation),
            TransactionError::UnsupportedTableFeatures(features) => self.unsupported(format!(
                "the table has features that are not supported here: {}",
                named(features)
            )),
            TransactionError::TableFeaturesRequired(feature) => self.unsupported(format!(
                "the table lacks the feature that this needs: {}",
                named(std::slice::from_ref(feature))
            )),
            TransactionError::ObjectStore { source } => self.object_store(source),
            TransactionError::LogStoreError { source, .. } => self.visit(source.as_ref()),
            TransactionError::SerializeLogJson { .. } => self.settle(Code::Internal),
        }
    }

    fn unsupported(&mut self, what: String) {
        self.found.get_or_insert_with(|| Failure::new(Code::Unsupported, what));
    }

    fn conflict(&mut self) {
        self.settle(Code::CommitConflict);
        self.retryable = true;
    }

    fn arrow(&mut self, error: &ArrowError) {
        match error {
            ArrowError::ExternalError(error) => self.visit(error.as_ref()),
            ArrowError::IoError(_, error) => self.io(error),
            ArrowError::MemoryError(_) | ArrowError::OffsetOverflowError(_) => {
                self.settle(Code::ResourceExhausted);
            }
            ArrowError::SchemaError(_) => self.settle(Code::SchemaMismatch),
            ArrowError::NotYetImplemented(_) => self.settle(Code::Unsupported),
            ArrowError::CDataInterface(_) => self.settle(Code::Io),
            _ => self.settle(Code::InvalidQuery),
        }
    }

    fn parquet(&mut self, error: &ParquetError) {
        match error {
            ParquetError::External(error) => self.visit(error.as_ref()),
            // What a store failed with reaches us as text; a file that is gone is the table's fault.
            ParquetError::General(text)
                if text.contains("Object Store error: ") && !text.contains(" not found: ") =>
            {
                self.settle(Code::Io);
            }
            _ => self.settle(Code::Corruption),
        }
    }

    fn object_store(&mut self, error: &object_store::Error) {
        use object_store::Error::*;
        match error {
            NotFound { .. } => self.settle(Code::NotFound),
            AlreadyExists { .. } => self.settle(Code::AlreadyExists),
            NotSupported { .. } | NotImplemented { .. } => self.settle(Code::Unsupported),
            Generic { source, .. } => {
                self.visit(source.as_ref());
                self.settle(Code::Io);
            }
            _ => self.settle(Code::Io),
        }
    }

    fn io(&mut self, error: &std::io::Error) {
        if let Some(inner) = error.get_ref() {
            self.visit(inner);
        }
        self.bad_name |= error.kind() == std::io::ErrorKind::InvalidFilename;
        self.settle(match error.kind() {
            std::io::ErrorKind::NotFound => Code::NotFound,
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Code::ResourceExhausted
            }
            // The spill limit reaches us as text inside an I/O error.
            _ if error.to_string().contains("exceeded the allowable limit") => {
                Code::ResourceExhausted
            }
            _ => Code::Io,
        });
    }
}

macro_rules! classified {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Failure::of(&error)
            }
        }
    )*};
}
classified!(
    DataFusionError,
    DeltaTableError,
    TransactionError,
    ArrowError,
    ParquetError,
    object_store::Error,
    std::io::Error,
    tokio::task::JoinError
);

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Failure::new(Code::InvalidArgument, format!("malformed request: {error}"))
    }
}

impl From<Failure> for DataFusionError {
    fn from(failure: Failure) -> Self {
        DataFusionError::External(Box::new(failure))
    }
}

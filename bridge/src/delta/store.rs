//! The log store of a place: delta-rs's own, once its options are known to be understood, with a
//! bound on how long it tries, and behind a lock table where one is asked for.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, Once};

use datafusion::execution::SessionState;
use deltalake::aws::constants as s3;
use deltalake::logstore::{LogStore, LogStoreRef, StorageConfig, logstore_for};
use object_store::aws::AmazonS3ConfigKey;
use object_store::azure::AzureConfigKey;
use object_store::gcp::GoogleConfigKey;
use url::Url;

use super::lock_table::LockTable;
use super::locked_log::LockedLog;
use crate::failure::{Code, Failure, Result};

/// A request that fails is tried again for so long: delta-rs's own bound is three minutes.
const RETRY_TIMEOUT: (&str, &str) = ("retry_timeout", "60s");

pub type Options = HashMap<String, String>;

/// The log store at `url`.
pub fn open(url: &Url, options: &Options) -> Result<LogStoreRef> {
    register_stores();
    refuse_secrets_in(url)?;
    let mut all = options.clone();
    if url.scheme() != "file" && !all.keys().any(|key| key.eq_ignore_ascii_case(RETRY_TIMEOUT.0)) {
        all.insert(RETRY_TIMEOUT.0.to_string(), RETRY_TIMEOUT.1.to_string());
    }
    // delta-rs has a lock table no more: it would go without.
    all.retain(|key, _| !key.eq_ignore_ascii_case(s3::AWS_S3_LOCKING_PROVIDER));
    let unusable = |error| unusable(url, options, Failure::from(error));
    let config = StorageConfig::parse_options(all).map_err(unusable)?;
    refuse_unknown(url, config.unknown_properties.keys())?;
    let store = logstore_for(url, config).map_err(unusable)?;
    match is_s3(url) && option(options, s3::AWS_S3_LOCKING_PROVIDER).as_deref() == Some("dynamodb")
    {
        false => Ok(store),
        true => {
            let table = LockTable::open(options)
                .map_err(|error| self::unusable(url, options, Failure::from(error)))?;
            Ok(Arc::new(LockedLog::new(store, table)))
        }
    }
}

/// A static archive may drop the constructors by which the stores register themselves.
fn register_stores() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        deltalake::aws::register_handlers(None);
        deltalake::azure::register_handlers(None);
        deltalake::gcp::register_handlers(None);
    });
}

pub fn has_lock_table(url: &Url, options: &Options) -> bool {
    is_s3(url) && option(options, s3::AWS_S3_LOCKING_PROVIDER).as_deref() == Some("dynamodb")
}

pub fn is_s3(url: &Url) -> bool {
    ["s3", "s3a"].contains(&url.scheme())
}

/// An option of an S3 store as delta-rs looks for it: as given, in lower case, in the environment.
pub fn option(options: &Options, key: &str) -> Option<String> {
    options
        .get(key)
        .or_else(|| options.get(&key.to_ascii_lowercase()))
        .cloned()
        .or_else(|| std::env::var(key).ok())
}

/// A location is shown and kept in logs.
fn refuse_secrets_in(url: &Url) -> Result<()> {
    if url.scheme() == "file" || (url.password().is_none() && url.query().is_none()) {
        return Ok(());
    }
    let mut shown = url.clone();
    // Neither fails for a URL that has them.
    shown.set_password(None).ok();
    shown.set_query(None);
    Err(Failure::new(
        Code::InvalidArgument,
        format!(
            "the location `{shown}` has a password or a query; credentials go into storage options"
        ),
    ))
}

fn refuse_unknown<'a>(url: &Url, keys: impl Iterator<Item = &'a String>) -> Result<()> {
    let is_known: fn(&str) -> bool = match url.scheme() {
        "s3" | "s3a" => |key| {
            AmazonS3ConfigKey::from_str(key).is_ok()
                || S3_KEYS.iter().chain(s3::S3_OPTS).any(|known| known.eq_ignore_ascii_case(key))
        },
        "az" | "adl" | "azure" | "abfs" | "abfss" => |key| AzureConfigKey::from_str(key).is_ok(),
        "gs" => |key| GoogleConfigKey::from_str(key).is_ok(),
        _ => return Ok(()),
    };
    match keys.filter(|key| !is_known(&key.to_ascii_lowercase())).min() {
        None => Ok(()),
        Some(key) => Err(Failure::new(
            Code::InvalidArgument,
            format!("the store of `{url}` has no option `{key}`"),
        )
        .with("option", key)),
    }
}

/// What delta-rs and the lock table read besides.
const S3_KEYS: [&str; 7] = [
    s3::AWS_S3_ALLOW_UNSAFE_RENAME,
    s3::AWS_FORCE_CREDENTIAL_LOAD,
    s3::AWS_S3_ADDRESSING_STYLE,
    s3::AWS_ACCESS_KEY_ID_DYNAMODB,
    s3::AWS_SECRET_ACCESS_KEY_DYNAMODB,
    s3::AWS_SESSION_TOKEN_DYNAMODB,
    s3::LOCK_TABLE_KEY_NAME,
];

fn unusable(url: &Url, options: &Options, failure: Failure) -> Failure {
    let mut reason = without_secrets(options, failure.message);
    // What follows quotes the key file.
    const UNDECODABLE: &str = "Unable to decode service account file";
    if let Some(at) = reason.find(UNDECODABLE) {
        reason.truncate(at + UNDECODABLE.len());
    }
    Failure::new(
        Code::InvalidArgument,
        format!("the store of `{url}` can't be used as its options and the environment have it: {reason}"),
    )
    .with("location", url)
}

fn without_secrets(options: &Options, mut text: String) -> String {
    const MARKS: [&str; 6] = ["key", "secret", "token", "password", "sas", "credential"];
    for (_, value) in options.iter().filter(|(key, value)| {
        let key = key.to_ascii_lowercase();
        value.len() > 3 && MARKS.iter().any(|mark| key.contains(mark))
    }) {
        text = text.replace(value.as_str(), "***");
    }
    text
}

/// Whether the store itself failed; the kernel's errors say so in their text only.
pub fn is_store_failure(failure: &Failure) -> bool {
    const MARKS: [&str; 3] =
        ["Generic S3 error", "Generic MicrosoftAzure error", "Generic GCS error"];
    failure.code == Code::Io || MARKS.iter().any(|mark| failure.message.contains(mark))
}

/// The failure of a look at a table, with what a reader can do about its store.
pub fn explained(url: &Url, options: &Options, failure: Failure) -> Failure {
    if url.scheme() == "file" {
        return failure;
    }
    let message = without_secrets(options, failure.message.clone());
    let has = |marks: &[&str]| marks.iter().any(|mark| message.contains(mark));
    let told = |code: Code, what: String| Failure {
        code,
        message: what,
        ..failure.clone().with("location", url)
    };
    if has(&["NoSuchBucket", "ContainerNotFound"]) {
        let bucket = url.host_str().unwrap_or_default();
        let what = format!("the store of `{url}` has no bucket or container `{bucket}`");
        return told(Code::NotFound, what);
    }
    if has(&["loading credentials", "169.254.169.254", "metadata.google.internal"]) {
        let what = format!("there are no credentials for the store of `{url}`: {message}");
        return told(Code::InvalidArgument, what)
            .with("hint", "give them as storage options, or in the environment");
    }
    if !is_store_failure(&failure) {
        return Failure { message, ..failure };
    }
    let failed = told(Code::Io, format!("the store of `{url}` failed: {message}"));
    if has(&["403 Forbidden", "401 Unauthorized"]) {
        return failed.with("hint", "the store refuses these credentials");
    }
    if has(&["builder error"]) {
        return failed.with("hint", "a store without TLS needs the option allow_http=true");
    }
    failed
}

/// Makes the engine read the table's store with these options: one that was registered for an
/// earlier table may have credentials that have expired.
pub fn register(log_store: &dyn LogStore, state: &SessionState) {
    let url = log_store.root_url();
    if url.scheme() != "file" {
        state.runtime_env().register_object_store(url, log_store.root_object_store(None));
    }
}

/// Lets the engine read files in a store, with the environment's options, unless a table in the same
/// bucket has brought its own.
pub fn reach(url: &Url, state: &SessionState) -> Result<()> {
    if url.scheme() != "file" && state.runtime_env().object_store_registry.get_store(url).is_err() {
        register(open(url, &Options::new())?.as_ref(), state);
    }
    Ok(())
}

//! Whether a store keeps the promise that commits rest on: that of two conditional puts of one object
//! the second is refused. A store that doesn't know the condition takes both, and says nothing.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::LazyLock;

use deltalake::logstore::LogStoreRef;
use object_store::aws::AmazonS3ConfigKey;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutMode, PutOptions, PutPayload};
use parking_lot::Mutex;
use uuid::Uuid;

use super::store::{Options, explained, has_lock_table, is_s3};
use crate::failure::{Code, Failure, Result};

/// Tries it out, once for each bucket, in stores that speak S3 and aren't AWS's own.
pub async fn prove(log_store: &LogStoreRef, options: &Options) -> Result<()> {
    static PROVEN: LazyLock<Mutex<HashSet<(String, String)>>> = LazyLock::new(Mutex::default);
    let url = log_store.root_url();
    if !is_s3(url) || has_lock_table(url, options) {
        return Ok(());
    }
    let Some(endpoint) = endpoint(options).filter(|place| !place.contains(".amazonaws.com")) else {
        return Ok(());
    };
    let place = (endpoint, url.host_str().unwrap_or_default().to_string());
    if PROVEN.lock().contains(&place) {
        return Ok(());
    }
    let store = log_store.object_store(None);
    let object = Path::from(format!("_delta_log/.tmp/{}.exclusive", Uuid::new_v4()));
    let put = async || {
        let create = PutOptions { mode: PutMode::Create, ..Default::default() };
        store.put_opts(&object, PutPayload::from_static(b"1"), create).await
    };
    let failed = |error| explained(url, options, Failure::from(error));
    let refused = match put().await {
        Ok(_) => put().await,
        refused => refused,
    };
    drop(store.delete(&object).await);
    match refused {
        Err(object_store::Error::AlreadyExists { .. }) => {
            PROVEN.lock().insert(place);
            Ok(())
        }
        Err(error) => Err(failed(error)),
        Ok(_) => Err(Failure::new(
            Code::PolicyViolation,
            format!(
                "the store of `{url}` overwrites an object that was to be put only where there is \
                 none: two writers could take the same version of the table, and lose rows"
            ),
        )
        .with("location", url)
        .with("hint", "AWS_S3_LOCKING_PROVIDER=dynamodb lets a lock table decide")),
    }
}

fn endpoint(options: &Options) -> Option<String> {
    let is_endpoint = |key: &str| {
        AmazonS3ConfigKey::from_str(&key.to_ascii_lowercase())
            .is_ok_and(|key| key == AmazonS3ConfigKey::Endpoint)
    };
    options
        .iter()
        .find(|(key, _)| is_endpoint(key))
        .map(|(_, value)| value.clone())
        .or_else(|| std::env::vars().find(|(key, _)| is_endpoint(key)).map(|(_, value)| value))
}

//! Faults for the tests of what becomes of a change that is cut off: one armed fault a process, which
//! fires at a numbered step. A step is a call that changes what is stored.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result as StoreResult,
};
use parking_lot::Mutex;
use serde::Deserialize;

use crate::failure::{Code, Failure, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// The step isn't done, and fails.
    Error,
    /// The step is done, and fails all the same.
    ErrorAfter,
    /// Half of what is written arrives, and the step fails.
    Torn,
    /// The step never ends.
    Hang,
    /// The process is killed before the step.
    Kill,
    /// The process is killed after the step.
    KillAfter,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    /// Steps that are let through first.
    step: u64,
    kind: Kind,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    steps: u64,
}

static ARMED: Mutex<Option<Armed>> = Mutex::new(None);

/// Arms the fault that `document` describes, or none when it is empty. Returns the steps that were
/// seen since the last call.
pub fn arm(document: &str) -> Result<u64> {
    let fault = match document.is_empty() {
        true => None,
        false => Some(Armed { fault: serde_json::from_str(document)?, steps: 0 }),
    };
    Ok(std::mem::replace(&mut *ARMED.lock(), fault).map_or(0, |armed| armed.steps))
}

pub fn is_armed() -> bool {
    ARMED.lock().is_some()
}

fn next() -> Option<Kind> {
    let mut armed = ARMED.lock();
    let armed = armed.as_mut()?;
    armed.steps += 1;
    (armed.steps == armed.fault.step + 1).then_some(armed.fault.kind)
}

fn kill() {
    // SAFETY: a process may send itself a signal.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
}

/// Does `step`, or what the armed fault makes of it; `half` writes half of it.
pub async fn step<T, E: From<Failure>>(
    half: impl Future<Output = ()>,
    step: impl Future<Output = std::result::Result<T, E>>,
) -> std::result::Result<T, E> {
    let failed = || Failure::new(Code::Io, "an injected fault");
    match next() {
        None => step.await,
        Some(Kind::Error) => Err(failed().into()),
        Some(Kind::ErrorAfter) => {
            step.await?;
            Err(failed().into())
        }
        Some(Kind::Torn) => {
            half.await;
            Err(failed().into())
        }
        Some(Kind::Hang) => std::future::pending().await,
        Some(Kind::Kill) => {
            kill();
            Err(failed().into())
        }
        Some(Kind::KillAfter) => {
            step.await?;
            kill();
            Err(failed().into())
        }
    }
}

/// A store whose writes are steps.
#[derive(Debug)]
pub struct FaultyStore(pub Arc<dyn ObjectStore>);

impl fmt::Display for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultyStore({})", self.0)
    }
}

/// An injected fault as an error of a store.
struct StoreError(object_store::Error);

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        Self(object_store::Error::Generic { store: "faults", source: Box::new(failure) })
    }
}

async fn store_step<T>(
    half: impl Future<Output = ()>,
    call: impl Future<Output = StoreResult<T>>,
) -> StoreResult<T> {
    step(half, async { call.await.map_err(StoreError) }).await.map_err(|error| error.0)
}

fn first_half(payload: &PutPayload) -> PutPayload {
    let bytes = Bytes::from(payload.clone());
    bytes.slice(..bytes.len() / 2).into()
}

#[async_trait]
impl ObjectStore for FaultyStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> StoreResult<PutResult> {
        let half = first_half(&payload);
        store_step(
            async { drop(self.0.put_opts(location, half, PutOptions::default()).await) },
            self.0.put_opts(location, payload, options),
        )
        .await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        store_step(async {}, self.0.put_multipart_opts(location, options)).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> StoreResult<GetResult> {
        self.0.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> StoreResult<Vec<Bytes>> {
        self.0.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, StoreResult<Path>>,
    ) -> BoxStream<'static, StoreResult<Path>> {
        let counted = locations.and_then(|location| store_step(async {}, async { Ok(location) }));
        self.0.delete_stream(counted.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        self.0.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        self.0.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> StoreResult<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> StoreResult<()> {
        store_step(async {}, self.0.copy_opts(from, to, options)).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> StoreResult<()> {
        store_step(async {}, self.0.rename_opts(from, to, options)).await
    }
}

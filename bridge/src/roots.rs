//! Where a session may read and write: every object store that its engine sees is behind this.

use std::fmt;
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::common::Result as EngineResult;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result as StoreResult,
};
use url::Url;

use crate::failure::{Code, Failure, Result};

/// The allowed places; none given is everywhere.
#[derive(Debug, Clone)]
pub struct Roots(Option<Arc<Vec<Root>>>);

#[derive(Debug)]
enum Root {
    Folder(PathBuf),
    Url(Url),
}

impl Roots {
    pub fn new(allowed: Option<Vec<String>>) -> Result<Self> {
        let Some(allowed) = allowed else { return Ok(Self(None)) };
        let roots = allowed
            .iter()
            .map(|root| match locate(root)? {
                url if url.scheme() == "file" => Ok(Root::Folder(resolve(&file_path(&url)?))),
                url => Ok(Root::Url(with_slash(url))),
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self(Some(Arc::new(roots))))
    }

    pub fn confined(&self) -> bool {
        self.0.is_some()
    }

    /// Whether any root lies in the store of `url`.
    fn reaches(&self, url: &Url) -> bool {
        let Some(roots) = &self.0 else { return true };
        url.scheme() == "delta-rs"
            || roots.iter().any(|root| match root {
                Root::Folder(_) => url.scheme() == "file",
                Root::Url(root) => {
                    url.scheme() == root.scheme() && url.authority() == root.authority()
                }
            })
    }

    /// The URL of `place` (a path or a URL), if it is allowed.
    pub fn url(&self, place: &str) -> Result<Url> {
        let url = locate(place)?;
        if self.allows(&url) {
            return Ok(url);
        }
        Err(refusal(place))
    }

    /// As `url`, of a folder.
    pub fn folder_url(&self, place: &str) -> Result<Url> {
        Ok(with_slash(self.url(place)?))
    }

    fn allows(&self, url: &Url) -> bool {
        let Some(roots) = &self.0 else { return true };
        if url.scheme() == "file" {
            let Ok(path) = file_path(url) else { return false };
            let path = resolve(&path);
            return roots.iter().any(|root| match root {
                Root::Folder(folder) => path.starts_with(folder),
                Root::Url(_) => false,
            });
        }
        let url = with_slash(url.clone());
        roots.iter().any(|root| match root {
            Root::Folder(_) => false,
            Root::Url(root) => {
                url.scheme() == root.scheme()
                    && url.authority() == root.authority()
                    && url.path().starts_with(root.path())
            }
        })
    }
}

fn refusal(place: &str) -> Failure {
    Failure::new(
        Code::PolicyViolation,
        format!("`{place}` lies outside the session's allowed roots"),
    )
    .with("location", place)
}

/// A path or URL as a URL; relative paths start at the current folder.
fn locate(place: &str) -> Result<Url> {
    if let Ok(url) = Url::parse(place)
        && place.contains("://")
    {
        return Ok(url);
    }
    let path = std::path::absolute(place)?;
    Url::from_file_path(&path).map_err(|()| {
        Failure::new(Code::InvalidArgument, format!("`{place}` can't be used as a path"))
    })
}

fn file_path(url: &Url) -> Result<PathBuf> {
    url.to_file_path()
        .map_err(|()| Failure::new(Code::InvalidArgument, format!("`{url}` names no local path")))
}

fn with_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

/// The path with symbolic links followed as far as it exists: a link must not lead out of a root.
fn resolve(path: &FilePath) -> PathBuf {
    let mut rest = Vec::new();
    let mut existing = path;
    loop {
        if let Ok(found) = existing.canonicalize() {
            return rest.iter().rev().fold(found, |path, part| path.join(part));
        }
        match (existing.parent(), existing.file_name()) {
            (Some(parent), Some(name)) => {
                rest.push(name.to_os_string());
                existing = parent;
            }
            _ => return path.to_path_buf(),
        }
    }
}

/// The engine's registry of stores, each store behind the roots.
#[derive(Debug)]
pub struct GuardedRegistry {
    inner: DefaultObjectStoreRegistry,
    roots: Roots,
}

impl GuardedRegistry {
    pub fn new(roots: Roots) -> Self {
        Self { inner: DefaultObjectStoreRegistry::new(), roots }
    }
}

impl ObjectStoreRegistry for GuardedRegistry {
    fn register_store(
        &self,
        url: &Url,
        store: Arc<dyn ObjectStore>,
    ) -> Option<Arc<dyn ObjectStore>> {
        self.inner.register_store(url, store)
    }

    fn deregister_store(&self, url: &Url) -> EngineResult<Arc<dyn ObjectStore>> {
        self.inner.deregister_store(url)
    }

    fn get_store(&self, url: &Url) -> EngineResult<Arc<dyn ObjectStore>> {
        if !self.roots.reaches(url) {
            return Err(refusal(url.as_str()).into());
        }
        let store = self.inner.get_store(url)?;
        if !self.roots.confined() {
            return Ok(store);
        }
        // A table's own store is rooted at the table, whose place was checked when it was opened.
        if url.scheme() == "delta-rs" {
            return Ok(store);
        }
        let mut base = url.clone();
        base.set_path("/");
        Ok(Arc::new(GuardedStore { inner: store, roots: self.roots.clone(), base }))
    }
}

/// A store that refuses every location outside the roots.
#[derive(Debug)]
struct GuardedStore {
    inner: Arc<dyn ObjectStore>,
    roots: Roots,
    base: Url,
}

impl fmt::Display for GuardedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GuardedStore({})", self.inner)
    }
}

impl GuardedStore {
    fn check(&self, location: &Path) -> StoreResult<()> {
        // As the local store itself makes a path of a location.
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(location.as_ref().split('/'));
        }
        if self.roots.allows(&url) { Ok(()) } else { Err(refused(url.as_str())) }
    }
}

fn refused(place: &str) -> object_store::Error {
    object_store::Error::Generic { store: "allowed roots", source: Box::new(refusal(place)) }
}

#[async_trait]
impl ObjectStore for GuardedStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> StoreResult<PutResult> {
        self.check(location)?;
        self.inner.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        self.check(location)?;
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> StoreResult<GetResult> {
        self.check(location)?;
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> StoreResult<Vec<Bytes>> {
        self.check(location)?;
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, StoreResult<Path>>,
    ) -> BoxStream<'static, StoreResult<Path>> {
        let guard = Self {
            inner: Arc::clone(&self.inner),
            roots: self.roots.clone(),
            base: self.base.clone(),
        };
        let checked = locations.and_then(move |location| {
            let verdict = guard.check(&location).map(|()| location);
            async move { verdict }
        });
        self.inner.delete_stream(checked.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        match self.check(prefix.unwrap_or(&Path::default())) {
            Ok(()) => self.inner.list(prefix),
            Err(error) => futures::stream::once(async { Err(error) }).boxed(),
        }
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        match self.check(prefix.unwrap_or(&Path::default())) {
            Ok(()) => self.inner.list_with_offset(prefix, offset),
            Err(error) => futures::stream::once(async { Err(error) }).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> StoreResult<ListResult> {
        self.check(prefix.unwrap_or(&Path::default()))?;
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> StoreResult<()> {
        self.check(from)?;
        self.check(to)?;
        self.inner.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> StoreResult<()> {
        self.check(from)?;
        self.check(to)?;
        self.inner.rename_opts(from, to, options).await
    }
}

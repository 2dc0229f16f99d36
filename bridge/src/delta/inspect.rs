//! What a table's log tells about it.

use std::sync::Arc;

use deltalake::kernel::{CommitInfo, Version};
use futures::TryStreamExt;
use serde::Serialize;

use super::open::Request;
use crate::failure::Result;
use crate::frame::Frame;
use crate::runtime::{self, Token};
use crate::session::Session;

#[derive(Debug, Serialize)]
struct HistoryEntry {
    version: Version,
    #[serde(flatten)]
    info: CommitInfo,
}

impl Session {
    /// The commits, newest first, at most `limit` of them (0: all that the log still has).
    pub fn delta_history(&self, request: &str, limit: usize, token: &Token) -> Result<String> {
        let request = Request::parse(request)?;
        let shared = Arc::clone(&self.shared);
        runtime::run(token, async move {
            let table = request.load(&shared).await?;
            let latest = table.snapshot()?.version();
            let infos: Vec<_> = table.history((limit > 0).then_some(limit)).try_collect().await?;
            let entries: Vec<_> = (0..=latest)
                .rev()
                .zip(infos)
                .map(|(version, info)| HistoryEntry { version, info })
                .collect();
            Ok(serde_json::to_string(&entries)?)
        })
    }

    /// The data files of a version, one row each.
    pub fn delta_files(&self, request: &str, token: &Token) -> Result<Box<Frame>> {
        let request = Request::parse(request)?;
        let shared = Arc::clone(&self.shared);
        runtime::run(token, async move {
            let files = request.load(&shared).await?.snapshot()?.add_actions_table(true)?;
            let frame = shared.context.read_batch(files)?;
            Ok(Frame::new(frame, shared))
        })
    }
}

//! The one tokio runtime, and how a blocking call runs on it: panics caught, re-entrance refused,
//! interrupted by the caller's token, its deadline, or shutdown.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Arc, Once};
use std::time::Duration;

use parking_lot::RwLock;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::failure::{Code, Failure, Result};

/// Callers wait, and deadlines tick, on a runtime of their own: operators may keep every thread of
/// the working one busy for seconds without yielding, and its timers with them.
struct Runtimes {
    work: Runtime,
    waiting: Runtime,
}

enum Engine {
    NotStarted,
    Running(Runtimes),
    Stopped,
}

/// Where to spawn work, and where to wait for it.
struct Handles {
    work: Handle,
    waiting: Handle,
}

impl Runtimes {
    fn start() -> Result<Self> {
        let work = Builder::new_multi_thread()
            .enable_all()
            .thread_name("alluvium")
            .thread_stack_size(STACK_BYTES)
            .build()?;
        let waiting = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .thread_name("alluvium-wait")
            .build()?;
        Ok(Self { work, waiting })
    }

    fn handles(&self) -> Handles {
        Handles { work: self.work.handle().clone(), waiting: self.waiting.handle().clone() }
    }
}

static ENGINE: RwLock<Engine> = RwLock::new(Engine::NotStarted);
static STOPPING: std::sync::LazyLock<CancellationToken> =
    std::sync::LazyLock::new(CancellationToken::new);

/// Planning and dropping a deep expression recurses; the pages are touched only when needed.
const STACK_BYTES: usize = 64 << 20;

fn stopped() -> Failure {
    Failure::new(Code::Cancelled, "the engine was shut down")
}

fn cancelled() -> Failure {
    Failure::new(Code::Cancelled, "the call was cancelled")
}

fn deadline_passed() -> Failure {
    Failure::new(Code::DeadlineExceeded, "the deadline passed before the call had finished")
}

fn handles() -> Result<Handles> {
    if let Engine::Running(runtimes) = &*ENGINE.read() {
        return Ok(runtimes.handles());
    }
    let mut engine = ENGINE.write();
    match &*engine {
        Engine::Running(runtimes) => Ok(runtimes.handles()),
        Engine::Stopped => Err(stopped()),
        Engine::NotStarted => {
            let runtimes = Runtimes::start()?;
            let handles = runtimes.handles();
            *engine = Engine::Running(runtimes);
            Ok(handles)
        }
    }
}

/// Cancels what runs and stops the threads, waiting for at most `patience`.
pub fn shutdown(patience: Duration) -> Result<()> {
    refuse_reentrance()?;
    let engine = std::mem::replace(&mut *ENGINE.write(), Engine::Stopped);
    STOPPING.cancel();
    if let Engine::Running(runtimes) = engine {
        runtimes.work.shutdown_timeout(patience);
        runtimes.waiting.shutdown_timeout(patience);
    }
    Ok(())
}

/// A call's right to go on.
#[derive(Clone)]
pub struct Token {
    cancel: CancellationToken,
    deadline: Option<Instant>,
}

impl Token {
    /// A token that ends `timeout_ms` from now; negative is never.
    pub fn new(timeout_ms: i64) -> Self {
        let timeout = u64::try_from(timeout_ms).ok().map(Duration::from_millis);
        Self {
            cancel: CancellationToken::new(),
            deadline: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
        }
    }

    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// The same token, ending no later than `limit` from now.
    pub fn within(&self, limit: Option<Duration>) -> Self {
        let limit = limit.and_then(|limit| Instant::now().checked_add(limit));
        Self {
            cancel: self.cancel.clone(),
            deadline: [self.deadline, limit].into_iter().flatten().min(),
        }
    }

    /// A token that ends with this one, or on its own.
    pub fn child(&self) -> Self {
        Self { cancel: self.cancel.child_token(), deadline: self.deadline }
    }

    /// Whether the call must end.
    pub fn has_ended(&self) -> bool {
        STOPPING.is_cancelled()
            || self.cancel.is_cancelled()
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Fails with the reason when the call must end.
    pub fn check(&self) -> Result<()> {
        if !self.has_ended() {
            return Ok(());
        }
        Err(if STOPPING.is_cancelled() {
            stopped()
        } else if self.cancel.is_cancelled() {
            cancelled()
        } else {
            deadline_passed()
        })
    }

    /// Resolves, to the reason, when the call must end.
    pub async fn ended(&self) -> Failure {
        let deadline = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = STOPPING.cancelled() => stopped(),
            () = self.cancel.cancelled() => cancelled(),
            () = deadline => deadline_passed(),
        }
    }
}

/// How long a commit that is being written may go on after its call had to end.
const COMMIT_PATIENCE: Duration = Duration::from_secs(10);

fn in_flight(reason: &Failure) -> Failure {
    let what = format!("{}; the commit was being written, and may still arrive", reason.message);
    Failure::new(Code::CommitStateUnknown, what).with("in_flight", true)
}

fn refuse_reentrance() -> Result<()> {
    if Handle::try_current().is_ok() {
        return Err(Failure::new(
            Code::InvalidArgument,
            "a blocking call was made from inside a native function or another engine callback; \
             kernels must not call back into the library",
        ));
    }
    Ok(())
}

/// Runs `future` on the engine's threads and waits for it. When the call must end first, the work
/// is stopped at its next await and the reason returned, unless `gate` is held: then a commit is on
/// its way and its outcome is waited for.
pub fn run_gated<T, F>(
    token: &Token,
    gate: Option<Arc<tokio::sync::Mutex<()>>>,
    future: F,
) -> Result<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    refuse_reentrance()?;
    let handles = handles()?;
    let mut task = handles.work.spawn(future);
    handles.waiting.block_on(async {
        tokio::select! {
            biased;
            reason = token.ended() => {
                let _outside_of_commit = match &gate {
                    None => None,
                    Some(gate) => match tokio::time::timeout(COMMIT_PATIENCE, gate.lock()).await {
                        Ok(held) => Some(held),
                        Err(_) => {
                            task.abort();
                            return Err(in_flight(&reason));
                        }
                    },
                };
                if gate.is_some() && task.is_finished() {
                    return joined(task.await);
                }
                task.abort();
                // A task that never yields is left to end on its own.
                let _ = tokio::time::timeout(Duration::from_millis(100), &mut task).await;
                Err(reason)
            }
            outcome = &mut task => joined(outcome),
        }
    })
}

pub fn run<T, F>(token: &Token, future: F) -> Result<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    run_gated(token, None, future)
}

/// Waits for `future` on the calling thread.
pub fn wait<T>(token: &Token, future: impl Future<Output = Result<T>>) -> Result<T> {
    refuse_reentrance()?;
    handles()?.waiting.block_on(async {
        tokio::select! {
            biased;
            reason = token.ended() => Err(reason),
            outcome = future => outcome,
        }
    })
}

fn joined<T>(outcome: std::result::Result<Result<T>, tokio::task::JoinError>) -> Result<T> {
    outcome.unwrap_or_else(|error| {
        if error.is_panic() { Err(panicked(error.into_panic().as_ref())) } else { Err(stopped()) }
    })
}

pub fn panicked(payload: &(dyn Any + Send)) -> Failure {
    let what = payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_string());
    Failure::new(Code::Internal, format!("the engine panicked: {what}"))
}

static QUIET: Once = Once::new();

/// The outermost layer of every bridge entry: a panic becomes `Internal`, and nothing else is said of
/// it. (Those that delta-rs catches in its own tasks become its errors.)
pub fn guard<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    QUIET.call_once(|| set_hook(Box::new(|panic| tracing::error!("{panic}"))));
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| Err(panicked(payload.as_ref())))
}

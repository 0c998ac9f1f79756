//! What the plugin does now: signals and the `Lifecycle` service steer it, the
//! monitor of the backend has its say, and health follows.

use std::time::Duration;

use tokio::sync::{Notify, SetOnce, watch};

use crate::gate::{Drained, Gate};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) phase: Phase,
    /// What it said last.
    pub(crate) backend: Result<(), String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Open,
    Draining,
    /// The last one: nothing comes after it.
    Ending,
}

impl State {
    pub(crate) fn serves(&self) -> bool {
        self.phase == Phase::Open && self.backend.is_ok()
    }
}

#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) gate: Gate,
    /// Asks for the backend to be asked now.
    pub(crate) doubt: Notify,
    states: watch::Sender<State>,
    end: SetOnce<Duration>,
}

impl Control {
    pub(crate) fn new() -> Self {
        let state = State {
            phase: Phase::Open,
            backend: Err("it was not asked yet".into()),
        };
        Self {
            gate: Gate::default(),
            doubt: Notify::new(),
            states: watch::Sender::new(state),
            end: SetOnce::new(),
        }
    }

    pub(crate) fn watch(&self) -> watch::Receiver<State> {
        self.states.subscribe()
    }

    /// Whether that is news.
    pub(crate) fn backend_is(&self, backend: Result<(), String>) -> bool {
        self.states.send_if_modified(|state| {
            let news = state.backend != backend;
            state.backend = backend;
            news
        })
    }

    /// Opens the data plane; not once the process is ending.
    pub(crate) fn resume(&self) -> bool {
        self.states.send_if_modified(|state| {
            let may = state.phase != Phase::Ending;
            if may {
                state.phase = Phase::Open;
                self.gate.open();
            }
            may
        })
    }

    /// Closes the data plane and waits for the calls in flight.
    pub(crate) async fn drain(&self, limit: Duration, reason: &str) -> Drained {
        self.states.send_modify(|state| {
            if state.phase == Phase::Open {
                state.phase = Phase::Draining;
            }
            // Inside of the lock: no call is refused while health says SERVING.
            self.gate.close();
        });
        tracing::info!(
            reason,
            ?limit,
            in_flight = self.gate.in_flight(),
            "draining"
        );
        let drained = self.gate.drain(limit).await;
        let Drained { finished, aborted } = drained;
        tracing::info!(finished, aborted, "drained");
        drained
    }

    /// Has the process end within `limit`; without effect if it is ending.
    pub(crate) fn end(&self, limit: Duration, reason: &str) {
        if self.end.set(limit).is_ok() {
            tracing::info!(reason, ?limit, "stopping");
            self.states.send_modify(|state| state.phase = Phase::Ending);
        }
    }

    /// The limit of [`Self::end`], as soon as that is called.
    pub(crate) async fn ending(&self) -> Duration {
        *self.end.wait().await
    }
}

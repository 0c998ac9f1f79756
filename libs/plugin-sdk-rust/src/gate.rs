//! Counts calls in flight, and turns new ones away while the plugin drains.

use std::time::Duration;

use tokio::{
    sync::{Notify, futures::Notified, watch},
    time::timeout,
};

const CLOSED: &str = "the plugin is draining; try another one";
const ABORTED: &str = "aborted: the plugin is draining and the call took too long";

/// Open at first.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// Its receivers hear only of what ends a drain.
    calls: watch::Sender<Calls>,
    abort: Notify,
}

#[derive(Debug, Default)]
struct Calls {
    closed: bool,
    in_flight: usize,
}

/// What became of the calls that were in flight when a drain began.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Drained {
    pub(crate) finished: usize,
    pub(crate) aborted: usize,
}

impl Gate {
    /// Runs a call to its end, unless it is turned away or aborted: `Err` says
    /// which.
    pub(crate) async fn pass<T>(&self, call: impl Future<Output = T>) -> Result<T, &'static str> {
        let aborted = self.enter().ok_or(CLOSED)?;
        let _leaves = Leave(self);
        tokio::select! {
            done = call => Ok(done),
            () = aborted => Err(ABORTED),
        }
    }

    fn enter(&self) -> Option<Notified<'_>> {
        let mut aborted = None;
        self.calls.send_if_modified(|calls| {
            if !calls.closed {
                calls.in_flight += 1;
                // Inside of the lock: the next abort is for this call, no earlier one.
                aborted = Some(self.abort.notified());
            }
            false
        });
        aborted
    }

    pub(crate) fn open(&self) {
        self.calls.send_modify(|calls| calls.closed = false);
    }

    pub(crate) fn close(&self) {
        self.calls.send_modify(|calls| calls.closed = true);
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.calls.borrow().in_flight
    }

    /// Waits for the calls in flight behind a closed gate, and aborts those that
    /// last longer than `limit`. Who opens the gate meanwhile ends the wait.
    pub(crate) async fn drain(&self, limit: Duration) -> Drained {
        let before = self.in_flight();
        let mut calls = self.calls.subscribe();
        let over = calls.wait_for(|calls| calls.in_flight == 0 || !calls.closed);
        let late = timeout(limit, over).await.is_err();
        let aborted = if late { self.abort() } else { 0 };
        Drained {
            finished: before.saturating_sub(aborted.max(self.in_flight())),
            aborted,
        }
    }

    fn abort(&self) -> usize {
        let mut aborted = 0;
        self.calls.send_if_modified(|calls| {
            // Opened in the last moment: the calls may go on.
            if calls.closed {
                aborted = calls.in_flight;
                self.abort.notify_waiters();
            }
            false
        });
        aborted
    }
}

/// However a call ends: its client may have gone away.
struct Leave<'a>(&'a Gate);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.calls.send_if_modified(|calls| {
            calls.in_flight -= 1;
            calls.in_flight == 0
        });
    }
}

#[cfg(test)]
mod tests;

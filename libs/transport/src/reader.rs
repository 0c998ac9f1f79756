//! Clients that do not read their answers.
//!
//! A server of hyper asks an answer for its next frame only when the client has
//! taken the one before. While the client takes nothing, the answer is never
//! asked, so a timer of its own would never be looked at: the task of the whole
//! stream is watched instead, and dropped when the client is late. That resets
//! the stream, towards the client and towards the plugin.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A client that takes this many bytes a second is never late.
const BYTES_PER_SECOND: u32 = 16 * 1024;

tokio::task_local! {
    static CURRENT: Reader;
}

/// How the client of one HTTP/2 stream reads. Cloning gives another handle.
#[derive(Clone, Debug, Default)]
pub struct Reader(Arc<Mutex<Progress>>);

#[derive(Debug, Default)]
struct Progress {
    /// `None` until an answer wants to be watched.
    watch: Option<Watch>,
    late: bool,
}

#[derive(Debug)]
struct Watch {
    patience: Duration,
    deadline: Option<Instant>,
    /// What is left of the patience at `since`: waiting uses it up, bytes that
    /// are taken and time without waiting give it back.
    left: Duration,
    since: Instant,
    /// The client has bytes to take, these many.
    waiting: Option<usize>,
}

impl Watch {
    fn due(&self) -> Option<Instant> {
        self.waiting?;
        let due = self.since.checked_add(self.left);
        match (due, self.deadline) {
            (Some(due), Some(deadline)) => Some(due.min(deadline)),
            (due, deadline) => due.or(deadline),
        }
    }

    fn asks(&mut self, now: Instant) {
        let Some(bytes) = self.waiting.take() else {
            return;
        };
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(1) * bytes / BYTES_PER_SECOND;
        let left = self
            .left
            .saturating_sub(now.saturating_duration_since(self.since));
        self.left = (left + earned).min(self.patience);
        self.since = now;
    }

    fn gets(&mut self, bytes: usize, now: Instant) {
        let rested = now.saturating_duration_since(self.since);
        self.left = (self.left + rested).min(self.patience);
        self.since = now;
        self.waiting = Some(bytes);
    }
}

impl Reader {
    /// The client of the stream whose task runs now; `None` outside of a
    /// server's HTTP/2 streams.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// From now on the client is late once it has taken nothing for `patience`,
    /// or has taken its bytes too slowly, or at the deadline.
    pub fn watch(&self, patience: Duration, deadline: Option<Instant>) {
        self.lock().watch = Some(Watch {
            patience,
            deadline,
            left: patience,
            since: Instant::now(),
            // The headers are its first.
            waiting: Some(0),
        });
    }

    /// The client has taken what it was given, and can take more.
    pub fn asks(&self) {
        if let Some(watch) = &mut self.lock().watch {
            watch.asks(Instant::now());
        }
    }

    /// The client is given bytes.
    pub fn gets(&self, bytes: usize) {
        if let Some(watch) = &mut self.lock().watch {
            watch.gets(bytes, Instant::now());
        }
    }

    /// Whether the stream is being reset because its client does not read.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.lock().late
    }

    fn due(&self) -> Option<Instant> {
        self.lock().watch.as_ref()?.due()
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs the task of a stream to its end, or until its client is late.
pub(crate) async fn watched(stream: impl Future<Output = ()>) {
    let reader = Reader::default();
    let mut stream = pin!(CURRENT.scope(reader.clone(), stream));
    let mut alarm = None;
    poll_fn(|cx| {
        if stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if !rings(&reader, &mut alarm, cx) {
            return Poll::Pending;
        }
        reader.lock().late = true;
        Poll::Ready(())
    })
    .await;
}

/// Whether the client is late. The alarm is set when the client begins to wait,
/// and set again only when it rings: most clients are back long before.
fn rings(reader: &Reader, alarm: &mut Option<Pin<Box<Sleep>>>, cx: &mut Context<'_>) -> bool {
    while let Some(due) = reader.due() {
        let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if alarm.as_mut().poll(cx).is_pending() {
            return false;
        }
        if Instant::now() >= due {
            return true;
        }
        alarm.as_mut().reset(due);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    fn watch(start: Instant) -> Watch {
        Watch {
            patience: PATIENCE,
            deadline: None,
            left: PATIENCE,
            since: start,
            waiting: Some(0),
        }
    }

    #[test]
    fn who_takes_nothing_is_late_after_the_patience() {
        let start = Instant::now();
        let mut one = watch(start);
        assert_eq!(one.due(), Some(after(start, 10)));
        one.asks(after(start, 1));
        assert_eq!(one.due(), None);
        one.gets(100, after(start, 60));
        assert_eq!(one.due(), Some(after(start, 70)));
    }

    #[test]
    fn who_takes_a_byte_now_and_then_is_late_too() {
        let start = Instant::now();
        let mut one = watch(start);
        for second in 1..10 {
            one.asks(after(start, second));
            one.gets(1, after(start, second));
        }
        let due = one.due();
        assert!(due >= Some(after(start, 10)) && due < Some(after(start, 11)));
    }

    #[test]
    fn who_takes_enough_is_never_late() {
        let start = Instant::now();
        let mut one = watch(start);
        for second in (0..100).step_by(5) {
            one.asks(after(start, second));
            one.gets(6 * 16 * 1024, after(start, second));
            assert_eq!(one.due(), Some(after(start, second + 10)), "{second}");
        }
    }

    #[test]
    fn nobody_waits_beyond_the_deadline() {
        let start = Instant::now();
        let mut one = watch(start);
        one.deadline = Some(after(start, 3));
        assert_eq!(one.due(), one.deadline);
    }
}

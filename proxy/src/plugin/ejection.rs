//! A plugin that fails call after call gets none for a moment: they would only
//! wait, and keep it from coming back.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Calls in a row that got no answer.
pub(super) const FAILURES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Ejection(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    until: Option<Instant>,
}

impl Ejection {
    /// Whether a call may try now. After the pause one call may; the others are
    /// refused until it succeeds, or until the next pause is over.
    pub(super) fn allows(&self, now: Instant) -> bool {
        let mut state = self.lock();
        match state.until {
            Some(until) if now < until => false,
            Some(_) => {
                state.until = Some(now + PAUSE);
                true
            }
            None => true,
        }
    }

    /// The plugin answered, whatever it said.
    pub(super) fn succeeded(&self) {
        let mut state = self.lock();
        if state.failures > 0 {
            *state = State::default();
        }
    }

    /// A call got no answer. Returns whether that ejects the plugin.
    pub(super) fn failed(&self, now: Instant) -> bool {
        let mut state = self.lock();
        state.failures = state.failures.saturating_add(1);
        let ejects = state.failures >= FAILURES;
        if ejects {
            state.until = Some(now + PAUSE);
        }
        ejects
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_eject_and_one_call_tries_again() {
        let (ejection, start) = (Ejection::default(), Instant::now());
        for n in 1..FAILURES {
            assert!(!ejection.failed(start), "{n}");
        }
        ejection.succeeded();
        for n in 1..FAILURES {
            assert!(!ejection.failed(start) && ejection.allows(start), "{n}");
        }
        assert!(ejection.failed(start) && !ejection.allows(start));
        let later = start + PAUSE;
        assert!(ejection.allows(later) && !ejection.allows(later));
        ejection.succeeded();
        assert!(ejection.allows(later) && ejection.allows(later));
    }
}

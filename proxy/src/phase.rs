//! How far the process has come, as the health endpoints tell it.

use tokio::sync::watch;

/// The life of the process, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The configuration is not read yet.
    Loading,
    /// The configuration is valid; the data listener is not open yet.
    Opening,
    /// Calls are served.
    Serving,
    /// Calls are served, but health says no: load balancers shall look elsewhere.
    Leaving,
    /// New calls are refused; those in flight may finish.
    Draining,
}

impl Phase {
    /// Why the proxy is not ready; empty when it is.
    #[must_use]
    pub fn reasons(self) -> &'static [&'static str] {
        match self {
            Self::Loading => &[
                "the configuration is not loaded",
                "the data listener is not open",
            ],
            Self::Opening => &["the data listener is not open"],
            Self::Serving => &[],
            Self::Leaving => &["stopping"],
            Self::Draining => &["draining"],
        }
    }
}

/// The current phase, shared by every part of the process.
#[derive(Clone, Debug)]
pub struct Phases(watch::Sender<Phase>);

impl Default for Phases {
    fn default() -> Self {
        Self(watch::Sender::new(Phase::Loading))
    }
}

impl Phases {
    /// The phase now.
    #[must_use]
    pub fn now(&self) -> Phase {
        *self.0.borrow()
    }

    /// Moves on. The order is one way: an earlier phase than the present is ignored.
    pub fn advance(&self, to: Phase) {
        self.0.send_if_modified(|now| {
            let forward = to > *now;
            if forward {
                *now = to;
            }
            forward
        });
    }

    /// Follows the phases from now on.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Phase> {
        self.0.subscribe()
    }

    /// Returns once a phase has come, or a later one.
    pub async fn reached(&self, wanted: Phase) {
        let mut seen = self.0.subscribe();
        // An error needs every sender gone, and `self` is one.
        let _ended = seen.wait_for(|phase| *phase >= wanted).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_serving_has_no_reasons() {
        for phase in [
            Phase::Loading,
            Phase::Opening,
            Phase::Serving,
            Phase::Leaving,
            Phase::Draining,
        ] {
            assert_eq!(
                phase.reasons().is_empty(),
                phase == Phase::Serving,
                "{phase:?}"
            );
        }
    }

    #[test]
    fn phases_never_go_back() {
        let phases = Phases::default();
        phases.advance(Phase::Draining);
        phases.advance(Phase::Serving);
        assert_eq!(phases.now(), Phase::Draining);
    }
}

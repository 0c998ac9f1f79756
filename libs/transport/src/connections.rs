//! How many connections a listener has, and may have.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use crate::{Counted, Peer, PerClient};

/// What the connections of a listener may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open at once; a further one is closed at once.
    pub most: usize,
    /// Open at once by one client, of [`Self::most`].
    pub most_of_client: usize,
    /// From the connection to its first request, and for the head of each
    /// request of HTTP/1.1. A handshake is part of it.
    pub header: Duration,
    /// From the last request on.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            most: 10_000,
            most_of_client: 1000,
            // Not a minute: probes often reuse their HTTP/1.1 connection at that
            // interval, and would meet its end with their request.
            header: Duration::from_secs(20),
            idle: Duration::from_secs(300),
        }
    }
}

/// The open connections of one listener, and how many it refused.
#[derive(Debug, Default)]
pub struct Connections {
    clients: PerClient,
    open: AtomicUsize,
    refused: AtomicU64,
    failed_handshakes: AtomicU64,
}

impl Connections {
    /// How many are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.load(Relaxed)
    }

    /// How many were closed at once because of a limit.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// How many ended in their handshake, or before it.
    #[must_use]
    pub fn failed_handshakes(&self) -> u64 {
        self.failed_handshakes.load(Relaxed)
    }

    /// Counts a connection until the place is dropped; `None` beyond a limit.
    /// Only one task may call this: the one that accepts.
    pub(crate) fn enter(self: &Arc<Self>, peer: Peer, limits: &Limits) -> Option<Place> {
        let room = self.open() < limits.most;
        let counted = room.then(|| self.clients.enter(peer, limits.most_of_client));
        let Some(counted) = counted.flatten() else {
            self.refused.fetch_add(1, Relaxed);
            return None;
        };
        self.open.fetch_add(1, Relaxed);
        Some(Place {
            connections: Arc::clone(self),
            _counted: counted,
        })
    }
}

/// One open connection.
#[derive(Debug)]
pub(crate) struct Place {
    connections: Arc<Connections>,
    _counted: Counted,
}

impl Place {
    /// Counts the end of this connection in its handshake.
    pub(crate) fn count_failed_handshake(&self) {
        self.connections.failed_handshakes.fetch_add(1, Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_hold_and_places_are_given_back() -> Result<(), Box<dyn std::error::Error>> {
        let connections = Arc::new(Connections::default());
        let limits = Limits {
            most: 3,
            most_of_client: 2,
            ..Limits::default()
        };
        let one = Peer("192.0.2.1".parse()?);
        let enter = |client| connections.enter(client, &limits);
        let held = (enter(one), enter(one), enter(Peer("192.0.2.2".parse()?)));
        assert!(held.0.is_some() && held.1.is_some() && held.2.is_some());
        assert!(enter(Peer("192.0.2.3".parse()?)).is_none());
        drop(held.2);
        assert!(enter(one).is_none());
        assert_eq!((connections.open(), connections.refused()), (2, 2));
        drop((held.0, held.1));
        assert!(enter(one).is_some() && connections.open() == 0);
        Ok(())
    }
}

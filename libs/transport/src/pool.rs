//! Connections to one plugin: as many as its calls need.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use crate::{Channel, Endpoint, connect::Connector};

/// With this many calls on every connection, another one is opened: a broken
/// connection breaks few calls, and work spreads over the plugin's threads.
const SHARE: usize = 25;
/// RFC 9113 recommends servers to allow no less.
const MOST_CALLS: usize = 100;
const MOST_CONNECTIONS: usize = 40;
/// A connection without calls is closed after this time.
const IDLE: Duration = Duration::from_secs(60);

/// The connections to one plugin.
#[derive(Debug)]
pub struct Pool {
    connector: Connector,
    connections: Mutex<Vec<Connection>>,
}

#[derive(Debug)]
struct Connection {
    channel: Channel,
    /// Where its frames are read and written.
    thread: ThreadId,
    calls: usize,
    used: Instant,
}

impl Pool {
    /// Calls at once that a plugin gets; more are refused.
    pub const MOST_CALLS: usize = MOST_CALLS * MOST_CONNECTIONS;
    /// Connections at once that a plugin gets.
    pub const MOST_CONNECTIONS: usize = MOST_CONNECTIONS;

    /// Connects at the first call, and anew after a loss, resolving the name
    /// each time.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            connector: Connector::new(endpoint),
            connections: Mutex::default(),
        }
    }

    /// A place for one call, until the lease is dropped; `None` with
    /// [`Self::MOST_CALLS`] in flight. Needs a Tokio runtime.
    #[must_use]
    pub fn lease(self: &Arc<Self>) -> Option<Lease> {
        let mut connections = self.lock();
        close_idle(&mut connections);
        let here = thread::current().id();
        let calls = |one: &Connection| (one.calls, one.thread == here);
        let index = place(connections.iter().map(calls))?;
        if index == connections.len() {
            connections.push(Connection {
                channel: Channel::new(self.connector.clone()),
                thread: here,
                calls: 0,
                used: Instant::now(),
            });
        }
        let connection = connections.get_mut(index)?;
        connection.calls += 1;
        Some(Lease {
            channel: connection.channel.clone(),
            pool: Arc::clone(self),
            index,
        })
    }

    /// How many connections are open or about to be opened.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// One at a time, and the last: leases know connections by their index.
fn close_idle(connections: &mut Vec<Connection>) {
    let idle = |last: &Connection| last.calls == 0 && last.used.elapsed() > IDLE;
    if connections.len() > 1 && connections.last().is_some_and(idle) {
        connections.pop();
    }
}

/// The index of the connection for the next call, given the calls of each and
/// whether it is of this thread; one behind the last for a new connection. The
/// first that has room comes first, so that the last ones become idle. Those of
/// other threads are used when there can be no more.
fn place(calls: impl ExactSizeIterator<Item = (usize, bool)> + Clone) -> Option<usize> {
    let open = calls.len();
    let has_room = |(calls, own)| own && calls < SHARE;
    if let Some(index) = calls.clone().position(has_room) {
        return Some(index);
    }
    if open < MOST_CONNECTIONS {
        return Some(open);
    }
    let (index, (least, _)) = calls
        .enumerate()
        .min_by_key(|(_, (calls, own))| (*calls, !own))?;
    (least < MOST_CALLS).then_some(index)
}

/// A place for one call.
#[derive(Debug)]
pub struct Lease {
    /// Where the call goes.
    pub channel: Channel,
    pool: Arc<Pool>,
    index: usize,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.pool.lock().get_mut(self.index) {
            connection.calls -= 1;
            connection.used = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(calls: &[usize]) -> Option<usize> {
        place(calls.iter().map(|calls| (*calls, true)))
    }

    #[test]
    fn calls_fill_connections_and_then_open_others() {
        assert_eq!(next(&[]), Some(0));
        assert_eq!(next(&[SHARE - 1, 0]), Some(0));
        assert_eq!(next(&[SHARE, 3]), Some(1));
        assert_eq!(next(&[SHARE, SHARE]), Some(2));
        let mut full = [MOST_CALLS; MOST_CONNECTIONS];
        assert_eq!(next(&full), None);
        full[7] -= 1;
        assert_eq!(next(&full), Some(7));
    }

    #[test]
    fn connections_of_other_threads_are_used_last() {
        let next = |calls: &[(usize, bool)]| place(calls.iter().copied());
        assert_eq!(next(&[(0, false), (3, true)]), Some(1));
        assert_eq!(next(&[(0, false), (SHARE, true)]), Some(2));
        let mut full = [(3, false); MOST_CONNECTIONS];
        full[5].1 = true;
        full[6] = (2, false);
        assert_eq!(next(&full), Some(5));
        full[5].0 = SHARE;
        assert_eq!(next(&full), Some(6));
    }

    #[tokio::test]
    async fn a_lease_frees_its_place() -> Result<(), String> {
        let pool = Arc::new(Pool::new("127.0.0.1:1".parse()?));
        let leases: Vec<_> = (0..Pool::MOST_CALLS).map_while(|_| pool.lease()).collect();
        assert_eq!(
            (leases.len(), pool.connections()),
            (Pool::MOST_CALLS, MOST_CONNECTIONS)
        );
        assert!(pool.lease().is_none());
        drop(leases);
        assert!(pool.lease().is_some());
        Ok(())
    }

    #[tokio::test]
    async fn idle_connections_are_closed_but_one() -> Result<(), String> {
        let pool = Arc::new(Pool::new("127.0.0.1:1".parse()?));
        drop((0..=2 * SHARE).map(|_| pool.lease()).collect::<Vec<_>>());
        assert_eq!(pool.connections(), 3);
        if let Some(long_ago) = Instant::now().checked_sub(2 * IDLE) {
            for connection in pool.lock().iter_mut() {
                connection.used = long_ago;
            }
            for left in [2, 1, 1] {
                drop(pool.lease());
                assert_eq!(pool.connections(), left);
            }
        }
        Ok(())
    }
}

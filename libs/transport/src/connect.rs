//! Opens the connection to one plugin.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, time::timeout};

use crate::{Endpoint, batched::Batched, resolve};

/// Of one address; the next one is tried afterwards.
const ADDRESS_LIMIT: Duration = Duration::from_millis(1000);
/// Of resolving and all addresses.
const WHOLE_LIMIT: Duration = Duration::from_millis(2500);
/// A channel connects for one waiting call after another: without this pause,
/// the tenth call to a silent address would fail ten limits later.
const PAUSE: Duration = Duration::from_millis(200);

/// The stream of a connection.
pub(crate) type Plugin = Batched<TcpStream>;

/// Opens connections to a plugin. Clones share what they know of failures.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    endpoint: Endpoint,
    failure: Arc<Mutex<Option<(Instant, String)>>>,
}

impl Connector {
    /// Connects to `endpoint`, resolving its name each time.
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            failure: Arc::default(),
        }
    }

    pub(crate) async fn connect(&self) -> io::Result<Plugin> {
        if let Some(recent) = self.recent_failure() {
            return Err(io::Error::other(recent));
        }
        let result = connect(&self.endpoint).await;
        let failure = result
            .as_ref()
            .err()
            .map(|error| (Instant::now(), error.to_string()));
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
        result.map(Batched::new)
    }

    fn recent_failure(&self) -> Option<String> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure
            .as_ref()
            .filter(|(at, _)| at.elapsed() < PAUSE)
            .map(|(_, why)| why.clone())
    }
}

/// A connection that is being opened.
pub type Connecting<'e> = Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send + 'e>>;

/// Opens a connection, resolving the name. Boxed, so that callers instantiate no
/// resolver, which is 300 kB.
#[must_use]
pub fn connect(endpoint: &Endpoint) -> Connecting<'_> {
    Box::pin(async move {
        let attempt = timeout(WHOLE_LIMIT, open(endpoint)).await;
        attempt.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    })
}

async fn open(endpoint: &Endpoint) -> io::Result<TcpStream> {
    let mut last = io::Error::other("no address");
    for ip in resolve(&endpoint.host).await? {
        let attempt = timeout(ADDRESS_LIMIT, TcpStream::connect((ip, endpoint.port))).await;
        match attempt.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(stream) => {
                // Nagle's algorithm would hold back small frames for up to 40 ms.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

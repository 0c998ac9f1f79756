//! Listening sockets.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, body::Body};
use http::{Request, Response};
use tokio::{net::TcpListener, sync::watch, time::sleep};
use tower::ServiceExt;

use crate::{
    Peer, Workers,
    activity::Activity,
    connection::Connection,
    connections::{Connections, Limits},
    stream::Secure,
};

/// Ends when serving shall stop. Boxed, so that callers instantiate no server.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Makes the answer to a request. Boxed for the same reason.
pub type Handler = Arc<dyn Fn(Request<Body>) -> Answering + Send + Sync>;

/// An answer in the making.
pub type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// Answers by a router.
pub fn routed(router: Router) -> Handler {
    Arc::new(move |request| {
        let answering = router.clone().oneshot(request);
        Box::pin(async move {
            let Ok(answer) = answering.await;
            answer
        })
    })
}

/// Refused connections are logged at most this often.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// An open listener and its true address, which differs from the configured one
/// for port 0.
pub struct Listener {
    socket: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
    /// What is open.
    pub connections: Arc<Connections>,
    trusted: bool,
    limits: Limits,
    secure: Option<Secure>,
    workers: Workers,
}

impl Listener {
    /// Opens a listener.
    ///
    /// # Errors
    /// When the address is taken or not ours; the message names it.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{address}: {error}"));
        let socket = TcpListener::bind(address).await.map_err(named)?;
        let address = socket.local_addr().map_err(named)?;
        Ok(Self {
            socket,
            address,
            connections: Arc::default(),
            trusted: false,
            limits: Limits::default(),
            secure: None,
            workers: Workers::here(),
        })
    }

    /// For clients that begin with a handshake; the others are cut off.
    #[must_use]
    pub fn secured(self, secure: Option<Secure>) -> Self {
        Self { secure, ..self }
    }

    /// Served by these threads.
    #[must_use]
    pub fn served_by(self, workers: Workers) -> Self {
        Self { workers, ..self }
    }

    /// With other limits than the default ones.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// For plugins, whose client is the proxy: it resets calls as fast as its
    /// clients cancel them, and must not lose its connection for that.
    #[must_use]
    pub fn trusting(self) -> Self {
        Self {
            trusted: true,
            ..self
        }
    }

    /// Serves HTTP/1.1 and HTTP/2 until `stop` ends and every connection has
    /// finished its calls.
    ///
    /// # Errors
    /// Never at present; accept errors are logged and retried.
    pub async fn serve(self, handler: Handler, mut stop: Stop) -> io::Result<()> {
        let (closing, open) = watch::channel(());
        let mut logged = None;
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = &mut stop => break,
            };
            let (stream, address) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    retry_later(&error).await;
                    continue;
                }
            };
            let peer = Peer(address.ip().to_canonical());
            let Some(place) = self.connections.enter(peer, &self.limits) else {
                self.log_refusal(peer, &mut logged);
                continue;
            };
            let connection = Connection {
                peer,
                activity: Activity::new(),
                limits: self.limits,
                trusted: self.trusted,
                secure: self.secure.clone(),
                place,
            };
            let (handler, open) = (Arc::clone(&handler), open.clone());
            let serve = move |stream| connection.serve(stream, handler, open);
            self.workers.spawn(stream, serve);
        }
        drop(self.socket);
        drop(open);
        closing.send_replace(());
        closing.closed().await;
        Ok(())
    }

    fn log_refusal(&self, peer: Peer, logged: &mut Option<Instant>) {
        if logged.is_none_or(|at| at.elapsed() > LOG_EVERY) {
            *logged = Some(Instant::now());
            tracing::warn!(
                listen = %self.address,
                client = %peer.0,
                open = self.connections.open(),
                refused = self.connections.refused(),
                most = self.limits.most,
                most_of_client = self.limits.most_of_client,
                "too many connections; new ones are closed"
            );
        }
    }
}

/// One client's reset says nothing of the next connection; without descriptors
/// there is none, and trying at once would only keep the machine busy.
async fn retry_later(error: &io::Error) {
    let of_the_client = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    );
    if !of_the_client {
        tracing::warn!(%error, "cannot accept a connection");
        sleep(Duration::from_millis(100)).await;
    }
}

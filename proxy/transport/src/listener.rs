//! Listening sockets.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    pin::{Pin, pin},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, body::Body};
use http::Request;
use hyper::{body::Incoming, rt::Executor, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tower::{Service, ServiceExt};

use crate::{
    connections::{Activity, Connections, Limits, Place},
    reader::watched,
    stream::{Secure, Stream},
    windows::{CONNECTION_WINDOW, SEND_BUFFER, STREAM_WINDOW, STREAMS},
};

/// Ends when serving shall stop. Boxed, so that callers instantiate no server.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Who sent a request; in the extensions of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// Who counts as one client: a host has all addresses of its IPv6 network,
    /// usually 64 bits wide.
    #[must_use]
    pub fn client(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).into(),
        }
    }
}

/// A client that vanished answers no pings.
const PING_EVERY: Duration = Duration::from_secs(30);
const PONG_LIMIT: Duration = Duration::from_secs(10);
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
}

/// Spawns the task of each stream, watched.
#[derive(Clone)]
struct Streams(Activity);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let running = self.0.begin();
        tokio::spawn(async move {
            watched(stream).await;
            drop(running);
        });
    }
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
        })
    }

    /// For clients that speak TLS; others get no answer.
    #[must_use]
    pub fn secured(self, secure: Option<Secure>) -> Self {
        Self { secure, ..self }
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
    pub async fn serve(self, router: Router, mut stop: Stop) -> io::Result<()> {
        let (closing, open) = watch::channel(());
        let mut logged = None;
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let peer = Peer(peer.ip().to_canonical());
                    match self.connections.enter(peer.client(), &self.limits) {
                        Some(place) => {
                            let connection = Connection::new(&self, peer, place);
                            tokio::spawn(connection.serve(stream, router.clone(), open.clone()));
                        }
                        None => self.log_refusal(peer, &mut logged),
                    }
                }
                Err(error) => retry_later(&error).await,
            }
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

/// An accepted connection.
struct Connection {
    peer: Peer,
    activity: Activity,
    limits: Limits,
    trusted: bool,
    secure: Option<Secure>,
    _place: Place,
}

impl Connection {
    fn new(listener: &Listener, peer: Peer, place: Place) -> Self {
        Self {
            peer,
            activity: Activity::new(),
            limits: listener.limits,
            trusted: listener.trusted,
            secure: listener.secure.clone(),
            _place: place,
        }
    }

    fn builder(&self) -> Builder<Streams> {
        let mut builder = Builder::new(Streams(self.activity.clone()));
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(PING_EVERY)
            .keep_alive_timeout(PONG_LIMIT)
            .max_concurrent_streams(STREAMS)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(SEND_BUFFER);
        if self.trusted {
            builder
                .http2()
                .max_pending_accept_reset_streams(usize::MAX)
                .max_local_error_reset_streams(None);
        }
        builder
    }

    async fn handshake(&self, stream: TcpStream) -> io::Result<Stream> {
        let Some(secure) = &self.secure else {
            return Ok(Stream::Plain(stream));
        };
        let limited = timeout(self.limits.header, secure(stream)).await;
        let secured = limited.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
        Ok(Stream::Secured(secured))
    }

    async fn serve(self, stream: TcpStream, router: Router, mut open: watch::Receiver<()>) {
        // Without this a small answer may wait 10 ms for an acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let stream = match self.handshake(stream).await {
            Ok(stream) => stream,
            Err(error) => {
                tracing::debug!(client = %self.peer.0, %error, "no TLS handshake");
                return;
            }
        };
        let (peer, activity) = (self.peer, self.activity.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let running = activity.begin();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            let answer = answer(router.clone(), request);
            async move {
                let answered = answer.await;
                drop(running);
                answered
            }
        });
        let builder = self.builder();
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            ended = connection.as_mut() => return log_end(ended),
            _ = open.changed() => {}
            () = self.activity.idle(&self.limits) => {}
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            ended = connection => log_end(ended),
            () = self.activity.goodbye() => {}
        }
    }
}

fn log_end<E: Into<Box<dyn std::error::Error + Send + Sync>>>(ended: Result<(), E>) {
    if let Err(error) = ended {
        tracing::trace!(error = error.into(), "a connection ended with an error");
    }
}

async fn answer(
    mut router: Router,
    request: Request<Body>,
) -> Result<axum::response::Response, Infallible> {
    <Router as ServiceExt<Request<Body>>>::ready(&mut router)
        .await?
        .call(request)
        .await
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

//! Listening sockets.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::{Pin, pin},
    time::Duration,
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
    time::sleep,
};
use tower::{Service, ServiceExt};

use crate::{
    reader::watched,
    windows::{CONNECTION_WINDOW, SEND_BUFFER, STREAM_WINDOW, STREAMS},
};

/// Ends when serving shall stop. Boxed, so that callers instantiate no server.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Who sent a request; in the extensions of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// An open listener and its true address, which differs from the configured one
/// for port 0.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
    trusted: bool,
}

/// Spawns the task of each stream, watched.
#[derive(Clone)]
struct Streams;

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        tokio::spawn(watched(stream));
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
            trusted: false,
        })
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
        let builder = self.builder();
        let (closing, open) = watch::channel(());
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let served = serve_connection(
                        builder.clone(),
                        stream,
                        Peer(peer.ip().to_canonical()),
                        router.clone(),
                        open.clone(),
                    );
                    tokio::spawn(served);
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

    fn builder(&self) -> Builder<Streams> {
        let mut builder = Builder::new(Streams);
        builder.http1().timer(TokioTimer::new());
        builder
            .http2()
            .timer(TokioTimer::new())
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
}

async fn serve_connection(
    builder: Builder<Streams>,
    stream: TcpStream,
    peer: Peer,
    router: Router,
    mut open: watch::Receiver<()>,
) {
    // Without this a small answer may wait 10 ms for an acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was refused");
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        answer(router.clone(), request)
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = open.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(error, "a connection ended with an error");
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

//! One accepted connection.

use std::{convert::Infallible, error::Error, future::Future, io, pin::pin, time::Duration};

use axum::body::Body;
use http::Request;
use hyper::{body::Incoming, rt::Executor, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{net::TcpStream, sync::watch, time::timeout};

use crate::{
    Peer,
    activity::Activity,
    batched::Batched,
    connections::{Limits, Place},
    listener::Handler,
    reader::watched,
    stream::{Secure, Stream},
    windows::{CONNECTION_WINDOW, SEND_BUFFER, STREAM_WINDOW, STREAMS},
};

/// A client that vanished answers no pings.
const PING_EVERY: Duration = Duration::from_secs(30);
const PONG_LIMIT: Duration = Duration::from_secs(10);

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

/// An accepted connection.
pub(crate) struct Connection {
    pub(crate) peer: Peer,
    pub(crate) activity: Activity,
    pub(crate) limits: Limits,
    pub(crate) trusted: bool,
    pub(crate) secure: Option<Secure>,
    /// Taken before the handshake: one that does not end counts, too.
    pub(crate) place: Place,
}

impl Connection {
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

    /// The stream after its handshake, if the listener wants one.
    async fn secured(&self, stream: TcpStream) -> io::Result<Stream> {
        let Some(secure) = &self.secure else {
            return Ok(Stream::Plain(stream));
        };
        let limited = timeout(self.limits.header, secure(stream)).await;
        let secured = limited.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
        Ok(Stream::Secured(secured))
    }

    /// Serves its requests until it ends, does nothing, or `open` says that the
    /// listener closes.
    pub(crate) async fn serve(
        self,
        stream: TcpStream,
        handler: Handler,
        mut open: watch::Receiver<()>,
    ) {
        // Without this a small answer may wait 10 ms for an acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let secured = tokio::select! {
            secured = self.secured(stream) => secured,
            _ = open.changed() => return,
        };
        let stream = match secured {
            Ok(stream) => stream,
            Err(error) => {
                self.place.count_failed_handshake();
                tracing::debug!(client = %self.peer.0, %error, "a TLS handshake failed");
                return;
            }
        };
        let stream = TokioIo::new(Batched::new(stream));
        let (peer, activity) = (self.peer, self.activity.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let running = activity.begin();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            let answering = handler(request);
            async move {
                let answer = answering.await;
                drop(running);
                Ok::<_, Infallible>(answer)
            }
        });
        let builder = self.builder();
        let mut connection = pin!(builder.serve_connection(stream, service));
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

fn log_end(ended: Result<(), Box<dyn Error + Send + Sync>>) {
    if let Err(error) = ended {
        tracing::debug!(error, "a connection ended with an error");
    }
}

//! The channel to one plugin.

use std::{
    error::Error,
    fmt::{Debug, Formatter},
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{
    Request, Response, Uri,
    uri::{Authority, Scheme},
};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard},
};
use tonic::{ConnectError, body::Body};

use crate::{
    Endpoint,
    connect::Connector,
    windows::{PLUGIN_CONNECTION_WINDOW, STREAM_WINDOW},
};

type Sender = SendRequest<Body>;
type BoxError = Box<dyn Error + Send + Sync>;

/// An HTTP/2 connection to a plugin, for calls of gRPC. It connects at its first
/// call, and anew after a loss, resolving the name each time. Clones share the
/// connection.
///
/// tonic's own channel has a task between its calls and the connection, which
/// every call wakes.
#[derive(Clone)]
pub struct Channel(Arc<Shared>);

struct Shared {
    connector: Connector,
    /// Where the connection's frames are read and written.
    runtime: Handle,
    sender: Arc<Mutex<Option<Sender>>>,
}

/// A channel to a plugin. Needs a Tokio runtime.
#[must_use]
pub fn channel(endpoint: Endpoint) -> Channel {
    Channel::new(Connector::new(endpoint))
}

impl Channel {
    /// A channel of its own; connectors that are clones share what they know of
    /// failures.
    pub(crate) fn new(connector: Connector) -> Self {
        Self(Arc::new(Shared {
            connector,
            runtime: Handle::current(),
            sender: Arc::default(),
        }))
    }

    async fn sender(self) -> Result<Sender, BoxError> {
        let sender = Arc::clone(&self.0.sender).lock_owned().await;
        match &*sender {
            Some(open) if !open.is_closed() => Ok(open.clone()),
            // A task, since a call that is given up while it connects would leave the next
            // one at the beginning.
            _ => self.0.runtime.clone().spawn(self.open(sender)).await?,
        }
    }

    async fn open(self, mut sender: OwnedMutexGuard<Option<Sender>>) -> Result<Sender, BoxError> {
        let stream = self.0.connector.connect().await;
        let stream = stream.map_err(|error| ConnectError(error.into()))?;
        let (open, connection) = http2().handshake(stream).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the connection to a plugin ended with an error");
            }
        });
        *sender = Some(open.clone());
        Ok(open)
    }
}

fn http2() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        // A plugin whose host vanished sends no reset: only pings notice.
        .keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(3))
        .keep_alive_while_idle(true)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(PLUGIN_CONNECTION_WINDOW)
        // Data of a cancelled call that is still on its way is an error of the
        // plugin once its stream is forgotten, and 1024 errors would end the
        // connection for everyone's calls: clients may cancel as they like.
        .max_concurrent_reset_streams(1024)
        .max_local_error_reset_streams(None);
    builder
}

/// HTTP/2 wants scheme and authority, of which gRPC needs no particular one.
fn with_origin(uri: Uri) -> Result<Uri, http::uri::InvalidUriParts> {
    let mut parts = uri.into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(Authority::from_static("prism-plugin"));
    Uri::from_parts(parts)
}

impl tower::Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let channel = self.clone();
        Box::pin(async move {
            *request.uri_mut() = with_origin(std::mem::take(request.uri_mut()))?;
            let response = channel.sender().await?.send_request(request).await?;
            Ok(response.map(Body::new))
        })
    }
}

impl Debug for Channel {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Channel")
            .field("connector", &self.0.connector)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;
    use tokio::{
        io::AsyncReadExt,
        net::{TcpListener, TcpStream},
        time::{sleep, timeout},
    };
    use tower::Service;

    const LIMIT: Duration = Duration::from_secs(10);

    async fn listen() -> Result<(TcpListener, Channel), BoxError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = listener.local_addr()?.to_string().parse()?;
        Ok((listener, channel(endpoint)))
    }

    async fn reads_preface(mut stream: TcpStream) -> Result<TcpStream, BoxError> {
        let mut preface = [0; 24];
        timeout(LIMIT, stream.read_exact(&mut preface)).await??;
        assert!(preface.starts_with(b"PRI * HTTP/2.0"));
        Ok(stream)
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_leaves_its_connection_to_the_next() -> Result<(), BoxError> {
        let (listener, mut channel) = listen().await?;
        let mut given_up = channel.call(Request::new(Body::empty()));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(given_up.as_mut().poll(&mut cx).is_pending());
        drop(given_up);
        let (stream, _) = timeout(LIMIT, listener.accept()).await??;
        let _open = reads_preface(stream).await?;
        let next = tokio::spawn(channel.call(Request::new(Body::empty())));
        let another = timeout(Duration::from_millis(100), listener.accept()).await;
        assert!(another.is_err());
        next.abort();
        Ok(())
    }

    #[tokio::test]
    async fn a_lost_connection_is_opened_anew() -> Result<(), BoxError> {
        let (listener, mut channel) = listen().await?;
        let first = tokio::spawn(channel.call(Request::new(Body::empty())));
        let (stream, _) = timeout(LIMIT, listener.accept()).await??;
        drop(reads_preface(stream).await?);
        assert!(timeout(LIMIT, first).await??.is_err());
        while !channel
            .0
            .sender
            .lock()
            .await
            .as_ref()
            .is_some_and(Sender::is_closed)
        {
            sleep(Duration::from_millis(1)).await;
        }
        let second = tokio::spawn(channel.call(Request::new(Body::empty())));
        let (stream, _) = timeout(LIMIT, listener.accept()).await??;
        reads_preface(stream).await?;
        second.abort();
        Ok(())
    }

    #[tokio::test]
    async fn a_refused_connection_is_an_unavailable_plugin() -> Result<(), BoxError> {
        let (listener, mut channel) = listen().await?;
        drop(listener);
        let refused = timeout(LIMIT, channel.call(Request::new(Body::empty()))).await?;
        let Err(error) = refused else {
            return Err("connected".into());
        };
        let status = tonic::Status::from_error(error);
        assert_eq!(status.code(), tonic::Code::Unavailable);
        Ok(())
    }
}

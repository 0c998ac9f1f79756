//! The channel to one plugin.

mod incoming;
mod upload;

use std::{
    convert::Infallible,
    error::Error,
    fmt::{Debug, Formatter},
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use h2::{
    Ping, PingPong,
    client::{Builder, Connection, SendRequest},
};
use http::{
    HeaderMap, Request, Response, Uri, Version, header,
    uri::{Authority, Scheme},
};
use http_body::Body;
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard},
    time::{sleep, timeout},
};
use tonic::ConnectError;

use crate::{
    Endpoint,
    connect::{Connector, Plugin},
    windows::{PLUGIN_CONNECTION_WINDOW, STREAM_WINDOW},
};

pub use incoming::Incoming;

type Sender = SendRequest<Bytes>;
/// An error of any kind.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A plugin whose host vanished sends no reset: only pings notice.
const PING_EVERY: Duration = Duration::from_secs(10);
const PONG_LIMIT: Duration = Duration::from_secs(3);
/// Of the head of an answer, as in hyper.
const MOST_HEADERS: u32 = 16 * 1024;
/// What HTTP/1.1 says of its connection, and HTTP/2 refuses (RFC 9113, 8.2.2).
const OF_THE_CONNECTION: [header::HeaderName; 5] = [
    header::CONNECTION,
    header::HeaderName::from_static("keep-alive"),
    header::HeaderName::from_static("proxy-connection"),
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// An HTTP/2 connection to a plugin, for calls of gRPC. It connects at its first
/// call, and anew after a loss, resolving the name each time. Clones share the
/// connection.
///
/// The channels of tonic and hyper have tasks between their calls and the
/// connection, which every call wakes. Here a call has the connection's streams
/// itself.
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

    /// Sends a request, whose authority does not matter, and waits for the head
    /// of its answer. Given up, the call is reset.
    ///
    /// # Errors
    /// The plugin cannot be reached ([`ConnectError`]), or the connection or the
    /// stream broke before the answer ([`h2::Error`]).
    pub async fn send<B>(self, request: Request<B>) -> Result<Response<Incoming>, BoxError>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let (mut parts, body) = request.into_parts();
        parts.uri = with_origin(parts.uri)?;
        if parts.version < Version::HTTP_2 {
            remove_of_the_connection(&mut parts.headers);
        }
        let ended = body.is_end_stream();
        let mut sender = self.sender().await?;
        let (answer, stream) = sender.send_request(Request::from_parts(parts, ()), ended)?;
        let sending = if ended {
            None
        } else {
            upload::upload(body, stream).await
        };
        Ok(answer.await?.map(|stream| Incoming::new(stream, sending)))
    }

    async fn sender(self) -> Result<Sender, BoxError> {
        let sender = Arc::clone(&self.0.sender).lock_owned().await;
        if let Some(open) = &*sender {
            // It is ready at once, or it is lost.
            if let Ok(open) = open.clone().ready().await {
                return Ok(open);
            }
        }
        // A task, since a call that is given up while it connects would leave the next
        // one at the beginning.
        self.0.runtime.clone().spawn(self.open(sender)).await?
    }

    async fn open(self, mut sender: OwnedMutexGuard<Option<Sender>>) -> Result<Sender, BoxError> {
        let stream = self.0.connector.connect().await;
        let stream = stream.map_err(|error| ConnectError(error.into()))?;
        let (open, mut connection) = http2().handshake(stream).await?;
        let pings = connection.ping_pong();
        tokio::spawn(async move {
            if let Err(error) = drive(connection, pings).await {
                tracing::debug!(%error, "the connection to a plugin was lost");
            }
        });
        *sender = Some(open.clone());
        Ok(open)
    }
}

/// Reads and writes frames until the plugin closes the connection, or until the
/// channel and all of its calls have been dropped.
async fn drive(
    connection: Connection<Plugin, Bytes>,
    pings: Option<PingPong>,
) -> Result<(), BoxError> {
    tokio::select! {
        ended = connection => Ok(ended?),
        silent = keep_alive(pings) => match silent? {},
    }
}

/// Ends with an error once a ping is not answered in time.
async fn keep_alive(pings: Option<PingPong>) -> Result<Infallible, BoxError> {
    let Some(mut pings) = pings else {
        return std::future::pending().await;
    };
    loop {
        sleep(PING_EVERY).await;
        timeout(PONG_LIMIT, pings.ping(Ping::opaque())).await??;
    }
}

fn http2() -> Builder {
    let mut builder = Builder::new();
    builder
        .enable_push(false)
        .max_header_list_size(MOST_HEADERS)
        .initial_window_size(STREAM_WINDOW)
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

fn remove_of_the_connection(headers: &mut HeaderMap) {
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
}

impl tower::Service<Request<tonic::body::Body>> for Channel {
    type Response = Response<Incoming>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Incoming>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> Self::Future {
        Box::pin(self.clone().send(request))
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
mod tests;

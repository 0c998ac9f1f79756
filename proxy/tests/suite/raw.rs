//! A client that sends what no gRPC library would.

use std::net::SocketAddr;

use axum::body::Body;
use http::{Method, Request, Response, StatusCode, Version};
use hyper::{
    body::Incoming,
    client::conn::http2::{self, SendRequest},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

/// An HTTP/2 connection whose windows, of streams and of itself, have this many bytes.
pub async fn connect(address: SocketAddr, window: u32) -> SendRequest<Body> {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(window)
        .initial_connection_window_size(window)
        .handshake(stream)
        .await
        .unwrap();
    tokio::spawn(connection);
    sender
}

/// A gRPC request for the namespace `one`.
pub fn request(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder()
        .method(Method::POST)
        .version(Version::HTTP_2)
        .uri(format!("http://proxy{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("x-prism-namespace", "one")
        .body(body.into())
        .unwrap()
}

/// A gRPC message of a `GetRequest` for a key.
pub fn get(key: &str) -> Vec<u8> {
    let length = u8::try_from(key.len()).unwrap();
    let mut message = vec![0, 0, 0, 0, length + 2, 0x0a, length];
    message.extend_from_slice(key.as_bytes());
    message
}

/// The gRPC status that the headers of an answer bring.
pub fn status(answer: &Response<Incoming>) -> (StatusCode, String) {
    let code = answer.headers().get("grpc-status");
    let code = code.map_or("", |code| code.to_str().unwrap());
    (answer.status(), code.to_owned())
}

//! Connections that do nothing, and too many of them.

use std::{net::SocketAddr, time::Duration};

use prism_proto::keyvalue::v1::GetRequest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    plugin,
    proxy::{self, to},
    wait::{PATIENCE, until},
};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Sends bytes, and waits until the proxy closes the connection.
async fn closed_after(address: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut rest = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    // A reset is an end as well.
    let _closed = end.expect("the proxy keeps the connection");
}

#[tokio::test]
async fn what_sends_no_request_is_closed() {
    let plugin = plugin::anywhere().await;
    let brief = "connections: {header_ms: 200, idle_ms: 200}\n";
    let proxy = proxy::start_configured(brief, &[("one", plugin.address, "")], &[]);
    let whole = b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n";
    for bytes in [
        &b""[..],
        b"PRI",
        b"GET /health HTTP/1.1\r\nhost:",
        whole,
        PREFACE,
    ] {
        closed_after(proxy.listen, bytes).await;
    }
    until("no connection to be open", || async {
        let (_, metrics) = proxy.admin("/metrics").await;
        metrics.contains("prism_connections 0\n").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_call_in_flight_keeps_its_connection() {
    let plugin = plugin::anywhere().await;
    let brief = "connections: {header_ms: 100, idle_ms: 100}\n";
    let proxy = proxy::start_configured(brief, &[("one", plugin.address, "")], &[]);
    let mut client = proxy.client().await;
    let get = |key: &str| to("one", GetRequest { key: key.into() });
    let slow = get("slow");
    let call = tokio::spawn({
        let mut client = client.clone();
        async move { client.get(slow).await }
    });
    plugin.store.arrived.notified().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    plugin.store.release.notify_one();
    call.await.unwrap().unwrap();
    // Closing an idle connection costs no later call.
    for _ in 0..3 {
        client.get(get("k")).await.unwrap();
        // Long after the end of the connection, even on a busy machine: a call
        // that meets it fails in the client.
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
}

async fn is_closed(stream: &mut TcpStream) -> bool {
    let read = timeout(Duration::from_millis(500), stream.read(&mut [0])).await;
    matches!(read, Ok(Ok(0) | Err(_)))
}

#[tokio::test]
async fn too_many_connections_are_closed_and_counted() {
    let plugin = plugin::anywhere().await;
    for limit in ["connections: {max: 3}\n", "clients: {max_connections: 3}\n"] {
        let proxy = proxy::start_configured(limit, &[("one", plugin.address, "")], &[]);
        let mut open = Vec::new();
        for _ in 0..4 {
            open.push(TcpStream::connect(proxy.listen).await.unwrap());
        }
        assert!(is_closed(&mut open.pop().unwrap()).await, "{limit}");
        assert!(!is_closed(&mut open.pop().unwrap()).await, "{limit}");
        let (status, metrics) = proxy.admin("/metrics").await;
        assert_eq!(status, 200);
        for line in ["prism_connections_refused_total 1\n", "prism_connections "] {
            assert!(metrics.contains(line), "{limit}: {metrics}");
        }
    }
}

#[tokio::test]
async fn clients_leave_descriptors_to_health_and_plugins() {
    let plugin = plugin::anywhere().await;
    let proxy = proxy::start_with_descriptors(220, &[("one", plugin.address, "")]);
    let mut client = proxy.client().await;
    let mut open = Vec::new();
    for _ in 0..300 {
        open.push(TcpStream::connect(proxy.listen).await.unwrap());
    }
    let (status, _) = proxy.admin("/health/ready").await;
    assert_eq!(status, 200);
    let get = to("one", GetRequest { key: "k".into() });
    client.get(get).await.unwrap();
    drop(open);
    until("room for another client", || async {
        let mut stream = TcpStream::connect(proxy.listen).await.ok()?;
        (!is_closed(&mut stream).await).then_some(())
    })
    .await;
}

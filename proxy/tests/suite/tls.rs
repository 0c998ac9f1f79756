//! TLS of the data port.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use axum::body::Body;
use http::StatusCode;
use hyper::client::conn::http2::SendRequest;
use rcgen::{CertifiedKey, KeyPair};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    certificates::{authority, connect, http2, issued_by, section, write},
    commands::check,
    plugin,
    proxy::{self, Proxy},
    raw,
    wait::{PATIENCE, until},
};

/// The HTTP and gRPC status of a call, or why there is none.
async fn call_on(sender: &mut SendRequest<Body>) -> Result<(StatusCode, String), String> {
    let path = "/prism.keyvalue.v1.KeyValue/Get";
    let answer = sender.send_request(raw::request(path, raw::get("k"))).await;
    answer
        .map(|answer| raw::status(&answer))
        .map_err(|error| error.to_string())
}

async fn call(
    address: SocketAddr,
    trusts: &CertifiedKey,
    own: Option<&CertifiedKey>,
) -> Result<(StatusCode, String), String> {
    call_on(&mut http2(address, trusts, own).await?).await
}

fn fine() -> Result<(StatusCode, String), String> {
    Ok((StatusCode::OK, String::new()))
}

fn start(tls: &str, plugin: SocketAddr) -> Proxy {
    proxy::start_configured(tls, &[("one", plugin, "")], &[])
}

fn reload(proxy: &Proxy, tls: &str, plugin: SocketAddr) -> String {
    let row = format!("- {{name: one, backend: test, endpoint: '{plugin}'}}\n");
    let line = proxy.reload(&format!("{tls}namespaces:\n{row}"));
    line["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_reload_renews_certificates_and_open_connections_stay() {
    let plugin = plugin::anywhere().await;
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (authority(), authority());
    write(folder.path(), &first);
    let tls = section(folder.path(), false);
    let proxy = start(&tls, plugin.address);
    let mut open = http2(proxy.listen, &first, None).await.unwrap();
    assert_eq!(call_on(&mut open).await, fine());
    assert!(call(proxy.listen, &second, None).await.is_err());

    fs::write(folder.path().join("key.pem"), "torn").unwrap();
    let line = reload(&proxy, &tls, plugin.address);
    assert_eq!(line, "the configuration stays as it was");
    assert_eq!(call(proxy.listen, &first, None).await, fine());

    write(folder.path(), &second);
    let line = reload(&proxy, &tls, plugin.address);
    assert_eq!(line, "the configuration was read again");
    assert_eq!(call(proxy.listen, &second, None).await, fine());
    assert!(call(proxy.listen, &first, None).await.is_err());
    assert_eq!(call_on(&mut open).await, fine());
}

#[tokio::test]
async fn clients_show_certificates_where_they_must() {
    let plugin = plugin::anywhere().await;
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (authority(), authority());
    write(folder.path(), &ours);
    let proxy = start(&section(folder.path(), true), plugin.address);
    let good = call(proxy.listen, &ours, Some(&issued_by(&ours))).await;
    assert_eq!(good, fine());
    for wrong in [None, Some(&issued_by(&theirs)), Some(&theirs)] {
        let refused = call(proxy.listen, &ours, wrong).await;
        assert!(refused.is_err(), "{refused:?}");
    }
    failed_handshakes(&proxy, 3).await;
}

/// Waits until the proxy has counted so many.
async fn failed_handshakes(proxy: &Proxy, count: usize) {
    let line = format!("prism_tls_handshakes_failed_total {count}\n");
    until("failed handshakes to be counted", || async {
        let (_, metrics) = proxy.admin("/metrics").await;
        metrics.contains(&line).then_some(())
    })
    .await;
}

#[tokio::test]
async fn http_1_is_served_for_probes_and_plain_text_is_cut_off() {
    let plugin = plugin::anywhere().await;
    let folder = tempfile::tempdir().unwrap();
    let ours = authority();
    write(folder.path(), &ours);
    let proxy = start(&section(folder.path(), false), plugin.address);
    let stream = connect(proxy.listen, &ours, None, b"http/1.1").await;
    let mut stream = stream.unwrap();
    let request = b"GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    let other = connect(proxy.listen, &ours, None, b"gopher").await;
    assert!(other.is_err());

    let mut plain = raw::connect(proxy.listen, 65_535).await;
    assert!(call_on(&mut plain).await.is_err());
    failed_handshakes(&proxy, 2).await;
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_cut_off_and_counts_as_connection() {
    let plugin = plugin::anywhere().await;
    let folder = tempfile::tempdir().unwrap();
    let ours = authority();
    write(folder.path(), &ours);
    let limits = "connections: {header_ms: 1000}\nclients: {max_connections: 2}\n";
    let tls = limits.to_owned() + &section(folder.path(), false);
    let proxy = start(&tls, plugin.address);
    let mut open = Vec::new();
    // The head of a record and of a ClientHello that never comes.
    for bytes in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"] {
        let mut stream = TcpStream::connect(proxy.listen).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        open.push(stream);
    }
    assert!(call(proxy.listen, &ours, None).await.is_err());
    for mut stream in open {
        let end = timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await;
        // A reset is an end as well.
        let _closed = end.expect("the proxy keeps the connection");
    }
    failed_handshakes(&proxy, 2).await;
    assert_eq!(call(proxy.listen, &ours, None).await, fine());
}

#[tokio::test]
async fn a_drain_waits_for_no_handshake() {
    let plugin = plugin::anywhere().await;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &authority());
    let mut proxy = start(&section(folder.path(), false), plugin.address);
    let _silent = TcpStream::connect(proxy.listen).await.unwrap();
    until("the connection to be counted", || async {
        let (_, metrics) = proxy.admin("/metrics").await;
        metrics.contains("prism_connections 1\n").then_some(())
    })
    .await;
    proxy.terminate();
    let ended = timeout(Duration::from_secs(5), proxy.ended()).await;
    assert!(ended.expect("the proxy waits").success());
}

#[test]
fn bad_files_are_refused_each_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (authority(), authority());
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let refused = |expected: &str| {
        let tls = section(folder.path(), true).replace(", ", ",\n  ");
        let rows = "namespaces: [{name: a, backend: b, endpoint: 'c:1'}]\n";
        let said = check(Path::new(folder.path()), &(tls + rows));
        assert!(said.contains(expected), "{said} is not {expected}");
    };
    let torn = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
    write(folder.path(), &ours);
    put("cert.pem", torn);
    refused("c.yaml:1: `cert`: ");
    refused("cert.pem: is not valid PEM");
    put("cert.pem", &ours.key_pair.serialize_pem());
    refused("cert.pem: has no certificate in PEM");
    write(folder.path(), &ours);
    put("key.pem", &ours.cert.pem());
    refused("c.yaml:2: `key`: ");
    refused("key.pem: has no private key in PEM");
    put("key.pem", &KeyPair::generate().unwrap().serialize_pem());
    refused("c.yaml:1: `cert` and `key` do not fit");
    write(folder.path(), &theirs);
    put("ca.pem", "");
    refused("c.yaml:3: `client_ca`: ");
    fs::remove_file(folder.path().join("ca.pem")).unwrap();
    refused("ca.pem: cannot be read: No such file");
}

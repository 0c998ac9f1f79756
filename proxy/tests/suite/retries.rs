//! Connections that break during a call.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Instant,
};

use prism_proto::keyvalue::v1::{GetRequest, SetRequest};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tonic::Code;

use crate::{
    plugin,
    proxy::{self, to},
    wait::until,
};

/// Passes bytes on to a plugin, and breaks a connection that brings the key
/// `fragile`, as often as it is told.
async fn relay(plugin: SocketAddr, breaks: Arc<AtomicUsize>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client, plugin, Arc::clone(&breaks)));
        }
    });
    address
}

async fn pass(client: TcpStream, plugin: SocketAddr, breaks: Arc<AtomicUsize>) {
    let (mut from_plugin, mut to_plugin) = TcpStream::connect(plugin).await.unwrap().into_split();
    let (mut from_client, mut to_client) = client.into_split();
    let back = tokio::spawn(async move {
        let _ended = tokio::io::copy(&mut from_plugin, &mut to_client).await;
    });
    let mut bytes = [0; 16 * 1024];
    while let Ok(read @ 1..) = from_client.read(&mut bytes).await {
        let fragile = bytes[..read].windows(7).any(|part| part == b"fragile");
        let left = |n: usize| n.checked_sub(1);
        if fragile && breaks.fetch_update(SeqCst, SeqCst, left).is_ok() {
            break;
        }
        to_plugin.write_all(&bytes[..read]).await.unwrap();
    }
    back.abort();
}

#[tokio::test]
async fn only_idempotent_calls_are_sent_again() {
    let plugin = plugin::anywhere().await;
    plugin.store.keep("fragile", b"v".to_vec());
    let breaks = Arc::new(AtomicUsize::new(0));
    let address = relay(plugin.address, Arc::clone(&breaks)).await;
    let proxy = proxy::start(&[("one", address, "")]);
    let mut client = proxy.client().await;
    let get = || {
        to(
            "one",
            GetRequest {
                key: "fragile".into(),
            },
        )
    };
    let set = || SetRequest {
        key: "fragile".into(),
        value: b"w".to_vec(),
        ttl_ms: 0,
    };
    // The second try may meet the same connection before its end is known here.
    let got = until("a call that is sent again", || {
        breaks.store(1, SeqCst);
        let mut client = client.clone();
        async move { client.get(get()).await.ok() }
    })
    .await;
    assert_eq!(got.into_inner().value, b"v");
    assert_eq!(breaks.load(SeqCst), 0);
    let line = "prism_retries_total{backend=\"test\",namespace=\"one\"} ";
    assert!(proxy.admin("/metrics").await.1.contains(line));

    breaks.store(1, SeqCst);
    let lost = client.set(to("one", set())).await.unwrap_err();
    assert_eq!(lost.code(), Code::Unavailable, "{lost}");
    breaks.store(0, SeqCst);
    until("the plugin to be reached", || {
        let mut client = client.clone();
        async move { client.set(to("one", set())).await.ok() }
    })
    .await;
    assert_eq!(client.get(get()).await.unwrap().into_inner().value, b"w");
}

#[tokio::test]
async fn a_plugin_that_fails_and_fails_is_ejected() {
    let plugin = plugin::anywhere().await;
    let address = plugin.address;
    drop(plugin);
    let proxy = proxy::start(&[("one", address, "")]);
    let mut client = proxy.client().await;
    let get = || to("one", GetRequest { key: "k".into() });
    let mut ejected = 0;
    for _ in 0..20 {
        let error = client.get(get()).await.unwrap_err();
        assert_eq!(error.code(), Code::Unavailable);
        ejected += usize::from(error.message().contains("calls in a row"));
    }
    assert!(ejected > 0);
    let (_, metrics) = proxy.admin("/metrics").await;
    assert!(
        metrics.contains("prism_plugin_ejections_total{"),
        "{metrics}"
    );

    let _again = plugin::start(address).await;
    until("recovery", || {
        let mut client = client.clone();
        async move {
            // Shown if the test fails.
            let begun = Instant::now();
            let found = client.get(get()).await;
            found
                .inspect_err(|error| eprintln!("after {:?}: {error}", begun.elapsed()))
                .ok()
        }
    })
    .await;
}

//! SIGHUP reads the configuration again.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use prism_proto::keyvalue::v1::GetRequest;
use tonic::Code;

use crate::{
    plugin,
    proxy::{self, to},
    wait::until,
};

fn get(key: &str) -> GetRequest {
    GetRequest { key: key.into() }
}

fn yaml(rows: &[(&str, SocketAddr, u32)]) -> String {
    let row = |(name, address, ms): &(&str, SocketAddr, u32)| {
        format!("- {{name: {name}, backend: test, endpoint: '{address}', timeout_ms: {ms}}}\n")
    };
    format!("namespaces:\n{}", rows.iter().map(row).collect::<String>())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_notices_a_reload() {
    // The first is asked for more than the deadline, which is the proxy's to enforce.
    let (first, second) = (plugin::patient().await, plugin::anywhere().await);
    let proxy = proxy::start(&[("one", first.address, "")]);
    let client = proxy.client().await;
    let slow = {
        let mut client = client.clone();
        tokio::spawn(async move { client.get(to("one", get("slow"))).await })
    };
    first.store.arrived.notified().await;
    let stop = Arc::new(AtomicBool::new(false));
    let steady = {
        let (mut client, stop) = (client.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            while !stop.load(Relaxed) {
                client.get(to("one", get("k"))).await.unwrap();
            }
        })
    };
    for n in 0..20 {
        let one = if n % 2 == 0 { &second } else { &first };
        let rows = [
            ("one", one.address, 9000 + n),
            (
                "two",
                if n % 2 == 0 {
                    first.address
                } else {
                    second.address
                },
                1000,
            ),
        ];
        let line = proxy.reload(&yaml(&rows));
        assert_eq!(line["message"], "the configuration was read again");
    }
    stop.store(true, Relaxed);
    steady.await.unwrap();
    first.store.release.notify_one();
    slow.await.unwrap().unwrap();

    let mut client = client;
    client.get(to("two", get("k"))).await.unwrap();
    proxy.reload(&yaml(&[("one", first.address, 1)]));
    let gone = client.get(to("two", get("k"))).await.unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    let late = client.get(to("one", get("slow"))).await.unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded);
    until("the plugin to be probed", || async {
        let (_, text) = proxy.admin("/namespaces").await;
        (text.contains("\"up\":true") && !text.contains("two")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_wrong_file_changes_nothing() {
    let plugin = plugin::anywhere().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    for wrong in ["namespaces: [", "namespaces: []\n", ""] {
        let line = proxy.reload(wrong);
        assert_eq!(line["message"], "the configuration stays as it was");
        assert!(
            line["violations"]
                .as_str()
                .unwrap()
                .contains("config.yaml:")
        );
        let mut client = proxy.client().await;
        client.get(to("one", get("k"))).await.unwrap();
    }
}

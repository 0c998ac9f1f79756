//! Many calls at once.

use prism_proto::keyvalue::v1::{GetRequest, key_value_client::KeyValueClient};

use crate::{
    plugin,
    proxy::{self, Proxy, to},
    raw,
};

const VALUE: &[u8] = b"0123456789";

async fn all_answer(proxy: &Proxy, connections: usize, calls: usize, rounds: usize) {
    let mut channels = Vec::new();
    for _ in 0..connections {
        channels.push(proxy.channel().await);
    }
    let calls: Vec<_> = (0..calls)
        .map(|call| {
            let mut client = KeyValueClient::new(channels[call % connections].clone());
            tokio::spawn(async move {
                for _ in 0..rounds {
                    let got = client.get(to("one", GetRequest { key: "k".into() })).await;
                    assert_eq!(got.unwrap().into_inner().value, VALUE);
                }
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_once_have_no_errors() {
    let plugin = plugin::anywhere().await;
    plugin.store.keep("k", VALUE.to_vec());
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    for (connections, calls, rounds) in [(1, 256, 4), (8, 256, 4), (1, 1000, 2), (500, 1000, 1)] {
        all_answer(&proxy, connections, calls, rounds).await;
    }
}

#[tokio::test]
async fn one_client_has_a_limit_of_its_own() {
    let plugin = plugin::anywhere().await;
    let limit = "clients: {max_calls: 3}\n";
    let proxy = proxy::start_configured(limit, &[("one", plugin.address, "")], &[]);
    let mut sender = raw::connect(proxy.listen, 65_535).await;
    let mut slow = Vec::new();
    for _ in 0..3 {
        let request = raw::request("/prism.keyvalue.v1.KeyValue/Get", raw::get("slow"));
        slow.push(tokio::spawn(sender.send_request(request)));
        plugin.store.arrived.notified().await;
    }
    let mut client = proxy.client().await;
    let get = || to("one", GetRequest { key: "k".into() });
    let refused = client.get(get()).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::ResourceExhausted, "{refused}");
    plugin.store.release.notify_waiters();
    for call in slow {
        // Until it is dropped, an answer belongs to its call.
        drop(call.await.unwrap());
    }
    crate::wait::until("the places to be free", || {
        let mut client = client.clone();
        async move { client.get(get()).await.ok() }
    })
    .await;
}

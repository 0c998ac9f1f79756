//! Spans of calls, and the collector that gets them.

use std::{net::SocketAddr, sync::Arc};

use prism_proto::keyvalue::v1::GetRequest;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Mutex,
};

use crate::{
    plugin,
    proxy::{self, Proxy, to},
    wait::until,
};

type Seen = Arc<Mutex<Vec<Value>>>;

/// A collector that answers every request with this status, and the bodies that it got.
async fn collector(status: &'static str) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let bodies = Arc::clone(&seen);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = Vec::new();
            let body = loop {
                let mut some = [0; 4096];
                let size = stream.read(&mut some).await.unwrap();
                assert!(size > 0, "half a request");
                text.extend_from_slice(&some[..size]);
                let text = std::str::from_utf8(&text).unwrap();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"));
                assert!(head.contains("content-type: application/json\r\n"));
                if head.contains(&format!("content-length: {}\r\n", body.len())) {
                    break serde_json::from_str(body).unwrap();
                }
            };
            bodies.lock().await.push(body);
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{{}}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, seen)
}

fn start(collector: SocketAddr, plugin: SocketAddr) -> Proxy {
    let url = format!("http://{collector}");
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*url),
        ("OTEL_SERVICE_NAME", "shop"),
    ];
    proxy::start_with(&[("one", plugin, "")], &environment)
}

async fn get(proxy: &Proxy, namespace: &str, traceparent: Option<&'static str>) {
    let mut request = to(namespace, GetRequest { key: "k".into() });
    if let Some(parent) = traceparent {
        let parent = parent.parse().unwrap();
        request.metadata_mut().insert("traceparent", parent);
    }
    let _answered = proxy.client().await.get(request).await;
}

fn spans(bodies: &[Value]) -> Vec<Value> {
    let of = |body: &Value| body["resourceSpans"][0]["scopeSpans"][0]["spans"].clone();
    let lists = bodies.iter().map(of);
    lists
        .flat_map(|list| list.as_array().unwrap().clone())
        .collect()
}

fn attribute(span: &Value, key: &str) -> Value {
    let all = span["attributes"].as_array().unwrap();
    let found = all.iter().find(|one| one["key"] == key).unwrap();
    let value = found["value"].as_object().unwrap();
    value.values().next().unwrap().clone()
}

#[tokio::test]
async fn the_collector_gets_a_span_of_each_call() {
    let plugin = plugin::anywhere().await;
    let (address, seen) = collector("200 OK").await;
    let mut proxy = start(address, plugin.address);
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let unwanted = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    get(&proxy, "one", Some(sampled)).await;
    get(&proxy, "one", Some(unwanted)).await;
    get(&proxy, "nowhere", None).await;
    // What is left goes out at the end.
    proxy.terminate();
    proxy.ended().await;
    let bodies = seen.lock().await;
    let service = &bodies[0]["resourceSpans"][0]["resource"]["attributes"][0];
    assert_eq!(service["value"]["stringValue"], "shop");
    let spans = spans(&bodies);
    assert_eq!(spans.len(), 2, "{spans:?}");
    let [first, second] = [&spans[0], &spans[1]];
    assert_eq!(first["traceId"], trace);
    assert_eq!(first["parentSpanId"], "b7ad6b7169203331");
    assert_eq!(first["name"], "prism.keyvalue.v1.KeyValue/Get");
    assert_eq!(attribute(first, "rpc.method"), "Get");
    assert_eq!(attribute(first, "prism.namespace"), "one");
    assert_eq!(attribute(first, "rpc.grpc.status_code"), "0");
    assert_ne!(second["traceId"], trace);
    assert_eq!(second["parentSpanId"], Value::Null);
    assert_eq!(attribute(second, "rpc.grpc.status_code"), "5");
}

#[tokio::test]
async fn a_collector_that_fails_costs_spans_and_no_calls() {
    let plugin = plugin::anywhere().await;
    let (address, _) = collector("503 Service Unavailable").await;
    let proxy = start(address, plugin.address);
    for _ in 0..3 {
        let get = to("one", GetRequest { key: "k".into() });
        proxy.client().await.get(get).await.unwrap();
    }
    until("lost spans to be counted", || async {
        let (_, metrics) = proxy.admin("/metrics").await;
        let line = "prism_spans_dropped_total 3\n";
        metrics.contains(line).then_some(())
    })
    .await;
}

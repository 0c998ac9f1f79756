//! Clients that do not read their answers.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::body::Body;
use http::Response;
use http_body_util::BodyExt;
use hyper::{body::Incoming, client::conn::http2::SendRequest};
use prism_proto::keyvalue::v1::GetRequest;

use crate::{
    plugin,
    proxy::{self, Proxy, to},
    raw,
    wait::until,
};

const BIG: usize = 4 << 20;
const METHOD: &str = "/prism.keyvalue.v1.KeyValue/Get";

/// Answers of 4 MB that nobody reads, and what keeps them from being cancelled.
struct Unread {
    _senders: Vec<SendRequest<Body>>,
    answers: Vec<Response<Incoming>>,
}

async fn leave_unread(address: SocketAddr, connections: usize, each: usize, window: u32) -> Unread {
    let (mut senders, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..connections {
        let mut sender = raw::connect(address, window).await;
        for _ in 0..each {
            let request = raw::request(METHOD, raw::get("big"));
            answers.push(sender.send_request(request).await.unwrap());
        }
        senders.push(sender);
    }
    Unread {
        _senders: senders,
        answers,
    }
}

/// The time that 99 of a hundred calls of another client need at most.
async fn p99(proxy: &Proxy) -> Duration {
    let mut client = proxy.client().await;
    let mut times = Vec::new();
    for _ in 0..300 {
        let begun = Instant::now();
        let get = to(
            "one",
            GetRequest {
                key: "small".into(),
            },
        );
        client.get(get).await.unwrap();
        times.push(begun.elapsed());
    }
    times.sort();
    times[times.len() * 99 / 100]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_answers_do_not_hurt_others() {
    let plugin = plugin::anywhere().await;
    plugin.store.keep("big", vec![1; BIG]);
    plugin.store.keep("small", vec![1]);
    // Nobody is cut off while this test runs.
    let patient = "clients: {slow_reader_ms: 600000}\n";
    let proxy =
        proxy::start_configured(patient, &[("one", plugin.address, ", timeout_ms: 0")], &[]);
    let mut held = Vec::new();
    for (connections, each, window) in [(1, 64, 65_535), (64, 1, 65_535), (1, 64, 0)] {
        held.push(leave_unread(proxy.listen, connections, each, window).await);
        let p99 = p99(&proxy).await;
        eprintln!("p99 beside {connections} x {each} unread answers: {p99:?}");
        // A stall would last until a deadline; two milliseconds are usual.
        assert!(p99 < Duration::from_millis(500), "{p99:?}");
    }
    // They were unread, not lost.
    let answer = held.swap_remove(0).answers.swap_remove(0);
    drop(held);
    let body = answer.into_body().collect().await.unwrap();
    assert!(body.to_bytes().len() > BIG);
}

async fn metric(proxy: &Proxy, line: &str) {
    until(line, || async {
        let (_, text) = proxy.admin("/metrics").await;
        text.lines().any(|one| one == line).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_reads_nothing_is_cut_off_on_both_sides() {
    let plugin = plugin::anywhere().await;
    plugin.store.keep("big", vec![1; BIG]);
    let impatient = "clients: {slow_reader_ms: 200}\n";
    let proxy = proxy::start_configured(
        impatient,
        &[("one", plugin.address, ", timeout_ms: 0")],
        &[],
    );
    for (window, cut) in [(65_535, 4), (0, 8)] {
        let unread = leave_unread(proxy.listen, 1, 4, window).await;
        let expected =
            format!(r#"prism_slow_readers_total{{backend="test",namespace="one"}} {cut}"#);
        metric(&proxy, &expected).await;
        metric(&proxy, "prism_requests_in_flight 0").await;
        for answer in unread.answers {
            assert!(answer.into_body().collect().await.is_err());
        }
    }
}

#[tokio::test]
async fn who_reads_a_little_now_and_then_is_cut_off_too() {
    let plugin = plugin::anywhere().await;
    plugin.store.keep("big", vec![1; BIG]);
    let impatient = "clients: {slow_reader_ms: 400}\n";
    let proxy = proxy::start_configured(
        impatient,
        &[("one", plugin.address, ", timeout_ms: 0")],
        &[],
    );
    let unread = leave_unread(proxy.listen, 1, 1, 100).await;
    let [answer] = <[_; 1]>::try_from(unread.answers).unwrap();
    let mut body = answer.into_body();
    let begun = Instant::now();
    // Each read lets another hundred bytes come.
    while let Some(Ok(_)) = body.frame().await {
        assert!(begun.elapsed() < crate::wait::PATIENCE, "it is not cut off");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    metric(
        &proxy,
        r#"prism_slow_readers_total{backend="test",namespace="one"} 1"#,
    )
    .await;
}

#[tokio::test]
async fn who_pauses_for_a_moment_gets_all() {
    let plugin = plugin::anywhere().await;
    plugin.store.keep("big", vec![1; BIG]);
    let proxy = proxy::start(&[("one", plugin.address, ", timeout_ms: 0")]);
    let unread = leave_unread(proxy.listen, 1, 1, 65_535).await;
    let [answer] = <[_; 1]>::try_from(unread.answers).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let body = answer.into_body().collect().await.unwrap();
    assert!(body.to_bytes().len() > BIG);
}

#[tokio::test]
async fn who_does_not_read_is_cut_off_at_the_deadline() {
    let plugin = plugin::patient().await;
    plugin.store.keep("big", vec![1; BIG]);
    let proxy = proxy::start(&[("one", plugin.address, ", timeout_ms: 300")]);
    let unread = leave_unread(proxy.listen, 1, 1, 65_535).await;
    let line = format!(
        r#"prism_requests_total{{backend="test",code="DEADLINE_EXCEEDED",method="{METHOD}",namespace="one"}} 1"#
    );
    metric(&proxy, &line).await;
    metric(&proxy, "prism_requests_in_flight 0").await;
    drop(unread);
}

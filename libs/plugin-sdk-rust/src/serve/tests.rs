use std::{
    future::pending,
    net::SocketAddr,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use prism_proto::{
    keyvalue::v1::{GetRequest, SetRequest, key_value_client::KeyValueClient},
    lifecycle::v1::StopRequest,
};
use prism_transport::{Channel, Endpoint, Host, channel};
use tokio::{net::TcpStream, sync::Notify, task::JoinHandle, time::sleep};
use tonic::{Code, async_trait};

use super::*;
use crate::{
    call::namespace,
    probe::probe,
    store::{Error as StoreError, Page, Query, Result as Answer, Ttl},
};

mod data;
mod lifecycle;

type Outcome = std::result::Result<(), Box<dyn Error>>;

/// A `get` announces itself, and answers when told; the rest fails.
#[derive(Clone, Default)]
struct Slow {
    arrived: Arc<Notify>,
    release: Arc<Notify>,
    down: Arc<AtomicBool>,
}

#[async_trait]
impl Store for Slow {
    async fn set(&self, _: &str, _: Vec<u8>, _: Option<Duration>) -> Answer<()> {
        pending().await
    }
    async fn get(&self, _: &str) -> Answer<Option<Vec<u8>>> {
        self.arrived.notify_one();
        self.release.notified().await;
        Ok(None)
    }
    async fn delete(&self, _: &str) -> Answer<bool> {
        Err(StoreError::Unavailable("no".into()))
    }
    async fn exists(&self, _: &str) -> Answer<bool> {
        Err(StoreError::Failed("no".into()))
    }
    async fn expire(&self, _: &str, _: Duration) -> Answer<bool> {
        Err(StoreError::Unimplemented("Expire"))
    }
    async fn ttl(&self, _: &str) -> Answer<Ttl> {
        Ok(Ttl::Missing)
    }
    /// Whether the call is of the namespace that its key names.
    async fn persist(&self, key: &str) -> Answer<bool> {
        Ok(namespace() == key)
    }
    async fn scan(&self, _: Query) -> Answer<Page> {
        Err(StoreError::Full("no".into()))
    }
    async fn ping(&self) -> Answer<()> {
        if self.down.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("of the test".into()));
        }
        Ok(())
    }
}

struct Running {
    address: SocketAddr,
    control: SocketAddr,
    pages: SocketAddr,
    store: Slow,
    ended: JoinHandle<std::result::Result<(), String>>,
}

fn settings(drain: Duration, call: Duration) -> Common {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    Common {
        listen: anywhere,
        control_listen: anywhere,
        metrics_listen: anywhere,
        level: tracing::Level::INFO,
        drain_timeout: drain,
        health_interval: Duration::from_millis(20),
        call_timeout: call,
    }
}

/// A server of this process on a free port, as soon as it is healthy.
async fn start(drain: Duration, call: Duration) -> std::result::Result<Running, Box<dyn Error>> {
    let signals = Signals::new()?;
    let settings = settings(drain, call);
    let listeners = Listeners::open(&settings).await?;
    let (address, control) = (listeners.data.address, listeners.control.address);
    let pages = listeners.pages.address;
    let store = Slow::default();
    let opened = store.clone();
    let ended = tokio::spawn(async move {
        let plugin = Plugin {
            name: "slow",
            version: "1",
        };
        let served = serve_on(listeners, signals, settings, plugin, async || Ok(opened)).await;
        served.map_err(|error| error.to_string())
    });
    while probe(address).await.is_err() {
        sleep(Duration::from_millis(5)).await;
    }
    Ok(Running {
        address,
        control,
        pages,
        store,
        ended,
    })
}

impl Running {
    fn channel(&self) -> Channel {
        channel_to(self.address)
    }

    fn client(&self) -> KeyValueClient<Channel> {
        KeyValueClient::new(self.channel())
    }

    /// A call that the store has, and whose end the caller waits for.
    async fn call(&self) -> JoinHandle<Option<Code>> {
        let mut client = self.client();
        let call = tokio::spawn(async move {
            let got = client.get(GetRequest { key: "a".into() }).await;
            got.err().map(|status| status.code())
        });
        self.store.arrived.notified().await;
        call
    }
}

fn channel_to(address: SocketAddr) -> Channel {
    channel(Endpoint {
        host: Host::Ip(address.ip()),
        port: address.port(),
    })
}

/// SIGTERM, to this process: every server of it drains.
fn terminate() -> Outcome {
    let id = std::process::id().to_string();
    Command::new("kill").args(["-TERM", &id]).status()?;
    Ok(())
}

/// One test, since a signal is for all servers of a process.
#[tokio::test]
async fn serves_and_drains() -> Outcome {
    calls_have_a_deadline_and_arguments_limits().await?;
    data::has_the_namespace_of_its_call_and_is_counted().await?;
    lifecycle::is_apart_from_the_data().await?;
    lifecycle::steers().await?;
    lifecycle::stops_within_a_limit().await?;
    calls_in_flight_finish_until_the_limit_while_new_ones_are_refused().await
}

async fn calls_in_flight_finish_until_the_limit_while_new_ones_are_refused() -> Outcome {
    let long = Duration::from_secs(600);
    let patient = start(long, long).await?;
    let brief = start(Duration::from_millis(50), long).await?;
    // The first signal ends it no earlier than its Stop said.
    let stopped = start(long, long).await?;
    let (finishes, stuck) = (patient.call().await, brief.call().await);
    let stops = stopped.call().await;
    let timeout_ms = 600_000;
    stopped.lifecycle().stop(StopRequest { timeout_ms }).await?;
    terminate()?;
    while TcpStream::connect(patient.address).await.is_ok() {
        sleep(Duration::from_millis(5)).await;
    }
    let refused = brief.ended.await?.err().unwrap_or_default();
    assert!(refused.contains("the drain timeout passed"), "{refused}");
    assert_eq!(stuck.await?, Some(Code::Unavailable));
    for (running, call) in [(patient, finishes), (stopped, stops)] {
        assert!(!running.ended.is_finished());
        running.store.release.notify_one();
        assert_eq!(call.await?, None);
        assert_eq!(running.ended.await?, Ok(()));
    }
    Ok(())
}

async fn calls_have_a_deadline_and_arguments_limits() -> Outcome {
    let running = start(Duration::from_secs(1), Duration::from_millis(20)).await?;
    let mut client = running.client();
    let set = |key: &str, ttl_ms| SetRequest {
        key: key.into(),
        value: Vec::new(),
        ttl_ms,
    };
    let mut codes = Vec::new();
    for request in [set("a", 0), set("", 0), set("a", -1)] {
        codes.extend(client.set(request).await.err().map(|status| status.code()));
    }
    let expected = [
        Code::DeadlineExceeded,
        Code::InvalidArgument,
        Code::InvalidArgument,
    ];
    assert_eq!(codes, expected);
    running.ended.abort();
    Ok(())
}

//! A plugin that is steered by its `Lifecycle` service.

use prism_proto::lifecycle::v1::{
    DrainRequest, DrainResponse, HealthCheckRequest as LifecycleCheckRequest, StartRequest,
    StopRequest, health_check_response::Status as Health, lifecycle_client::LifecycleClient,
};
use tonic::{Status, Streaming};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse,
    health_check_response::ServingStatus::{self, NotServing, ServiceUnknown, Serving},
    health_client::HealthClient,
};

use super::*;

const DATA: &str = "prism.keyvalue.v1.KeyValue";
const LIFECYCLE: &str = "prism.lifecycle.v1.Lifecycle";
const MINUTES: i64 = 600_000;

impl Running {
    pub(super) fn lifecycle(&self) -> LifecycleClient<Channel> {
        LifecycleClient::new(channel_to(self.control))
    }

    fn drain(&self, timeout_ms: i64) -> JoinHandle<std::result::Result<DrainResponse, Status>> {
        let mut client = self.lifecycle();
        let reason = "a test".into();
        tokio::spawn(async move {
            let request = DrainRequest { timeout_ms, reason };
            client.drain(request).await.map(tonic::Response::into_inner)
        })
    }

    async fn watch(&self, service: &str) -> std::result::Result<Watch, Status> {
        let service = service.into();
        let request = HealthCheckRequest { service };
        let stream = HealthClient::new(self.channel()).watch(request).await?;
        Ok(Watch(stream.into_inner()))
    }

    async fn check(&self, service: &str) -> std::result::Result<ServingStatus, Status> {
        let service = service.into();
        let request = HealthCheckRequest { service };
        let answer = HealthClient::new(self.channel()).check(request).await?;
        Ok(answer.get_ref().status())
    }

    async fn health(&self) -> std::result::Result<(Health, String), Status> {
        let mut client = self.lifecycle();
        let answer = client.health_check(LifecycleCheckRequest {}).await?;
        let answer = answer.into_inner();
        Ok((answer.status(), answer.message))
    }
}

struct Watch(Streaming<HealthCheckResponse>);

impl Watch {
    /// `None` at its end.
    async fn next(&mut self) -> std::result::Result<Option<ServingStatus>, Status> {
        let answer = self.0.message().await?;
        Ok(answer.map(|answer| answer.status()))
    }
}

/// Clients that reach only the data port, as those of the proxy, cannot stop the plugin.
pub(super) async fn is_apart_from_the_data() -> Outcome {
    let long = Duration::from_secs(600);
    let running = start(long, long).await?;
    assert!(running.control.ip().is_loopback() && running.control != running.address);
    let mut at_the_data = LifecycleClient::new(running.channel());
    let stopped = at_the_data.stop(StopRequest::default()).await.err();
    let drained = at_the_data.drain(DrainRequest::default()).await.err();
    let data_at_control = KeyValueClient::new(channel_to(running.control))
        .get(GetRequest { key: "a".into() })
        .await
        .err();
    for refused in [stopped, drained, data_at_control] {
        let code = refused.map(|status| status.code());
        assert_eq!(code, Some(Code::Unimplemented));
    }
    assert_eq!(running.check(DATA).await?, Serving);
    let taken = Common {
        control_listen: running.address,
        ..settings(long, long)
    };
    let refused = Listeners::open(&taken).await.err().unwrap_or_default();
    assert!(refused.contains("PRISM_CONTROL_LISTEN"), "{refused}");
    running.ended.abort();
    Ok(())
}

pub(super) async fn steers() -> Outcome {
    let long = Duration::from_secs(600);
    let running = start(long, long).await?;
    let (mut plugin, mut data) = (running.watch("").await?, running.watch(DATA).await?);
    let mut lifecycle = running.watch(LIFECYCLE).await?;
    assert_eq!(lifecycle.next().await?, Some(Serving));
    for watch in [&mut plugin, &mut data] {
        assert_eq!(watch.next().await?, Some(Serving));
    }

    for (timeout_ms, finishes) in [(MINUTES, true), (20, false)] {
        let call = running.call().await;
        let drain = running.drain(timeout_ms);
        for watch in [&mut plugin, &mut data] {
            assert_eq!(watch.next().await?, Some(NotServing));
        }
        let mut client = running.client();
        let refused = client.get(GetRequest { key: "b".into() }).await.err();
        assert_eq!(refused.map(|status| status.code()), Some(Code::Unavailable));
        if finishes {
            assert!(!call.is_finished() && !drain.is_finished());
            running.store.release.notify_one();
        }
        let outcome = (!finishes).then_some(Code::Unavailable);
        assert_eq!(call.await?, outcome);
        let DrainResponse { drained, aborted } = drain.await??;
        assert_eq!((drained, aborted), (finishes.into(), (!finishes).into()));
        assert_eq!(
            running.health().await?,
            (Health::Degraded, "draining".into())
        );
        assert_eq!(running.check(LIFECYCLE).await?, Serving);

        let started = running.lifecycle().start(StartRequest {}).await?;
        let endpoint = &started.get_ref().data_endpoint;
        assert_eq!(*endpoint, running.address.to_string());
        for watch in [&mut plugin, &mut data] {
            assert_eq!(watch.next().await?, Some(Serving));
        }
    }

    running.store.down.store(true, Ordering::Relaxed);
    assert_eq!(plugin.next().await?, Some(NotServing));
    let down = "backend: of the test".into();
    assert_eq!(running.health().await?, (Health::Unhealthy, down));
    // Started again, it waits for its backend.
    running.drain(MINUTES).await??;
    running.lifecycle().start(StartRequest {}).await?;
    assert_eq!(running.check("").await?, NotServing);
    running.store.down.store(false, Ordering::Relaxed);
    assert_eq!(plugin.next().await?, Some(Serving));

    let unknown = running
        .check("other")
        .await
        .err()
        .map(|status| status.code());
    assert_eq!(unknown, Some(Code::NotFound));
    assert_eq!(
        running.watch("other").await?.next().await?,
        Some(ServiceUnknown)
    );

    let call = running.call().await;
    let timeout_ms = MINUTES;
    running.lifecycle().stop(StopRequest { timeout_ms }).await?;
    assert_eq!(plugin.next().await?, Some(NotServing));
    for watch in [&mut plugin, &mut lifecycle] {
        assert_eq!(watch.next().await?, None);
    }
    assert!(!call.is_finished() && !running.ended.is_finished());
    // The data port is closed, and Lifecycle still tells of the last call.
    let ending = (Health::Degraded, "draining".into());
    assert_eq!(running.health().await?, ending);
    running.store.release.notify_one();
    assert_eq!(call.await?, None);
    assert_eq!(running.ended.await?, Ok(()));
    Ok(())
}

pub(super) async fn stops_within_a_limit() -> Outcome {
    let long = Duration::from_secs(600);
    let running = start(long, long).await?;
    let call = running.call().await;
    let timeout_ms = 20;
    running.lifecycle().stop(StopRequest { timeout_ms }).await?;
    assert_eq!(call.await?, Some(Code::Unavailable));
    let failed = running.ended.await?.err().unwrap_or_default();
    assert!(failed.contains("the drain timeout passed"), "{failed}");
    Ok(())
}

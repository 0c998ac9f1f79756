//! Serves `prism.lifecycle.v1`, the same as the SDK for Go.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use prism_proto::{
    keyvalue::v1::key_value_server,
    lifecycle::v1::{health_check_response, lifecycle_server::Lifecycle, *},
};
use tonic::{Request, Response, Status};

use crate::{
    control::{Control, Phase},
    gate::Drained,
    plugin::Plugin,
};

const MAX_TIMEOUT_MS: i64 = 3600 * 1000;

type Answer<T> = Result<Response<T>, Status>;

pub(crate) struct Steering {
    pub(crate) plugin: Plugin,
    pub(crate) endpoint: SocketAddr,
    pub(crate) started: Instant,
    /// Of who asks for none.
    pub(crate) drain_timeout: Duration,
    pub(crate) control: Arc<Control>,
}

impl Steering {
    fn limit(&self, timeout_ms: i64) -> Result<Duration, Status> {
        match timeout_ms {
            0 => Ok(self.drain_timeout),
            1..=MAX_TIMEOUT_MS => Ok(Duration::from_millis(timeout_ms.unsigned_abs())),
            _ => Err(Status::invalid_argument(format!(
                "timeout_ms is {timeout_ms}; it must be from 0 to {MAX_TIMEOUT_MS}"
            ))),
        }
    }
}

#[tonic::async_trait]
impl Lifecycle for Steering {
    async fn initialize(&self, request: Request<InitializeRequest>) -> Answer<InitializeResponse> {
        let InitializeRequest { name, config, .. } = request.into_inner();
        let own = self.plugin.name;
        if !name.is_empty() && name != own {
            let other = format!("this is plugin {own:?}, not {name:?}");
            return Err(Status::invalid_argument(other));
        }
        if config.is_some_and(|config| !config.fields.is_empty()) {
            return Err(Status::invalid_argument(
                "config must be empty: this plugin is configured by its environment when it starts",
            ));
        }
        let interfaces = vec![key_value_server::SERVICE_NAME.to_owned()];
        Ok(Response::new(InitializeResponse { interfaces }))
    }

    async fn start(&self, _: Request<StartRequest>) -> Answer<StartResponse> {
        if !self.control.resume() {
            return Err(Status::failed_precondition(
                "the plugin is stopping; start its process again",
            ));
        }
        let data_endpoint = self.endpoint.to_string();
        Ok(Response::new(StartResponse { data_endpoint }))
    }

    async fn drain(&self, request: Request<DrainRequest>) -> Answer<DrainResponse> {
        let DrainRequest { timeout_ms, reason } = request.into_inner();
        let limit = self.limit(timeout_ms)?;
        let control = Arc::clone(&self.control);
        // A task, which goes on when the caller goes away: calls have to end.
        let drain = tokio::spawn(async move { control.drain(limit, &reason).await });
        let Drained { finished, aborted } = drain.await.map_err(|error| {
            tracing::error!(%error, "the drain failed");
            Status::internal("the drain failed; see the plugin's log")
        })?;
        Ok(Response::new(DrainResponse {
            drained: count(finished),
            aborted: count(aborted),
        }))
    }

    async fn stop(&self, request: Request<StopRequest>) -> Answer<StopResponse> {
        let limit = self.limit(request.into_inner().timeout_ms)?;
        self.control.end(limit, "Lifecycle.Stop");
        Ok(Response::new(StopResponse {}))
    }

    async fn health_check(&self, _: Request<HealthCheckRequest>) -> Answer<HealthCheckResponse> {
        use health_check_response::Status::{Degraded, Healthy, Unhealthy};
        let states = self.control.watch();
        let state = states.borrow();
        let (status, message) = match (&state.backend, state.phase) {
            (Err(error), _) => (Unhealthy, format!("backend: {error}")),
            (Ok(()), Phase::Open) => (Healthy, "serving".into()),
            (Ok(()), Phase::Draining | Phase::Ending) => (Degraded, "draining".into()),
        };
        let details = [
            ("version", self.plugin.version.to_owned()),
            ("in_flight", self.control.gate.in_flight().to_string()),
            (
                "uptime",
                format!("{:.3}s", self.started.elapsed().as_secs_f64()),
            ),
        ];
        Ok(Response::new(HealthCheckResponse {
            status: status.into(),
            message,
            details: details.map(|(name, value)| (name.into(), value)).into(),
        }))
    }
}

fn count(calls: usize) -> i64 {
    i64::try_from(calls).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;

//! Asks plugins for their health, so that operators see a plugin that is down
//! before a client does. Calls never wait for a probe.

use std::{sync::Weak, time::Duration};

use tokio::time::{MissedTickBehavior, interval, timeout};
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use super::{Health, Plugin};
use crate::forward::root_cause;

const EVERY: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_secs(3);

/// Probes until the plugin is no longer configured.
pub async fn keep_probing(plugin: Weak<Plugin>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(plugin) = plugin.upgrade() else {
            return;
        };
        let found = probe(&plugin).await;
        let was = plugin.health();
        if was == found {
            continue;
        }
        let of = plugin.describe();
        if found.up {
            plugin.succeeded();
            tracing::info!(plugin = of, "plugin is up");
        } else {
            tracing::warn!(plugin = of, reason = found.detail, "plugin is down");
        }
        plugin.health.send_replace(found);
    }
}

async fn probe(plugin: &Plugin) -> Health {
    let down = |detail: String| Health { up: false, detail };
    let Some(lease) = plugin.pool.lease() else {
        return down("it has the most calls in flight that a plugin gets".into());
    };
    let mut client = HealthClient::new(lease.channel.clone());
    let answer = timeout(LIMIT, client.check(HealthCheckRequest::default())).await;
    match answer {
        Err(_) => down("no answer to the health check".into()),
        // The plugin answered, which is all that can be asked of one without
        // a health service.
        Ok(Err(status)) if status.code() == Code::Unimplemented => serving(),
        Ok(Err(status)) => down(root_cause(&status)),
        Ok(Ok(answer)) => match answer.into_inner().status() {
            ServingStatus::Serving => serving(),
            other => down(other.as_str_name().to_owned()),
        },
    }
}

fn serving() -> Health {
    Health {
        up: true,
        detail: "serving".into(),
    }
}

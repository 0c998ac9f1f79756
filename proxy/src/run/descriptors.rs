//! File descriptors: how many connections of clients there can be, such that
//! plugins and health checks still get theirs.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For listeners, the resolver, the collector of traces and the admin port.
const KEPT_BACK: usize = 64 + ADMIN_CONNECTIONS;
/// What the runtime of a thread waits with.
const OF_THREAD: usize = 4;
/// Connections of the admin port.
pub(super) const ADMIN_CONNECTIONS: usize = 64;
/// What a plugin may have.
const OF_PLUGIN: usize = prism_transport::Pool::MOST_CONNECTIONS;

/// Raises the soft limit of descriptors to the hard one, and returns how many
/// connections clients may have, at most `wanted`.
pub(super) fn for_clients(wanted: usize, plugins: usize, threads: usize) -> usize {
    let limit = raised();
    let possible = possible(limit, plugins, threads);
    if possible < wanted {
        tracing::warn!(
            wanted,
            possible,
            limit,
            "the limit of file descriptors leaves fewer connections to clients"
        );
    }
    possible.min(wanted)
}

fn raised() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        let raised = Rlimit {
            current: maximum,
            maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::debug!(%error, "the limit of file descriptors stays");
        }
    }
    // `None` means unlimited.
    let now = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(now).unwrap_or(usize::MAX)
}

/// Plugins get at most half of what is not kept back.
fn possible(limit: usize, plugins: usize, threads: usize) -> usize {
    let kept = KEPT_BACK + threads.saturating_mul(OF_THREAD);
    let rest = limit.saturating_sub(kept);
    let for_plugins = plugins.saturating_mul(OF_PLUGIN).min(rest / 2);
    (rest - for_plugins).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_and_health_keep_theirs() {
        assert_eq!(possible(1024, 2, 3), 1024 - KEPT_BACK - 12 - 80);
        assert_eq!(possible(256, 1000, 2), 60);
        assert_eq!(possible(16, 1, 64), 1);
    }
}

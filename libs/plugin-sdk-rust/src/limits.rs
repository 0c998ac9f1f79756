//! Limits of every store, the same in every SDK: part of the contract with
//! clients, so a backend that could take more still refuses it.

use std::time::Duration;

/// Most bytes of a key.
pub const MAX_KEY_BYTES: usize = 1024;
/// Most bytes of a value. Leaves room for the longest key in a message of 4 MiB, the limit that gRPC
/// libraries have by default.
pub const MAX_VALUE_BYTES: usize = (4 << 20) - (4 << 10);
/// Most bytes of a namespace, as in the proxy's configuration.
pub(crate) const MAX_NAMESPACE_BYTES: usize = 63;
const MAX_PAGE: i32 = 1000;
const DEFAULT_PAGE: i32 = 100;
/// 100 years, which every backend's clock can represent.
const MAX_TTL_MS: i64 = 100 * 365 * 24 * 3600 * 1000;

pub(crate) fn check_key(key: &str) -> Result<(), String> {
    if key.is_empty() {
        return Err("key is empty".into());
    }
    check_length("key", key.len(), MAX_KEY_BYTES)
}

pub(crate) fn check_prefix(prefix: &str) -> Result<(), String> {
    check_length("prefix", prefix.len(), MAX_KEY_BYTES)
}

pub(crate) fn check_value(value: &[u8]) -> Result<(), String> {
    check_length("value", value.len(), MAX_VALUE_BYTES)
}

fn check_length(what: &str, bytes: usize, limit: usize) -> Result<(), String> {
    if bytes <= limit {
        return Ok(());
    }
    Err(format!("{what} has {bytes} bytes; the limit is {limit}"))
}

/// Milliseconds from `least` to 100 years.
pub(crate) fn ttl(ms: i64, least: i64) -> Result<Duration, String> {
    if (least..=MAX_TTL_MS).contains(&ms) {
        return Ok(Duration::from_millis(ms.unsigned_abs()));
    }
    Err(format!(
        "ttl_ms is {ms}; it must be from {least} to {MAX_TTL_MS}"
    ))
}

/// Entries of a page; 0 asks for the default.
pub(crate) fn page(limit: i32) -> Result<usize, String> {
    let wanted = if limit == 0 { DEFAULT_PAGE } else { limit };
    match usize::try_from(wanted) {
        Ok(entries) if wanted <= MAX_PAGE => Ok(entries),
        _ => Err(format!("limit is {limit}; it must be from 0 to {MAX_PAGE}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_themselves_are_inside() {
        assert_eq!(check_key(&"k".repeat(1024)), Ok(()));
        assert_eq!(check_prefix(""), Ok(()));
        assert_eq!(check_value(&vec![0; MAX_VALUE_BYTES]), Ok(()));
        assert_eq!(ttl(0, 0), Ok(Duration::ZERO));
        assert!(ttl(MAX_TTL_MS, 1).is_ok());
        assert_eq!([page(0), page(1), page(1000)], [Ok(100), Ok(1), Ok(1000)]);
    }

    #[test]
    fn beyond_them_is_refused_with_the_limit() {
        assert_eq!(check_key(""), Err("key is empty".into()));
        let long = check_key(&"k".repeat(1025));
        assert_eq!(long, Err("key has 1025 bytes; the limit is 1024".into()));
        assert!(check_value(&vec![0; MAX_VALUE_BYTES + 1]).is_err());
        assert!(ttl(0, 1).is_err() && ttl(-1, 0).is_err() && ttl(MAX_TTL_MS + 1, 0).is_err());
        assert!(page(-1).is_err() && page(1001).is_err());
    }
}

//! The name of a call in logs, here and at the plugin.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use http::{HeaderMap, HeaderName, HeaderValue};

/// As most proxies call it.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const MOST_BYTES: usize = 128;

/// The client's own, if it can be printed, or else a new one, which is then in
/// the headers.
pub(super) fn of(headers: &mut HeaderMap) -> HeaderValue {
    let mut values = headers.get_all(&HEADER).iter();
    if let (Some(value), None) = (values.next(), values.next())
        && is_plain(value.as_bytes())
    {
        return value.clone();
    }
    let id = new();
    headers.insert(HEADER, id.clone());
    id
}

fn is_plain(id: &[u8]) -> bool {
    !id.is_empty() && id.len() <= MOST_BYTES && id.iter().all(u8::is_ascii_graphic)
}

/// Unique in this process, and nearly so among processes; not a secret.
fn new() -> HeaderValue {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut hasher = SEED.build_hasher();
    hasher.write_u64(COUNT.fetch_add(1, Relaxed));
    let text = format!("{:016x}", hasher.finish());
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_ones_stay_and_others_are_replaced() {
        let with = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(HEADER, HeaderValue::from_static(value));
            }
            let id = of(&mut headers);
            assert_eq!(headers.get_all(HEADER).iter().collect::<Vec<_>>(), [&id]);
            id
        };
        assert_eq!(with(&["a-1"]), "a-1");
        for values in [&[][..], &[""], &["a b"], &["a", "b"]] {
            assert_eq!(with(values).len(), 16, "{values:?}");
        }
        assert_ne!(with(&[]), with(&[]));
    }
}

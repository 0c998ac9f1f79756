//! The header `traceparent` of W3C Trace Context.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use http::{HeaderMap, HeaderName, HeaderValue};

const PARENT: HeaderName = HeaderName::from_static("traceparent");
const STATE: HeaderName = HeaderName::from_static("tracestate");
const SAMPLED: u8 = 1;

/// Where a call is in its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) trace: u128,
    /// The span of the caller.
    pub(super) parent: Option<u64>,
    /// The span of this call.
    pub(super) own: u64,
}

impl Context {
    /// Continues the trace of the headers, or begins one, and tells the plugin
    /// of it. `None` for a trace that its beginner does not want recorded: its
    /// headers pass as they are.
    pub(super) fn enter(headers: &mut HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(&PARENT).iter();
        let given = match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok().and_then(parse),
            _ => None,
        };
        if given.is_some_and(|(_, _, flags)| flags & SAMPLED == 0) {
            return None;
        }
        if given.is_none() {
            headers.remove(STATE);
        }
        let (trace, parent, flags) = match given {
            Some((trace, parent, flags)) => (trace, Some(parent), flags),
            None => (u128::from(id()) << 64 | u128::from(id()), None, SAMPLED),
        };
        let own = id();
        let text = format!("00-{trace:032x}-{own:016x}-{flags:02x}");
        headers.insert(PARENT, HeaderValue::try_from(text).ok()?);
        Some(Self { trace, parent, own })
    }
}

/// Trace, span and flags; of a later version, too, as far as we know it.
fn parse(text: &str) -> Option<(u128, u64, u8)> {
    let lower = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    let hex = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        digits.bytes().all(lower).then_some(digits)
    };
    let dashes = [2, 35, 52];
    let version = hex(0, 2)?;
    let rest = text.as_bytes().get(55);
    let ends = rest.is_none() || (version != "00" && rest == Some(&b'-'));
    let dashed = dashes
        .iter()
        .all(|at| text.as_bytes().get(*at) == Some(&b'-'));
    if version == "ff" || !ends || !dashed {
        return None;
    }
    let trace = u128::from_str_radix(hex(3, 35)?, 16).ok()?;
    let span = u64::from_str_radix(hex(36, 52)?, 16).ok()?;
    let flags = u8::from_str_radix(hex(53, 55)?, 16).ok()?;
    (trace != 0 && span != 0).then_some((trace, span, flags))
}

/// Not zero, and as good as unique.
fn id() -> u64 {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    SEED.hash_one(COUNT.fetch_add(1, Relaxed)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn enter(values: &[&'static str]) -> (Option<Context>, Vec<String>) {
        let mut headers = HeaderMap::new();
        headers.insert(STATE, HeaderValue::from_static("a=b"));
        for value in values {
            headers.append(PARENT, HeaderValue::from_static(value));
        }
        let context = Context::enter(&mut headers);
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let mut left: Vec<_> = headers.get_all(PARENT).iter().map(text).collect();
        left.extend(headers.get(STATE).map(text));
        (context, left)
    }

    #[test]
    fn a_trace_is_continued() {
        let (context, headers) = enter(&[GIVEN]);
        let (trace, parent) = (
            0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c,
            0xb7ad_6b71_6920_3331,
        );
        let own = context.map_or(0, |context| context.own);
        let parent = Some(parent);
        assert_eq!(context, Some(Context { trace, parent, own }));
        assert_eq!(
            headers,
            [format!("00-{trace:032x}-{own:016x}-01"), "a=b".to_owned()]
        );
    }

    #[test]
    fn one_that_is_not_recorded_passes_unchanged() {
        let given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02";
        assert_eq!(enter(&[given]), (None, vec![given.into(), "a=b".into()]));
    }

    #[test]
    fn a_wrong_one_is_replaced_by_a_new_trace() {
        for wrong in [
            &[][..],
            &[GIVEN, GIVEN],
            &[""],
            &["00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
            &["00-00000000000000000000000000000000-b7ad6b7169203331-01"],
            &["00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"],
            &["ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
            &["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x"],
            &["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"],
            &["00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
        ] {
            let (context, headers) = enter(wrong);
            let context = context.map(|context| (context.parent, context.trace != 0));
            assert_eq!(context, Some((None, true)), "{wrong:?}");
            assert_eq!(headers.len(), 1, "{wrong:?}: {headers:?}");
        }
        let later = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes";
        assert!(
            enter(&[later])
                .0
                .is_some_and(|found| found.parent.is_some())
        );
    }
}

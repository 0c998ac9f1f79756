//! What surrounds every call of the data plane: its namespace, its count, and
//! the blame for a message that is no protobuf.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderMap;
use prism_proto::keyvalue::v1::key_value_server::SERVICE_NAME;
use tonic::{Code, Status};

use crate::{limits::MAX_NAMESPACE_BYTES, metrics::Calls};

/// Metadata of calls; the proxy sets both.
const NAMESPACE: &str = "x-prism-namespace";
const REQUEST_ID: &str = "x-request-id";

tokio::task_local! {
    static CALL: Call;
}

#[derive(Clone, Debug)]
struct Call {
    method: &'static str,
    namespace: String,
    request_id: String,
}

/// The namespace that the present call names, or nothing if it names none. The
/// keys of different namespaces are apart: a store that does not keep them apart
/// goes into [`crate::Apart`], or needs a plugin for each.
///
/// Only the task of the call knows it: ask before work moves to another one, as
/// with `spawn_blocking`.
#[must_use]
pub fn namespace() -> String {
    read(|call| call.namespace.clone())
}

/// Of the present call, for the log.
pub(crate) fn method() -> &'static str {
    read(|call| call.method)
}

/// The proxy's ID of the present call, for the log.
pub(crate) fn request_id() -> String {
    read(|call| call.request_id.clone())
}

fn read<T: Default>(from: impl FnOnce(&Call) -> T) -> T {
    CALL.try_with(from).unwrap_or_default()
}

impl Call {
    fn of(method: &'static str, headers: &HeaderMap) -> Result<Self, Status> {
        let invalid = |why: String| Status::invalid_argument(format!("metadata {NAMESPACE}{why}"));
        let mut named = headers.get_all(NAMESPACE).iter();
        let namespace = match (named.next(), named.next()) {
            (_, Some(_)) => return Err(invalid(" is given more than once".into())),
            (None, None) => String::new(),
            (Some(name), None) => {
                let name = String::from_utf8_lossy(name.as_bytes()).into_owned();
                if !is_namespace(&name) {
                    return Err(invalid(format!(
                        ": {name:?} is not 1 to {MAX_NAMESPACE_BYTES} of letters, digits, dots, _ and -"
                    )));
                }
                name
            }
        };
        let request_id = headers.get(REQUEST_ID);
        let request_id = request_id.map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
        Ok(Self {
            method,
            namespace,
            request_id: request_id.unwrap_or_default(),
        })
    }
}

fn is_namespace(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=MAX_NAMESPACE_BYTES).contains(&name.len()) && name.bytes().all(allowed)
}

/// Answers a call of the data plane and counts it.
pub(crate) async fn surround(
    State(calls): State<Arc<Calls>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let asked = path.trim_start_matches('/').strip_prefix(SERVICE_NAME);
    let Some(method) = asked.and_then(|rest| Calls::method(rest.trim_start_matches('/'))) else {
        return next.run(request).await;
    };
    let mut ending = Ending {
        calls: &calls,
        method,
        began: Instant::now(),
        code: Code::Cancelled,
    };
    let answer = match Call::of(method, request.headers()) {
        Ok(call) => blame(CALL.scope(call, next.run(request)).await),
        Err(refusal) => refusal.into_http(),
    };
    ending.code = code(&answer);
    answer
}

/// Counts a call however it ends: its client may have gone away.
struct Ending<'a> {
    calls: &'a Calls,
    method: &'static str,
    began: Instant,
    code: Code,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.calls
            .observe(self.method, self.code, self.began.elapsed());
    }
}

/// The head of an answer has a status only where there is no message: where the
/// call failed.
fn code(answer: &Response) -> Code {
    Status::from_header_map(answer.headers()).map_or(Code::Ok, |status| status.code())
}

/// tonic answers a message that cannot be decoded with INTERNAL, as if the plugin
/// were at fault.
fn blame(answer: Response) -> Response {
    let undecoded = Status::from_header_map(answer.headers()).is_some_and(|status| {
        status.code() == Code::Internal && status.message().starts_with("failed to decode Protobuf")
    });
    if !undecoded {
        return answer;
    }
    Status::invalid_argument("the message is not valid protobuf of this method").into_http()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Result<String, Option<Code>> {
        let mut headers = HeaderMap::new();
        for name in names {
            let value = name.parse().map_err(|_| None)?;
            headers.append(NAMESPACE, value);
        }
        let call = Call::of("Get", &headers);
        call.map(|call| call.namespace)
            .map_err(|status| Some(status.code()))
    }

    #[test]
    fn a_namespace_is_a_short_name_given_once() {
        assert_eq!(named(&[]), Ok(String::new()));
        assert_eq!(named(&["a.b-c_1"]), Ok("a.b-c_1".into()));
        assert_eq!(named(&[&"a".repeat(63)]), Ok("a".repeat(63)));
        for wrong in [
            &["a", "b"][..],
            &[""],
            &["a/b"],
            &["a b"],
            &[&"a".repeat(64)],
        ] {
            assert_eq!(named(wrong), Err(Some(Code::InvalidArgument)), "{wrong:?}");
        }
    }

    #[test]
    fn outside_of_calls_there_is_none() {
        assert_eq!((namespace(), method()), (String::new(), ""));
    }
}

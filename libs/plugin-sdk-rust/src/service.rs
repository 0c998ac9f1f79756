//! Serves `prism.keyvalue.v1` from a store.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use prism_proto::keyvalue::v1::{key_value_server::KeyValue, *};
use tokio::time::timeout;
use tonic::{Request, Response, Status};

use crate::{
    call::{method, request_id},
    control::Control,
    limits,
    store::{self, Error, Query, Store, Ttl},
};

/// Bounds the values of a page. Keys and framing of the longest page take up to
/// another MiB, and all of it has to fit a message of 4 MiB; one value alone may
/// be bigger.
const PAGE_BYTES: usize = 2 << 20;

type Answer<T> = Result<Response<T>, Status>;

pub(crate) struct Service<S> {
    pub(crate) store: Arc<S>,
    pub(crate) control: Arc<Control>,
    /// Deadline of a call; clients with an earlier one cancel it themselves.
    pub(crate) limit: Duration,
}

impl<S> Service<S> {
    async fn within<T>(&self, work: impl Future<Output = store::Result<T>>) -> Result<T, Status> {
        let call = self.control.gate.pass(timeout(self.limit, work));
        match call.await.map_err(Status::unavailable)? {
            Ok(result) => result.map_err(|error| self.fail(error)),
            Err(_) => Err(Status::deadline_exceeded(
                "the deadline passed before the backend answered",
            )),
        }
    }

    fn fail(&self, error: Error) -> Status {
        if matches!(error, Error::Unavailable(_)) {
            self.control.doubt.notify_one();
        }
        status(&error)
    }
}

/// Text of unknown errors may hold secrets of the backend: it stays in the log.
fn status(error: &Error) -> Status {
    let (method, request_id) = (method(), request_id());
    match error {
        Error::Unavailable(_) => {
            tracing::debug!(%error, method, request_id, "the backend is unavailable");
            Status::unavailable("the backend is unavailable; try again later")
        }
        Error::Full(_) => {
            tracing::debug!(%error, method, request_id, "the store is full");
            Status::resource_exhausted("the store is full; delete keys, or give it more room")
        }
        Error::Unimplemented(_) => Status::unimplemented(error.to_string()),
        Error::Failed(_) => {
            tracing::error!(%error, method, request_id, "the backend failed");
            Status::internal("the backend failed; see the plugin's log")
        }
    }
}

fn valid<T>(checked: Result<T, String>) -> Result<T, Status> {
    checked.map_err(Status::invalid_argument)
}

#[tonic::async_trait]
impl<S: Store> KeyValue for Service<S> {
    async fn set(&self, request: Request<SetRequest>) -> Answer<SetResponse> {
        let SetRequest { key, value, ttl_ms } = request.into_inner();
        valid(limits::check_key(&key))?;
        valid(limits::check_value(&value))?;
        let ttl = Some(valid(limits::ttl(ttl_ms, 0))?).filter(|ttl| !ttl.is_zero());
        self.within(self.store.set(&key, value, ttl)).await?;
        Ok(Response::new(SetResponse {}))
    }

    async fn get(&self, request: Request<GetRequest>) -> Answer<GetResponse> {
        let key = request.into_inner().key;
        valid(limits::check_key(&key))?;
        let value = self.within(self.store.get(&key)).await?;
        Ok(Response::new(GetResponse {
            found: value.is_some(),
            value: value.unwrap_or_default(),
        }))
    }

    async fn delete(&self, request: Request<DeleteRequest>) -> Answer<DeleteResponse> {
        let key = request.into_inner().key;
        valid(limits::check_key(&key))?;
        let existed = self.within(self.store.delete(&key)).await?;
        Ok(Response::new(DeleteResponse { existed }))
    }

    async fn exists(&self, request: Request<ExistsRequest>) -> Answer<ExistsResponse> {
        let key = request.into_inner().key;
        valid(limits::check_key(&key))?;
        let exists = self.within(self.store.exists(&key)).await?;
        Ok(Response::new(ExistsResponse { exists }))
    }

    async fn expire(&self, request: Request<ExpireRequest>) -> Answer<ExpireResponse> {
        let ExpireRequest { key, ttl_ms } = request.into_inner();
        valid(limits::check_key(&key))?;
        let ttl = valid(limits::ttl(ttl_ms, 1))?;
        let found = self.within(self.store.expire(&key, ttl)).await?;
        Ok(Response::new(ExpireResponse { found }))
    }

    async fn get_ttl(&self, request: Request<GetTtlRequest>) -> Answer<GetTtlResponse> {
        let key = request.into_inner().key;
        valid(limits::check_key(&key))?;
        let ttl_ms = match self.within(self.store.ttl(&key)).await? {
            Ttl::Missing => -2,
            Ttl::Never => -1,
            // Rounded up: a key that still lives never has 0 ms left.
            Ttl::Left(left) => {
                i64::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX)
            }
        };
        Ok(Response::new(GetTtlResponse { ttl_ms }))
    }

    async fn persist(&self, request: Request<PersistRequest>) -> Answer<PersistResponse> {
        let key = request.into_inner().key;
        valid(limits::check_key(&key))?;
        let found = self.within(self.store.persist(&key)).await?;
        Ok(Response::new(PersistResponse { found }))
    }

    async fn scan(&self, request: Request<ScanRequest>) -> Answer<ScanResponse> {
        let query = valid(query(request.into_inner()))?;
        let page = self.within(self.store.scan(query)).await?;
        let last = page.entries.last().filter(|_| page.more);
        Ok(Response::new(ScanResponse {
            next_cursor: last
                .map(|entry| encode_cursor(&entry.key))
                .unwrap_or_default(),
            entries: page
                .entries
                .into_iter()
                .map(|store::Entry { key, value }| Entry { key, value })
                .collect(),
        }))
    }
}

fn query(request: ScanRequest) -> Result<Query, String> {
    let ScanRequest {
        prefix,
        limit,
        cursor,
        keys_only,
    } = request;
    limits::check_prefix(&prefix)?;
    Ok(Query {
        limit: limits::page(limit)?,
        after: decode_cursor(&cursor).ok_or("cursor is not the next_cursor of an earlier page")?,
        max_bytes: PAGE_BYTES,
        prefix,
        keys_only,
    })
}

/// A cursor is the last key of its page, encoded so that clients do not come to
/// rely on what is in it.
fn encode_cursor(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// `None` for what no page ended with; empty for the first page.
fn decode_cursor(cursor: &str) -> Option<String> {
    let key = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    (key.is_empty() || limits::check_key(&key).is_ok()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_and_others_do_not() {
        for key in ["", "a", "grüße/\u{1f600}"] {
            assert_eq!(decode_cursor(&encode_cursor(key)).as_deref(), Some(key));
        }
        for cursor in ["A", "?", "_w", "é"] {
            assert_eq!(decode_cursor(cursor), None, "{cursor}");
        }
    }

    #[test]
    fn what_a_store_says_of_itself_stays_in_the_log() {
        let secret = || "password=x".to_owned();
        for (error, code) in [
            (Error::Unavailable(secret()), tonic::Code::Unavailable),
            (Error::Full(secret()), tonic::Code::ResourceExhausted),
            (Error::Failed(secret()), tonic::Code::Internal),
        ] {
            let status = status(&error);
            assert_eq!(status.code(), code);
            assert!(!status.message().contains("password"), "{status}");
        }
    }
}

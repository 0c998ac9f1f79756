//! Keeps namespaces apart in a store that does not.

use std::time::Duration;

use tonic::async_trait;

use crate::{
    call::namespace,
    limits::{MAX_KEY_BYTES, MAX_NAMESPACE_BYTES},
    store::{Entry, Page, Query, Result, Store, Ttl},
};

/// Most bytes of a key that a store gets from [`Apart`].
pub const MAX_STORED_KEY_BYTES: usize = MAX_NAMESPACE_BYTES + 1 + MAX_KEY_BYTES;

/// The store in it gets each key with the namespace of the call and a slash in
/// front. No namespace has a slash.
#[derive(Debug)]
pub struct Apart<S>(pub S);

fn stored(key: &str) -> String {
    format!("{}/{key}", namespace())
}

#[async_trait]
impl<S: Store> Store for Apart<S> {
    async fn set(&self, key: &str, value: Vec<u8>, ttl: Option<Duration>) -> Result<()> {
        self.0.set(&stored(key), value, ttl).await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.0.get(&stored(key)).await
    }

    async fn delete(&self, key: &str) -> Result<bool> {
        self.0.delete(&stored(key)).await
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        self.0.exists(&stored(key)).await
    }

    async fn expire(&self, key: &str, ttl: Duration) -> Result<bool> {
        self.0.expire(&stored(key), ttl).await
    }

    async fn ttl(&self, key: &str) -> Result<Ttl> {
        self.0.ttl(&stored(key)).await
    }

    async fn persist(&self, key: &str) -> Result<bool> {
        self.0.persist(&stored(key)).await
    }

    async fn scan(&self, query: Query) -> Result<Page> {
        let own = stored("");
        let mut below = query;
        below.prefix.insert_str(0, &own);
        if !below.after.is_empty() {
            below.after.insert_str(0, &own);
        }
        let Page { entries, more } = self.0.scan(below).await?;
        let entries = entries.into_iter().map(|Entry { mut key, value }| {
            key.drain(..own.len().min(key.len()));
            Entry { key, value }
        });
        Ok(Page {
            entries: entries.collect(),
            more,
        })
    }

    async fn ping(&self) -> Result<()> {
        self.0.ping().await
    }
}

//! What a plugin implements.

use std::{fmt, time::Duration};

use tonic::async_trait;

/// What methods of a store return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a store could not answer.
#[derive(Debug)]
pub enum Error {
    /// The backend cannot be reached or does not accept work now: UNAVAILABLE.
    Unavailable(String),
    /// There is no room for a value: RESOURCE_EXHAUSTED. Trying again helps only once keys are gone.
    Full(String),
    /// There is no such method yet: UNIMPLEMENTED, with its name.
    Unimplemented(&'static str),
    /// Anything else: INTERNAL, with the details in the log only.
    Failed(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) | Self::Full(why) | Self::Failed(why) => f.write_str(why),
            Self::Unimplemented(method) => write!(f, "there is no {method} yet"),
        }
    }
}

impl std::error::Error for Error {}

/// Keeps values under keys. It is called only with arguments that are already
/// validated. An expired key is as good as deleted: no method shows it. Keys of
/// different namespaces are apart; [`crate::namespace`] is that of the call.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Writes a value, replacing any earlier value and its time to live.
    async fn set(&self, key: &str, value: Vec<u8>, ttl: Option<Duration>) -> Result<()>;
    /// `None` when there is no such key.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>>;
    /// Whether the key existed.
    async fn delete(&self, key: &str) -> Result<bool>;
    /// `get` without the value.
    async fn exists(&self, key: &str) -> Result<bool>;
    /// Gives a key a time to live from now; whether it exists.
    async fn expire(&self, key: &str, ttl: Duration) -> Result<bool>;
    /// The time left.
    async fn ttl(&self, key: &str) -> Result<Ttl>;
    /// Removes the time to live; whether the key exists.
    async fn persist(&self, key: &str) -> Result<bool>;
    /// Lists keys in ascending byte order.
    async fn scan(&self, query: Query) -> Result<Page>;
    /// Whether the backend can serve calls now.
    async fn ping(&self) -> Result<()>;
}

/// The time left of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ttl {
    /// It expires then.
    Left(Duration),
    /// It never expires.
    Never,
    /// There is no such key.
    Missing,
}

/// Selects a page of keys.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Empty matches every key.
    pub prefix: String,
    /// Only keys greater than this one; empty starts at the first.
    pub after: String,
    /// Most entries of the page, at least 1.
    pub limit: usize,
    /// Ends the page before the entry with which the values would sum up to more
    /// bytes, but never before the first. Without effect on `keys_only`.
    pub max_bytes: usize,
    /// Leave every value empty.
    pub keys_only: bool,
}

/// One part of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In ascending order of their keys.
    pub entries: Vec<Entry>,
    /// There are matching keys after the last entry.
    pub more: bool,
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Empty where only keys were asked for.
    pub value: Vec<u8>,
}

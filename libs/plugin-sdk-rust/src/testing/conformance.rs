//! The tests that every store has to pass.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::store::{Entry, Error, Page, Query, Result, Store, Ttl};

/// How long a key may take to expire on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_secs(3600);

/// Runs the whole suite, on a new store for each part. Panics where a store does
/// not do what [`Store`] says.
///
/// # Errors
/// What a method of the store answered.
pub async fn conform<S: Store>(open: impl Fn() -> S) -> Result<()> {
    values(&open()).await?;
    times(&open()).await?;
    pages(&open()).await?;
    page_bytes(&open()).await
}

async fn values(store: &impl Store) -> Result<()> {
    store.ping().await?;
    assert_eq!(store.get("a").await?, None);
    assert!(!store.exists("a").await? && !store.delete("a").await?);
    for value in [b"1".to_vec(), vec![0, 255, 10], Vec::new()] {
        store.set("a", value.clone(), None).await?;
        assert_eq!(store.get("a").await?, Some(value));
    }
    assert!(store.exists("a").await?);
    assert!(!store.exists("A").await?, "keys differ by case");
    assert!(store.delete("a").await? && !store.delete("a").await?);
    assert_eq!(store.get("a").await?, None);
    Ok(())
}

async fn times(store: &impl Store) -> Result<()> {
    assert_eq!(store.ttl("a").await?, Ttl::Missing);
    assert!(!store.expire("a", HOUR).await? && !store.persist("a").await?);
    store.set("a", b"1".to_vec(), None).await?;
    assert_eq!(store.ttl("a").await?, Ttl::Never);
    assert!(store.expire("a", HOUR).await?);
    assert_near(store.ttl("a").await?, HOUR);
    assert!(store.persist("a").await?);
    assert_eq!(store.ttl("a").await?, Ttl::Never);
    store.set("a", b"2".to_vec(), Some(HOUR)).await?;
    assert_near(store.ttl("a").await?, HOUR);
    store.set("a", b"3".to_vec(), None).await?;
    assert_eq!(
        store.ttl("a").await?,
        Ttl::Never,
        "a new value has its own time"
    );
    let century = HOUR * 24 * 365 * 100;
    assert!(store.expire("a", century).await?);
    assert_near(store.ttl("a").await?, century);

    store
        .set("b", b"1".to_vec(), Some(Duration::from_millis(1)))
        .await?;
    let gone = timeout(PATIENCE, async {
        while store.exists("b").await? {
            sleep(Duration::from_millis(1)).await;
        }
        Ok::<(), Error>(())
    });
    assert!(matches!(gone.await, Ok(Ok(()))), "the key expires");
    assert_eq!(store.get("b").await?, None);
    assert_eq!(store.ttl("b").await?, Ttl::Missing);
    assert!(!store.persist("b").await? && !store.expire("b", HOUR).await?);
    assert!(!store.delete("b").await?);
    let page = store.scan(all()).await?;
    assert_eq!(keys(&page), ["a"], "an expired key is in no page");
    Ok(())
}

async fn pages(store: &impl Store) -> Result<()> {
    assert_eq!(store.scan(all()).await?, Page::default());
    for key in ["b/2", "a", "b/10", "b/é", "b", "c", "b/1"] {
        store.set(key, key.as_bytes().to_vec(), None).await?;
    }
    let expected = ["a", "b", "b/1", "b/10", "b/2", "b/é", "c"];
    assert_eq!(keys(&store.scan(all()).await?), expected);
    let below = Query {
        prefix: "b/".into(),
        ..all()
    };
    let page = store
        .scan(Query {
            limit: 3,
            ..below.clone()
        })
        .await?;
    assert_eq!((keys(&page), page.more), (vec!["b/1", "b/10", "b/2"], true));
    let rest = store
        .scan(Query {
            limit: 1,
            after: "b/2".into(),
            ..below
        })
        .await?;
    let entry = Entry {
        key: "b/é".into(),
        value: "b/é".into(),
    };
    assert_eq!(
        rest,
        Page {
            entries: vec![entry],
            more: false
        }
    );
    let bare = store
        .scan(Query {
            keys_only: true,
            max_bytes: 1,
            ..all()
        })
        .await?;
    assert!(bare.entries.iter().all(|entry| entry.value.is_empty()));
    assert_eq!((bare.entries.len(), bare.more), (7, false));
    Ok(())
}

async fn page_bytes(store: &impl Store) -> Result<()> {
    for key in ["a", "b", "c"] {
        store.set(key, vec![0; 10], None).await?;
    }
    for (max_bytes, expected) in [(30, 3), (29, 2), (20, 2), (1, 1)] {
        let page = store.scan(Query { max_bytes, ..all() }).await?;
        let found = (page.entries.len(), page.more);
        assert_eq!(
            found,
            (expected, expected < 3),
            "pages of {max_bytes} bytes"
        );
    }
    Ok(())
}

fn all() -> Query {
    Query {
        limit: 1000,
        max_bytes: usize::MAX,
        ..Query::default()
    }
}

fn keys(page: &Page) -> Vec<&str> {
    page.entries
        .iter()
        .map(|entry| entry.key.as_str())
        .collect()
}

fn assert_near(found: Ttl, expected: Duration) {
    let near = matches!(found, Ttl::Left(left) if left <= expected && left + PATIENCE > expected);
    assert!(near, "{found:?} is not a bit less than {expected:?}");
}

"""The tests that every store has to pass."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from unittest import TestCase

from prism_plugin_sdk import Entry, Page, Query, Store, Ttl

#: How long a key may take to expire on a slow machine, in seconds.
PATIENCE = 30
HOUR = timedelta(hours=1)
ALL = Query(limit=1000, max_bytes=1 << 40)

#: Its messages say what was expected.
that = TestCase()
that.maxDiff = None


async def conform(open_store: Callable[[], Awaitable[Store]]) -> None:
    """Runs the whole suite, on a new store for each part. Raises AssertionError where a store does not do what `Store`
    says, and whatever its methods raise."""
    for part in (values, times, expired, pages, page_bytes):
        store = await open_store()
        try:
            await part(store)
        finally:
            await store.close()


async def values(store: Store) -> None:
    await store.ping()
    that.assertIsNone(await store.get("a"))
    that.assertEqual([await store.exists("a"), await store.delete("a")], [False, False])
    for value in (b"1", b"\x00\xff\n", b""):
        await store.set("a", value, None)
        that.assertEqual(await store.get("a"), value)
    that.assertTrue(await store.exists("a"))
    that.assertFalse(await store.exists("A"), "keys differ by case")
    that.assertEqual([await store.delete("a"), await store.delete("a")], [True, False])
    that.assertIsNone(await store.get("a"))


async def times(store: Store) -> None:
    that.assertEqual(await store.ttl("a"), Ttl.MISSING)
    that.assertEqual([await store.expire("a", HOUR), await store.persist("a")], [False, False])
    await store.set("a", b"1", None)
    that.assertEqual(await store.ttl("a"), Ttl.NEVER)
    that.assertTrue(await store.expire("a", HOUR))
    assert_near(await store.ttl("a"), HOUR)
    that.assertTrue(await store.persist("a"))
    that.assertEqual(await store.ttl("a"), Ttl.NEVER)
    await store.set("a", b"2", HOUR)
    assert_near(await store.ttl("a"), HOUR)
    await store.set("a", b"3", None)
    that.assertEqual(await store.ttl("a"), Ttl.NEVER, "a new value has its own time")
    century = HOUR * 24 * 365 * 100
    that.assertTrue(await store.expire("a", century))
    assert_near(await store.ttl("a"), century)


async def expired(store: Store) -> None:
    await store.set("a", b"1", None)
    await store.set("b", b"1", timedelta(milliseconds=1))
    async with asyncio.timeout(PATIENCE):
        while await store.exists("b"):
            await asyncio.sleep(0.001)
    that.assertIsNone(await store.get("b"))
    that.assertEqual(await store.ttl("b"), Ttl.MISSING)
    that.assertEqual([await store.persist("b"), await store.expire("b", HOUR)], [False, False])
    that.assertFalse(await store.delete("b"))
    that.assertEqual(keys(await store.scan(ALL)), ["a"], "an expired key is in no page")


async def pages(store: Store) -> None:
    assert_page(await store.scan(ALL), [], False)
    for key in ("b/2", "a", "b/10", "b/é", "b", "c", "b/1"):
        await store.set(key, key.encode(), None)
    assert_page(await store.scan(ALL), ["a", "b", "b/1", "b/10", "b/2", "b/é", "c"], False)
    below = replace(ALL, prefix="b/")
    assert_page(await store.scan(replace(below, limit=3)), ["b/1", "b/10", "b/2"], True)
    rest = await store.scan(replace(below, limit=1, after="b/2"))
    that.assertEqual(list(rest.entries), [Entry("b/é", "b/é".encode())])
    that.assertFalse(rest.more)
    bare = await store.scan(replace(ALL, keys_only=True, max_bytes=1))
    that.assertEqual([(entry.value, bare.more) for entry in bare.entries], [(b"", False)] * 7)


async def page_bytes(store: Store) -> None:
    for key in ("a", "b", "c"):
        await store.set(key, bytes(10), None)
    for max_bytes, count in ((30, 3), (29, 2), (20, 2), (1, 1)):
        page = await store.scan(replace(ALL, max_bytes=max_bytes))
        that.assertEqual((len(page.entries), page.more), (count, count < 3), f"pages of {max_bytes} bytes")


def keys(page: Page) -> list[str]:
    return [entry.key for entry in page.entries]


def assert_page(page: Page, expected: list[str], more: bool) -> None:
    that.assertEqual((keys(page), page.more), (expected, more))


def assert_near(found: timedelta | Ttl, expected: timedelta) -> None:
    near = isinstance(found, timedelta) and expected - timedelta(seconds=PATIENCE) < found <= expected
    that.assertTrue(near, f"{found} is not a bit less than {expected}")

"""Keeps namespaces apart in a store that does not."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from .caller import namespace
from .store import Entry, Page, Query, Store, Ttl


def stored(key: str) -> str:
    return f"{namespace()}/{key}"


class Apart(Store):
    """The store in it gets each key with the namespace of the call and a slash in front. No namespace has a slash."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def set(self, key: str, value: bytes, ttl: timedelta | None) -> None:
        await self._store.set(stored(key), value, ttl)

    async def get(self, key: str) -> bytes | None:
        return await self._store.get(stored(key))

    async def delete(self, key: str) -> bool:
        return await self._store.delete(stored(key))

    async def exists(self, key: str) -> bool:
        return await self._store.exists(stored(key))

    async def expire(self, key: str, ttl: timedelta) -> bool:
        return await self._store.expire(stored(key), ttl)

    async def ttl(self, key: str) -> timedelta | Ttl:
        return await self._store.ttl(stored(key))

    async def persist(self, key: str) -> bool:
        return await self._store.persist(stored(key))

    async def scan(self, query: Query) -> Page:
        own = stored("")
        after = query.after and own + query.after
        page = await self._store.scan(replace(query, prefix=own + query.prefix, after=after))
        return Page([Entry(one.key.removeprefix(own), one.value) for one in page.entries], page.more)

    async def ping(self) -> None:
        await self._store.ping()

    async def close(self) -> None:
        await self._store.close()


def apart(open_store: Callable[..., Awaitable[Store]]) -> Callable[..., Awaitable[Store]]:
    """`run(plugin, apart(open_store))` keeps the namespaces of a store apart that knows of none."""

    async def open_apart(**settings: Any) -> Store:
        return Apart(await open_store(**settings))

    return open_apart

"""Stores for the tests, and a server of this process."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import grpc
from prism.keyvalue.v1.keyvalue_pb2_grpc import KeyValueStub

from prism_plugin_sdk import Entry, Page, Plugin, Query, Store, Ttl, Unavailable
from prism_plugin_sdk.probe import probe
from prism_plugin_sdk.serve import serve
from prism_plugin_sdk.settings import Address, Settings
from prism_plugin_testing.process import PATIENCE

SECRET = "password=x"


class Slow(Store):
    """A `get` announces itself, and answers when told; the rest fails, each in a way of its own."""

    def __init__(self) -> None:
        self.arrived, self.release = asyncio.Event(), asyncio.Event()
        self.up, self.closed = True, False
        self.asked: list[object] = []

    async def set(self, key: str, value: bytes, ttl: timedelta | None) -> None:
        self.asked.append(ttl)
        await asyncio.sleep(3600)

    async def get(self, key: str) -> bytes | None:
        self.arrived.set()
        await self.release.wait()
        return None

    async def delete(self, key: str) -> bool:
        raise Unavailable(SECRET)

    async def exists(self, key: str) -> bool:
        raise ValueError(SECRET)

    async def expire(self, key: str, ttl: timedelta) -> bool:
        raise NotImplementedError

    async def ttl(self, key: str) -> timedelta | Ttl:
        if key == "left":
            return timedelta(microseconds=1)
        # To say from another process that a `set` is in flight.
        return Ttl.NEVER if key == "never" or key == "asked" and self.asked else Ttl.MISSING

    async def persist(self, key: str) -> bool:
        # Of the backend, not of the call's deadline.
        raise TimeoutError(SECRET)

    async def scan(self, query: Query) -> Page:
        self.asked.append(query)
        return Page([Entry("ä", b"1")], more=True)

    async def ping(self) -> None:
        if not self.up:
            raise Unavailable(SECRET)

    async def close(self) -> None:
        self.closed = True


class Running:
    def __init__(
        self, store: Slow, address: Address, control: Address, web: Address, ended: asyncio.Task[None]
    ) -> None:
        self.store, self.address, self.control, self.web, self.ended = store, address, control, web, ended


def free_address() -> Address:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", one.getsockname()[1])


@contextlib.asynccontextmanager
async def running(drain: float = 1, call: float = 3600, interval: float = 0.02) -> AsyncIterator[Running]:
    """A server of this process on free ports, as soon as it is healthy; what is done with it has to end."""
    address, control, web = free_address(), free_address(), free_address()
    store = Slow()

    async def open_store() -> Store:
        return store

    settings = Settings(address, control, web, "INFO", drain, interval, call)
    ended = asyncio.create_task(serve(settings, Plugin("slow", "1"), open_store))
    try:
        async with asyncio.timeout(PATIENCE):
            while await asyncio.to_thread(probe, address) is not None:
                if ended.done():
                    await ended
            yield Running(store, address, control, web, ended)
    finally:
        ended.cancel()
        with contextlib.suppress(asyncio.CancelledError, RuntimeError):
            await ended


@contextlib.asynccontextmanager
async def connected(address: Address | str) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(str(address), options=[("grpc.enable_http_proxy", 0)]) as channel:
        yield channel


async def call(address: Address | str, method: str, request: object, stub: type = KeyValueStub) -> tuple[str, Any]:
    """The status of a call with its details, or OK with the answer."""
    async with connected(address) as channel:
        try:
            return "OK", await getattr(stub(channel), method)(request)
        except grpc.aio.AioRpcError as error:
            return error.code().name, error.details()

"""Serves `prism.keyvalue.v1` from a store."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import grpc
from prism.keyvalue.v1 import keyvalue_pb2 as kv
from prism.keyvalue.v1.keyvalue_pb2_grpc import KeyValueServicer

from .caller import current_request_id
from .cursor import decode_cursor, encode_cursor
from .gate import Draining, Gate, Late
from .limits import Refused, check_key, check_prefix, check_value, read_page, read_ttl
from .logs import fields
from .store import Full, Query, Store, Ttl, Unavailable

log = logging.getLogger(__name__)
Code = grpc.StatusCode
#: Bounds the values of a page. Keys and framing of the longest page take up to another MiB, and all of it has to fit a
#: message of 4 MiB; one value alone may be bigger.
PAGE_BYTES = 2 << 20


def answered(work: Callable[["Service", Any], Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """A call of the service: through the gate, with a deadline, and with a status for whatever is raised."""

    @wraps(work)
    async def call(service: "Service", request: Any, context: grpc.aio.ServicerContext) -> Any:
        try:
            async with service.gate.enter(service.limit):
                return await work(service, request)
        except Exception as error:
            if isinstance(error, Unavailable):
                service.doubt()
            await context.abort(*status(work.__name__, error))

    return call


def status(method: str, error: Exception) -> tuple[grpc.StatusCode, str]:
    """Text of unknown errors may hold secrets of the backend: it stays in the log."""
    if isinstance(error, Refused):
        return Code.INVALID_ARGUMENT, str(error)
    if isinstance(error, Draining):
        return Code.UNAVAILABLE, str(error)
    if isinstance(error, Late):
        return Code.DEADLINE_EXCEEDED, str(error)
    if isinstance(error, NotImplementedError):
        return Code.UNIMPLEMENTED, f"there is no {method} yet"
    call = {"method": method, "request_id": current_request_id.get()}
    if isinstance(error, Full):
        log.debug("the store is full", **fields(**call, error=str(error)))
        return Code.RESOURCE_EXHAUSTED, "the store is full; delete keys, or give it more room"
    if isinstance(error, Unavailable):
        log.debug("the backend is unavailable", **fields(**call, error=str(error)))
        return Code.UNAVAILABLE, "the backend is unavailable; try again later"
    log.error("the backend failed", exc_info=error, **fields(**call))
    return Code.INTERNAL, "the backend failed; see the plugin's log"


class Service(KeyValueServicer):
    def __init__(self, store: Store, gate: Gate, limit: float, doubt: Callable[[], None]) -> None:
        self.store, self.gate = store, gate
        #: Has the backend asked at once.
        self.doubt = doubt
        #: Deadline of a call, in seconds; gRPC itself cancels the calls of clients with an earlier one.
        self.limit = limit

    @answered
    async def Set(self, request: kv.SetRequest) -> kv.SetResponse:
        key, value, ttl = check_key(request.key), check_value(request.value), read_ttl(request.ttl_ms, 0)
        await self.store.set(key, value, ttl or None)
        return kv.SetResponse()

    @answered
    async def Get(self, request: kv.GetRequest) -> kv.GetResponse:
        value = await self.store.get(check_key(request.key))
        return kv.GetResponse(found=value is not None, value=value or b"")

    @answered
    async def Delete(self, request: kv.DeleteRequest) -> kv.DeleteResponse:
        return kv.DeleteResponse(existed=await self.store.delete(check_key(request.key)))

    @answered
    async def Exists(self, request: kv.ExistsRequest) -> kv.ExistsResponse:
        return kv.ExistsResponse(exists=await self.store.exists(check_key(request.key)))

    @answered
    async def Expire(self, request: kv.ExpireRequest) -> kv.ExpireResponse:
        key, ttl = check_key(request.key), read_ttl(request.ttl_ms, 1)
        return kv.ExpireResponse(found=await self.store.expire(key, ttl))

    @answered
    async def GetTTL(self, request: kv.GetTTLRequest) -> kv.GetTTLResponse:
        left = await self.store.ttl(check_key(request.key))
        # Rounded up: a key that still lives never has 0 ms left.
        ms = left.value if isinstance(left, Ttl) else -(-left // timedelta(milliseconds=1))
        return kv.GetTTLResponse(ttl_ms=ms)

    @answered
    async def Persist(self, request: kv.PersistRequest) -> kv.PersistResponse:
        return kv.PersistResponse(found=await self.store.persist(check_key(request.key)))

    @answered
    async def Scan(self, request: kv.ScanRequest) -> kv.ScanResponse:
        page = await self.store.scan(read_query(request))
        entries = [kv.Entry(key=one.key, value=one.value) for one in page.entries]
        cursor = encode_cursor(page.entries[-1].key) if page.more and page.entries else ""
        return kv.ScanResponse(entries=entries, next_cursor=cursor)


def read_query(request: kv.ScanRequest) -> Query:
    return Query(
        prefix=check_prefix(request.prefix),
        after=decode_cursor(request.cursor),
        limit=read_page(request.limit),
        max_bytes=PAGE_BYTES,
        keys_only=request.keys_only,
    )

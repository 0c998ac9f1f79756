"""`grpc.health.v1` of a plugin: the empty service and the data plane's are the plugin itself; Lifecycle serves for
as long as there is a process."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from .logs import fields
from .store import Store

log = logging.getLogger(__name__)
Answer = health_pb2.HealthCheckResponse
DATA_PLANE = "prism.keyvalue.v1.KeyValue"
LIFECYCLE = "prism.lifecycle.v1.Lifecycle"


@dataclass(frozen=True)
class Condition:
    """What the plugin can do now."""

    #: The backend can serve.
    up: bool = False
    #: New calls of the data plane are refused, whatever the backend can do.
    draining: bool = False
    #: Nothing comes after it.
    ended: bool = False

    def of(self, service: str) -> Answer:
        if service == LIFECYCLE:
            return Answer(status=Answer.SERVING)
        if service not in ("", DATA_PLANE):
            return Answer(status=Answer.SERVICE_UNKNOWN)
        return Answer(status=Answer.SERVING if self.up and not self.draining else Answer.NOT_SERVING)


class States:
    """The present condition, and what whoever waits for another one waits for."""

    def __init__(self) -> None:
        self.now = Condition()
        self.changed = asyncio.Event()
        #: Set when a call finds the backend unavailable: the monitor then asks it at once.
        self.doubt = asyncio.Event()

    def change(self, **news: bool) -> None:
        before, self.now = self.now, replace(self.now, **news)
        if self.now != before:
            self.changed.set()
            self.changed = asyncio.Event()


class Health(health_pb2_grpc.HealthServicer):
    def __init__(self, states: States) -> None:
        self._states = states

    async def Check(self, request: health_pb2.HealthCheckRequest, context: grpc.aio.ServicerContext) -> Answer:
        answer = self._states.now.of(request.service)
        if answer.status == Answer.SERVICE_UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"no service `{request.service}`")
        return answer

    async def Watch(
        self, request: health_pb2.HealthCheckRequest, _context: grpc.aio.ServicerContext
    ) -> AsyncIterator[Answer]:
        """Sends every change until the client goes away or the plugin ends: an endless stream would hold up the end."""
        sent = None
        while True:
            # Taken first: what changes while a slow client takes the answer is sent too.
            now, changed = self._states.now, self._states.changed
            answer = now.of(request.service)
            if answer != sent:
                sent = answer
                yield answer
            if now.ended:
                return
            await changed.wait()


async def monitor(store: Store, states: States, every: float) -> None:
    """Asks the backend whether it can serve, again and again, at once where a call found it unavailable, and says so once
    for each change."""
    told: str | None = "nothing yet"
    while True:
        error = await ask(store, every)
        states.change(up=error is None)
        if error != told:
            told = error
            if error is None:
                log.info("the backend is up")
            else:
                log.warning("the backend is down", **fields(error=error))
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await states.doubt.wait()
        states.doubt.clear()


async def ask(store: Store, limit: float) -> str | None:
    """Why the backend cannot serve; whatever a store raises is a reason and no end of the asking."""
    try:
        async with asyncio.timeout(limit):
            await store.ping()
    except TimeoutError:
        return "it does not answer"
    except Exception as error:
        return repr(error)
    return None

"""`grpc.health.v1` of a plugin: the empty service and the data plane's are the plugin itself."""

import asyncio
import logging
from collections.abc import AsyncIterator
from enum import Enum, auto

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from .logs import fields
from .store import Store

log = logging.getLogger(__name__)
Answer = health_pb2.HealthCheckResponse
KNOWN = ("", "prism.keyvalue.v1.KeyValue")


class State(Enum):
    """What the plugin can do now."""

    DOWN = auto()
    SERVING = auto()
    #: The last one: nothing comes after it.
    DRAINING = auto()


class States:
    """The present state, and what whoever waits for another one waits for."""

    def __init__(self) -> None:
        self.now = State.DOWN
        self.changed = asyncio.Event()

    def change(self, state: State) -> None:
        if self.now in (State.DRAINING, state):
            return
        self.now = state
        self.changed.set()
        self.changed = asyncio.Event()


class Health(health_pb2_grpc.HealthServicer):
    def __init__(self, states: States) -> None:
        self._states = states

    async def Check(self, request: health_pb2.HealthCheckRequest, context: grpc.aio.ServicerContext) -> Answer:
        if request.service not in KNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"no service `{request.service}`")
        return answer_of(self._states.now)

    async def Watch(
        self, request: health_pb2.HealthCheckRequest, _context: grpc.aio.ServicerContext
    ) -> AsyncIterator[Answer]:
        """Sends every change until the client goes away or draining begins: an endless stream would hold up the drain
        to its limit."""
        sent = None
        while True:
            # Taken first: what changes while a slow client takes the answer is sent too.
            state, changed = self._states.now, self._states.changed
            answer = answer_of(state) if request.service in KNOWN else Answer(status=Answer.SERVICE_UNKNOWN)
            if answer != sent:
                sent = answer
                yield answer
            if state is State.DRAINING:
                return
            await changed.wait()


def answer_of(state: State) -> Answer:
    return Answer(status=Answer.SERVING if state is State.SERVING else Answer.NOT_SERVING)


async def monitor(store: Store, states: States, every: float) -> None:
    """Asks the backend whether it can serve, again and again, and says so once for each change."""
    told: str | None = "nothing yet"
    while True:
        error = await ask(store, every)
        states.change(State.SERVING if error is None else State.DOWN)
        if error != told:
            told = error
            if error is None:
                log.info("the backend is up; serving")
            else:
                log.warning("the backend is down; not serving", **fields(error=error))
        await asyncio.sleep(every)


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

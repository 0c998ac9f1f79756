"""Counts calls in flight and turns new ones away while draining."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

#: Seconds that a call has to let go of its work once it is aborted.
LET_GO = 1


class Draining(Exception):
    """Why a call is refused or aborted, in words that are fit for clients: UNAVAILABLE."""


class Late(Exception):
    """The deadline of a call passed."""


class Call:
    """One in flight. A drain aborts it by an earlier deadline, which needs nobody who waits for it."""

    def __init__(self, limit: float) -> None:
        self.deadline = asyncio.timeout(limit)
        #: The deadline is that of a drain.
        self.hurried = False
        self.aborted = False
        self.left: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hurry(self, limit: float) -> None:
        until = asyncio.get_running_loop().time() + limit
        at = self.deadline.when()
        if at is not None and until < at:
            self.hurried = True
            self.deadline.reschedule(until)


class Gate:
    """Open at first."""

    def __init__(self) -> None:
        self.closed = False
        self._calls: set[Call] = set()

    @property
    def in_flight(self) -> int:
        return len(self._calls)

    @asynccontextmanager
    async def enter(self, limit: float) -> AsyncIterator[None]:
        """Admits a call, for so many seconds. Raises Draining or Late; a TimeoutError is the backend's own."""
        if self.closed:
            raise Draining("the plugin is draining; try another one")
        call = Call(limit)
        self._calls.add(call)
        try:
            async with call.deadline:
                yield
        except TimeoutError:
            if not call.deadline.expired():
                raise
            if not call.hurried:
                raise Late("the deadline passed before the backend answered") from None
            call.aborted = True
            raise Draining("aborted: the plugin is draining and the call took too long") from None
        finally:
            self._calls.remove(call)
            call.left.set_result(None)

    def hurry(self, limit: float) -> None:
        """Aborts the calls in flight that have not finished after so many seconds."""
        for call in self._calls:
            call.hurry(limit)

    async def drain(self, limit: float) -> tuple[int, int]:
        """Turns new calls away and waits for those in flight; how many finished, and how many had to be aborted."""
        self.closed = True
        self.hurry(limit)
        calls = list(self._calls)
        if calls:
            await asyncio.wait([call.left for call in calls], timeout=limit + LET_GO)
        aborted = sum(call.aborted or not call.left.done() for call in calls)
        return len(calls) - aborted, aborted

"""Steers a running plugin, for signals and for the Lifecycle service."""

import asyncio
import logging

from .gate import Gate
from .health import States
from .logs import fields

log = logging.getLogger(__name__)


class Control:
    def __init__(self, limit: float) -> None:
        #: Seconds that a drain waits if nobody says how long.
        self.limit = limit
        self.gate, self.states = Gate(), States()
        #: How long the last drain waits, and why there is one; set once the process is to end.
        self.stopping: asyncio.Future[tuple[float, str]] = asyncio.get_running_loop().create_future()

    def resume(self) -> bool:
        """Opens the data plane, unless the process is ending."""
        if self.stopping.done():
            return False
        self.gate.closed = False
        self.states.change(draining=False)
        return True

    async def drain(self, limit: float, reason: str) -> tuple[int, int]:
        """Closes the data plane; how many of the calls in flight finished within `limit` seconds, and how many had to
        be aborted."""
        # Health first: whoever watches it stops sending before calls are refused.
        self.states.change(draining=True)
        log.info("draining", **fields(reason=reason, timeout=limit, in_flight=self.gate.in_flight))
        finished, aborted = await self.gate.drain(limit)
        log.info("drained", **fields(drained=finished, aborted=aborted))
        return finished, aborted

    def stop(self, limit: float, reason: str) -> None:
        """Has the process drain and end, and does not wait for it. Whoever asks again can only shorten that."""
        if self.stopping.done():
            self.gate.hurry(limit)
        else:
            self.stopping.set_result((limit, reason))

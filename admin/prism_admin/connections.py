"""Limits on the connections of the server: idle ones make room for new ones."""

import asyncio
import logging

from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger("prism_admin.connections")

#: Most open connections. A new one beyond that closes the connection that has been idle longest.
MOST = 500
#: Seconds for the head of a request, and between two requests.
IDLE_SECONDS = 15


class Connection(H11Protocol):
    """uvicorn's own time limit begins after the first response, and ends with the first byte of the next request."""

    timer: asyncio.TimerHandle | None = None
    idle_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= MOST:
            self.make_room()
        super().connection_made(transport)
        if len(self.connections) > MOST:
            log.warning("%d connections are busy; a new one is closed", MOST)
            transport.close()
        self.become_idle()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.is_busy():
            self.stop_timer()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.is_busy():
            self.become_idle()

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_timer()
        super().connection_lost(exc)

    def is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def become_idle(self) -> None:
        self.stop_timer()
        self.idle_since = self.loop.time()
        self.timer = self.loop.call_later(IDLE_SECONDS, self.transport.close)

    def stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def make_room(self) -> None:
        idle = [one for one in self.connections if isinstance(one, Connection) and not one.is_busy()]
        if idle:
            oldest = min(idle, key=lambda one: one.idle_since)
            # At once: connection_lost removes it only later.
            self.connections.discard(oldest)
            oldest.transport.abort()

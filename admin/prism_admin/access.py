"""The access log: a line for every request, with the status that was sent and the time it took."""

import asyncio
import logging
import time

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("prism_admin.access")


class AccessLog:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except asyncio.CancelledError:
            # The server is stopping, and nothing else cancels a request: an answer, not a traceback.
            if status == 0:
                await PlainTextResponse("stopping\n", status_code=503)(scope, receive, noting)
        finally:
            fields = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status or 500,
                "duration_ms": round((time.perf_counter() - started) * 1000, 2),
                "client": (scope.get("client") or ("",))[0],
            }
            log.info("request", extra={"fields": fields})

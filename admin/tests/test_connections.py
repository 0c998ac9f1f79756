import asyncio
import unittest
from unittest import mock

import uvicorn
from prism_admin import connections

from .servers import free_port


async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


class Idle(unittest.IsolatedAsyncioTestCase):
    async def test_what_sends_no_whole_request_is_closed(self) -> None:
        port = free_port()
        config = uvicorn.Config(
            app, host="127.0.0.1", port=port, http=connections.Connection, lifespan="off", log_config=None, ws="none"
        )
        server = uvicorn.Server(config)
        with mock.patch.object(connections, "IDLE_SECONDS", 0.2):
            serving = asyncio.create_task(server.serve())
            while not server.started:
                await asyncio.sleep(0.01)
            request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
            for sent in (b"", b"GET", request, request + b"GET"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(sent)
                answer = await asyncio.wait_for(reader.read(), 20)
                self.assertEqual(answer.startswith(b"HTTP/1.1 200"), sent.startswith(request), sent)
                writer.close()
            server.should_exit = True
            await serving

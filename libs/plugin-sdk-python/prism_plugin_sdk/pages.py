"""Answers GET of `/metrics`, `/ready` and `/live` over HTTP/1.1, one request a connection. The server of the standard
library wants a thread for each."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from socket import AF_INET, AF_INET6

from .settings import Address

#: Writes the body of an answer, with its status.
Page = Callable[[], tuple[HTTPStatus, str]]
#: Seconds for a whole request and its answer.
EXCHANGE = 5
MAX_HEAD_BYTES = 16 << 10
#: Far more than probes and scrapers need.
MAX_CONNECTIONS = 32


async def serve_pages(address: Address, pages: dict[str, Page]) -> tuple[asyncio.Server, Address]:
    """Serves until the server is closed; where it listens. Raises OSError."""
    places = asyncio.Semaphore(MAX_CONNECTIONS)

    async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(EXCHANGE), places:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(answer(head.split(b"\r\n", 1)[0].decode("latin-1"), pages))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError):
            # Whatever it was, it is no request, or the client is gone.
            writer.transport.abort()

    family = AF_INET6 if ":" in address.host else AF_INET
    server = await asyncio.start_server(
        exchange, address.host, address.port, family=family, limit=MAX_HEAD_BYTES, reuse_address=True
    )
    return server, Address(address.host, server.sockets[0].getsockname()[1])


def answer(request: str, pages: dict[str, Page]) -> bytes:
    """The answer to the first line of a request."""
    method, _, rest = request.partition(" ")
    page = pages.get(rest.split(" ")[0].partition("?")[0])
    if page is None:
        status, text = HTTPStatus.NOT_FOUND, "not found\n"
    elif method not in ("GET", "HEAD"):
        status, text = HTTPStatus.METHOD_NOT_ALLOWED, "GET only\n"
    else:
        status, text = page()
    body = text.encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if method == "HEAD" else body)

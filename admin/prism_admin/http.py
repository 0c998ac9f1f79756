"""A GET over HTTP/1.1 with one limit for everything; h11 does the protocol, and uvicorn brings it anyway."""

import asyncio
import ssl
from urllib.parse import urlsplit

import h11

MOST_BYTES = 4 << 20


class HttpError(Exception):
    """Why there is no answer, in a sentence for people."""


async def get(url: str, timeout: float) -> bytes:
    """The body of a 200. Raises HttpError for everything else, within `timeout` seconds."""
    try:
        async with asyncio.timeout(timeout):
            return await exchange(url)
    except TimeoutError:
        raise HttpError(f"no answer within {timeout * 1000:.0f} ms") from None
    except (OSError, h11.ProtocolError) as error:
        raise HttpError(str(error) or type(error).__name__) from error


async def exchange(url: str) -> bytes:
    parts = urlsplit(url)
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure)
    try:
        connection = h11.Connection(h11.CLIENT)
        headers = [("Host", parts.netloc.rpartition("@")[2]), ("Accept", "application/json"), ("Connection", "close")]
        writer.write(connection.send(h11.Request(method="GET", target=parts.path or "/", headers=headers)))
        writer.write(connection.send(h11.EndOfMessage()))
        return await read_body(connection, reader)
    finally:
        # Not waited for: whoever does not answer may not close either.
        writer.close()


async def read_body(connection: h11.Connection, reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Response) and event.status_code != 200:
            raise HttpError(f"status {event.status_code}")
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST_BYTES:
                raise HttpError(f"an answer of more than {MOST_BYTES} bytes")
        elif isinstance(event, h11.EndOfMessage):
            return bytes(body)

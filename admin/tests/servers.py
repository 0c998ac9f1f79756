"""Real servers on loopback for the tests: the admin as a process, and a proxy that says what a test wants."""

import asyncio
import contextlib
import json
import os
import socket
import sys
from pathlib import Path

ADMIN = Path(__file__).parent.parent


def namespace(name: str = "memory", **more: object) -> dict[str, object]:
    plugin = {"up": True, "detail": ""} | dict(more.pop("plugin", {}))  # type: ignore[call-overload]
    return {"name": name, "backend": "memstore", "endpoint": "plugin:50100", "timeout_ms": 2000, "plugin": plugin, **more}


def answer(body: object, status: str = "200 OK") -> bytes:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(text), text)


@contextlib.asynccontextmanager
async def proxy(reply: bytes | None):
    """A server that gives one reply to everybody, or none and keeps them waiting. Yields its URL and what was asked."""
    asked: list[bytes] = []
    waiting: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        waiting.append(writer)
        if reply is not None:
            writer.write(reply)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        for writer in waiting:
            writer.close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Admin:
    """`python3 -m prism_admin`, and everything that it wrote."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self.process, self.address = process, address

    async def get(self, path: str) -> tuple[int, dict[str, str], str]:
        host, port = self.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n".encode())
        raw = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        head, _, body = raw.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        return int(status.split()[1]), headers, body.decode()

    async def end(self) -> tuple[int, str, str]:
        """SIGTERM; its status, output and errors."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        output, errors = await asyncio.wait_for(self.process.communicate(), 20)
        return self.process.returncode or 0, output.decode(), errors.decode()


async def start_admin(**environment: str) -> Admin:
    address = environment.setdefault("PRISM_LISTEN", f"127.0.0.1:{free_port()}")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PRISM_", "PROXY_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "prism_admin"),
        cwd=ADMIN,
        env={**own, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    admin = Admin(process, address)
    for _ in range(400):
        if process.returncode is not None:
            break
        with contextlib.suppress(OSError, ValueError):
            await admin.get("/health")
            break
        await asyncio.sleep(0.05)
    return admin

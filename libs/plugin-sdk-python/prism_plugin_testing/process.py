"""A plugin as a child process."""

import asyncio
import json
import os
import sys

import grpc
from prism.keyvalue.v1.keyvalue_pb2_grpc import KeyValueStub

#: Seconds.
PATIENCE = 30


class Process:
    """A running plugin; leaving `async with` kills it.

        async with await Process.start("plugin_redis") as plugin:
            await plugin.healthy()
    """

    def __init__(
        self, module: str, process: asyncio.subprocess.Process, listening: dict[str, str], log: asyncio.Task[None]
    ) -> None:
        self._module, self._process, self._log = module, process, log
        address = self.address = listening["address"]
        #: Of the Lifecycle service.
        self.control_address = listening["control_address"]
        self._channel = grpc.aio.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])

    @classmethod
    async def start(cls, module: str, **environment: str) -> "Process":
        """`python3 -m <module>` on a free port, with these variables and no other settings; returns when it listens.

        Raises RuntimeError with its log when it ends before that.
        """
        process = await spawn(module, PRISM_LISTEN="127.0.0.1:0", **environment)
        lines: list[str] = []
        async with asyncio.timeout(PATIENCE):
            while line := await process.stderr.readline():  # type: ignore[union-attr]
                lines.append(line.decode())
                listening = read_listening(lines[-1])
                if listening:
                    # A plugin that cannot write its log would stop.
                    return cls(module, process, listening, asyncio.create_task(discard(process)))
        raise RuntimeError(f"{module} ended too early:\n{''.join(lines)}")

    async def __aenter__(self) -> "Process":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._channel.close()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        await self._log

    def client(self) -> KeyValueStub:
        """A client of its data plane."""
        return KeyValueStub(self._channel)

    async def healthy(self) -> None:
        """Waits until `health`, the health check of its container, succeeds."""
        async with asyncio.timeout(PATIENCE):
            while True:
                asked = await spawn(self._module, "health", PRISM_LISTEN=self.address)
                await asked.communicate()
                if asked.returncode == 0:
                    return

    async def terminate(self) -> int:
        """Sends SIGTERM and waits for the end; its exit status."""
        self._process.terminate()
        return await self.ended()

    async def ended(self) -> int:
        """Waits for the end; its exit status."""
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()


async def spawn(
    module: str, *arguments: str, stdout: int | None = None, **environment: str
) -> asyncio.subprocess.Process:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PRISM_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        env={**own, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
    )


def read_listening(line: str) -> dict[str, str] | None:
    """The line of the log that names the addresses."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if said.get("message") == "listening" else None


async def discard(process: asyncio.subprocess.Process) -> None:
    while await process.stderr.readline():  # type: ignore[union-attr]
        pass

"""Serves `prism.lifecycle.v1`."""

import time
from typing import NoReturn

import grpc
from prism.lifecycle.v1 import lifecycle_pb2 as lc
from prism.lifecycle.v1.lifecycle_pb2_grpc import LifecycleServicer

from .control import Control
from .health import DATA_PLANE
from .plugin import Plugin
from .settings import Address

Code = grpc.StatusCode
Context = grpc.aio.ServicerContext
Health = lc.HealthCheckResponse
#: Milliseconds.
MAX_TIMEOUT = 3_600_000


class Lifecycle(LifecycleServicer):
    def __init__(self, plugin: Plugin, address: Address, control: Control) -> None:
        self._plugin, self._address, self._control = plugin, address, control
        self._started = time.monotonic()

    async def Initialize(self, request: lc.InitializeRequest, context: Context) -> lc.InitializeResponse:
        if request.name not in ("", self._plugin.name):
            await refuse(context, f'this is plugin "{self._plugin.name}", not "{request.name}"')
        if request.config.fields:
            why = "config must be empty: this plugin is configured by its environment when it starts"
            await refuse(context, why)
        return lc.InitializeResponse(interfaces=[DATA_PLANE])

    async def Start(self, _request: lc.StartRequest, context: Context) -> lc.StartResponse:
        if not self._control.resume():
            await context.abort(Code.FAILED_PRECONDITION, "the plugin is stopping; start its process again")
        return lc.StartResponse(data_endpoint=str(self._address))

    async def Drain(self, request: lc.DrainRequest, context: Context) -> lc.DrainResponse:
        limit = await self._limit(request.timeout_ms, context)
        drained, aborted = await self._control.drain(limit, request.reason)
        return lc.DrainResponse(drained=drained, aborted=aborted)

    async def Stop(self, request: lc.StopRequest, context: Context) -> lc.StopResponse:
        self._control.stop(await self._limit(request.timeout_ms, context), "Lifecycle.Stop")
        return lc.StopResponse()

    async def HealthCheck(self, _request: lc.HealthCheckRequest, _context: Context) -> lc.HealthCheckResponse:
        now, status, message = self._control.states.now, Health.STATUS_HEALTHY, "serving"
        if now.draining:
            status, message = Health.STATUS_DEGRADED, "draining"
        if not now.up:
            # What a store says may hold secrets of the backend.
            status, message = Health.STATUS_UNHEALTHY, "backend: it cannot serve; see the plugin's log"
        details = {
            "version": self._plugin.version,
            "in_flight": str(self._control.gate.in_flight),
            "uptime": f"{time.monotonic() - self._started:.3f}s",
        }
        return Health(status=status, message=message, details=details)

    async def _limit(self, ms: int, context: Context) -> float:
        """Seconds; 0 asks for the plugin's own limit."""
        if not 0 <= ms <= MAX_TIMEOUT:
            await refuse(context, f"timeout_ms is {ms}; it must be from 0 to {MAX_TIMEOUT}")
        return ms / 1000 if ms else self._control.limit


async def refuse(context: Context, why: str) -> NoReturn:
    await context.abort(Code.INVALID_ARGUMENT, why)

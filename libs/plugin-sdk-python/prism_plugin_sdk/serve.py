"""From the listener to the end of the drain."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import grpc
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from prism.keyvalue.v1.keyvalue_pb2_grpc import add_KeyValueServicer_to_server
from prism.lifecycle.v1.lifecycle_pb2_grpc import add_LifecycleServicer_to_server

from .control import Control
from .health import Condition, Health, monitor
from .intercept import Surround
from .lifecycle import Lifecycle
from .logs import fields
from .metrics import Calls
from .pages import Page, serve_pages
from .plugin import Plugin
from .reflection import add_reflection
from .service import Service
from .settings import Address, Settings
from .store import Store

log = logging.getLogger(__name__)
#: A second plugin with the same port is a mistake, and must not get half of the calls. The proxy pings its connections
#: every ten seconds, idle ones too; gRPC would close them after a few.
OPTIONS = [
    ("grpc.so_reuseport", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 5000),
    ("grpc.keepalive_permit_without_calls", 1),
    # A connection that sends nothing, has no call, or whose client answers no ping is closed.
    ("grpc.server_handshake_timeout_ms", 10_000),
    ("grpc.max_connection_idle_ms", 300_000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
]
#: Seconds in which calls that were on their way get UNAVAILABLE. gRPC would answer CANCELLED, which no client may repeat, to
#: those that it has read and not yet handed over when it stops.
ON_THEIR_WAY = 0.3
#: Seconds that nobody waits for: the drain has a limit of its own.
FOREVER = 1e6
#: Seconds that connections get for goodbyes once no call of the data plane runs.
GOODBYES = 1


async def serve(settings: Settings, plugin: Plugin, open_store: Callable[[], Awaitable[Store]]) -> None:
    """Serves until SIGTERM, SIGINT or Lifecycle.Stop, then drains; a second signal ends the process at once."""
    signalled = catch_signals()
    # Apart, so that whoever reaches the data cannot stop the plugin.
    calls = Calls()
    data = grpc.aio.server(interceptors=[Surround(calls)], options=OPTIONS)
    steering = grpc.aio.server(options=OPTIONS)
    address = listen(data, settings.listen, "PRISM_LISTEN")
    control_address = listen(steering, settings.control_listen, "PRISM_CONTROL_LISTEN")
    control = Control(settings.drain_timeout)
    shown = pages(plugin, control, calls)
    web, metrics_address = await listen_web(settings.metrics_listen, shown)
    store = await open_store()
    signalled.add_done_callback(lambda first: control.stop(control.limit, first.result()))
    for server in (data, steering):
        add_HealthServicer_to_server(Health(control.states), server)
    add_KeyValueServicer_to_server(Service(store, control.gate, settings.call_timeout, control.states.doubt.set), data)
    add_reflection(data)
    add_LifecycleServicer_to_server(Lifecycle(plugin, address, control), steering)
    asking = asyncio.create_task(monitor(store, control.states, settings.health_interval))
    try:
        await data.start()
        await steering.start()
        where = {"address": address, "control_address": control_address, "metrics_address": metrics_address}
        log.info("listening", **fields(**where, version=plugin.version))
        aborted = await end(data, control, signalled)
        await steering.stop(GOODBYES)
    finally:
        asking.cancel()
        web.close()
        await store.close()
    if aborted:
        raise RuntimeError(f"the drain timeout passed; calls were aborted: {aborted}")
    log.info("stopped")


def pages(plugin: Plugin, control: Control, calls: Calls) -> dict[str, Page]:
    """What PRISM_METRICS_LISTEN serves."""

    def ready() -> tuple[HTTPStatus, str]:
        match control.states.now:
            case Condition(draining=True):
                return HTTPStatus.SERVICE_UNAVAILABLE, "draining\n"
            case Condition(up=False):
                return HTTPStatus.SERVICE_UNAVAILABLE, "the backend is down\n"
        return HTTPStatus.OK, "ok\n"

    def metrics() -> tuple[HTTPStatus, str]:
        now, in_flight = control.states.now, control.gate.in_flight
        up = now.up and not now.draining
        return HTTPStatus.OK, calls.text(plugin=plugin.name, version=plugin.version, up=up, in_flight=in_flight)

    return {"/ready": ready, "/metrics": metrics, "/live": lambda: (HTTPStatus.OK, "ok\n")}


async def listen_web(address: Address, shown: dict[str, Page]) -> tuple[asyncio.Server, Address]:
    try:
        return await serve_pages(address, shown)
    except OSError as error:
        raise RuntimeError(f"cannot listen on {address}; choose another address with PRISM_METRICS_LISTEN") from error


def listen(server: grpc.aio.Server, address: Address, setting: str) -> Address:
    try:
        return Address(address.host, server.add_insecure_port(str(address)))
    except RuntimeError as error:
        raise RuntimeError(f"cannot listen on {address}; choose another address with {setting}") from error


def catch_signals() -> asyncio.Future[str]:
    """The name of the first signal, when it comes."""
    loop = asyncio.get_running_loop()
    first: asyncio.Future[str] = loop.create_future()

    def on(number: signal.Signals) -> None:
        if first.done():
            log.error("a second signal ends the process", **fields(signal=number.name))
            os._exit(1)
        first.set_result(number.name)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on, number)
    return first


async def end(server: grpc.aio.Server, control: Control, signalled: asyncio.Future[str]) -> int:
    """Waits until the process is to end, and drains; how many calls were aborted."""
    limit, reason = await control.stopping

    async def close() -> None:
        await asyncio.sleep(ON_THEIR_WAY)
        # After Lifecycle.Stop the listener stays open until the drain is over: health says NOT_SERVING meanwhile.
        if signalled.done():
            await server.stop(FOREVER)

    closing = asyncio.create_task(close())
    _, aborted = await control.drain(limit, reason)
    control.states.change(ended=True)
    await asyncio.wait([closing], timeout=ON_THEIR_WAY)
    # Answers may still be on their way to slow clients. A stream without an end, as of reflection, is not waited for.
    await asyncio.gather(server.stop(GOODBYES), closing)
    return aborted

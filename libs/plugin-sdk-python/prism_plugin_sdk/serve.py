"""From the listener to the end of the drain."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable

import grpc
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from prism.keyvalue.v1.keyvalue_pb2_grpc import add_KeyValueServicer_to_server
from prism.lifecycle.v1.lifecycle_pb2_grpc import add_LifecycleServicer_to_server

from .control import Control
from .health import Health, monitor
from .lifecycle import Lifecycle
from .logs import fields
from .plugin import Plugin
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
]
#: Seconds that nobody waits for: the drain has a limit of its own.
FOREVER = 1e6
#: Seconds that connections get for goodbyes after the time of the drain.
GOODBYES = 1


async def serve(settings: Settings, plugin: Plugin, open_store: Callable[[], Awaitable[Store]]) -> None:
    """Serves until SIGTERM, SIGINT or Lifecycle.Stop, then drains; a second signal ends the process at once."""
    signalled = catch_signals()
    # Apart, so that whoever reaches the data cannot stop the plugin.
    data, steering = grpc.aio.server(options=OPTIONS), grpc.aio.server(options=OPTIONS)
    address = listen(data, settings.listen, "PRISM_LISTEN")
    control_address = listen(steering, settings.control_listen, "PRISM_CONTROL_LISTEN")
    store = await open_store()
    control = Control(settings.drain_timeout)
    signalled.add_done_callback(lambda first: control.stop(control.limit, first.result()))
    for server in (data, steering):
        add_HealthServicer_to_server(Health(control.states), server)
    add_KeyValueServicer_to_server(Service(store, control.gate, settings.call_timeout), data)
    add_LifecycleServicer_to_server(Lifecycle(plugin, address, control), steering)
    asking = asyncio.create_task(monitor(store, control.states, settings.health_interval))
    try:
        await data.start()
        await steering.start()
        where = {"address": str(address), "control_address": str(control_address)}
        log.info("listening", **fields(**where, version=plugin.version))
        aborted = await end(data, control, signalled)
        await steering.stop(GOODBYES)
    finally:
        asking.cancel()
        await store.close()
    if aborted:
        raise RuntimeError(f"the drain timeout passed; calls were aborted: {aborted}")
    log.info("stopped")


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
    clock = asyncio.get_running_loop().time
    until = clock() + limit + GOODBYES
    # After Lifecycle.Stop the listener stays open until the drain is over: health says NOT_SERVING meanwhile.
    closing = [asyncio.create_task(server.stop(FOREVER))] if signalled.done() else []
    _, aborted = await control.drain(limit, reason)
    control.states.change(ended=True)
    # Answers may still be on their way to slow clients.
    await asyncio.gather(server.stop(until - clock()), *closing)
    return aborted

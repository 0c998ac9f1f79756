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
#: Seconds that nobody waits for: the drain has a limit of its own.
FOREVER = 1e6
#: Seconds that connections get for goodbyes after the time of the drain.
GOODBYES = 1


async def serve(settings: Settings, plugin: Plugin, open_store: Callable[[], Awaitable[Store]]) -> None:
    """Serves until SIGTERM, SIGINT or Lifecycle.Stop, then drains; a second signal ends the process at once."""
    signalled = catch_signals()
    # A second plugin with the same port is a mistake, and must not get half of the calls.
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    address = listen(server, settings.listen)
    store = await open_store()
    control = Control(settings.drain_timeout)
    signalled.add_done_callback(lambda first: control.stop(control.limit, first.result()))
    add_HealthServicer_to_server(Health(control.states), server)
    add_KeyValueServicer_to_server(Service(store, control.gate, settings.call_timeout), server)
    add_LifecycleServicer_to_server(Lifecycle(plugin, address, control), server)
    asking = asyncio.create_task(monitor(store, control.states, settings.health_interval))
    try:
        await server.start()
        log.info("listening", **fields(address=str(address), version=plugin.version))
        aborted = await end(server, control, signalled)
    finally:
        asking.cancel()
        await store.close()
    if aborted:
        raise RuntimeError(f"the drain timeout passed; calls were aborted: {aborted}")
    log.info("stopped")


def listen(server: grpc.aio.Server, address: Address) -> Address:
    try:
        return Address(address.host, server.add_insecure_port(str(address)))
    except RuntimeError as error:
        raise RuntimeError(f"cannot listen on {address}; choose another address with PRISM_LISTEN") from error


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
    # Lifecycle.Stop leaves the listener open until the drain is over: its caller may ask how far that is.
    closing = [asyncio.create_task(server.stop(FOREVER))] if signalled.done() else []
    _, aborted = await control.drain(limit, reason)
    control.states.change(ended=True)
    # Answers may still be on their way to slow clients.
    await asyncio.gather(server.stop(until - clock()), *closing)
    return aborted

"""From the listener to the end of the drain."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable

import grpc
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from prism.keyvalue.v1.keyvalue_pb2_grpc import add_KeyValueServicer_to_server

from .health import Health, State, States, monitor
from .logs import fields
from .service import Service
from .settings import Address, Settings
from .store import Store

log = logging.getLogger(__name__)
#: Seconds that nobody waits for: the drain has a limit of its own.
FOREVER = 1e6


async def serve(settings: Settings, version: str, open_store: Callable[[], Awaitable[Store]]) -> None:
    """Serves until SIGTERM or SIGINT, then drains; a second signal ends the process at once."""
    signalled = catch_signals()
    # A second plugin with the same port is a mistake, and must not get half of the calls.
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    address = listen(server, settings.listen)
    store = await open_store()
    states = States()
    service = Service(store, settings.call_timeout)
    add_HealthServicer_to_server(Health(states), server)
    add_KeyValueServicer_to_server(service, server)
    asking = asyncio.create_task(monitor(store, states, settings.health_interval))
    try:
        await server.start()
        log.info("listening", **fields(address=str(address), version=version))
        log.info("draining", **fields(signal=await signalled))
        states.change(State.DRAINING)
        aborted = await drain(server, service, settings.drain_timeout)
    finally:
        asking.cancel()
        await store.close()
    if aborted:
        raise RuntimeError(f"the drain timeout passed; calls were aborted: {aborted}")
    log.info("drained")


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


async def drain(server: grpc.aio.Server, service: Service, limit: float) -> int:
    """Refuses new calls and waits for those in flight; how many were aborted after `limit` seconds."""
    stopping = asyncio.create_task(server.stop(FOREVER))
    await asyncio.wait({stopping}, timeout=limit)
    aborted = service.in_flight
    await server.stop(None)
    await stopping
    return aborted

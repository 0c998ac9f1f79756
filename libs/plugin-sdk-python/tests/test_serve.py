import asyncio
import os
import signal
import unittest

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prism.keyvalue.v1 import keyvalue_pb2 as kv

from prism_plugin_sdk.probe import probe
from prism_plugin_sdk.serve import OPTIONS, listen

from .stores import call, connected, running

Answer = health_pb2.HealthCheckResponse


def terminate() -> None:
    """SIGTERM, to this process: the loop's handler is that of the last server."""
    os.kill(os.getpid(), signal.SIGTERM)


class Drain(unittest.IsolatedAsyncioTestCase):
    async def test_a_call_in_flight_finishes_while_new_connections_are_refused(self) -> None:
        async with running(drain=600) as plugin:
            finishes = asyncio.create_task(call(plugin.address, "Get", kv.GetRequest(key="a")))
            await plugin.store.arrived.wait()
            terminate()
            while await connects(plugin.address.port):
                await asyncio.sleep(0.005)
            self.assertFalse(plugin.ended.done())
            plugin.store.release.set()
            self.assertEqual(await finishes, ("OK", kv.GetResponse()))
            await asyncio.wait_for(plugin.ended, 30)
            self.assertTrue(plugin.store.closed)

    async def test_a_call_that_does_not_finish_is_aborted_at_the_limit(self) -> None:
        async with running(drain=0.05) as plugin:
            stuck = asyncio.create_task(call(plugin.address, "Get", kv.GetRequest(key="a")))
            await plugin.store.arrived.wait()
            terminate()
            with self.assertRaisesRegex(RuntimeError, "^the drain timeout passed; calls were aborted: 1$"):
                await asyncio.wait_for(plugin.ended, 30)
            self.assertEqual((await stuck)[0], "UNAVAILABLE")
            self.assertTrue(plugin.store.closed)

    async def test_without_calls_no_timeout_is_too_short(self) -> None:
        async with running(drain=0) as plugin:
            terminate()
            await asyncio.wait_for(plugin.ended, 30)


class Health(unittest.IsolatedAsyncioTestCase):
    async def test_it_is_the_backends(self) -> None:
        async with running() as plugin:
            plugin.store.up = False
            while await asyncio.to_thread(probe, plugin.address) is None:
                await asyncio.sleep(0.005)
            self.assertEqual(await asyncio.to_thread(probe, plugin.address), "NOT_SERVING")

    async def test_watchers_see_every_change_and_the_end(self) -> None:
        async with running(drain=600) as plugin, connected(plugin.address) as channel:
            watch = health_pb2_grpc.HealthStub(channel).Watch
            known = watch(health_pb2.HealthCheckRequest(service="prism.keyvalue.v1.KeyValue"))
            unknown = watch(health_pb2.HealthCheckRequest(service="x"))
            self.assertEqual((await known.read()).status, Answer.SERVING)
            self.assertEqual((await unknown.read()).status, Answer.SERVICE_UNKNOWN)
            plugin.store.up = False
            self.assertEqual((await known.read()).status, Answer.NOT_SERVING)
            plugin.store.up = True
            self.assertEqual((await known.read()).status, Answer.SERVING)
            terminate()
            self.assertEqual((await known.read()).status, Answer.NOT_SERVING)
            self.assertEqual([await known.read(), await unknown.read()], [grpc.aio.EOF, grpc.aio.EOF])
            await asyncio.wait_for(plugin.ended, 30)

    async def test_a_port_that_is_taken_is_said(self) -> None:
        async with running() as plugin:
            with self.assertRaisesRegex(RuntimeError, r"^cannot listen on 127.*PRISM_LISTEN$"):
                listen(grpc.aio.server(options=OPTIONS), plugin.address, "PRISM_LISTEN")


async def connects(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True

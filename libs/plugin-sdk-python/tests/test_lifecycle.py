import asyncio
import contextlib
import unittest
from collections.abc import AsyncIterator
from typing import Any

import grpc
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2_grpc import HealthStub
from prism.keyvalue.v1 import keyvalue_pb2 as kv
from prism.lifecycle.v1 import lifecycle_pb2 as lc
from prism.lifecycle.v1.lifecycle_pb2_grpc import LifecycleStub

from .stores import SECRET, Running, call, connected, running
from .test_serve import terminate

HOUR = 3_600_000
Answer = health_pb2.HealthCheckResponse
Health = lc.HealthCheckResponse
DATA, LIFECYCLE = "prism.keyvalue.v1.KeyValue", "prism.lifecycle.v1.Lifecycle"
REFUSED = ("UNAVAILABLE", "the plugin is draining; try another one")
ABORTED = ("UNAVAILABLE", "aborted: the plugin is draining and the call took too long")


async def steer(plugin: Running, request: Any) -> tuple[str, Any]:
    """Calls the method that takes such a request."""
    return await call(plugin.control, type(request).__name__.removesuffix("Request"), request, LifecycleStub)


async def get(plugin: Running) -> tuple[str, Any]:
    return await call(plugin.address, "Get", kv.GetRequest(key="a"))


@contextlib.asynccontextmanager
async def in_flight(plugin: Running) -> AsyncIterator[asyncio.Task[tuple[str, Any]]]:
    """A call that the store does not answer before it is told to."""
    one = asyncio.create_task(get(plugin))
    await plugin.store.arrived.wait()
    yield one
    await one


async def health(plugin: Running) -> list[int]:
    """Of the plugin, its data plane and its lifecycle."""
    answers = [
        await call(plugin.address, "Check", health_pb2.HealthCheckRequest(service=service), HealthStub)
        for service in ("", DATA, LIFECYCLE)
    ]
    return [answer.status for _, answer in answers]


async def becomes(plugin: Running, status: Health.Status) -> Health:
    while True:
        _, answer = await steer(plugin, lc.HealthCheckRequest())
        if answer.status == status:
            return answer
        await asyncio.sleep(0.005)


class Arguments(unittest.IsolatedAsyncioTestCase):
    async def test_a_plugin_initializes_by_its_name_only(self) -> None:
        wrong = lc.InitializeRequest(name="slow")
        wrong.config["url"] = SECRET
        async with running() as plugin:
            for name in ("slow", ""):
                found = await steer(plugin, lc.InitializeRequest(name=name))
                self.assertEqual(found, ("OK", lc.InitializeResponse(interfaces=[DATA])))
            found = await steer(plugin, lc.InitializeRequest(name="fast"))
            self.assertEqual(found, ("INVALID_ARGUMENT", 'this is plugin "slow", not "fast"'))
            why = "config must be empty: this plugin is configured by its environment when it starts"
            self.assertEqual(await steer(plugin, wrong), ("INVALID_ARGUMENT", why))

    async def test_a_timeout_out_of_range_changes_nothing(self) -> None:
        async with running() as plugin:
            for ms in (-1, HOUR + 1):
                for request in (lc.DrainRequest(timeout_ms=ms), lc.StopRequest(timeout_ms=ms)):
                    why = f"timeout_ms is {ms}; it must be from 0 to {HOUR}"
                    self.assertEqual(await steer(plugin, request), ("INVALID_ARGUMENT", why))
            self.assertEqual((await becomes(plugin, Health.STATUS_HEALTHY)).message, "serving")
            self.assertFalse(plugin.ended.done())


class Apart(unittest.IsolatedAsyncioTestCase):
    async def test_who_reaches_the_data_cannot_stop_the_plugin(self) -> None:
        async with running() as plugin:
            for request in (lc.StopRequest(), lc.DrainRequest(), lc.HealthCheckRequest()):
                method = type(request).__name__.removesuffix("Request")
                found, _ = await call(plugin.address, method, request, LifecycleStub)
                self.assertEqual((method, found), (method, "UNIMPLEMENTED"))
            found, _ = await call(plugin.control, "Get", kv.GetRequest(key="a"))
            self.assertEqual(found, "UNIMPLEMENTED")
            self.assertEqual(await health(plugin), [Answer.SERVING] * 3)
            self.assertFalse(plugin.ended.done())


class Drain(unittest.IsolatedAsyncioTestCase):
    async def test_a_call_in_flight_finishes_and_start_opens_the_plugin_again(self) -> None:
        async with running(drain=600) as plugin:
            async with in_flight(plugin) as finishes:
                drain = asyncio.create_task(steer(plugin, lc.DrainRequest(reason="test")))
                now = await becomes(plugin, Health.STATUS_DEGRADED)
                self.assertEqual((now.message, now.details["in_flight"]), ("draining", "1"))
                self.assertEqual(await health(plugin), [Answer.NOT_SERVING, Answer.NOT_SERVING, Answer.SERVING])
                self.assertEqual(await get(plugin), REFUSED)
                self.assertFalse(drain.done())
                plugin.store.release.set()
                self.assertEqual(await finishes, ("OK", kv.GetResponse()))
            self.assertEqual(await drain, ("OK", lc.DrainResponse(drained=1)))
            self.assertEqual(await steer(plugin, lc.DrainRequest()), ("OK", lc.DrainResponse()))
            self.assertEqual(await get(plugin), REFUSED)
            for _ in range(2):
                found = await steer(plugin, lc.StartRequest())
                self.assertEqual(found, ("OK", lc.StartResponse(data_endpoint=str(plugin.address))))
            self.assertEqual(await health(plugin), [Answer.SERVING] * 3)
            self.assertEqual(await get(plugin), ("OK", kv.GetResponse()))
            self.assertFalse(plugin.store.closed)

    async def test_a_call_that_does_not_finish_is_aborted_at_the_timeout_or_the_plugins_own_limit(self) -> None:
        for own, ms in ((600, 20), (0.02, 0)):
            async with running(drain=own) as plugin, in_flight(plugin) as stuck:
                found = await steer(plugin, lc.DrainRequest(timeout_ms=ms))
                self.assertEqual(found, ("OK", lc.DrainResponse(aborted=1)))
                self.assertEqual(await stuck, ABORTED)
                self.assertFalse(plugin.ended.done())

    async def test_watchers_see_it_and_the_start_after_it(self) -> None:
        async with running() as plugin, connected(plugin.address) as channel:
            watch = HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=DATA))
            self.assertEqual((await watch.read()).status, Answer.SERVING)
            for request, status in ((lc.DrainRequest(), Answer.NOT_SERVING), (lc.StartRequest(), Answer.SERVING)):
                await steer(plugin, request)
                self.assertEqual((await watch.read()).status, status)

    async def test_it_goes_on_without_its_caller(self) -> None:
        async with running() as plugin, in_flight(plugin) as stuck, connected(plugin.control) as channel:
            drain = LifecycleStub(channel).Drain(lc.DrainRequest(timeout_ms=300))
            await becomes(plugin, Health.STATUS_DEGRADED)
            drain.cancel()
            self.assertEqual(await stuck, ABORTED)
            self.assertEqual((await becomes(plugin, Health.STATUS_DEGRADED)).details["in_flight"], "0")

    async def test_what_starts_again_serves_once_the_backend_does(self) -> None:
        async with running() as plugin:
            await steer(plugin, lc.DrainRequest())
            plugin.store.up = False
            await becomes(plugin, Health.STATUS_UNHEALTHY)
            await steer(plugin, lc.StartRequest())
            self.assertEqual(await health(plugin), [Answer.NOT_SERVING, Answer.NOT_SERVING, Answer.SERVING])
            plugin.store.up = True
            await becomes(plugin, Health.STATUS_HEALTHY)
            self.assertEqual(await health(plugin), [Answer.SERVING] * 3)


class Stop(unittest.IsolatedAsyncioTestCase):
    async def test_it_answers_while_a_call_in_flight_finishes(self) -> None:
        async with running() as plugin, connected(plugin.address) as channel:
            watch = HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=LIFECYCLE))
            async with in_flight(plugin) as finishes:
                self.assertEqual(await steer(plugin, lc.StopRequest(timeout_ms=HOUR)), ("OK", lc.StopResponse()))
                why = "the plugin is stopping; start its process again"
                self.assertEqual(await steer(plugin, lc.StartRequest()), ("FAILED_PRECONDITION", why))
                self.assertEqual((await becomes(plugin, Health.STATUS_DEGRADED)).details["in_flight"], "1")
                self.assertEqual(await health(plugin), [Answer.NOT_SERVING, Answer.NOT_SERVING, Answer.SERVING])
                self.assertEqual(await get(plugin), REFUSED)
                self.assertFalse(plugin.store.closed)
                plugin.store.release.set()
                self.assertEqual(await finishes, ("OK", kv.GetResponse()))
            await asyncio.wait_for(plugin.ended, 30)
            self.assertTrue(plugin.store.closed)
            self.assertEqual([(await watch.read()).status, await watch.read()], [Answer.SERVING, grpc.aio.EOF])

    async def test_a_call_that_does_not_finish_is_aborted_at_the_timeout(self) -> None:
        async with running(drain=600) as plugin, in_flight(plugin) as stuck:
            self.assertEqual(await steer(plugin, lc.StopRequest(timeout_ms=20)), ("OK", lc.StopResponse()))
            with self.assertRaisesRegex(RuntimeError, "^the drain timeout passed; calls were aborted: 1$"):
                await asyncio.wait_for(plugin.ended, 30)
            self.assertEqual(await stuck, ABORTED)

    async def test_a_signal_or_another_stop_shortens_it(self) -> None:
        for hurry in ("signal", "stop"):
            async with running(drain=0.02) as plugin, in_flight(plugin) as stuck:
                await steer(plugin, lc.StopRequest(timeout_ms=HOUR))
                if hurry == "signal":
                    terminate()
                else:
                    await steer(plugin, lc.StopRequest(timeout_ms=20))
                with self.assertRaisesRegex(RuntimeError, "aborted: 1$"):
                    await asyncio.wait_for(plugin.ended, 30)
                self.assertEqual(await stuck, ABORTED)


class HealthCheck(unittest.IsolatedAsyncioTestCase):
    async def test_it_says_what_the_plugin_does(self) -> None:
        async with running() as plugin:
            now = await becomes(plugin, Health.STATUS_HEALTHY)
            details = dict(now.details)
            self.assertRegex(details.pop("uptime"), r"^[0-9]+\.[0-9]{3}s$")
            self.assertEqual((now.message, details), ("serving", {"version": "1", "in_flight": "0"}))

    async def test_a_backend_that_is_down_is_said_without_its_secrets(self) -> None:
        async with running() as plugin:
            plugin.store.up = False
            self.assertEqual(
                (await becomes(plugin, Health.STATUS_UNHEALTHY)).message,
                "backend: it cannot serve; see the plugin's log",
            )

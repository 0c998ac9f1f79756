import asyncio
import json
import unittest

from prism.keyvalue.v1 import keyvalue_pb2 as kv
from prism.lifecycle.v1 import lifecycle_pb2 as lc
from prism.lifecycle.v1.lifecycle_pb2_grpc import LifecycleStub

from prism_plugin_testing import Process
from prism_plugin_testing.process import spawn

from .stores import call
from .test_serve import connects

MODULE = "tests.plugin"


async def ended(*arguments: str, **environment: str) -> tuple[int | None, str]:
    """The status of a plugin that ends by itself, and what it said on standard error."""
    process = await spawn(MODULE, *arguments, **environment)
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, errors.decode()


class Commands(unittest.IsolatedAsyncioTestCase):
    async def test_they_need_no_settings(self) -> None:
        for command, said in (("--version", b"plugin-slow 1.2.3\n"), ("--help", b"usage: plugin-slow [flags] ")):
            process = await spawn(MODULE, command, stdout=asyncio.subprocess.PIPE, PRISM_LISTEN="x")
            output, _ = await asyncio.wait_for(process.communicate(), 30)
            self.assertEqual((process.returncode, output[: len(said)]), (0, said))

    async def test_a_wrong_configuration_is_said_whole(self) -> None:
        for command in ((), ("health",)):
            status, errors = await ended(*command, PRISM_LISTEN="x", PRISM_LOG_LEVEL="y")
            self.assertEqual(status, 2)
            self.assertRegex(errors, r"is wrong:\nPRISM_LISTEN: .*\nPRISM_LOG_LEVEL: .*\n.* --help lists every setting")

    async def test_what_does_not_run_is_not_healthy(self) -> None:
        status, errors = await ended("health", PRISM_LISTEN="127.0.0.1:1")
        self.assertEqual(status, 1)
        self.assertRegex(errors, "^plugin-slow is not healthy at 127.0.0.1:1: ")

    async def test_a_port_that_is_taken_is_said_in_the_log(self) -> None:
        async with await Process.start(MODULE) as plugin:
            for setting in ("PRISM_LISTEN", "PRISM_CONTROL_LISTEN", "PRISM_METRICS_LISTEN"):
                status, errors = await ended(**{"PRISM_LISTEN": "127.0.0.1:0", setting: plugin.address})
                self.assertEqual(status, 1)
                said = [json.loads(line) for line in errors.splitlines()]
                expected = f"cannot listen on {plugin.address}; choose another address with {setting}"
                self.assertEqual([one["error"] for one in said], [expected])


class Ends(unittest.IsolatedAsyncioTestCase):
    async def test_the_first_signal_ends_it_well(self) -> None:
        async with await Process.start(MODULE) as plugin:
            await plugin.healthy()
            self.assertEqual(await plugin.terminate(), 0)

    async def test_lifecycle_stop_ends_it_well(self) -> None:
        async with await Process.start(MODULE) as plugin:
            found, _ = await call(plugin.control_address, "Stop", lc.StopRequest(), LifecycleStub)
            self.assertEqual((found, await plugin.ended()), ("OK", 0))

    async def test_a_call_that_lifecycle_stop_aborts_is_its_failure(self) -> None:
        async with await Process.start(MODULE) as plugin:
            stuck = asyncio.create_task(call(plugin.address, "Set", kv.SetRequest(key="a")))
            while (await plugin.client().GetTTL(kv.GetTTLRequest(key="asked"))).ttl_ms != -1:
                await asyncio.sleep(0.005)
            await call(plugin.control_address, "Stop", lc.StopRequest(timeout_ms=1), LifecycleStub)
            self.assertEqual(((await stuck)[0], await plugin.ended()), ("UNAVAILABLE", 1))

    async def test_the_second_signal_ends_it_at_once(self) -> None:
        async with await Process.start(MODULE) as plugin:
            await plugin.healthy()
            client = plugin.client()
            stuck = client.Set(kv.SetRequest(key="a"))
            while (await client.GetTTL(kv.GetTTLRequest(key="asked"))).ttl_ms != -1:
                await asyncio.sleep(0.005)
            first = asyncio.create_task(plugin.terminate())
            while await connects(int(plugin.address.split(":")[1])):
                await asyncio.sleep(0.005)
            self.assertFalse(first.done())
            self.assertEqual([await plugin.terminate(), await first], [1, 1])
            stuck.cancel()

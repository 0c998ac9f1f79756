import asyncio
import unittest
from typing import Any
from unittest import mock

import grpc
from prism.keyvalue.v1 import keyvalue_pb2 as kv
from prism.keyvalue.v1.keyvalue_pb2_grpc import KeyValueStub

from prism_plugin_sdk import Full, apart, namespace
from prism_plugin_sdk.metrics import Calls
from prism_plugin_sdk.settings import Address

from .stores import Slow, call, connected, running


async def get(address: Address, path: str, method: str = "GET") -> str:
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    return answer


class Surround(unittest.IsolatedAsyncioTestCase):
    async def test_a_store_knows_the_namespace_of_a_call(self) -> None:
        seen: list[str] = []

        async def exists(key: str) -> bool:
            # As calls do that wait for one another.
            await asyncio.sleep(0.01)
            seen.append(f"{key} of {namespace()}")
            return True

        async with running() as plugin, connected(plugin.address) as channel:
            plugin.store.exists = exists  # type: ignore[method-assign]
            ask = KeyValueStub(channel).Exists
            named = [[("x-prism-namespace", name)] for name in ("a", "b")]
            calls = [ask(kv.ExistsRequest(key="k"), metadata=one) for one in (*named, [])]
            await asyncio.gather(*calls)
            self.assertEqual(sorted(seen), ["k of ", "k of a", "k of b"])
            for wrong in (["a", "b"], [""], ["a/b"], ["a" * 64]):
                with self.assertRaises(grpc.aio.AioRpcError) as caught:
                    await ask(kv.ExistsRequest(key="k"), metadata=[("x-prism-namespace", name) for name in wrong])
                self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
            self.assertEqual(len(seen), 3)

    async def test_calls_are_counted_by_their_end(self) -> None:
        async with running() as plugin:

            async def full(*_: object) -> Any:
                raise Full("no")

            plugin.store.scan = full  # type: ignore[method-assign]
            found, details = await call(plugin.address, "Scan", kv.ScanRequest())
            said = "the store is full; delete keys, or give it more room"
            self.assertEqual((found, details), ("RESOURCE_EXHAUSTED", said))
            await call(plugin.address, "GetTTL", kv.GetTTLRequest(key="left"))
            await call(plugin.address, "GetTTL", kv.GetTTLRequest())
            async with connected(plugin.address) as channel:
                raw = channel.unary_unary("/prism.keyvalue.v1.KeyValue/GetTTL")
                with self.assertRaises(grpc.aio.AioRpcError) as caught:
                    await raw(b"\xff")
                self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
                gone = KeyValueStub(channel).Get(kv.GetRequest(key="a"))
                await plugin.store.arrived.wait()
                gone.cancel()
            lines = [
                'prism_plugin_calls_total{method="Scan",code="RESOURCE_EXHAUSTED"} 1',
                'prism_plugin_calls_total{method="GetTTL",code="OK"} 1',
                'prism_plugin_calls_total{method="GetTTL",code="INVALID_ARGUMENT"} 2',
                'prism_plugin_calls_total{method="Get",code="CANCELED"} 1',
            ]
            # The server hears of a cancelled call a moment later.
            while not set(lines) <= set((await get(plugin.web, "/metrics")).splitlines()):
                await asyncio.sleep(0.005)

    async def test_readiness_is_that_of_the_backend(self) -> None:
        async with running() as plugin:
            self.assertRegex(await get(plugin.web, "/ready"), "^HTTP/1.1 200 OK\r\n[^$]*\r\n\r\nok\n$")
            self.assertRegex(await get(plugin.web, "/ready", "HEAD"), "^HTTP/1.1 200 OK\r\n[^$]*\r\n\r\n$")
            self.assertRegex(await get(plugin.web, "/ready", "POST"), "^HTTP/1.1 405 ")
            self.assertRegex(await get(plugin.web, "/"), "^HTTP/1.1 404 ")
            plugin.store.up = False
            while "503 Service Unavailable" not in (said := await get(plugin.web, "/ready")):
                await asyncio.sleep(0.005)
            self.assertTrue(said.endswith("\r\n\r\nthe backend is down\n"))

    async def test_a_backend_that_a_call_finds_down_is_asked_at_once(self) -> None:
        async with running(interval=3600) as plugin:
            plugin.store.up = False
            await call(plugin.address, "Delete", kv.DeleteRequest(key="a"))
            while "the backend is down" not in await get(plugin.web, "/ready"):
                await asyncio.sleep(0.005)


class Histograms(unittest.TestCase):
    def test_buckets_add_up_and_a_bound_is_inside(self) -> None:
        calls = Calls()
        for seconds in (0, 0.001, 0.002, 6):
            calls.observe("Get", "OK", seconds)
        text = calls.text(plugin='a"b', version="1", up=True, in_flight=2).splitlines()
        for bound, count in (("0.0005", 1), ("0.001", 2), ("5", 3), ("+Inf", 4)):
            self.assertIn(f'prism_plugin_call_duration_seconds_bucket{{method="Get",le="{bound}"}} {count}', text)
        self.assertIn('prism_plugin_call_duration_seconds_sum{method="Get"} 6.003', text)
        self.assertIn('prism_plugin_build_info{plugin="a\\"b",version="1"} 1', text)


class Apart(unittest.IsolatedAsyncioTestCase):
    async def test_a_store_gets_the_namespace_in_front_of_its_keys(self) -> None:
        store = Slow()

        async def open_store(**_settings: object) -> Slow:
            return store

        opened = await apart(open_store)(log_path="/x")
        with mock.patch.object(store, "ttl", wraps=store.ttl) as ttl:
            await opened.ttl("never")
        ttl.assert_called_once_with("/never")

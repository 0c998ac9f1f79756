import logging
import unittest

from prism.keyvalue.v1 import keyvalue_pb2 as kv

from prism_plugin_sdk import Query

from .stores import SECRET, call, running


class Calls(unittest.IsolatedAsyncioTestCase):
    async def test_what_a_store_raises_becomes_a_status_and_stays_in_the_log(self) -> None:
        expected = {
            "Delete": "UNAVAILABLE",
            "Exists": "INTERNAL",
            "Expire": "UNIMPLEMENTED",
            "Persist": "INTERNAL",
        }
        requests = {"Delete": kv.DeleteRequest, "Exists": kv.ExistsRequest, "Persist": kv.PersistRequest}
        async with running() as plugin:
            with self.assertLogs("prism_plugin_sdk", logging.DEBUG) as logs:
                for method, code in expected.items():
                    request = requests[method](key="a") if method in requests else kv.ExpireRequest(key="a", ttl_ms=1)
                    found, details = await call(plugin.address, method, request)
                    self.assertEqual((method, found), (method, code))
                    self.assertNotIn(SECRET, str(details))
        self.assertEqual(sum(SECRET in f"{one.exc_info} {vars(one).get('fields')}" for one in logs.records), 3)

    async def test_calls_have_a_deadline_and_arguments_limits(self) -> None:
        refused = [
            ("Set", kv.SetRequest(key="")),
            ("Set", kv.SetRequest(key="a", ttl_ms=-1)),
            ("Expire", kv.ExpireRequest(key="a")),
            ("Get", kv.GetRequest(key="k" * 1025)),
            ("Scan", kv.ScanRequest(limit=1001)),
            ("Scan", kv.ScanRequest(cursor="x")),
        ]
        async with running(call=0.02) as plugin:
            for method, request in refused:
                with self.subTest(method, request=request):
                    self.assertEqual((await call(plugin.address, method, request))[0], "INVALID_ARGUMENT")
            self.assertEqual(plugin.store.asked, [])
            late = await call(plugin.address, "Set", kv.SetRequest(key="a"))
            self.assertEqual(late, ("DEADLINE_EXCEEDED", "the deadline passed before the backend answered"))
            self.assertEqual(plugin.store.asked, [None])

    async def test_the_largest_value_fits_a_message(self) -> None:
        largest = bytes((4 << 20) - (4 << 10))
        async with running(call=0.1) as plugin:
            for value, code in ((largest, "DEADLINE_EXCEEDED"), (largest + b"1", "INVALID_ARGUMENT")):
                found, _ = await call(plugin.address, "Set", kv.SetRequest(key="k" * 1024, value=value))
                self.assertEqual(found, code)

    async def test_times_left_are_rounded_up(self) -> None:
        async with running() as plugin:
            for key, ttl_ms in (("left", 1), ("never", -1), ("missing", -2)):
                found = await call(plugin.address, "GetTTL", kv.GetTTLRequest(key=key))
                self.assertEqual(found, ("OK", kv.GetTTLResponse(ttl_ms=ttl_ms)))

    async def test_a_page_begins_behind_the_cursor_of_the_one_before(self) -> None:
        async with running() as plugin:
            _, page = await call(plugin.address, "Scan", kv.ScanRequest(prefix="p"))
            await call(plugin.address, "Scan", kv.ScanRequest(prefix="p", limit=1, cursor=page.next_cursor))
            more = {"prefix": "p", "max_bytes": 2 << 20}
            self.assertEqual(plugin.store.asked, [Query(limit=100, **more), Query(limit=1, after="ä", **more)])

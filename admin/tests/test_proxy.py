import time
import unittest

from prism_admin import http
from prism_admin.proxy import Namespace, ProxyError, list_namespaces

from .servers import answer, free_port, namespace, proxy


class ListNamespaces(unittest.IsolatedAsyncioTestCase):
    async def refused(self, reply: bytes | None, timeout: float = 5.0) -> str:
        async with proxy(reply) as (url, _):
            with self.assertRaises(ProxyError) as caught:
                await list_namespaces(url, timeout)
            self.assertIn(f"{url}/namespaces", str(caught.exception))
            return str(caught.exception)

    async def test_lists_them_in_the_proxys_order(self) -> None:
        down = namespace("a", timeout_ms=None, plugin={"up": False, "detail": "connection refused"})
        async with proxy(answer({"namespaces": [namespace("b"), down]})) as (url, asked):
            found = await list_namespaces(url, 5)
        expected = [
            Namespace("b", "memstore", "plugin:50100", 2000, True, ""),
            Namespace("a", "memstore", "plugin:50100", None, False, "connection refused"),
        ]
        self.assertEqual(found, expected)
        self.assertTrue(asked[0].startswith(b"GET /namespaces HTTP/1.1\r\n"))

    async def test_chunks_count_as_well(self) -> None:
        body = b'{"namespaces": []}'
        reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        async with proxy(reply) as (url, _):
            self.assertEqual(await list_namespaces(url, 5), [])

    async def test_nobody_there(self) -> None:
        with self.assertRaisesRegex(ProxyError, "does not answer"):
            await list_namespaces(f"http://127.0.0.1:{free_port()}", 5)

    async def test_a_name_that_does_not_exist(self) -> None:
        with self.assertRaisesRegex(ProxyError, "does not answer"):
            await list_namespaces("http://no-such-host.invalid", 5)

    async def test_silence_ends_at_the_limit(self) -> None:
        started = time.monotonic()
        self.assertIn("no answer within 200 ms", await self.refused(None, 0.2))
        self.assertLess(time.monotonic() - started, 5)

    async def test_answers_that_are_none(self) -> None:
        cases = [
            (answer(b"busy", "503 Service Unavailable"), "status 503"),
            (answer(b"<html>"), "not the admin API"),
            (answer([]), "not the admin API"),
            (answer({"namespaces": [{"name": "a"}]}), "not the admin API"),
            (answer({"namespaces": [namespace(7)]}), "not the admin API"),  # type: ignore[arg-type]
            (answer({"namespaces": [namespace(plugin={"up": "yes"})]}), "plugin.up is no boolean"),
            (b"\x16\x03\x01 this is not HTTP\r\n\r\n", "does not answer"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "does not answer"),
            (b"", "does not answer"),
        ]
        for reply, expected in cases:
            with self.subTest(reply=reply[:60]):
                self.assertIn(expected, await self.refused(reply))

    async def test_an_answer_without_an_end_is_not_kept(self) -> None:
        most, http.MOST_BYTES = http.MOST_BYTES, 1000
        self.addCleanup(setattr, http, "MOST_BYTES", most)
        self.assertIn("more than 1000 bytes", await self.refused(answer(b" " * 5000)))

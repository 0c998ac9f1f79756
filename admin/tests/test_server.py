import asyncio
import contextlib
import json
import time
import unittest

from .servers import Admin, answer, free_port, namespace, proxy, start_admin


class Server(unittest.IsolatedAsyncioTestCase):
    async def start(self, **environment: str) -> Admin:
        admin = await start_admin(**environment)
        self.addAsyncCleanup(admin.end)
        return admin

    async def test_lists_what_the_proxy_has(self) -> None:
        rows = [namespace("memory"), namespace("<b>", plugin={"up": False, "detail": "gone"})]
        async with proxy(answer({"namespaces": rows})) as (url, _):
            admin = await self.start(PROXY_URL=url)
            status, headers, page = await admin.get("/")
            self.assertEqual((status, headers["content-type"]), (200, "text/html; charset=utf-8"))
            self.assertIn("default-src 'none'", headers["content-security-policy"])
            self.assertIn("memory", page)
            self.assertIn("&lt;b&gt;", page)
            status, _, body = await admin.get("/api/namespaces")
            self.assertEqual(status, 200)
            self.assertEqual([(one["name"], one["up"]) for one in json.loads(body)["namespaces"]], [("memory", True), ("<b>", False)])

    async def test_a_proxy_that_is_down_is_said_and_costs_no_health(self) -> None:
        url = f"http://127.0.0.1:{free_port()}"
        admin = await self.start(PROXY_URL=url)
        status, _, page = await admin.get("/")
        self.assertEqual(status, 200)
        self.assertIn(f"The proxy does not answer at {url}/namespaces", page)
        status, _, body = await admin.get("/api/namespaces")
        self.assertEqual(status, 502)
        self.assertIn("does not answer", json.loads(body)["error"])
        self.assertEqual((await admin.get("/health"))[0], 200)
        _, output, errors = await admin.end()
        self.assertNotIn("Traceback", output + errors)

    async def test_static_files_and_nothing_beside_them(self) -> None:
        admin = await self.start()
        status, headers, _ = await admin.get("/static/style.css")
        self.assertEqual((status, headers["content-type"]), (200, "text/css; charset=utf-8"))
        for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/", "/nothing"):
            self.assertEqual((await admin.get(path))[0], 404, path)

    async def test_every_request_is_a_line_of_json(self) -> None:
        admin = await self.start()
        await admin.get("/nothing?secret=1")
        _, output, _ = await admin.end()
        lines = [json.loads(line) for line in output.splitlines()]
        found = [line for line in lines if line.get("path") == "/nothing"]
        self.assertEqual(len(found), 1)
        self.assertEqual((found[0]["method"], found[0]["status"], found[0]["level"]), ("GET", 404, "INFO"))
        self.assertGreater(found[0]["duration_ms"], 0)
        self.assertNotIn("secret", output)

    async def test_idle_connections_keep_nobody_out(self) -> None:
        admin = await self.start()
        host, port = admin.address.split(":")
        idle = []
        for number in range(600):
            reader, writer = await asyncio.open_connection(host, int(port))
            self.addCleanup(writer.close)
            if number % 2:
                writer.write(b"GET /health HTTP/1.1\r\nHost:")
            idle.append(reader)
        self.assertEqual((await admin.get("/health"))[0], 200)
        # The oldest made room.
        with contextlib.suppress(ConnectionError):
            self.assertEqual(await asyncio.wait_for(idle[0].read(), 20), b"")
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(idle[-1].read(), 0.1)

    async def test_sigterm_ends_it_at_once(self) -> None:
        async with proxy(None) as (url, asked):
            admin = await self.start(PROXY_URL=url, PROXY_TIMEOUT_MS="60000")
            waiting = asyncio.create_task(admin.get("/"))
            while not asked:
                await asyncio.sleep(0.01)
            started = time.monotonic()
            status, output, errors = await admin.end()
            self.assertLess(time.monotonic() - started, 5)
            self.assertEqual(status, 0)
            self.assertNotIn("Traceback", output + errors)
            self.assertEqual((await waiting)[0], 503)

    async def test_wrong_settings_are_all_said_and_nothing_starts(self) -> None:
        admin = await start_admin(PRISM_LISTEN="nowhere", PROXY_URL="x")
        status, output, errors = await admin.end()
        self.assertEqual((status, output, len(errors.splitlines())), (2, "", 2))

    async def test_a_port_that_is_taken_is_an_error(self) -> None:
        first = await self.start()
        second = await start_admin(PRISM_LISTEN=first.address)
        status = await asyncio.wait_for(second.process.wait(), 20)
        self.assertNotEqual(status, 0)
        await second.end()

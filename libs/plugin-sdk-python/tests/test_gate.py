import asyncio
import unittest
from unittest import mock

from prism_plugin_sdk.gate import Gate, Late


class Drain(unittest.IsolatedAsyncioTestCase):
    async def test_a_call_that_does_not_let_go_is_not_waited_for(self) -> None:
        gate, entered, release = Gate(), asyncio.Event(), asyncio.Event()

        async def stubborn() -> None:
            async with gate.enter(600):
                try:
                    entered.set()
                    await asyncio.sleep(600)
                except asyncio.CancelledError:
                    await release.wait()

        call = asyncio.create_task(stubborn())
        await entered.wait()
        with mock.patch("prism_plugin_sdk.gate.LET_GO", 0.01):
            self.assertEqual((await gate.drain(0.01), gate.in_flight), ((0, 1), 1))
        release.set()
        await call
        self.assertEqual((await gate.drain(0), gate.in_flight), ((0, 0), 0))

    async def test_a_call_that_is_late_by_itself_is_not_aborted(self) -> None:
        gate, entered = Gate(), asyncio.Event()

        async def late() -> None:
            async with gate.enter(0.02):
                entered.set()
                await asyncio.sleep(600)

        call = asyncio.create_task(late())
        await entered.wait()
        self.assertEqual(await gate.drain(600), (1, 0))
        with self.assertRaises(Late):
            await call

    async def test_the_shortest_of_two_drains_counts(self) -> None:
        gate, entered = Gate(), asyncio.Event()

        async def stuck() -> None:
            async with gate.enter(3600):
                entered.set()
                await asyncio.sleep(3600)

        call = asyncio.create_task(stuck())
        await entered.wait()
        drains = await asyncio.gather(*(gate.drain(limit) for limit in (600, 0.01, 600)))
        self.assertEqual(drains, [(0, 1)] * 3)
        await asyncio.gather(call, return_exceptions=True)

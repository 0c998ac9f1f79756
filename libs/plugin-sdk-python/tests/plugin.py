"""A plugin for the tests: `python3 -m tests.plugin`."""

import sys

from prism_plugin_sdk import Plugin, Store, run

from .stores import Slow


async def open_store() -> Store:
    return Slow()


if __name__ == "__main__":
    sys.exit(run(Plugin("slow", "1.2.3"), open_store))

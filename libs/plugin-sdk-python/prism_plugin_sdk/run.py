"""The commands of a plugin, as exit codes. What needs gRPC is imported when it is needed: it takes longest."""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from types import FrameType

from . import settings
from .plugin import Plugin
from .settings import Settings, SettingsError
from .store import Store

#: The configuration is wrong.
INVALID = 2


def run(plugin: Plugin, open_store: Callable[..., Awaitable[Store]]) -> int:
    """Runs a plugin until SIGTERM, SIGINT or Lifecycle.Stop and gives its exit status; `health`, `--version` and
    `--help` do what they say. `open_store` gets the plugin's own settings by name, `log_path` for `PRISM_LOG_PATH`, and
    does not wait for the backend: `Store.ping` tells when that can serve."""
    command, *rest = sys.argv[1:] or [""]
    if command in ("--version", "version"):
        print(f"plugin-{plugin.name} {plugin.version}")
        return 0
    if command in ("--help", "help", "-h"):
        print(describe(plugin), end="")
        return 0
    try:
        # The health check needs no setting of the plugin's own.
        if command == "health":
            read = settings.load(rest, os.environ)
        else:
            read = settings.load(sys.argv[1:], os.environ, plugin.settings)
    except SettingsError as error:
        print(f"plugin-{plugin.name}: the configuration is wrong:\n{error}", file=sys.stderr)
        print(f"plugin-{plugin.name} --help lists every setting.", file=sys.stderr)
        return INVALID
    return health(plugin.name, read) if command == "health" else serve(plugin, read, open_store)


def serve(plugin: Plugin, read: Settings, open_store: Callable[..., Awaitable[Store]]) -> int:
    # First of all: the first process of a container ignores signals that it has no handler for.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    # Its own log is no JSON; what matters of it is raised too.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import asyncio
    import logging

    from .logs import fields, start_logging
    from .serve import serve as serve_to_the_end

    start_logging(read.log_level)
    try:
        asyncio.run(serve_to_the_end(read, plugin, lambda: open_store(**read.own)))
    except Exception as error:
        logging.getLogger(__name__).error("the plugin failed", **fields(error=str(error)))
        return 1
    return 0


def end(number: int, _frame: FrameType | None) -> None:
    """Nothing is served yet."""
    sys.exit(0)


def health(name: str, read: Settings) -> int:
    """The container's health check."""
    from .probe import probe

    why = probe(read.listen)
    if why is None:
        return 0
    print(f"plugin-{name} is not healthy at {read.listen}: {why}", file=sys.stderr)
    return 1


def describe(plugin: Plugin) -> str:
    return f"""usage: plugin-{plugin.name} [flags]     serve until SIGTERM
       plugin-{plugin.name} health      exit 0 if the plugin on this machine serves, else 1
       plugin-{plugin.name} --version

{settings.usage(plugin.settings)}"""

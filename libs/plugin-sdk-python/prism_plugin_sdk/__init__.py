"""What plugins in Python share: settings, JSON logs on standard error, the gRPC server with `KeyValue`,
`Lifecycle` and `grpc.health.v1`, and graceful drain. A plugin implements `Store` and calls `run`."""

from .plugin import Plugin
from .run import run
from .settings import Setting, parse_duration, parse_text
from .store import Entry, Page, Query, Store, Ttl, Unavailable

__all__ = [
    "Entry",
    "Page",
    "Plugin",
    "Query",
    "Setting",
    "Store",
    "Ttl",
    "Unavailable",
    "parse_duration",
    "parse_text",
    "run",
]

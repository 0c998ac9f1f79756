"""What plugins in Python share: settings, JSON logs on standard error, the gRPC server with `KeyValue`,
`Lifecycle` and `grpc.health.v1`, and graceful drain. A plugin implements `Store` and calls `run`."""

from .apart import apart
from .caller import namespace
from .plugin import Plugin
from .run import run
from .settings import Secret, Setting, parse_bytes, parse_duration, parse_text
from .store import Entry, Full, Page, Query, Store, Ttl, Unavailable

__all__ = [
    "Entry",
    "Full",
    "Page",
    "Plugin",
    "Query",
    "Secret",
    "Setting",
    "Store",
    "Ttl",
    "Unavailable",
    "apart",
    "namespace",
    "parse_bytes",
    "parse_duration",
    "parse_text",
    "run",
]

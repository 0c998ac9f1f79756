"""Limits of every store, the same in every SDK: part of the contract with clients, so a backend that could take more
still refuses it."""

from datetime import timedelta

MAX_KEY_BYTES = 1024
#: Leaves room for the longest key in a message of 4 MiB, the limit that gRPC libraries have by default.
MAX_VALUE_BYTES = (4 << 20) - (4 << 10)
#: As in the proxy's configuration.
MAX_NAMESPACE_BYTES = 63
#: Of a key that a store gets that `apart` opens.
MAX_STORED_KEY_BYTES = MAX_NAMESPACE_BYTES + 1 + MAX_KEY_BYTES
MAX_PAGE = 1000
DEFAULT_PAGE = 100
#: 100 years, which every backend's clock can represent.
MAX_TTL_MS = 100 * 365 * 24 * 3600 * 1000


class Refused(ValueError):
    """What is wrong with the arguments of a call, in words that are fit for clients: INVALID_ARGUMENT."""


def check_key(key: str) -> str:
    if not key:
        raise Refused("key is empty")
    check_length("key", key.encode(), MAX_KEY_BYTES)
    return key


def check_prefix(prefix: str) -> str:
    check_length("prefix", prefix.encode(), MAX_KEY_BYTES)
    return prefix


def check_value(value: bytes) -> bytes:
    check_length("value", value, MAX_VALUE_BYTES)
    return value


def check_length(what: str, data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise Refused(f"{what} has {len(data)} bytes; the limit is {limit}")


def read_ttl(ms: int, least: int) -> timedelta:
    """Milliseconds from `least` to 100 years."""
    if not least <= ms <= MAX_TTL_MS:
        raise Refused(f"ttl_ms is {ms}; it must be from {least} to {MAX_TTL_MS}")
    return timedelta(milliseconds=ms)


def read_page(limit: int) -> int:
    """Entries of a page; 0 asks for the default."""
    if not 0 <= limit <= MAX_PAGE:
        raise Refused(f"limit is {limit}; it must be from 0 to {MAX_PAGE}")
    return limit or DEFAULT_PAGE

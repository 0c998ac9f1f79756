"""What a plugin implements."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Unavailable(Exception):
    """The backend cannot be reached or does not accept work now: UNAVAILABLE. What it says stays in the log."""


class Full(Exception):
    """There is no room for a value: RESOURCE_EXHAUSTED. Trying again helps only once keys are gone."""


class Ttl(Enum):
    """What a key has instead of time left, as clients read it."""

    #: It never expires.
    NEVER = -1
    #: There is no such key.
    MISSING = -2


@dataclass(frozen=True, kw_only=True)
class Query:
    """Selects a page of keys."""

    #: Empty matches every key.
    prefix: str = ""
    #: Only keys greater than this one; empty starts at the first.
    after: str = ""
    #: Most entries of the page, at least 1.
    limit: int
    #: Ends the page before the entry with which the values would sum up to more bytes, but never before the first.
    #: Without effect on keys_only.
    max_bytes: int
    #: Leave every value empty.
    keys_only: bool = False


@dataclass(frozen=True)
class Entry:
    key: str
    #: Empty where only keys were asked for.
    value: bytes = b""


@dataclass(frozen=True)
class Page:
    """One part of a scan."""

    #: In ascending order of their keys.
    entries: Sequence[Entry] = ()
    #: There are matching keys after the last entry.
    more: bool = False


class Store(ABC):
    """Keeps values under keys. It is called only with arguments that are already validated, and by many calls at once.

    An expired key is as good as deleted: no method shows it. A method that is not written yet raises
    NotImplementedError (UNIMPLEMENTED), a backend that is out of reach Unavailable, one without room Full; anything else
    that is raised is INTERNAL, with the details in the log only.

    Keys of different namespaces are apart; `namespace()` is that of the call.
    """

    @abstractmethod
    async def set(self, key: str, value: bytes, ttl: timedelta | None) -> None:
        """Writes a value, replacing any earlier value and its time to live."""

    @abstractmethod
    async def get(self, key: str) -> bytes | None:
        """None when there is no such key."""

    @abstractmethod
    async def delete(self, key: str) -> bool:
        """Whether the key existed."""

    @abstractmethod
    async def exists(self, key: str) -> bool:
        """`get` without the value."""

    @abstractmethod
    async def expire(self, key: str, ttl: timedelta) -> bool:
        """Gives a key a time to live from now; whether it exists."""

    @abstractmethod
    async def ttl(self, key: str) -> timedelta | Ttl:
        """The time left."""

    @abstractmethod
    async def persist(self, key: str) -> bool:
        """Removes the time to live; whether the key exists."""

    @abstractmethod
    async def scan(self, query: Query) -> Page:
        """Lists keys in ascending byte order, which is that of their code points."""

    @abstractmethod
    async def ping(self) -> None:
        """Returns when the backend can serve calls now."""

    async def close(self) -> None:
        """Releases everything. It is called once, after the last call."""

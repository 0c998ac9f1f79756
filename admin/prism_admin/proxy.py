"""What the proxy's admin API says: `GET /namespaces` on its port 8981."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from .http import HttpError, get


class ProxyError(Exception):
    """Why the state of the proxy is not known, in a sentence for people."""


@dataclass(frozen=True)
class Namespace:
    name: str
    backend: str
    endpoint: str
    #: Milliseconds; None for no limit.
    timeout_ms: int | None
    up: bool
    detail: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def list_namespaces(url: str, timeout: float) -> list[Namespace]:
    """In the proxy's order. Raises ProxyError, naming the address."""
    address = f"{url}/namespaces"
    try:
        return parse_namespaces(await get(address, timeout))
    except HttpError as error:
        raise ProxyError(f"The proxy does not answer at {address}: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ProxyError(f"{address} is not the admin API of a proxy: {type(error).__name__} {error}") from error


def parse_namespaces(body: bytes) -> list[Namespace]:
    return [parse_namespace(one) for one in json.loads(body)["namespaces"]]


def parse_namespace(value: dict[str, Any]) -> Namespace:
    plugin = value["plugin"]
    if not isinstance(plugin["up"], bool):
        raise TypeError("plugin.up is no boolean")
    texts = (value["name"], value["backend"], value["endpoint"], plugin["detail"])
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a name, backend, endpoint or detail is no text")
    name, backend, endpoint, detail = texts
    timeout = value.get("timeout_ms")
    if timeout is not None and not isinstance(timeout, int):
        raise TypeError("timeout_ms is no number")
    return Namespace(name, backend, endpoint, timeout, plugin["up"], detail)

"""Who asks: the namespace and the ID of the present call, from its metadata; the proxy sets both."""

import re
from collections.abc import Iterable
from contextvars import ContextVar

from .limits import MAX_NAMESPACE_BYTES, Refused

NAMESPACE = "x-prism-namespace"
REQUEST_ID = "x-request-id"
ALLOWED = re.compile(f"[A-Za-z0-9._-]{{1,{MAX_NAMESPACE_BYTES}}}")

current_namespace: ContextVar[str] = ContextVar("namespace", default="")
current_request_id: ContextVar[str] = ContextVar("request_id", default="")


def namespace() -> str:
    """The namespace that the present call names, or "" if it names none. The keys of different namespaces are apart: a
    store that does not keep them apart is opened by `apart`, or needs a plugin for each."""
    return current_namespace.get()


def take(metadata: Iterable[tuple[str, str | bytes]]) -> None:
    """Notes what the metadata of a call says. Raises Refused."""
    given = [(key, value if isinstance(value, str) else value.decode(errors="replace")) for key, value in metadata]
    names = [value for key, value in given if key == NAMESPACE]
    if len(names) > 1:
        raise Refused(f"metadata {NAMESPACE} is given more than once")
    if names and not ALLOWED.fullmatch(names[0]):
        allowed = f"1 to {MAX_NAMESPACE_BYTES} of letters, digits, dots, _ and -"
        raise Refused(f'metadata {NAMESPACE}: "{names[0]}" is not {allowed}')
    current_namespace.set("".join(names))
    current_request_id.set(",".join(value for key, value in given if key == REQUEST_ID))

"""Settings out of the environment; every violation is named, not only the first."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """What is wrong with the environment, a line each."""


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    proxy_url: str
    #: Seconds for a whole answer of the proxy.
    proxy_timeout: float
    log_level: str


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises SettingsError. An empty variable counts as one that is not set."""
    wrong: list[str] = []

    def read(name: str, default: str) -> str:
        return environment.get(name, "").strip() or default

    listen = read("PRISM_LISTEN", "127.0.0.1:8000")
    host, _, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        wrong.append(f"PRISM_LISTEN is not address:port: {listen}")
    proxy_url = read("PROXY_URL", "http://127.0.0.1:8981")
    if not is_http(proxy_url):
        wrong.append(f"PROXY_URL is not an http or https URL: {proxy_url}")
    timeout = read("PROXY_TIMEOUT_MS", "2000")
    if not timeout.isascii() or not timeout.isdigit() or not 0 < int(timeout) <= 60_000:
        wrong.append(f"PROXY_TIMEOUT_MS is not a number of milliseconds from 1 to 60000: {timeout}")
    level = read("PRISM_LOG_LEVEL", "info").lower()
    if level not in LEVELS:
        wrong.append(f"PRISM_LOG_LEVEL is none of {', '.join(LEVELS)}: {level}")
    if wrong:
        raise SettingsError("\n".join(wrong))
    return Settings(host, int(port), proxy_url.rstrip("/"), int(timeout) / 1000, level)


def is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
    except ValueError:
        return False

"""What every plugin reads from its environment and command line."""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

#: Ends the variable of a secret whose value is the path of a file.
FILE = "_FILE"
LEVELS = {"debug": "DEBUG", "info": "INFO", "warn": "WARNING", "error": "ERROR"}
#: Milliseconds.
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
SHIFTS = {"": 0, "KiB": 10, "MiB": 20, "GiB": 30}


class SettingsError(Exception):
    """What is wrong with the settings, a line each."""


@dataclass(frozen=True)
class Address:
    """Where a server listens; port 0 is a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Settings:
    """Settings of every plugin, checked; times are seconds."""

    listen: Address
    control_listen: Address
    metrics_listen: Address
    log_level: str
    drain_timeout: float
    health_interval: float
    call_timeout: float
    #: Those of this plugin alone, by the names that `Setting.field` gives them.
    own: Mapping[str, Any] = field(default_factory=dict)


def parse_address(text: str) -> Address:
    """`:50100` is every IPv4 address, which machines without IPv6 have too; `[::]:50100` is those of both families."""
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([0-9.]*)):([0-9]{1,5})", text)
    try:
        if found is None or int(found[3]) > 65535:
            raise ValueError
        ip = ipaddress.IPv6Address(found[1]) if found[1] else ipaddress.IPv4Address(found[2] or "0.0.0.0")
    except ValueError:
        raise ValueError(f'"{text}" is not host:port; write it like :50100 or 127.0.0.1:50100') from None
    return Address(str(ip), int(found[3]))


def parse_level(text: str) -> str:
    if text.lower() not in LEVELS:
        raise ValueError(f'"{text}" is not one of debug, info, warn and error')
    return LEVELS[text.lower()]


def parse_duration(text: str, least: str = "0s", most: str = "1h") -> float:
    """A whole number with its unit, from `least` to `most`, as seconds."""
    seconds = read_seconds(text)
    if not read_seconds(least) <= seconds <= read_seconds(most):
        raise ValueError(f"{text} is not from {least} to {most}")
    return seconds


def read_seconds(text: str) -> float:
    found = re.fullmatch("([0-9]{1,9})(ms|s|m|h)", text)
    if found is None:
        raise ValueError(f'"{text}" is no time; write it like 500ms, 30s or 5m')
    return int(found[1]) * UNITS[found[2]] / 1000


def parse_bytes(text: str, least: int, most: int) -> int:
    """A number of bytes like 4096, 512KiB, 64MiB or 2GiB."""
    found = re.fullmatch("([0-9]{1,15})(KiB|MiB|GiB|)", text)
    size = int(found[1]) << SHIFTS[found[2]] if found else -1
    if not least <= size <= most:
        example = "write it like 4096, 512KiB, 64MiB or 2GiB"
        raise ValueError(f'"{text}" is not a size from {least} to {most} bytes; {example}')
    return size


def parse_text(text: str) -> str:
    if not text:
        raise ValueError("is empty; give it a value")
    return text


@dataclass(frozen=True)
class Setting:
    """A variable of the environment, and a flag."""

    variable: str
    default: str
    usage: str
    #: Raises ValueError with what is wrong.
    parse: Callable[[str], Any]

    @property
    def field(self) -> str:
        """`PRISM_LOG_LEVEL` is `log_level` in the code."""
        return self.variable.removeprefix("PRISM_").lower()

    @property
    def flag(self) -> str:
        """`PRISM_LOG_LEVEL` has the flag `--log-level`."""
        return self.field.replace("_", "-")


@dataclass(frozen=True)
class Secret:
    """A variable without a flag, which every user of the machine could read, and without a default. The variable with
    `_FILE` appended to its name may give the path of a file with the value, as container engines mount it."""

    variable: str
    usage: str
    #: Raises ValueError with what is wrong.
    parse: Callable[[str], Any] = parse_text

    @property
    def field(self) -> str:
        """`DATABASE_URL` is `database_url` in the code."""
        return self.variable.removeprefix("PRISM_").lower()


#: Of every plugin.
SHARED = (
    Setting("PRISM_LISTEN", "127.0.0.1:50100", "address of the gRPC server, host:port; port 0 takes a free one", parse_address),
    Setting(
        "PRISM_CONTROL_LISTEN",
        "127.0.0.1:0",
        "address of the Lifecycle service, apart from the data; port 0 takes a free one, which the log names",
        parse_address,
    ),
    Setting(
        "PRISM_METRICS_LISTEN",
        "127.0.0.1:0",
        "address of /metrics, /ready and /live over HTTP; port 0 takes a free one, which the log names",
        parse_address,
    ),
    Setting("PRISM_LOG_LEVEL", "info", "least level that is logged: debug, info, warn or error", parse_level),
    Setting(
        "PRISM_DRAIN_TIMEOUT",
        "30s",
        "how long SIGTERM waits for calls in flight before it aborts them",
        parse_duration,
    ),
    Setting(
        "PRISM_HEALTH_INTERVAL",
        "1s",
        "how often the backend is asked whether it can serve",
        lambda text: parse_duration(text, "10ms"),
    ),
    Setting("PRISM_CALL_TIMEOUT", "10s", "deadline of calls", lambda text: parse_duration(text, "1ms")),
)


def usage(own: Sequence[Setting | Secret] = ()) -> str:
    """Describes every setting, two lines each."""
    return "".join(f"  {describe(one)}\n      {one.usage}\n" for one in (*SHARED, *own))


def describe(one: Setting | Secret) -> str:
    if isinstance(one, Secret):
        return f"{one.variable} or {one.variable}{FILE}, a file with it"
    return f"{one.variable}, --{one.flag} (default {one.default})"


def load(arguments: Sequence[str], environment: Mapping[str, str], own: Sequence[Setting | Secret] = ()) -> Settings:
    """A flag wins over the environment, which wins over the default; an empty variable counts as not set.

    Raises SettingsError with every violation, not the first.
    """
    flags, wrong = read_flags(arguments, {one.flag for one in (*SHARED, *own) if isinstance(one, Setting)})

    def read(settings: Sequence[Setting | Secret]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for one in settings:
            try:
                values[one.field] = one.parse(read_text(one, flags, environment))
            except ValueError as error:
                wrong.append(f"{find_source(one, flags, environment)}: {error}")
        return values

    shared, others = read(SHARED), read(own)
    if wrong:
        raise SettingsError("\n".join(wrong))
    return Settings(**shared, own=others)


def find_source(one: Setting | Secret, flags: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Where the value is from, as a message names it."""
    if isinstance(one, Secret):
        return f"{one.variable}{FILE}" if environment.get(f"{one.variable}{FILE}") else one.variable
    return f"--{one.flag}" if one.flag in flags else one.variable


def read_text(one: Setting | Secret, flags: Mapping[str, str], environment: Mapping[str, str]) -> str:
    given = environment.get(one.variable) or ""
    if isinstance(one, Setting):
        return flags.get(one.flag, given or one.default)
    path = environment.get(f"{one.variable}{FILE}")
    if not path:
        return given
    if given:
        raise ValueError(f"the variable without {FILE} is set as well; set one of them")
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read().rstrip("\r\n")
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None


def read_flags(arguments: Sequence[str], known: Set[str]) -> tuple[dict[str, str], list[str]]:
    """`--flag=value` and `--flag value`, and what is wrong with the others."""
    flags: dict[str, str] = {}
    wrong: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("--"):
            wrong.append(f"{argument}: unexpected argument; see --help")
            continue
        name, equals, value = argument[2:].partition("=")
        given = value if equals else next(rest, None)
        if name not in known:
            wrong.append(f"--{name}: unknown flag; see --help")
        elif given is None:
            wrong.append(f"--{name}: the value is missing; write --{name}=VALUE")
        else:
            flags[name] = given
    return flags, wrong

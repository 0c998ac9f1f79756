"""Reads a lock in pip's format: what uv export, poetry export, pip-compile --generate-hashes and pdm export write."""

import pathlib
import re
import shlex
import sys
from typing import Iterator, NamedTuple, NoReturn

REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\]\s*)?"
    r"(?:\(?\s*={2,3}\s*(?P<version>[^\s;,*()]+)\s*\)?|@\s*(?P<url>https?://\S+))\s*(?:;(?P<marker>.*))?"
)
HASH = re.compile(r"--hash(?:=|\s+)(sha(?:256|384|512):[0-9a-f]+)(?=\s|$)")
# pip follows these when it fetches; what is fetched has a hash of the lock, wherever it comes from.
WHERE = {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--trusted-host"}
# True of every lock: wheels only, by hash, in the version that is named.
GIVEN = {"--only-binary", "--pre", "--prefer-binary", "--require-hashes"}
# What these say would be read from the machine that builds, or from nowhere.
UNKNOWABLE = re.compile(r"\b(platform[._](?:release|version)|extra)\b")


class Line(NamedTuple):
    """A logical line: where it is, what it says, and whether it only constrains."""

    place: str
    text: str
    constraint: bool


class Locked(NamedTuple):
    """A distribution that the target gets; hashes are `sha256:…`, of which its wheel has one."""

    name: str
    version: str
    hashes: frozenset[str]
    place: str


def refuse(code: str, what: str) -> NoReturn:
    """Ends with a line that the caller understands: code, place, what."""
    sys.exit(f"{code}: {what}")


def read_lock(path: pathlib.Path, markers: dict[str, str]) -> list[Locked]:
    """What the lock names for the target, in its order; refuses, with file and line, what it cannot honour."""
    found: dict[str, Locked] = {}
    lines = list(lines_of(path, False, []))
    for line in lines:
        locked = None if line.constraint or line.text.startswith("-") else read_requirement(line, markers)
        if locked is None:
            continue
        before = found.get(locked.name)
        if before and before.version != locked.version:
            refuse("LOCK_UNUSABLE", f"{line.place}: {locked.name} {locked.version}, but {before.place} says {before.version}")
        hashes = before.hashes & locked.hashes if before else locked.hashes
        found[locked.name] = locked._replace(hashes=hashes)
    for line in lines:
        if line.constraint and not line.text.startswith("-"):
            check_constraint(line, found, markers)
    return list(found.values())


def lines_of(path: pathlib.Path, constraint: bool, above: list[pathlib.Path]) -> Iterator[Line]:
    """The logical lines of a file and of those that it includes."""
    if path in above:
        refuse("LOCK_UNUSABLE", f"{path} includes itself")
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        refuse("LOCK_UNUSABLE", f"{path}: {error.strerror}; COPY must bring it")
    for number, line in join_lines(text):
        place = f"{path}:{number}"
        if not line.startswith("-"):
            yield Line(place, line, constraint)
            continue
        option, value = split_option(line, place)
        if option in ("-r", "--requirement", "-c", "--constraint"):
            inside = constraint or option in ("-c", "--constraint")
            yield from lines_of(path.parent / value, inside, [*above, path])
        elif option not in WHERE and option not in GIVEN and (option, value) != ("--no-binary", ":none:"):
            refuse("LOCK_UNUSABLE", f"{place}: `{option}` cannot be honoured")


def join_lines(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first line, without comments, as pip reads them."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        comment = line.lstrip().startswith("#")
        start = start if joined else number
        continues = line.endswith("\\") and not comment
        joined += line.strip("\\") if continues else f" {line}" if comment else line
        if continues:
            continue
        statement = re.sub(r"(^|\s+)#.*$", "", joined).strip()
        if statement:
            yield start, statement
        joined = ""
    if statement := re.sub(r"(^|\s+)#.*$", "", joined).strip():
        yield start, statement


def split_option(line: str, place: str) -> tuple[str, str]:
    try:
        first, *more = shlex.split(line)
    except ValueError as error:
        refuse("LOCK_UNUSABLE", f"{place}: {error}")
    if first.startswith("--"):
        option, equals, value = first.partition("=")
        return option, value if equals else " ".join(more)
    return first[:2], first[2:].removeprefix("=") or " ".join(more)


def read_requirement(line: Line, markers: dict[str, str]) -> Locked | None:
    """None where its marker says that the target does without it."""
    requirement, *tail = re.split(r"\s+(?=-)", line.text, maxsplit=1)
    match = REQUIREMENT.fullmatch(requirement)
    if not match:
        refuse("LOCK_UNUSABLE", f"{line.place}: not name==version: {requirement}")
    name, version, url, marker = match.group("name", "version", "url", "marker")
    if url and not re.search(r"\.whl(?:#|$)", url):
        refuse("LOCK_UNUSABLE", f"{line.place}: no wheel: {url}")
    options = tail[0] if tail else ""
    if rest := HASH.sub("", options).strip():
        refuse("LOCK_UNUSABLE", f"{line.place}: `{rest}` cannot be honoured")
    hashes = frozenset(HASH.findall(options))
    if not hashes:
        refuse("LOCK_UNUSABLE", f"{line.place}: {name} has no --hash")
    if not holds(marker, line.place, markers):
        return None
    return Locked(normal(name), version or url, hashes, line.place)


def holds(marker: str | None, place: str, markers: dict[str, str]) -> bool:
    """What a marker says for the target."""
    if not marker or not marker.strip():
        return True
    unknown = UNKNOWABLE.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", marker))
    if unknown:
        refuse("LOCK_UNUSABLE", f"{place}: nothing says what `{unknown[0]}` is in the image")
    # Read when a lock has markers: pip's parser takes longer than all else.
    from pip._vendor.packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    try:
        return Marker(marker.strip()).evaluate(markers)
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName) as error:
        refuse("LOCK_UNUSABLE", f"{place}: {error}")


def check_constraint(line: Line, found: dict[str, Locked], markers: dict[str, str]) -> None:
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement

    try:
        constraint = Requirement(re.split(r"\s+(?=-)", line.text, maxsplit=1)[0])
    except InvalidRequirement as error:
        refuse("LOCK_UNUSABLE", f"{line.place}: {error}")
    locked = found.get(normal(constraint.name))
    marker = str(constraint.marker) if constraint.marker else None
    if locked is None or not holds(marker, line.place, markers):
        return
    if constraint.url or not constraint.specifier.contains(locked.version, prereleases=True):
        refuse("LOCK_UNUSABLE", f"{line.place}: {line.text} excludes {locked.name} {locked.version} of {locked.place}")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

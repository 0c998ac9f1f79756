"""Brings wheels of a lock, and says in one line why one cannot be had."""

import os
import pathlib
import re
import shutil
import sys
import tempfile

BROKEN = re.compile(r"connection broken by|HTTP error|Could not fetch URL|There was a problem confirming the ssl")


def fetch_wheels(requirements: pathlib.Path, wheels: pathlib.Path, machine: str) -> None:
    """
    Fetches into `<wheels>/<digest>/`: wheels of one name may have other bytes for another lock, and pip deletes what has
    not the hashes of this one.
    """
    locked = read_lock(requirements, markers_of(machine))
    if not locked:
        return
    wheels.mkdir(parents=True, exist_ok=True)
    temporary = pathlib.Path(tempfile.mkdtemp(dir=wheels, prefix=".new-"))
    try:
        for known in (find_wheel(one, wheels, machine) for one in locked):
            if known:
                shutil.copyfile(known, temporary / known.name)
        download(requirements, temporary, machine)
        for wheel in temporary.glob("*.whl"):
            place = wheels / sha256(wheel.read_bytes())[:32] / wheel.name
            place.parent.mkdir(exist_ok=True)
            os.replace(wheel, place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def download(requirements: pathlib.Path, destination: pathlib.Path, machine: str) -> None:
    done = run_pip(
        machine,
        *("download", "--quiet", "--no-deps", "--require-hashes", f"--dest={destination}"),
        *wheel_options(machine),
        f"--requirement={requirements}",
        capture_output=True,
    )
    sys.stderr.write(done.stdout + done.stderr)
    if done.returncode != 0:
        explain_missing(done.stdout + done.stderr, requirements, machine)
        sys.exit(done.returncode)


def resolve_wheels(requirements: pathlib.Path, machine: str, target: pathlib.Path) -> None:
    """Prints pip's report of what it would install; nothing is installed."""
    done = run_pip(
        machine,
        *("install", "--quiet", "--dry-run", "--ignore-installed", f"--target={target}", "--report=-"),
        *wheel_options(machine),
        f"--requirement={requirements}",
    )
    sys.exit(done.returncode)


def explain_missing(output: str, requirements: pathlib.Path, machine: str) -> None:
    """pip says the same of a version that is nowhere and of one without a fitting wheel: asks which of them it is."""
    missing = re.search(r"No matching distribution found for ([^\s=\[;]+)\S*?={2,3}([^\s;]+)", output)
    if not missing or BROKEN.search(output):
        return
    name, version = missing.groups()
    if re.search(rf"(?:: |; ){re.escape(version)} Requires-Python ", output):
        return
    asked = run_pip(machine, "index", "versions", name, *index_options(requirements), capture_output=True)
    versions = re.findall(r"[^\s,]+", "".join(re.findall(r"^Available versions: (.*)$", asked.stdout, re.M)))
    if BROKEN.search(asked.stderr):
        return
    if version in versions:
        sys.exit(f"WHEEL_MISSING: {name} {version} has no wheel for Python {PYTHON} on Linux {machine}")
    newest = f"; the newest is {versions[0]}" if versions else ""
    sys.exit(f"VERSION_MISSING: the index has no {name} {version}{newest}")


def index_options(requirements: pathlib.Path) -> list[str]:
    """Options of the lock that say where to look."""
    found = []
    for number, line in join_lines(requirements.read_text("utf-8-sig")):
        option, value = split_option(line, f"{requirements}:{number}") if line.startswith("-") else ("", "")
        if option in WHERE:
            local = option in ("-f", "--find-links") and (requirements.parent / value).exists()
            place = str(requirements.parent / value) if local else value
            found += [option, place] if place else [option]
    return found

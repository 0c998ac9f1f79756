"""What `RUN ["compile-python", …]` does: wheels and an application to trees below /out, with bytecode.

Reads only what its arguments name; only `fetch` and `resolve` use the network. The same bytes for every path, user,
umask, time zone and run. The other files of this directory come before this one, in one text (`cat *.py`).
"""

import argparse
import base64
import csv
import hashlib
import importlib.util
import io
import marshal
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

# What unpacked wheels depend on, besides their bytes.
THIS = hashlib.sha256(marshal.dumps(sys._getframe().f_code) + sys.version.encode()).hexdigest()


def main() -> None:
    options = parse_arguments()
    if options.command == "library":
        compile_library(options.out, set(options.modules))
    elif options.command == "fetch":
        fetch_wheels(options.requirements, options.wheels, options.machine)
    elif options.command == "resolve":
        resolve_wheels(options.requirements, options.machine, options.target)
    else:
        compile_application(options)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="compile-python", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    library = commands.add_parser("library", help="bytecode of Python's own library")
    library.add_argument("modules", nargs="*", help="which; all if left out")
    application = commands.add_parser("application", help="an application and the wheels that it needs")
    application.add_argument("--unpacked", type=pathlib.Path, help="a cache of compiled wheels")
    # One hyphen will do, as Go's tools have it.
    application.add_argument("-stamp", "--stamp", help="a module to write the version into")
    application.add_argument("--version", help="what to write")
    application.add_argument("units", nargs="+", help="packages and files of the working directory")
    fetch = commands.add_parser("fetch", help="the wheels of a lock")
    resolve = commands.add_parser("resolve", help="what a lock would be, as pip's report")
    resolve.add_argument("--target", type=pathlib.Path, required=True)
    for command in (library, application):
        command.add_argument("--out", type=pathlib.Path, required=True)
    for command in (application, fetch):
        command.add_argument("--wheels", type=pathlib.Path, help="wheels of this platform")
    for command in (application, fetch, resolve):
        command.add_argument("-requirements", "--requirements", type=pathlib.Path, required=command is not application)
        command.add_argument("--machine", required=True, help="of the platform, in the words of uname")
    options, units = parser.parse_known_args()
    # Options may stand between units.
    if unknown := [one for one in units if one.startswith("-")]:
        parser.error(f"unknown option {unknown[0]}")
    options.units = [*getattr(options, "units", []), *units]
    return options


def compile_application(options: argparse.Namespace) -> None:
    machine = options.machine
    locked = read_lock(options.requirements, markers_of(machine)) if options.requirements else []
    for one in locked:
        wheel, digest = choose_wheel(one, options.wheels, machine)
        tree = compiled_wheel(wheel, digest, options.unpacked, f"/usr/bin/{machine}-linux-gnu-strip")
        copy_tree(tree, options.out / "dependencies")
    if options.stamp and not options.version:
        sys.exit(f"--stamp={options.stamp} has no version to write: ARG VERSION in this stage, and a build argument")
    stamp = (options.stamp, options.version) if options.stamp else None
    bring_units([pathlib.Path(unit) for unit in options.units], options.out / "application", stamp)


def choose_wheel(locked: Locked, wheels: pathlib.Path, machine: str) -> tuple[pathlib.Path, str]:
    """The wheel of a requirement, and its SHA-256."""
    chosen = find_wheel(locked, wheels, machine)
    if chosen is None:
        refuse("WHEEL_LOST", f"no wheel of {locked.name} {locked.version} with a hash of the lock is in {wheels}")
    return chosen, sha256(chosen.read_bytes())


def find_wheel(locked: Locked, wheels: pathlib.Path, machine: str) -> pathlib.Path | None:
    """Of those that have a hash of the lock the one that fits best, as pip takes it."""
    there = sorted([*wheels.glob("*.whl"), *wheels.glob("[0-9a-f]*/*.whl")])
    named = [one for one in there if normal(one.name.split("-")[0]) == locked.name and fits(one, machine)]
    known = [one for one in named if hashes_of(one.read_bytes()) & locked.hashes]
    return known[0] if len(known) == 1 else min(known, key=lambda one: rank(one, machine), default=None)


def fits(wheel: pathlib.Path, machine: str) -> bool:
    """Whether a wheel is one of the platform; a mounted directory may hold those of others too."""
    return not {"any", *platforms_of(machine)}.isdisjoint(wheel.stem.split("-")[-1].split("."))


def rank(wheel: pathlib.Path, machine: str) -> tuple[int, int, str]:
    from pip._vendor.packaging import tags, utils

    version, abis, platforms = sys.version_info[:2], [INTERPRETER], platforms_of(machine)
    supported = [*tags.cpython_tags(version, abis, platforms), *tags.compatible_tags(version, INTERPRETER, platforms)]
    _, _, build, own = utils.parse_wheel_filename(wheel.name)
    place = min((supported.index(tag) for tag in own if tag in supported), default=len(supported))
    return place, -build[0] if build else 0, wheel.name


def hashes_of(data: bytes) -> set[str]:
    return {f"{name}:{hashlib.new(name, data).hexdigest()}" for name in ("sha256", "sha384", "sha512")}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def compiled_wheel(wheel: pathlib.Path, digest: str, cache: pathlib.Path, strip: str) -> pathlib.Path:
    """The tree of a wheel, stripped and with bytecode; whole as soon as it has its name."""
    pure = wheel.stem.endswith("-none-any")
    tools = "" if pure else subprocess.run([strip, "--version"], capture_output=True, check=True).stdout.decode()
    tree = cache / f"{wheel.name.split('-')[0]}-{sha256((digest + THIS + tools).encode())[:32]}"
    if tree.exists():
        return tree
    cache.mkdir(parents=True, exist_ok=True)
    temporary = pathlib.Path(tempfile.mkdtemp(dir=cache, prefix=".new-"))
    try:
        unpack(wheel, temporary)
        for path in sorted(temporary.rglob("*")):
            if is_shared_object(path):
                subprocess.run([strip, "--strip-unneeded", path], check=True)
            elif path.suffix == ".py":
                # Templates and tests of newer Pythons may lie in a wheel.
                write_bytecode(path, f"/dependencies/{path.relative_to(temporary)}")
        write_record(temporary)
        temporary.rename(tree)
    except OSError:
        # Another process was faster, with the same result.
        if not tree.exists():
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return tree


def unpack(wheel: pathlib.Path, directory: pathlib.Path) -> None:
    """What an import can find: no scripts and no headers. Its RECORD is written again, since what follows changes files."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            parts = pathlib.PurePosixPath(member.filename).parts
            if len(parts) > 1 and parts[0].endswith(".data"):
                if parts[1] not in ("purelib", "platlib"):
                    continue
                parts = parts[2:]
            record = len(parts) > 1 and parts[-2].endswith(".dist-info") and parts[-1] == "RECORD"
            if member.is_dir() or record or "__pycache__" in parts:
                continue
            if member.filename.startswith("/") or ".." in parts:
                sys.exit(f"{wheel.name} names a path outside itself: {member.filename}")
            # As pip does; a shared object is never executed.
            executable = (member.external_attr >> 16) & 0o111 and ".so" not in pathlib.PurePosixPath(*parts).suffixes
            place(archive.read(member), directory.joinpath(*parts), 0o755 if executable else 0o644)


def write_record(tree: pathlib.Path) -> None:
    """RECORD of what is now in the tree of a wheel: scanners and importlib.metadata find its files by it (PEP 376)."""
    for information in tree.glob("*.dist-info"):
        own = information / "RECORD"
        names = sorted(str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file())
        lines = io.StringIO()
        rows = csv.writer(lines, lineterminator="\n")
        for name in names:
            data = (tree / name).read_bytes()
            hashed = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.writerow([name, f"sha256={hashed}", len(data)])
        rows.writerow([str(own.relative_to(tree)), "", ""])
        place(lines.getvalue().encode(), own, 0o644)


def is_shared_object(path: pathlib.Path) -> bool:
    return ".so" in path.suffixes and path.is_file() and path.read_bytes()[:4] == b"\x7fELF"


def copy_tree(source: pathlib.Path, destination: pathlib.Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place(path.read_bytes(), destination / path.relative_to(source), path.stat().st_mode & 0o755)


def compile_library(out: pathlib.Path, modules: set[str]) -> None:
    """Bytecode below /out/usr/lib/python3.x, for a base whose packages bring none."""
    library = pathlib.Path(os.__file__).parent
    found = set()
    for path in files_of(library):
        module = path.relative_to(library).parts[0].removesuffix(".py")
        # _sysconfigdata describes one architecture, and links lead to settings.
        if path.suffix != ".py" or path.is_symlink() or module.startswith("_sysconfigdata"):
            continue
        if not modules or module in modules:
            found.add(module)
            write_bytecode(path, str(path), below=out / path.parent.relative_to("/"))
    if missing := modules - found:
        sys.exit(f"{library} has no {', '.join(sorted(missing))}")


def files_of(library: pathlib.Path) -> list[pathlib.Path]:
    """Of Debian's own packages of the library, where they are named: others add to the directory too."""
    own = re.compile(rf"lib{re.escape(library.name)}-(minimal|stdlib)(:\w+)?")
    known = [*pathlib.Path("/var/lib/dpkg/info").glob("*.list"), *pathlib.Path("/var/lib/dpkg/status.d").glob("*.md5sums")]
    # A line is a path, behind the sum of the file where an image of ours names it.
    lines = (line for one in known if own.fullmatch(one.stem) for line in one.read_text().splitlines())
    listed = [pathlib.Path("/", line.split("  ", 1)[-1]) for line in lines]
    return sorted(path for path in listed or library.rglob("*") if library in path.parents and path.is_file())


main()

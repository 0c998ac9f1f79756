#!/usr/bin/python3.11
"""What `RUN ["compile-python", …]` does: wheels and an application to trees below /out, with bytecode.

Reads only what its arguments name, and no network. The same bytes for every path, user, umask, time zone and run.
"""

import argparse
import hashlib
import importlib.util
import marshal
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types
import zipfile

THIS = hashlib.sha256(marshal.dumps(sys._getframe().f_code) + sys.version.encode()).hexdigest()
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)==(\S+)((?:\s+--hash=sha256:[0-9a-f]{64})+)")


def main() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    commands = parser.add_subparsers(dest="command", required=True)
    library = commands.add_parser("library", help="bytecode of Python's own library")
    library.add_argument("modules", nargs="*", help="which; all if left out")
    application = commands.add_parser("application", help="an application and the wheels that it needs")
    application.add_argument("--requirements", type=pathlib.Path)
    application.add_argument("--wheels", type=pathlib.Path, help="wheels of this platform")
    application.add_argument("--unpacked", type=pathlib.Path, help="a cache of compiled wheels")
    application.add_argument("--strip", help="strip of this platform")
    application.add_argument("units", nargs="+", help="packages and files of the working directory")
    options = parser.parse_args()
    if options.command == "library":
        compile_library(options.out, set(options.modules))
        return
    if options.requirements:
        for wheel, digest in chosen_wheels(options.requirements, options.wheels):
            tree = compiled_wheel(wheel, digest, options.unpacked, options.strip)
            copy_tree(tree, options.out / "dependencies")
    for unit in options.units:
        bring_unit(pathlib.Path(unit), options.out / "application")


def chosen_wheels(requirements: pathlib.Path, wheels: pathlib.Path):
    """The wheel of each requirement of a lock, by its hash, in the order of the lock."""
    text = requirements.read_text().replace("\\\n", " ")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    for line in filter(None, lines):
        match = REQUIREMENT.fullmatch(line)
        if not match:
            sys.exit(f"{requirements.name}: not name==version with --hash=sha256:…: {line}")
        name, version, hashes = match.groups()
        known = re.findall("[0-9a-f]{64}", hashes)
        fitting = [one for one in sorted(wheels.glob("*.whl")) if normal(one.name.split("-")[0]) == normal(name)]
        found = [(one, digest) for one in fitting if (digest := sha256(one.read_bytes())) in known]
        if not found:
            sys.exit(f"{requirements.name}: no wheel of {name} {version} with a hash of the lock was fetched")
        yield found[0]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


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
                # Templates and tests of newer Pythons may lie in a wheel; whoever imports them hears of it.
                write_bytecode(path, f"/dependencies/{path.relative_to(temporary)}", strict=False)
        temporary.rename(tree)
    except OSError:
        # Another process was faster, with the same result.
        if not tree.exists():
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return tree


def unpack(wheel: pathlib.Path, directory: pathlib.Path) -> None:
    """What an import can find: no scripts, no headers, and no RECORD, since what follows changes files."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            parts = pathlib.PurePosixPath(member.filename).parts
            if len(parts) > 1 and parts[0].endswith(".data"):
                if parts[1] not in ("purelib", "platlib"):
                    continue
                parts = parts[2:]
            if member.is_dir() or parts[-1:] == ("RECORD",) or parts[-1].endswith(".pyc"):
                continue
            if member.filename.startswith("/") or ".." in parts:
                sys.exit(f"{wheel.name} names a path outside itself: {member.filename}")
            place(archive.read(member), directory.joinpath(*parts))


def is_shared_object(path: pathlib.Path) -> bool:
    return ".so" in path.suffixes and path.is_file() and path.read_bytes()[:4] == b"\x7fELF"


def copy_tree(source: pathlib.Path, destination: pathlib.Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place(path.read_bytes(), destination / path.relative_to(source))


def bring_unit(unit: pathlib.Path, destination: pathlib.Path) -> None:
    """A package or a file of the application, with bytecode; an error names file and line."""
    if not unit.exists():
        sys.exit(f"there is no {unit} beside the requirements; COPY must bring it")
    for path in sorted(unit.rglob("*")) if unit.is_dir() else [unit]:
        if path.is_symlink() and path.is_dir():
            sys.exit(f"{path} is a link to a directory, which a package may not hold")
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        placed = destination / path
        place(path.read_bytes(), placed)
        if path.suffix == ".py":
            write_bytecode(placed, f"/application/{path}")


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
            write_bytecode(path, str(path), strict=False, below=out / path.parent.relative_to("/"))
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


def write_bytecode(path: pathlib.Path, name: str, strict: bool = True, below: pathlib.Path | None = None) -> None:
    """`__pycache__/x.cpython-3yy.pyc` that is never compared with its source (PEP 552, unchecked hash)."""
    source = path.read_bytes()
    try:
        code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError) as error:
        if strict:
            line = getattr(error, "lineno", 0)
            sys.exit(f"{name.removeprefix('/application/')}:{line}: {getattr(error, 'msg', error)}")
        return
    # The length of a reference depends on who else uses an object, in this process: now something does, always.
    held = list(parts_of(code))
    head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(source)
    data = head + marshal.dumps(code)
    del held
    place(data, pathlib.Path(below or path.parent, "__pycache__", f"{path.stem}.{sys.implementation.cache_tag}.pyc"))


def parts_of(value: object):
    yield value
    if isinstance(value, types.CodeType):
        for name in ("consts", "names", "varnames", "freevars", "cellvars", "linetable", "exceptiontable"):
            yield from parts_of(getattr(value, f"co_{name}"))
        yield from (value.co_name, value.co_qualname, value.co_filename)
    elif isinstance(value, (tuple, frozenset)):
        for one in value:
            yield from parts_of(one)


def place(data: bytes, path: pathlib.Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o644)


main()

"""The application's own packages and files, with bytecode."""

import ast
import importlib.util
import marshal
import pathlib
import shutil
import sys
import types
from typing import Iterator


def bring_units(units: list[pathlib.Path], destination: pathlib.Path, stamp: tuple[str, str] | None) -> None:
    """
    Copies what is named, with bytecode. A source that does not compile is an error, with file and line, where it starts
    the program or where another module imports it outside of branches. Else it is data (a template, a test of newer
    Pythons): it comes along as it is, and a note names it.
    """
    files = sorted({path for unit in units for path in files_below(unit)})
    for path in files:
        copy_file(path, destination / path)
    if stamp:
        place(f"__version__ = version = {stamp[1]!r}\n".encode(), destination / stamp[0])
        files = sorted({*files, pathlib.Path(stamp[0])})
    sources = [path for path in files if path.suffix == ".py"]
    errors = {path: write_bytecode(destination / path, f"/application/{path}") for path in sources}
    broken = {path: f"{path}:{error}" for path, error in errors.items() if error}
    if not broken:
        return
    entries = {one for unit in units for one in (unit, unit / "__init__.py", unit / "__main__.py")}
    importers = importers_of(units, destination, sources)
    needed = [text + said_by(importers.get(path)) for path, text in broken.items() if path in entries or path in importers]
    if needed:
        sys.exit("\n".join(f"SOURCE_INVALID: {text}" for text in needed))
    for text in broken.values():
        print(f"note: {text}: kept as data, without bytecode, since no other module always imports it")


def said_by(importer: pathlib.Path | None) -> str:
    return f" ({importer} imports it)" if importer else ""


def files_below(unit: pathlib.Path) -> Iterator[pathlib.Path]:
    if not unit.exists():
        sys.exit(f"there is no {unit} beside the requirements; COPY must bring it")
    for path in sorted(unit.rglob("*")) if unit.is_dir() else [unit]:
        if path.is_symlink() and not path.is_file():
            sys.exit(f"{path} is a link to {path.readlink()}, which is no file; a package may hold links to files only")
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def importers_of(
    units: list[pathlib.Path], destination: pathlib.Path, sources: list[pathlib.Path]
) -> dict[pathlib.Path, pathlib.Path]:
    """Of every source that another one imports whenever it is imported itself: the first that does."""
    roots = {pathlib.Path(), *(unit.parent for unit in units)}
    found: dict[pathlib.Path, pathlib.Path] = {}
    for path in sources:
        for module in imported_by(path, (destination / path).read_bytes()):
            candidates = {one for root in roots for one in (root / f"{module}.py", root / module / "__init__.py")}
            for candidate in candidates.intersection(sources) - {path}:
                found.setdefault(candidate, path)
    return found


def imported_by(path: pathlib.Path, source: bytes) -> Iterator[str]:
    """Modules as paths. Imports in a branch, a function or `try` may never be executed, and do not count."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in statements:
        names = []
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            above = "." * statement.level
            base = f"{above}{statement.module or ''}"
            separator = "" if base.endswith(".") or not base else "."
            names = [base, *(f"{base}{separator}{alias.name}" for alias in statement.names)]
        for name in names:
            yield from module_paths(path, name)


def module_paths(path: pathlib.Path, name: str) -> Iterator[str]:
    """`a`, `a/b`, `a/b/c` of `a.b.c`; of `.x` what it is beside the module."""
    bare = name.lstrip(".")
    level = len(name) - len(bare)
    start = pathlib.PurePosixPath(*path.parts[: -level or None]) if level else pathlib.PurePosixPath()
    parts = bare.split(".") if bare else []
    if level and not parts:
        yield str(start)
    for count in range(1, len(parts) + 1):
        yield str(start.joinpath(*parts[:count]))


def write_bytecode(path: pathlib.Path, name: str, below: pathlib.Path | None = None) -> str | None:
    """
    `__pycache__/x.cpython-3yy.pyc` that is never compared with its source (PEP 552, unchecked hash). Returns line and
    reason of a source that does not compile.
    """
    source = path.read_bytes()
    try:
        code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"{getattr(error, 'lineno', None) or 1}: {getattr(error, 'msg', None) or error or 'nested too deeply'}"
    # The length of a reference depends on who else uses an object, in this process: now something does, always.
    held = list(parts_of(code))
    head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(source)
    data = head + marshal.dumps(code)
    del held
    place(data, pathlib.Path(below or path.parent, "__pycache__", f"{path.stem}.{sys.implementation.cache_tag}.pyc"))
    return None


def parts_of(value: object):
    yield value
    if isinstance(value, types.CodeType):
        for name in ("consts", "names", "varnames", "freevars", "cellvars", "linetable", "exceptiontable"):
            yield from parts_of(getattr(value, f"co_{name}"))
        yield from (value.co_name, value.co_qualname, value.co_filename)
    elif isinstance(value, (tuple, frozenset)):
        for one in value:
            yield from parts_of(one)


def copy_file(source: pathlib.Path, destination: pathlib.Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)
    destination.chmod(0o644)


def place(data: bytes, path: pathlib.Path, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)

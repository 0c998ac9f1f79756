"""The platform that a program is made for: which wheels fit it, and what pip and markers take it to be."""

import platform
import subprocess
import sys

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
INTERPRETER = f"cp{sys.version_info.major}{sys.version_info.minor}"
# Debian's pip, which brings along the parser of requirements, markers and tags (`packaging`).
sys.path.append("/usr/lib/python3/dist-packages")


def platforms_of(machine: str) -> list[str]:
    """The platforms of wheels that fit, best first: glibc 2.36, that of Debian bookworm, to 2.17 (PEP 600)."""
    glibc = [f"manylinux_2_{minor}_{machine}" for minor in range(36, 16, -1)]
    return [*glibc, f"manylinux2014_{machine}", f"linux_{machine}"]


def markers_of(machine: str) -> dict[str, str]:
    """What a marker compares with (PEP 508), for the target; the kernel is that of a host nobody knows."""
    return {
        "implementation_name": "cpython",
        "implementation_version": platform.python_version(),
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": platform.python_version(),
        "python_version": PYTHON,
        "sys_platform": "linux",
    }


def wheel_options(machine: str) -> list[str]:
    """Options of pip for the wheels of a platform. Never source distributions: what builds them would decide bytes."""
    return [
        "--only-binary=:all:",
        "--implementation=cp",
        f"--python-version={PYTHON}",
        *(f"--abi={abi}" for abi in (INTERPRETER, "abi3", "none")),
        *(f"--platform={one}" for one in platforms_of(machine)),
    ]


def run_pip(machine: str, *arguments: str, **options) -> subprocess.CompletedProcess:
    """Runs pip. It evaluates markers for the machine that it runs on, whatever --platform says: so that is the target."""
    program = (
        f"import platform, runpy; platform.machine = lambda: {machine!r}; "
        "platform.release = platform.version = lambda: ''; "
        "runpy.run_module('pip', run_name='__main__', alter_sys=True)"
    )
    common = ["--no-input", "--no-cache-dir", "--disable-pip-version-check"]
    command = [sys.executable, "-I", "-c", program, *arguments, *common]
    return subprocess.run(command, text=True, errors="replace", stdin=subprocess.DEVNULL, **options)

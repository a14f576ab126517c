"""Debian's packages unpacked without root: the system is not changed, and what was fetched once is kept.

What the machine lacks of a package's needs is unpacked with it, by the machine's own apt settings.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def unpacked(name: str, packages: tuple[str, ...], wanted: str) -> Path:
    """``usr`` of the packages, below ``.servers/<name>`` (kept out of git). Skips the test where they cannot be fetched.

    Args:
        name: of the folder, and of what is skipped. packages: Debian's names.
        wanted: a file below ``usr`` that must be there afterwards.
    """
    home = ROOT / ".servers" / name
    home.mkdir(parents=True, exist_ok=True)
    usr = home / "root" / "usr"
    with (home / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be fetching it
        if not (usr / wanted).is_file():
            _fetch(home, name, packages, wanted)
    return usr


def environment(usr: Path) -> dict[str, str]:
    """The process' environment, with the unpacked libraries found first."""
    libraries = (str(one) for one in (usr / "lib").glob("*-linux-gnu*"))
    return {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(libraries)}


def _fetch(home: Path, name: str, packages: tuple[str, ...], wanted: str) -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        pytest.skip(f"{name}: it is not on this machine, and there is no apt to fetch Debian's with")
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=home) as folder_name:
        folder = Path(folder_name)
        for one in ("lists/partial", "cache/archives/partial", "root"):
            (folder / one).mkdir(parents=True)
        options = {
            "Dir::State::lists": folder / "lists",
            "Dir::Cache": folder / "cache",
            "APT::Sandbox::User": "root",
            "Debug::NoLocking": "true",
            "Acquire::Retries": "3",
        }
        apt = ["apt-get", "-qq", *(part for key, value in options.items() for part in ("-o", f"{key}={value}"))]
        install = ["install", "--download-only", "--no-install-recommends", "--yes", *packages]
        try:
            for arguments in (["update"], install):
                subprocess.run([*apt, *arguments], check=True, capture_output=True, timeout=300)
            for package in (folder / "cache" / "archives").glob("*.deb"):
                subprocess.run(
                    ["dpkg-deb", "-x", package, folder / "root"], check=True, capture_output=True, timeout=60
                )
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"{name}: it is not on this machine, and it cannot be fetched: {type(error).__name__}")
        if not (folder / "root" / "usr" / wanted).is_file():
            pytest.skip(f"{name}: it is not on this machine, nor in its package")
        shutil.rmtree(home / "root", ignore_errors=True)  # half of it, from a run that was stopped
        (folder / "root").rename(home / "root")

"""Fixtures that several parts of the suite share, and the rule that nothing is skipped where all can be run."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator

import pytest

pytest_plugins = [
    "tests.films",
    "tests.servers.bluesky",
    "tests.servers.ceph",
    "tests.servers.eark_validator",
    "tests.servers.ftp",
    "tests.servers.kb_receipts",
    "tests.servers.moto",
    "tests.servers.postgres",
    "tests.servers.sftp",
    "tests.servers.smtp",
    "tests.servers.snac",
    "tests.servers.state",
    "tests.servers.tesseract",
    "tests.servers.world_fixture",
]


_ONE_AT_A_TIME = ("bluesky", "ceph", "snac", "eark_validator")
"""Servers that are installed and run in one folder: no two processes may use one at a time."""


def pytest_configure() -> None:
    """Persons' keys of a run lie in a folder of its own: never among the user's, never among another process'."""
    folder = tempfile.mkdtemp(prefix="bevara-keys-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["BEVARA_KEYS"] = folder


_LONGEST_NAMED = 80
"""Characters or bytes of a parameter that may stand in the name of its test."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long texts and files give their tests no name: packed files hold the second they were made in.

    Processes that collect in different seconds would then collect different tests, and the run would end there;
    and megabytes would travel between them.
    """
    return argname if isinstance(val, str | bytes) and len(val) > _LONGEST_NAMED else None


_LONGEST_FIRST = ("tests/canary/", "tests/kills/", "tests/disclose/test_leak.py")
"""Few tests that take long: begun late, they would keep one process busy while the other has nothing left to do."""


@pytest.hookimpl(wrapper=True)  # before xdist reads the groups, and it asks to be the first
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Tests go to processes by file, but those of servers that run once on a machine all go to one; it begins with them."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        # Some ask for their server only when they run; then its name stands in the parameter.
        alone = any(name in names for name in _ONE_AT_A_TIME) or "[ceph" in item.name
        if alone:
            item.add_marker(pytest.mark.alone)
        item.add_marker(pytest.mark.xdist_group("alone" if alone else item.nodeid.partition("::")[0]))
    items.sort(key=_turn)
    yield
    # pytest 9.2 and xdist 3.8 do not meet here: every test went to a process of its own choosing, and nothing was said.
    if "PYTEST_XDIST_WORKER" in os.environ and not all("@" in item.nodeid for item in items):
        raise pytest.UsageError(
            "pytest-xdist took no notice of the groups; run with --dist loadgroup, pytest below 9.2"
        )


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("alone") is not None:
        return 0
    return 1 if item.nodeid.startswith(_LONGEST_FIRST) else 2


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many contracts were skipped, so that no skip goes by unseen (reasons stand in the short summary)."""
    skipped = len(terminalreporter.stats.get("skipped", []))
    if skipped:
        terminalreporter.write_line(f"{skipped} skipped: what they need is not on this machine (see the reasons above)")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With ``BEVARA_EVERYTHING`` set, a skipped test fails the run: the servers are here, so it should have run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("BEVARA_EVERYTHING") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

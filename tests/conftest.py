"""Fixtures that several parts of the suite share."""

from __future__ import annotations

pytest_plugins = [
    "tests.servers.bluesky",
    "tests.servers.moto",
    "tests.servers.postgres",
    "tests.servers.snac",
    "tests.servers.state",
]

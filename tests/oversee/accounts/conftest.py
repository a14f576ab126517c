"""Fixtures of the account register's tests."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from tests.oversee.accounts.site import Site


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    """A small web site with a list of accounts and a routine that says everything."""
    return Site(httpserver)

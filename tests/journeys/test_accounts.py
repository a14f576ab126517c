"""The account register from an account that lacks most of what it should have to one that lacks nothing; by commands.

An account with one administrator and a routine page that lacks a clause is told so; each gap is mended as the register's
keeper would, until the check is clean and the public list stands on the web site. Then it is closed.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer

from flows.keep.read import partitions
from schemas.tables import HOLDINGS, to_rows
from tests.oversee.accounts.desk import WHO, Registry
from tests.oversee.accounts.site import ROUTINE, Site, perfect

OWN = ("account_decision", "account_list", "page_rules")


def test_from_gaps_to_list(httpserver: HTTPServer, tmp_path: Path) -> None:
    """Every gap is told once, goes when it is mended, and what visitors were told is in the archive."""
    site = Site(httpserver)
    desk = Registry(tmp_path / "allt").begin(site)
    desk.account(administrators=perfect()["duties"]["administrators"][:1])
    site.put("rutin", ROUTINE.format(purpose="").replace("blir all&shy;män hand-\nling", "blir synligt för alla"))
    site.put("lista", "<html lang=sv><body><h1>Våra konton</h1></body></html>")
    assert _gaps(desk) == {"W162", "W164", "W178", "W179"}
    told = desk.say("account", "check", "--live", codes=(3,))
    assert "Lägg till: att det som publiceras blir allmän handling." in told
    assert told.count("Policyn, ") == 4, "each is told with its clause"

    desk.account()
    desk.decide()
    site.put("rutin", ROUTINE.format(purpose=""))
    desk.at += timedelta(days=1)
    assert _gaps(desk) == {"W179"}
    desk.command("account", "publish", str(tmp_path), "--as", WHO)
    site.put("lista", (tmp_path / "konton.html").read_bytes())
    assert _gaps(desk) == set()

    desk.account(closed="2026-01-16", closed_by="Alex Al, verksamhetschef")
    desk.decide("close", on="2026-01-16")
    assert _gaps(desk) == {"W186"}
    desk.command("account", "publish", str(tmp_path), "--as", WHO)
    site.put("lista", (tmp_path / "konton.html").read_bytes())
    assert _gaps(desk) == set()

    with desk.open() as home:
        tables = partitions(home.ground.state, home.ground.store, HOLDINGS.names)
        rows = [row for _, _, table in tables for row in to_rows(table) if row.kind in OWN]
    assert sorted(row.kind for row in rows) == [kind for kind in OWN for _ in range(2)]
    waiting = _words(desk.command("register", "candidates", codes=(0, 3, 5)))
    assert {row.item for row in rows if row.kind == "account_decision"} <= waiting
    desk.say("verify", "--deep", codes=(0,))


def _gaps(desk: Registry) -> set[str]:
    found = desk.gaps("--live")
    assert found["*"] == []
    return set(found["nyheter"])


def _words(value: Any) -> set[str]:
    """Every single value of a JSON answer."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return {word for one in inner for word in _words(one)}
    return {str(value)}

"""Search reads everything and shows exactly what an independent reading of the files gives."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from connectors.home import init_home, open_home
from flows.disclose.search import Hit, Query, search
from flows.harvest.command import harvest_accounts
from flows.keep.accounts import accounts_named
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from tests.servers.recordings import item, write_account, write_recording

NIGHT = datetime(2024, 3, 2, 2, tzinfo=UTC)
VISITOR = {"id": "v1", "name": "Besökare"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two nights: posts in two months with odd characters, an edit, a hidden and a deleted comment."""
    folder = write_recording(
        tmp_path / "konto",
        [
            item("gammal", "2024-01-31T23:30:00+01:00", "Snöröjning i ÅRJÄNG och café Ö"),
            item("p1", "2024-03-01T08:00:00+01:00", "Vattnet stängs av", edits=[
                {"at": "2024-03-02T12:00:00+01:00", "text": "Vattnet är på igen 💧"}]),
            item("c1", "2024-03-01T09:00:00+01:00", "hur länge är VATTNET borta?", author=VISITOR, parent="p1",
                 thread="p1", hidden_at="2024-03-02T12:00:00+01:00"),
            item("c2", "2024-03-01T10:00:00+01:00", "100 % <b>dåligt</b> .*", author=VISITOR, parent="p1",
                 thread="p1", deleted_at="2024-03-02T13:00:00+01:00"),
        ],
    )  # fmt: skip
    path = tmp_path / "hem"
    init_home(path, rehearsal=True, seed="search", key_file=None)
    for days in range(2):
        with open_home(path, at=NIGHT + timedelta(days=days)) as opened:
            add_account(opened.ground, read_account(write_account(tmp_path / "konto.toml", folder)))
            assert harvest_accounts(opened, accounts_named(opened.ground.state, []), full=False)[0].complete
    return path


def hits(home: Path, query: Query) -> list[Hit]:
    """All hits of a query."""
    with open_home(home) as opened:
        return list(search(opened.ground, query))


def natives(home: Path, query: Query) -> list[str]:
    """Native ids of all hits."""
    return [hit.native for hit in hits(home, query)]


def test_empty_text_lists_everything(home: Path) -> None:
    """Without a text every item is listed once, in its newest version, and with every version on demand."""
    found = hits(home, Query())
    assert sorted(hit.native for hit in found) == ["c1", "c2", "gammal", "kommun#profile", "p1"]
    everything = hits(home, Query(versions=True))
    assert sorted(hit.version for hit in everything if hit.native == "p1") == [1, 2]
    with open_home(home) as opened, opened.ground.state.reading() as books:
        stored = [
            (row["item"], row["version"])
            for file in books.manifest.live()
            for row in pq.read_table(opened.ground.store.open(file.key)).to_pylist()
            if row["row"] == "version"
        ]
    assert sorted(stored) == sorted((hit.item, hit.version) for hit in everything)


def test_state_is_the_latest(home: Path) -> None:
    """Each hit says how visible the item was when it was last looked at."""
    states = {hit.native: hit.state for hit in hits(home, Query())}
    assert states == {"gammal": "seen", "p1": "seen", "c1": "hidden", "c2": "gone", "kommun#profile": "seen"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vattnet", ["c1", "p1"]),
        ("VATTNET ÄR PÅ", ["p1"]),
        ("årjäng", ["gammal"]),
        ("💧", ["p1"]),
        (".*", ["c2"]),
        ("100 %", ["c2"]),
        ("<b>", ["c2"]),
        ("stängs av", []),
        ("finns inte", []),
    ],
)
def test_text_is_found_as_written(home: Path, text: str, expected: list[str]) -> None:
    """The text is looked for as it is, case ignored also for å, ä and ö, in each item's newest version."""
    assert sorted(natives(home, Query(text=text))) == expected


def test_older_versions_on_demand(home: Path) -> None:
    """A word that only an older version had is found when versions are asked for."""
    found = hits(home, Query(text="stängs av", versions=True))
    assert [(hit.native, hit.version) for hit in found] == [("p1", 1)]


def test_filters(home: Path) -> None:
    """Days are local and inclusive; kinds and accounts select; an unknown account finds nothing."""
    assert natives(home, Query(last=date(2024, 1, 31), kinds=("post",))) == ["gammal"]
    assert "gammal" not in natives(home, Query(first=date(2024, 2, 1)))
    assert sorted(natives(home, Query(kinds=("comment",)))) == ["c1", "c2"]
    assert natives(home, Query(accounts=("annat",))) == []


def test_lines_keep_their_contract(home: Path) -> None:
    """A line of ``search --json`` has the documented fields, times in UTC."""
    (hit,) = hits(home, Query(text="igen"))
    line = json.loads(json.dumps(hit.as_json()))
    assert list(line) == [
        "item",
        "native",
        "account",
        "kind",
        "published",
        "author",
        "text",
        "version",
        "state",
    ]
    assert line["published"] == "2024-03-01T07:00:00Z"
    assert (line["author"], line["version"], line["text"]) == ("Kommunen", 2, "Vattnet är på igen 💧")

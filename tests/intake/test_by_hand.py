"""What a person brings in: with who, when and where, once, and with nothing of it in the ledger."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.home import init_home, open_home
from flows.harvest.intake.by_hand import Handed, bring_in
from flows.keep.read import rows_of_item
from flows.oversee.accounts.register import add_account
from flows.oversee.persons import add_person
from schemas.account import Account
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.record import BY_HAND
from schemas.refusal import RefusedError

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
WHEN = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
ACCOUNT = Account(name="kommun", platform="facebook", handle="alvsjobro", authority="ks")
WHERE = "https://www.facebook.com/groups/byalaget/posts/1"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with an account and a registered person."""
    init_home(tmp_path / "hem", rehearsal=True, seed="hand", key_file=None)
    with open_home(tmp_path / "hem", at=NOW) as opened:
        add_account(opened.ground, ACCOUNT)
        add_person(opened.ground, "Anna Ek", "arkivansvarig")
        yield opened


def bring(home: Home, folder: Path, **more: Any) -> tuple[ItemId | None, Any]:
    """Bring in a screenshot."""
    path = folder / "skärmbild.png"
    if not path.exists():
        path.write_bytes(b"\x89PNG sk\xc3\xa4rmbild")
    values: dict[str, Any] = {
        "account": ACCOUNT,
        "path": path,
        "person": "Anna Ek",
        "when": WHEN,
        "where": WHERE,
        **more,
    }
    return bring_in(home.ground, Handed(**values), secret_key=home.native_key(), media_limit=1_000)


def test_a_reply_of_ours_elsewhere(home: Home, tmp_path: Path) -> None:
    """Our reply on another's page is an item of the account's platform, with its file, place, time and who brought it."""
    item, tally = bring(home, tmp_path, kind="reply", text="Vi tar med oss frågan")
    assert item is not None
    assert (tally.new, tally.media, tally.findings) == (1, 1, ())
    (row,) = rows_of_item(home.ground.state, home.ground.store, item)
    assert (row.kind, row.platform, row.own, row.author, row.evidence) == (
        "reply",
        "facebook",
        True,
        "alvsjobro",
        BY_HAND,
    )
    assert (row.published, row.clock, row.links, row.item[:6]) == (WHEN, "stated", (WHERE,), "202611")
    assert '"by":"Anna Ek"' in (row.payload or "")
    assert (
        home.ground.store.get(f"media/{row.media[0].digest[:2]}/{row.media[0].digest}")
        if row.media[0].digest
        else False
    )


def test_a_snapshot_is_bevaras_own(home: Home, tmp_path: Path) -> None:
    """The kind snapshot lies under the platform bevara; a comment is somebody else's; both may lie below an item."""
    about, _ = bring(home, tmp_path, kind="story")
    item, _ = bring(home, tmp_path, kind="snapshot", about=about, where="Anslagstavlan")
    comment, _ = bring(home, tmp_path, kind="comment", about=item, where="x", author="Åsa Lindqvist")
    rows = [rows_of_item(home.ground.state, home.ground.store, one or ItemId(""))[0] for one in (item, comment)]
    assert [(row.platform, row.own, row.parent, row.thread) for row in rows] == [
        ("bevara", True, about, about),
        ("facebook", False, item, about),
    ]


def test_the_same_file_time_and_place_is_one_item(home: Home, tmp_path: Path) -> None:
    """Brought in twice it is one item, and that is told; at another place or time it is another."""
    first, _ = bring(home, tmp_path)
    again, tally = bring(home, tmp_path)
    assert (again, tally.new, [one.code for one in tally.findings]) == (first, 0, ["I142"])
    others = {bring(home, tmp_path, where="annanstans")[0], bring(home, tmp_path, when=WHEN + timedelta(seconds=1))[0]}
    assert len({first, *others}) == 3


def test_the_ledger_names_person_and_item_only(home: Home, tmp_path: Path) -> None:
    """No text, place, name of an author or of a file is in any receipt."""
    item, _ = bring(home, tmp_path, kind="comment", author="Åsa Lindqvist", text="Hemlig text")
    with home.ground.state.reading() as books:
        bodies = [link.body for link in books.ledger.after(0)]
    mine = [body for body in bodies if "import.by_hand" in body]
    assert len(mine) == 1
    assert str(item) in mine[0]
    assert '"actor":"Anna Ek"' in mine[0]
    for word in ("Hemlig", "Lindqvist", "facebook.com", "skärmbild"):
        assert not [body for body in bodies if word in body]


def test_without_time_it_has_no_time(home: Home, tmp_path: Path) -> None:
    """No stated time: no time of publication, the month it came in, and both gaps are told of."""
    item, tally = bring(home, tmp_path, when=None, where="")
    (row,) = rows_of_item(home.ground.state, home.ground.store, item or ItemId(""))
    assert (row.published, row.clock, row.item[:6]) == (None, "none", "202611")
    assert [one.code for one in tally.findings] == ["I140", "I141"]


def test_mistakes_are_refused(home: Home, tmp_path: Path) -> None:
    """An unknown person or item, a folder, a missing, empty or too large file, and a time to come are refused by field."""
    (tmp_path / "tom.png").write_bytes(b"")
    (tmp_path / "stor.png").write_bytes(bytes(2_000))
    cases: list[tuple[str, dict[str, Any]]] = [
        ("--as", {"person": "Ingen"}),
        ("--about", {"about": ItemId("202401-aaaaaaaaaaaaaaaa")}),
        ("PATH", {"path": tmp_path}),
        ("PATH", {"path": tmp_path / "saknas.png"}),
        ("PATH", {"path": tmp_path / "tom.png"}),
        ("PATH", {"path": tmp_path / "stor.png"}),
        ("--when", {"when": NOW + timedelta(days=30)}),
        ("--where", {"where": "a\nb"}),
    ]
    for field, values in cases:
        with pytest.raises(RefusedError) as caught:
            bring(home, tmp_path, **values)
        assert caught.value.field == field
    with home.ground.state.reading() as books:
        assert not books.manifest.live()


def test_an_address_is_kept_without_its_secrets(home: Home) -> None:
    """Tokens in the place that a person names are taken out; other words stay as they are."""
    assert home.without_secrets("https://example.se/p?id=1&access_token=hemligt") == "https://example.se/p?id=1"
    assert home.without_secrets("Stadshuset, plan 2 # 4") == "Stadshuset, plan 2 # 4"


def test_a_pipe_is_refused_and_not_waited_for(home: Home, tmp_path: Path) -> None:
    """What is no plain file is refused before it is opened."""
    pipe = tmp_path / "rör.json"
    os.mkfifo(pipe)
    with pytest.raises(RefusedError):
        bring(home, tmp_path, path=pipe)
    with pytest.raises(RefusedError), home.open_export(ACCOUNT, pipe):
        pass

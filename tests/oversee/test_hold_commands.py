"""The command ``hold``: what it takes, what it answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flows.__main__ import run
from schemas.refusal import GuardError, RefusedError
from tests.oversee.archive import ALONE, AT, DUE, FIRST, Archive


def answer(archive: Archive, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[Any]:
    """What a command with ``--json`` prints, line by line."""
    assert run(["--home", str(archive.path), "--at", AT.isoformat(), "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_hold_is_set_listed_and_lifted(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """The answer has the words from the record; the list shows those in force, with ``--all`` the lifted too."""
    (made,) = answer(
        archive,
        capsys,
        *("hold", "set", "--search", "vatten", "--accounts", "bygga-bo", "--from", "2020-01-01", "--as", "Eva Ek"),
        *("--title", "Tvist", "--mandate", "TF 2:15", "--description", "Väntar på dom"),
    )
    assert (made["hold"], made["scope"], made["subject"], made["set_by"], made["lifted_by"]) == (
        1,
        "search",
        "",
        "Eva Ek",
        None,
    )
    assert (made["title"], made["mandate"], made["description"]) == ("Tvist", "TF 2:15", "Väntar på dom")
    assert made["covers"]["texts"] == ["vatten"]
    assert made["covers"]["accounts"] == ["bygga-bo"]
    assert (made["set_at"], made["lifted_at"], made["readable"]) == ("2026-01-02T12:00:00Z", None, True)
    assert archive.culled() == DUE - {ALONE}
    assert answer(archive, capsys, "hold", "list") == [made]
    (lifted,) = answer(archive, capsys, "hold", "lift", "1", "--as", "Eva Ek")
    assert (lifted["lifted_by"], lifted["lifted_at"]) == ("Eva Ek", "2026-01-02T12:00:00Z")
    assert answer(archive, capsys, "hold", "list", "--in-force") == []
    assert answer(archive, capsys, "hold", "list") == [lifted]


OPTIONS = [
    ((FIRST,), "item", FIRST),
    (("--item", FIRST), "item", FIRST),
    (("--thread", FIRST), "thread", FIRST),
    (("--account", "skolan"), "account", "skolan"),
    (("--authority", "arvika-bn"), "authority", "arvika-bn"),
    (("--author", "Dan"), "author", ""),
    (("--period", "2020-01-01..2020-12-31"), "period", "2020-01-01/2020-12-31"),
    (("--search", "vatten"), "search", ""),
    (("--matter", "KS 2025/7"), "matter", "KS 2025/7"),
    (("--request", "12"), "request", "12"),
]


def test_every_scope_has_its_option(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """The subject is an id, a name, a period or a number, never a person's name or a word."""
    for number, (arguments, scope, subject) in enumerate(OPTIONS, start=1):
        (made,) = answer(archive, capsys, "hold", "set", *arguments, "--as", "Eva Ek")
        assert (made["hold"], made["scope"], made["subject"]) == (number, scope, subject)
    assert run(["--home", str(archive.path), "hold", "list"]) == 0
    assert capsys.readouterr().out.count("Gallringsstopp ") == len(OPTIONS)


def test_what_is_wrong_is_refused(archive: Archive) -> None:
    """Two scopes, none, an unknown number, a person without mandate."""
    home = ["--home", str(archive.path), "hold"]
    for arguments in (["set", "--as", "Eva Ek"], ["set", "--author", "x", "--search", "y", "--as", "Eva Ek"]):
        with pytest.raises(SystemExit):
            run([*home, *arguments])
    with pytest.raises(RefusedError):
        run([*home, "lift", "7", "--as", "Eva Ek"])
    with pytest.raises(RefusedError):
        run([*home, "set", FIRST, "--as", "Ingen Alls"])
    with pytest.raises(GuardError, match="G-MANDATE"):
        run([*home, "set", FIRST, "--as", "Kim Al"])


def test_an_unreadable_record_is_said_plainly(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """The list says in Swedish that such a hold stops everything, unless its subject says all."""
    with archive.ground.state.writing() as books:
        books.holds.set("author", "", "Eva Ek", AT)
        books.holds.set("search", "", "Eva Ek", AT, record=FIRST)
        books.holds.set("account", "skolan", "Eva Ek", AT, record=FIRST)
    assert run(["--home", str(archive.path), "hold", "list"]) == 0
    out = capsys.readouterr().out
    assert out.count("stoppar det all gallring") == 2
    assert out.count("Beslutet kan inte läsas") == 3

"""The command line of legal deposit: contracts, words for a reader, exit codes, and reading that writes nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from flows import exits
from flows.__main__ import run
from schemas.refusal import GuardError, RefusedError
from tests.cull.archive import OFFICER
from tests.deposit.dock import Dock, dock, dock_template, film_files
from tests.deposit.world import CHANNEL, COMMUNICATOR, SHOWN, World, youtube

__all__ = ["dock", "dock_template", "film_files"]

HOSTILE = "Klipp <b>\u202e\x07\n rad två " + "å" * 300


def spoken(world: World, *arguments: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """What a command prints for a reader."""
    capsys.readouterr()
    answer = run(["--home", str(world.root / "hem"), "--at", world.at.isoformat(), *arguments])
    out = capsys.readouterr().out
    assert answer == code, out
    return out


def everything(root: Path) -> dict[str, bytes]:
    """Every file of the store."""
    return {str(one): one.read_bytes() for one in sorted((root / "hem" / "store").rglob("*")) if one.is_file()}


def test_films_are_listed_with_what_one_decides_by(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Looked for at once; number, last day, title in one line, channel, captions, proposal with reasons."""
    world.film(text="Så sorterar du")
    world.film(account=CHANNEL, text=HOSTILE)
    answer = world.command("deposit", "films")
    assert [one["number"] for one in answer["films"]] == [1, 2]
    assert answer["counts"]["candidate"] == 2
    assert set(answer) == {"films", "counts", "findings"}
    text = spoken(world, "deposit", "films", capsys=capsys)
    assert "2026-04-12" in text
    assert "Så sorterar du" in text
    assert "undertexter saknas" in text
    assert "lägg in originalet" in text
    assert "2 filmer: 2 att besluta om, 0 försenade." in text
    assert not set("\u202e\x07") & set(text)
    assert max(len(line) for line in text.splitlines() if "Klipp" in line) < 150


def test_a_film_is_shown_with_its_decision(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """The reason and what was told beside it are read back from the archive; controls do not reach the terminal."""
    world.film(text=HOSTILE)
    world.scan()
    before = spoken(world, "deposit", "show", "1", capsys=capsys)
    assert "inte beslutad" in before
    done = world.command(
        *("deposit", "decide", "1", "yes", "--reason", "Informationsfilm", "--as", COMMUNICATOR),
        *("--title", "Titeln", "--page", "https://www.arvika.se/film", "--language", "fin"),
    )
    (film,) = done["films"]
    assert (film["standing"], film["person"], film["way"], film["stopped"]) == (
        "decided",
        COMMUNICATOR,
        "fgs-publ",
        False,
    )
    assert (film["last_day"], film["days_left"]) == ("2026-04-12", 87)
    text = spoken(world, "deposit", "show", "1", capsys=capsys)
    for told in ("Titeln", "Informationsfilm", "https://www.arvika.se/film", "fin", "paket (FGS-PUBL)", COMMUNICATOR):
        assert told in text
    assert not set("\u202e\x07") & set(text)
    shown = world.command("deposit", "show", "1")["film"]
    assert shown["decision"]["reason"] == "Informationsfilm"


def test_several_films_are_decided_at_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """``decide 1 2 no``: the clock stops, and they leave the list; what describes a delivery is refused with no."""
    for number in range(2):
        world.film(b"film %d" % number, text=f"Film {number}")
    world.scan()
    with pytest.raises(RefusedError, match="leave the other options out"):
        world.command("deposit", "decide", "1", "no", "--reason", "x", "--as", COMMUNICATOR, "--title", "T")
    text = spoken(
        *(world, "deposit", "decide", "--reason", "Klipp", "1", "2", "no", "--as", COMMUNICATOR), capsys=capsys
    )
    assert text.count("lämnas inte (beslut)") == 2
    assert "sista dag 2026-04-12" in text
    assert world.command("deposit", "films")["films"] == []
    assert len(world.command("deposit", "films", "--all")["films"]) == 2


def test_only_who_may_decides(world: World) -> None:
    """Another role is refused by the guard, an unknown film and an empty reason by name."""
    world.film()
    world.scan()
    with pytest.raises(GuardError, match="G-MANDATE"):
        world.command("deposit", "decide", "1", "yes", "--reason", "x", "--as", OFFICER)
    with pytest.raises(RefusedError, match="deposit films"):
        world.command("deposit", "decide", "7", "yes", "--reason", "x", "--as", COMMUNICATOR)
    with pytest.raises(RefusedError):
        world.command("deposit", "decide", "1", "yes", "--reason", " ", "--as", COMMUNICATOR)


def test_films_are_joined_and_split(world: World) -> None:
    """Two numbers become one film, and one publication a film of its own again."""
    world.film(b"en", text="Det ena")
    world.film(b"annan", text="Det andra")
    world.scan()
    joined = world.command("deposit", "join", "1", "2", "--as", COMMUNICATOR)["films"][0]
    assert joined["number"] == 1
    (row,) = world.command("deposit", "films")["films"]
    assert len(row["channels"]) == 2
    member = row["channels"][1]["member"]
    parted = world.command("deposit", "split", member, "--as", COMMUNICATOR)["films"][0]
    assert parted["number"] != 1
    assert len(world.command("deposit", "films")["films"]) == 2


def test_a_delivery_from_package_to_receipt(dock: Dock, capsys: pytest.CaptureFixture[str]) -> None:
    """Each step's contract and words, to the film that somebody has seen in Libris."""
    made = dock.command("deposit", "package", "1", "2", "--as", COMMUNICATOR)
    delivery = made["delivery"]["id"]
    assert (made["delivery"]["standing"], made["delivery"]["stored"]) == ("packaged", True)
    status = dock.command("deposit", "status")
    assert (status["counts"]["packaged"], status["films"]["packaged"], status["films"]["decided"]) == (1, 2, 1)
    assert "bevara deposit deliver 1" in status["deliveries"][0]["next"]
    handed = dock.command("deposit", "deliver")["deliveries"]
    assert [(one["delivery"]["id"], one["arrival"]["already"]) for one in handed] == [(delivery, False)]
    assert dock.command("deposit", "deliver") == {"deliveries": []}
    lies = dock.kb / f"{delivery}.tar"
    assert dock.command("deposit", "check", str(lies))["valid"]
    args = ("deposit", "receipt", "1", "rejected", "--reference", "KB-1", "--as", COMMUNICATOR, "--film", "2")
    dock.command(*args, "--reason", "Bilden är svart", code=exits.FINDINGS)
    dock.command("deposit", "receipt", "1", "accepted", "--reference", "KB-1", "--as", COMMUNICATOR, "--film", "1")
    assert dock.standings() == ["accepted", "rejected", "decided"]
    assert [one["text"] for one in dock.command("deposit", "show", "2")["film"]["rejections"]] == ["Bilden är svart"]
    assert "Bilden är svart" in spoken(dock, "deposit", "show", "2", capsys=capsys)
    text = spoken(dock, "deposit", "status", capsys=capsys)
    assert "underkänd av KB" in text
    assert "Filmer:" in text
    seen = dock.command("deposit", "seen", "1", "--libris", "8qtl61l15zxsq7b", "--as", COMMUNICATOR)["films"][0]
    assert (seen["standing"], seen["libris"]) == ("seen", "8qtl61l15zxsq7b")


def test_a_delivery_is_fetched_and_withdrawn(dock: Dock, tmp_path: Path) -> None:
    """Without a way to deliver it is fetched by hand; before anything has left it may be taken back."""
    dock.command("deposit", "package", "1", "--as", COMMUNICATOR)
    out = tmp_path / "ut"
    out.mkdir()
    back = dock.command("deposit", "withdraw", "1", "--as", COMMUNICATOR)["delivery"]
    assert back["standing"] == "withdrawn"
    dock.command("deposit", "package", "1", "--as", COMMUNICATOR)
    fetched = dock.command("deposit", "fetch", "2", "--out", str(out))
    assert (out / fetched["file"]).stat().st_size == fetched["delivery"]["size"]


def test_nothing_configured_is_said(dock: Dock) -> None:
    """Receipts, the feed and the watched folder are refused with what to write where, when the settings have none."""
    for arguments, told in (
        (("receipts",), "deposit.receipts"),
        (("originals", "--as", COMMUNICATOR), "deposit.originals"),
        (("feed", "--as", COMMUNICATOR), "deposit"),
    ):
        with pytest.raises((RefusedError, GuardError), match=told):
            dock.command("deposit", *arguments)


def test_a_sheet_for_the_web_form(dock: Dock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A film that goes by the form gets its folder; a person says when it is uploaded."""
    dock.decide(1, way="form")
    out = tmp_path / "film-1"
    made = dock.command("deposit", "sheet", "1", "--out", str(out))
    assert made["folder"] == "film-1"
    assert {(out / one).is_file() for one in made["files"]} == {True}
    shutil.rmtree(out)
    assert "deposit sent 1" in spoken(dock, "deposit", "sheet", "1", "--out", str(out), capsys=capsys)
    assert dock.command("deposit", "sent", "1", "--as", COMMUNICATOR)["films"][0]["standing"] == "delivered"


def test_looking_writes_nothing(dock: Dock) -> None:
    """``show`` and ``status`` leave the store as it was."""
    before = everything(dock.root)
    dock.command("deposit", "show", "1")
    dock.command("deposit", "status")
    assert everything(dock.root) == before


def test_an_original_is_brought_by_hand(world: World, film_files: Any, tmp_path: Path) -> None:
    """YouTube hands out no file; the owner's is taken in, and is what the film has from then on."""
    world.film(account=CHANNEL, text="Badhuset", at=SHOWN, payload=youtube("Badhuset", seconds=2))
    world.scan()
    source = tmp_path / "badhuset.mp4"
    shutil.copy(film_files["plain.mp4"], source)
    assert world.command("deposit", "original", str(source), "1", "--as", COMMUNICATOR)["taken"] == 1
    shown = world.command("deposit", "show", "1")["film"]
    assert shown["file"]["original"]
    assert json.dumps(shown, ensure_ascii=False)

"""What the journeys of requests share: an archive to ask in, and what is looked at in each of them."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.ids import ItemId
from tests.disclose.world import Desk


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, ItemId]]:
    """The archive with the sample, made once and copied."""
    root = tmp_path_factory.mktemp("mall")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        desk = Desk(root / "allt").begin()
        return root, desk.sample()


@pytest.fixture
def desk(filled: tuple[Path, Mapping[str, ItemId]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A copy of it, at nine o'clock on a Thursday in January."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    for name in ("allt", "nycklar"):
        shutil.copytree(filled[0] / name, tmp_path / name)
    return Desk(tmp_path / "allt", made=1000)


@pytest.fixture
def sample(filled: tuple[Path, Mapping[str, ItemId]]) -> Mapping[str, ItemId]:
    """The records by name."""
    return filled[1]


def on(desk: Desk, day: str, hour: int = 9) -> None:
    """Set the clock to an hour (UTC) of a day."""
    desk.at = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def papers(desk: Desk, number: int) -> Counter[tuple[str, ...]]:
    """What the request left in the archive: kind and names of files, each with how many there are."""
    root = desk.kept(number).record
    assert root is not None
    return Counter((row.kind, *sorted(one.origin for one in row.media)) for row in desk.below(root))


def letters(desk: Desk, number: int) -> list[str]:
    """Names of the letters written, by the ledger."""
    return [
        str(one["evidence"]["letter"]) for one in desk.receipts(f"request:{number}") if one["act"] == "request.letter"
    ]


def due(desk: Desk) -> int:
    """How many records a culling would take now."""
    desk.later(minutes=1)
    return int(desk.command("cull", "propose")["counts"]["cull"])


def cull(desk: Desk) -> set[ItemId]:
    """Propose, approve and execute; returns what went."""
    desk.later(minutes=1)
    before = desk.stored()
    digest = desk.propose(as_of=desk.at.date())
    desk.approve(digest)
    assert desk.command("cull", "execute", digest)["standing"] == "done"
    return before - desk.stored()


def log_complete(desk: Desk, number: int) -> None:
    """Every receipt about the request stands in its log, each with a sentence of its own."""
    told = desk.command("request", "log", str(number))
    entries = told["log"] if "log" in told else told["entries"]
    assert [one["act"] for one in entries for _ in range(one["count"])] == desk.acts(number)
    said = desk.say("request", "log", str(number))
    assert "request." not in said


def nobody_named(desk: Desk, number: int, *words: str) -> None:
    """The ledger holds no content."""
    told = json.dumps(desk.receipts(f"request:{number}"), ensure_ascii=False)
    assert not [word for word in words if word in told]


def only_then_culled(desk: Desk, sample: Mapping[str, ItemId]) -> None:
    """What was due all the time is culled now, by a new order, and nothing else."""
    assert cull(desk) == {sample["old"], sample["below_old"]}


def asked(desk: Desk, *arguments: str) -> int:
    """A request about the water, found and frozen; from that moment nothing is due."""
    assert due(desk) == 2
    number = desk.ask("Jag vill se allt om vattnet på Ågatan och Storgatan.", *arguments)
    assert due(desk) == 0, "what is asked for is kept at once"
    found = desk.find(number, "--start", "vatt")
    assert found["items"] >= 4
    assert due(desk) == 0
    return number

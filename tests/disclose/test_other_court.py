"""Decisions about personal data go the same way as refusals, to the other court."""

from __future__ import annotations

from flows.keep.own import read_own
from schemas.ids import ItemId
from tests.disclose.deciding import WHY, noon
from tests.disclose.world import DELEGATE, Desk


def test_a_decision_on_erasure_is_received_appealed_and_handed_over(desk: Desk) -> None:
    """Day of receipt, appeal, late or in time, and the letter to the court work as for a refusal (dataskyddslagen 7:2)."""
    number = str(desk.ask("Radera mitt inlägg", "--kind", "radering", "--contact", "a@b.example"))
    desk.request("unpublish", number, "no", "--reason", WHY, person=DELEGATE)
    desk.at = noon("2026-02-05")
    done = desk.request("served", number, "--on", "2026-01-16")
    assert (done["standing"], done["last_day"]) == ("decided", "2026-02-06")
    assert desk.request("appeal", number, "--on", "2026-02-05")["in_time"]
    done = desk.request("forward", number)
    with desk.open() as home:
        row = read_own(home.ground, ItemId(done["item"]))
    assert row is not None
    text = row.text or ""
    assert "Till Förvaltningsrätten" in text
    assert "om personuppgifter" in text
    assert "Det överklagade beslutet" in text
    assert "tryckfrihetsförordningen" not in text
    assert "Kammarrätten" not in text

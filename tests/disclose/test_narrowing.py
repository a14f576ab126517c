"""A hold is not narrowed past what has been found: a search reads more than the words of a hold do."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.disclose.test_opening import culled
from tests.disclose.world import ACCOUNT, SCHOOL, Desk, File
from tests.pictures import png

OLD = datetime(2022, 5, 3, 10, tzinfo=UTC)


def test_what_is_listed_stays_held_when_the_hold_is_narrowed(desk: Desk) -> None:
    """A record found by its alt text alone would be let go by the same word in the hold: G-HELD, and it stays held."""
    desk.publish("Se bilden", at=OLD, files=[File(data=png(8, 8, seed=1), alt="Läckan på torget")])
    spoken = desk.publish("Läckan är lagad", at=OLD)
    number = desk.ask("Allt om läckan")
    assert desk.find(number, "--text", "läckan")["items"] == 2
    hold = desk.kept(number).hold
    for narrow in (("--search", "läckan"), ("--account", SCHOOL), ("--from", "2023-01-01")):
        said = desk.refused("hold", str(number), *narrow)
        assert "G-HELD" in said
    assert "1 records" in desk.refused("hold", str(number), "--search", "läckan")
    assert culled(desk) == set()
    desk.request("hold", str(number), "--account", ACCOUNT)
    assert culled(desk) == set()
    assert desk.kept(number).hold == hold
    assert desk.find(number, "--text", "lagad")["items"] == 1
    desk.request("hold", str(number), "--search", "läckan")
    assert spoken not in culled(desk)

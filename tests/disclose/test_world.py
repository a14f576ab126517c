"""The requests' test archive is what it says."""

from __future__ import annotations

from datetime import date

from tests.disclose.world import CLERK, DELEGATE, NOW, PAGE, SCHOOL, Desk


def test_the_sample_is_what_it_says(desk: Desk) -> None:
    """Three platforms, two authorities, versions, attachments, threads; delegations whole and half."""
    found = desk.sample()
    rows = {name: desk.newest(item) for name, item in found.items()}
    assert len({row.platform for row in rows.values()}) == 3
    assert {rows["facebook"].account, rows["school"].account} == {PAGE, SCHOOL}
    assert len({row.authority for row in rows.values()}) == 2
    assert rows["edited"].version == 2
    assert rows["asa2"].thread == found["water"]
    assert rows["asa2"].parent == found["reply"]
    assert rows["water"].media[0].digest
    assert rows["film"].media[0].role == "caption"
    with desk.open() as home, home.ground.state.reading() as books:
        persons = {one.name: one for one in books.persons.all()}
    assert persons[DELEGATE].paragraph
    assert persons[DELEGATE].decided == date(2024, 12, 3)
    assert not persons[CLERK].paragraph
    assert desk.at == NOW
    desk.gone(found["asa"])
    desk.observed(found["water"], counts={"likes": 7})
    assert {row.row for row in desk.rows(found["asa"])} == {"version", "sighting"}
    assert [one.counts for one in desk.rows(found["water"]) if one.row == "observation"] == [(("likes", 7),)]
    assert found["water"] in desk.say("--json", "search", "Vattenläckan")

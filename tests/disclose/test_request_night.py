"""The night tells of requests that wait for somebody, and does nothing itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from flows.disclose.nightly import night, request_findings
from flows.disclose.standing import change_request
from flows.nightly.act import finish
from flows.nightly.command import as_lines
from schemas.disclosure import DisclosureSettings
from schemas.ids import ItemId
from schemas.request import REQUEST_STANDINGS, Request, RequestStanding
from tests.disclose.world import OFFICER, Desk

AT = datetime(2026, 3, 30, 9, tzinfo=UTC)
"""A Monday; Easter Friday is on 3 April."""
ITEM = ItemId("202603-aaaaaaaaaaaaaaaa")
USUAL = DisclosureSettings()


def _request(standing: RequestStanding, **changes: Any) -> Request:
    values: dict[str, Any] = {
        "number": 7,
        "kind": "handlingar",
        "standing": standing,
        "authority": "ks",
        "channel": "brev",
        "received": AT,
        "opened": AT,
        "changed": AT,
        "person": "A",
        "hold": 1,
        "record": ITEM,
    }
    return Request(**{**values, **changes})


DECIDED: dict[str, Any] = {"decision": ITEM, "decided": AT}
CASES: list[tuple[Request, datetime, set[tuple[str, str]]]] = [
    (_request("open"), AT + timedelta(days=2), set()),
    (_request("open"), AT + timedelta(days=3), {("Q117", "warning")}),
    (_request("open", received=datetime(2026, 4, 1, 9, tzinfo=UTC)), datetime(2026, 4, 8, 9, tzinfo=UTC), {("Q117", "warning")}),
    (_request("open", received=datetime(2026, 4, 1, 9, tzinfo=UTC)), datetime(2026, 4, 7, 9, tzinfo=UTC), set()),
    (_request("open", kind="tillgang"), AT + timedelta(days=10), set()),
    (_request("open", record=None), AT, {("Q108", "error")}),
    (_request("answered"), AT + timedelta(days=30), set()),
    (_request("answered"), AT + timedelta(days=31), {("Q120", "info")}),
    (_request("refused"), AT + timedelta(days=31), {("Q120", "info")}),
    (_request("withdrawn"), AT + timedelta(days=31), {("Q120", "info")}),
    (_request("answered", **DECIDED, served=date(2026, 4, 20)), AT + timedelta(days=31), set()),
    (_request("decided", **DECIDED), AT + timedelta(days=7), set()),
    (_request("decided", **DECIDED), AT + timedelta(days=8), {("Q119", "warning")}),
    (_request("decided", **DECIDED, served=date(2026, 3, 31)), AT + timedelta(days=22), set()),
    (_request("decided", **DECIDED, served=date(2026, 3, 31)), AT + timedelta(days=23), {("Q118", "info")}),
    (_request("appealed", **DECIDED, appealed=date(2026, 4, 1)), datetime(2026, 4, 2, 9, tzinfo=UTC), set()),
    (_request("appealed", **DECIDED, appealed=date(2026, 4, 2)), datetime(2026, 4, 7, 9, tzinfo=UTC), set()),
    (_request("appealed", **DECIDED, appealed=date(2026, 4, 2)), datetime(2026, 4, 8, 9, tzinfo=UTC), {("Q119", "warning")}),
    (_request("appealed", **DECIDED, appealed=date(2026, 4, 2), forwarded=AT), AT + timedelta(days=90), set()),
    (
        _request("appealed", **DECIDED, appealed=date(2026, 4, 2), forwarded=AT, ruling="upheld", final=date(2026, 5, 1)),
        datetime(2026, 5, 1, 9, tzinfo=UTC),
        {("Q118", "info")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "now", "codes"), CASES, ids=[f"{number}" for number in range(len(CASES))])
def test_what_is_told_of_a_request(request_: Request, now: datetime, codes: set[tuple[str, str]]) -> None:
    """Old, unserved, not forwarded, to be closed, stopped; working days pass over Easter."""
    found = list(request_findings(request_, now, USUAL))
    assert {(one.code, one.severity) for one in found} == codes
    assert all(one.subject == "request:7" for one in found)


def _stands(desk: Desk, number: int, standing: RequestStanding, act: str = "request.proved", **changes: Any) -> None:
    with desk.open() as home, home.ground.state.writing() as books:
        change_request(
            books,
            number,
            set(REQUEST_STANDINGS),
            lambda now: replace(now, standing=standing, changed=desk.at, **changes),
            act=act,
            actor=OFFICER,
        )


def test_the_night_counts_and_tells(desk: Desk) -> None:
    """Counts in the answer, findings by request, and a Swedish line; nothing of a request has changed."""
    for _ in range(3):
        desk.ask()
    _stands(desk, 2, "decided", decision=ITEM, decided=desk.at, served=desk.at.date())
    _stands(desk, 3, "withdrawn")
    desk.later(days=40)
    before = [desk.kept(number) for number in (1, 2, 3)]
    with desk.open() as home:
        done = finish(home, 0, ())
    assert done.requests is not None
    assert done.as_json()["requests"] == {"open": 1, "late": 1, "closable": 2, "waiting": 0}
    told = {(one.code, one.subject) for one in done.findings if one.code.startswith("Q")}
    assert told == {("Q117", "request:1"), ("Q118", "request:2"), ("Q120", "request:3")}
    assert "Begäranden: 1 öppna, varav 1 har väntat länge; 0 väntar på annat, 2 kan avslutas." in as_lines(done)
    assert [desk.kept(number) for number in (1, 2, 3)] == before
    json.dumps(done.as_json())


def test_a_fee_that_nobody_paid_is_told(desk: Desk) -> None:
    """Thirty days after it was asked for, and not before."""
    desk.ask()
    _stands(desk, 1, "open", act="request.fee", fee="asked")
    for days, told in ((30, False), (1, True)):
        desk.later(days=days)
        with desk.open() as home:
            found = night(home).findings
        assert any(one.code == "Q119" and one.severity == "info" for one in found) is told


def test_settings_that_cannot_be_read_stop_no_night(desk: Desk) -> None:
    """They are told of by their sort, and requests are counted by the usual ones."""
    desk.ask()
    desk.settings('letters = "finns-inte.toml"')
    desk.later(days=40)
    with desk.open() as home:
        found = night(home)
    assert (found.open, found.late) == (1, 1)
    assert "Q105" in {one.code for one in found.findings}


def test_an_empty_archive_tells_nothing(desk: Desk) -> None:
    """No request, no line."""
    with desk.open() as home:
        found = night(home)
    assert not found.told
    assert not found.findings

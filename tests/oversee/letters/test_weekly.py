"""What the register of accounts lacks is told once a week, and art. 30 entries that hold no longer with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from flows.morning.act import tell
from flows.morning.weekly import register_due, register_signs
from flows.oversee.accounts.checking import check_accounts
from flows.oversee.accounts.register import add_account
from flows.oversee.art30.act import write_entries
from flows.oversee.letters.morning import LettersSent
from flows.oversee.watch.act import watch
from schemas.calendar import local_day
from schemas.ground import Home
from tests.disclose.world import COLLEAGUE, Desk
from tests.oversee.letters.setting import ACCOUNTS
from tests.oversee.letters.test_sending import open_with_units
from tests.servers.smtp import SmtpServer

GAPS = "konto har luckor i kontoregistret"


@pytest.mark.parametrize(
    ("day", "told", "due"),
    [
        (date(2026, 3, 2), None, True),  # a Monday
        (date(2026, 3, 4), None, True),  # a Wednesday, and it was never told
        (date(2026, 3, 3), date(2026, 3, 2), False),
        (date(2026, 3, 6), date(2026, 3, 2), False),
        (date(2026, 3, 9), date(2026, 3, 6), True),
        (date(2026, 4, 6), date(2026, 3, 30), False),  # Easter Monday
        (date(2026, 4, 7), date(2026, 3, 30), True),
        (date(2026, 3, 7), None, False),  # a Saturday
        (date(2027, 1, 4), date(2026, 12, 28), True),
    ],
)
def test_due_on_the_first_working_day_of_a_week(day: date, told: date | None, due: bool) -> None:  # noqa: FBT001 - a table's column
    """Or on a later one, when that morning was missed; never twice in a week."""
    assert register_due(day, told) is due


def _told(home: Home) -> LettersSent:
    """The letters of a full morning; no platform is asked."""
    return tell(home, watch(home, light=True), home.oversight(), local_day(home.ground.clock.now()), light=False)


def _morning(home: Home, server: SmtpServer) -> dict[str, str]:
    """The texts that this morning's letters brought, by receiver."""
    before = len(server.messages())
    assert _told(home).failed == ()
    found = {}
    for one in server.messages()[before:]:
        part = one.get_body(("plain",))
        assert part is not None
        found[str(one["To"])] = str(part.get_content())
    return found


def test_once_a_week(desk: Desk, smtp_server: SmtpServer) -> None:
    """On Monday each unit reads how many gaps its accounts have and where to see them; on Tuesday nothing of it."""
    desk.at = datetime(2026, 3, 2, 5, 45, tzinfo=UTC)
    with open_with_units(desk, smtp_server) as home:
        monday = _morning(home, smtp_server)
        lacking = {one.name: len(gaps) for one, gaps in check_accounts(home).accounts}
    school = monday["skola@alvsjobro.example"]
    assert school.count(GAPS) == 1
    assert f"Kontoregistret har {lacking['skolans-bilder']} luckor" in school
    assert "bevara account check skolans-bilder" in school
    assert "kommunens-sida" not in school
    desk.later(days=1)
    with open_with_units(desk, smtp_server) as home:
        assert not any(GAPS in one for one in _morning(home, smtp_server).values())
    desk.later(days=6)
    with open_with_units(desk, smtp_server) as home:
        assert GAPS in _morning(home, smtp_server)["skola@alvsjobro.example"]


def test_a_letter_that_did_not_go_is_made_up_for(desk: Desk, smtp_server: SmtpServer) -> None:
    """What the register lacks is told on the next morning that letters go."""
    desk.at = datetime(2026, 3, 2, 5, 45, tzinfo=UTC)
    with open_with_units(desk, None) as home:
        assert _told(home).failed
    desk.later(days=1)
    with open_with_units(desk, smtp_server) as home:
        assert any(GAPS in one for one in _morning(home, smtp_server).values())


def test_entries_that_hold_no_longer(desk: Desk, smtp_server: SmtpServer) -> None:
    """An entry that was written is held against the register of today; one that says the same, or none, is not told of."""
    with open_with_units(desk, smtp_server) as home:
        assert [one.code for one in register_signs(home) if one.code == "W138"] == []
        write_entries(home, [ACCOUNTS[0].name, ACCOUNTS[1].name], COLLEAGUE)
        assert [one.code for one in register_signs(home) if one.code == "W138"] == []
        changed = replace(ACCOUNTS[0], duties=replace(ACCOUNTS[0].duties, decided_by="Kommunchefen"))
        add_account(home.ground, changed)
        assert [one.subject for one in register_signs(home) if one.code == "W138"] == [ACCOUNTS[0].name]

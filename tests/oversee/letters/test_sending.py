"""Letters that are sent, on a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from flows.oversee.accounts.register import add_account
from flows.oversee.letters.morning import SENT, send_letters
from schemas.ground import Home
from schemas.neighbours import Mailing, Message
from schemas.refusal import RefusedError
from tests.disclose.world import MAIL, Desk
from tests.oversee.letters.setting import ACCOUNTS, OFFICE, seen, usual
from tests.servers.smtp import SmtpServer

OVERSIGHT = """
[oversight]
fallback = "kontaktcenter@alvsjobro.example"
links = "https://bevara.alvsjobro.example/handling/"
[oversight.units."Informationsenheten"]
email = "info@alvsjobro.example"
[oversight.units."Barn- och utbildningsförvaltningen"]
email = "skola@alvsjobro.example"
"""


@contextmanager
def open_with_units(desk: Desk, server: SmtpServer | None, more: str = OVERSIGHT) -> Iterator[Home]:
    """The home with the units of ``setting`` in its register; without a server it has no mail settings."""
    mail = "" if server is None else MAIL.format(host=server.host, port=server.port)
    desk.settings(mail, more=more)
    with desk.open() as home:
        with home.ground.state.reading() as books:
            there = {one.name for one in books.accounts.all()}
        for one in ACCOUNTS:
            if one.name not in there:
                add_account(home.ground, one)
        yield home


def test_each_unit_gets_one_letter_a_day(desk: Desk, smtp_server: SmtpServer) -> None:
    """Text and HTML to each unit; asked again the same day nothing goes, the day after it does; receipts have counts alone."""
    with open_with_units(desk, smtp_server) as home:
        done = send_letters(home, usual())
        assert (len(done.sent), done.already, done.failed, done.points) == (3, (), (), 13)
        again = send_letters(home, seen(*usual().signs[:3]))
        assert again.sent == ()
        assert [one.code for one in again.findings] == ["W257"]
        with home.ground.state.reading() as books:
            bodies = [link.body for one in done.sent for link in books.ledger.about(one)]
    messages = {one["To"]: one for one in smtp_server.messages()}
    assert sorted(messages) == [
        "info@alvsjobro.example",
        "kontaktcenter@alvsjobro.example",
        "skola@alvsjobro.example",
    ]
    for message in messages.values():
        assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]
        assert message["Auto-Submitted"] == "auto-generated"
    assert len(bodies) == 3
    assert all(SENT in body and "enheten" not in body and "@" not in body for body in bodies)
    desk.later(days=1)
    with open_with_units(desk, smtp_server) as home:
        assert len(send_letters(home, usual()).sent) == 3


def test_one_unit_can_be_sent_alone_and_again(desk: Desk, smtp_server: SmtpServer) -> None:
    """``unit`` sends that one's, ``again`` once more under the same Message-ID; a unit without a letter is refused."""
    with open_with_units(desk, smtp_server) as home:
        send_letters(home, usual(), unit=OFFICE)
        send_letters(home, usual(), unit=OFFICE, again=True)
        with pytest.raises(RefusedError):
            send_letters(home, usual(), unit="Ingen")
    first, second = smtp_server.raw()
    assert first == second


class _Stopped(BaseException):
    """The process is ended."""


class _Ending:
    """The real mailbox, in a process that is ended when so many messages have gone."""

    def __init__(self, mailing: Mailing, after: int) -> None:
        self._mailing = mailing
        self._left = after

    @property
    def place(self) -> str:
        """The real one's."""
        return self._mailing.place

    def send(self, message: Message) -> None:
        """Send, or be ended."""
        if not self._left:
            raise _Stopped
        self._left -= 1
        self._mailing.send(message)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_stopped_between_two_letters_nobody_gets_two(desk: Desk, smtp_server: SmtpServer, after: int) -> None:
    """Ended after so many letters, the next run sends the others alone: everybody has one."""
    with open_with_units(desk, smtp_server) as home:
        ended = replace(home, mailing=lambda: _Ending(home.mailing(), after))
        with pytest.raises(_Stopped):
            send_letters(ended, usual())
        done = send_letters(home, usual())
        assert (len(done.already), len(done.sent)) == (after, 3 - after)
    got = [one["To"] for one in smtp_server.messages()]
    assert len(got) == len(set(got)) == 3


def test_one_that_is_not_taken_stops_no_other(desk: Desk, smtp_server: SmtpServer) -> None:
    """A refusal (W255) and a broken line (W256) are told by the letter's id; the third goes; the two go next time."""
    smtp_server.fail("rcpt-550", "drop-stored", "-")
    with open_with_units(desk, smtp_server) as home:
        done = send_letters(home, usual())
        assert (len(done.sent), len(done.failed)) == (1, 2)
        codes = [one.code for one in done.findings if one.subject in done.failed]
        assert codes == ["W255", "W256"]
        assert "@" not in repr(done)
        assert len(send_letters(home, usual()).sent) == 2


def test_without_mail_settings_the_morning_goes_on(desk: Desk) -> None:
    """No mail settings: nothing is raised, W254 says how many letters wait."""
    with open_with_units(desk, None) as home:
        done = send_letters(home, usual())
    assert [one.count for one in done.findings if one.code == "W254"] == [3]
    assert (done.sent, len(done.failed)) == ((), 3)


def test_an_address_that_is_none_is_told(desk: Desk, smtp_server: SmtpServer) -> None:
    """An address with something smuggled in is refused, told of as W255, and repeated nowhere."""
    bad = OVERSIGHT.replace('"info@alvsjobro.example"', '"info@alvsjobro.example, annan@annan.example"')
    with open_with_units(desk, smtp_server, bad) as home:
        done = send_letters(home, usual())
    assert [one.code for one in done.findings if one.subject in done.failed] == ["W255"]
    assert "annan" not in repr(done)
    assert len(smtp_server.raw()) == 2

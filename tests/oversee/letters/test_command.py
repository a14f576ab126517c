"""``oversee letter``: from what the archive holds to what a unit reads."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.disclose.world import MAIL, PAGE, Desk
from tests.servers.smtp import SmtpServer

FALLBACK = '[oversight]\nfallback = "kontaktcenter@alvsjobro.example"'
SECRET, NAME = "Grävlingsvägen", "Åsa Öberg"


@pytest.fixture
def asked(desk: Desk, smtp_server: SmtpServer) -> Desk:
    """A question that nobody has answered for three working days."""
    post = desk.publish("Ny lekplats!", account=PAGE, at=desk.at - timedelta(days=8))
    desk.publish(
        f"När öppnar lekplatsen på {SECRET}?",
        account=PAGE,
        kind="comment",
        author=NAME,
        at=desk.at - timedelta(days=7),
        below=post,
    )
    desk.settings(MAIL.format(host=smtp_server.host, port=smtp_server.port), more=FALLBACK)
    return desk


def test_the_letter_is_shown_and_sent_without_a_visitors_word(
    asked: Desk, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    """Shown as text, JSON and HTML, then sent once: counts, ids and days, no word and no name of whoever asked."""
    said = asked.say("oversee", "letter", "--light", codes=(0, 3))
    assert "1 fråga har väntat längre än ambitionen" in said
    file = tmp_path / "brev.html"
    shown = asked.command("oversee", "letter", "--light", "--unit", "", "--html", str(file))
    assert [one["unit"] for one in shown["letters"]] == [""]
    sent = asked.command("oversee", "letter", "--light", "--send")
    assert sent["sent"] == [shown["letters"][0]["id"]]
    again = asked.command("oversee", "letter", "--light", "--send")
    assert (again["sent"], again["already"]) == ([], sent["sent"])
    (message,) = smtp_server.messages()
    whole = "".join(part.get_content() for part in message.iter_parts())
    everything = said + json.dumps([shown, sent, again], ensure_ascii=False) + file.read_text("utf-8") + whole
    assert SECRET not in everything
    assert "Öberg" not in everything


@pytest.mark.parametrize(
    "wrong", [("--again",), ("--html", "x.html", "--send"), ("--unit", "Ingen"), ("--html", "/ingen/mapp/x.html")]
)
def test_what_makes_no_sense_is_refused(asked: Desk, smtp_server: SmtpServer, wrong: tuple[str, ...]) -> None:
    """Again without sending, a file while sending, a unit without a letter, a folder that is not there: 2, nothing goes."""
    asked.say("oversee", "letter", "--light", *wrong, codes=(2,))
    assert smtp_server.raw() == []

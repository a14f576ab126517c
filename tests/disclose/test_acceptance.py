"""What an officer and a citizen read when requests are played from outside, by the command line alone."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest

from flows.disclose.letters import render_letter
from flows.disclose.log.log_words import said
from schemas.ground import Organisation
from tests.disclose.deciding import FIRST, appealed, noon, template
from tests.disclose.test_letters import AT, REQUEST, SETTINGS
from tests.disclose.world import DELEGATE, Desk


@pytest.fixture(scope="module")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk with one request whose appeal came after the last day."""

    def prepare(desk: Desk) -> int:
        desk.publish("Vattnet stängs av", at=datetime(2022, 5, 3, 10, tzinfo=UTC))
        appealed(desk, came="2026-02-10")
        return FIRST

    return template(tmp_path_factory, prepare)


def test_a_late_appeal_is_shown_with_the_way_to_turn_it_away_and_local_times(desk: Desk) -> None:
    """What is proposed next is what the commands take, and no instant stands in UTC on the screen."""
    shown = desk.say("request", "show", str(FIRST))
    assert f"request late {FIRST}" in shown
    assert "request forward" not in shown
    assert "Z\n" not in shown


def test_a_decision_on_personal_data_comes_with_how_to_appeal(desk: Desk, tmp_path: Path) -> None:
    """The annex that the decision speaks of lies beside it, and a yes is not called a no."""
    desk.at = noon("2026-02-11")
    desk.request("open", "--kind", "begransning", "--text", "Begränsa", "--contact", "eva@example.se")
    out = tmp_path / "beslut.pdf"
    desk.request(
        "restrict", str(FIRST + 1), "yes", "--reason", "Riktigheten utreds.", "--out", str(out), person=DELEGATE
    )
    annex = (tmp_path / "beslut-overklagande.pdf").read_bytes()
    assert "inom tre veckor" in pypdf.PdfReader(io.BytesIO(annex)).pages[0].extract_text()
    served = desk.say("request", "served", str(FIRST + 1), "--on", "2026-02-11", "--as", DELEGATE)
    assert "avslagen" not in served


def test_a_letter_begins_its_sentences_with_a_capital() -> None:
    """An authority that is known by its slug alone opens a sentence like any other word."""
    request = replace(REQUEST, authority="kommunstyrelsen")
    rendering, text = render_letter(SETTINGS, Organisation(name="Arvika kommun"), request, "mottagen", AT, {})
    assert rendering.subtitle == "Kommunstyrelsen, Arvika kommun"
    assert "\n\nKommunstyrelsen tog emot" in text


def test_the_log_says_when_it_came_in_swedish_time_and_names_what_is_known() -> None:
    """No placeholder where an assessment went away with its last mask; amounts have a comma."""
    opened = said("request.open", {"received": "2026-01-02T23:30:00Z", "kind": "handlingar", "channel": "e-post"})
    assert "2026-01-03 00.30" in opened
    away = said("request.unmasked", {"item": "202601-aaaaaaaaaaaaaaaa", "version": 1, "verdict": None})
    assert away.endswith(": ska prövas på nytt")
    assert "54,00 kronor" in said("request.fee", {"amount": "54.00", "units": 12, "unit": "sida"})

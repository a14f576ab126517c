"""The commands of the watch: short, in Swedish, and without a visitor's word."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from flows import exits
from flows.__main__ import run
from flows.oversee.watch.shown import reply
from schemas.oversight import OversightSettings
from schemas.refusal import RefusedError
from tests.oversee.watch.world import ACCOUNT, OFFICER, PAGE, TUESDAY, Page

SECRET = "HEMLIGTMARKORD"


def told(page: Page, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = exits.FINDINGS) -> str:
    """What a command prints."""
    capsys.readouterr()
    start = ["--home", str(page.root / "hem"), "--at", page.at.isoformat()]
    assert run([*start, *arguments]) == code
    return capsys.readouterr().out


def test_the_screen_stays_short(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    """Hundreds of comments that may break a rule are a heading, five ids and a number; no word of theirs is shown."""
    post = page.publish("Ett inlägg", at=TUESDAY - timedelta(hours=12))
    page.many([f"Du är en idiot {SECRET} {number}" for number in range(300)], below=post)
    screen = told(page, capsys, "oversee", "watch", "--light", ACCOUNT)
    assert len(screen.splitlines()) < 25
    assert "W111 (300 st) · R01" in screen
    assert "och 295 till" in screen
    assert "Ett inlägg" not in screen
    answer = told(page, capsys, "--json", "oversee", "watch", "--light")
    assert SECRET not in screen + answer
    counts = {(one["account"], one["code"]): one["open"] for one in json.loads(answer)["counts"]}
    assert counts[ACCOUNT, "W111"] == 300


def test_words_are_shown_on_a_terminal_alone(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    """``--texts`` is refused where the output goes anywhere but to a screen."""
    page.question(TUESDAY - timedelta(days=4), f"Var är {SECRET}?")
    for more in ((), ("--json",)):
        with pytest.raises(RefusedError):
            told(page, capsys, *more, "oversee", "watch", "--texts")


def test_dismiss_and_done(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    """What a person says is entered; the watch is then quiet about it, and an unknown account is refused."""
    asked = page.question(TUESDAY - timedelta(days=4))
    other = page.question(TUESDAY - timedelta(days=4), "Vem bestämmer om cykelvägen?")
    told(page, capsys, "oversee", "watch", "--light")
    assert "avfärdad av" in told(page, capsys, "oversee", "dismiss", asked, "W101", "--as", OFFICER, code=0)
    line = told(page, capsys, "--json", "oversee", "done", other, "W101", "--as", OFFICER, "--why", "Ringde", code=0)
    assert json.loads(line)["standing"] == "done"
    answer = json.loads(told(page, capsys, "--json", "oversee", "watch", "--light"))
    assert "W101" not in {one["code"] for one in answer["signs"]}
    quiet = told(page, capsys, "oversee", "watch", "--light", PAGE)
    assert PAGE in quiet
    assert ACCOUNT not in quiet
    with pytest.raises(RefusedError):
        told(page, capsys, "oversee", "watch", "finns-inte")


def test_ready_replies() -> None:
    """Each has the municipality's address and signature, and none has a visitor's word; other codes have none."""
    settings = OversightSettings()
    assert settings.faults in reply("W105", settings)
    assert settings.suggestions in reply("W106", settings)
    assert all(settings.signature in reply(code, settings) for code in ("W101", "W105", "W106"))
    assert reply("W111", settings) == ""

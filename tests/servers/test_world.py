"""The base of the fakes: what happens in the world is what the server shows, and it misbehaves when told to."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.servers.world import RunningFake

Starter = Callable[..., RunningFake]
NOW = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def fake(fakes: Starter) -> RunningFake:
    """The example, two items per page."""
    running = fakes("world_example", page=2)
    running.clock(NOW)
    return running


def ask(fake: RunningFake, path: str, token: str = "") -> tuple[int, Any]:
    """One request of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=10)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token or 'hemlig-nyckel-0123456789abcdef'}"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    is_json = response.headers["Content-Type"].startswith("application/json")
    return response.status, json.loads(body) if is_json else body


def test_what_happens_is_shown(fake: RunningFake) -> None:
    """Posts come in pages, edits and hiding show at once, deleted ones take what lies below with them."""
    made = fake.acts([{"op": "post", "text": f"nr {number}"} for number in range(3)])
    comment = fake.act("comment", parent=made[0]["id"], text="fråga")
    fake.act("hide", id=comment["id"])
    fake.act("edit", id=made[1]["id"], text="ändrad", at=(NOW + timedelta(minutes=1)).isoformat())
    fake.clock(NOW + timedelta(minutes=2))
    status, first = ask(fake, "/posts")
    assert status == 200
    assert [one["text"] for one in first["data"]] == ["nr 0", "ändrad"]
    assert [one["text"] for one in ask(fake, f"/posts?after={first['next']}")[1]["data"]] == ["nr 2"]
    assert ask(fake, f"/posts/{made[0]['id']}/comments")[1]["data"][0]["hidden"] is True
    fake.act("delete", id=made[0]["id"], by="us")
    assert ask(fake, f"/posts/{made[0]['id']}")[0] == 404
    told = {one["id"]: one for one in fake.history()["items"]}
    assert told[comment["id"]]["deleted"] == (NOW + timedelta(minutes=2)).isoformat()
    assert [text for _, text in told[made[1]["id"]]["texts"]] == ["nr 1", "ändrad"]
    assert told[made[1]["id"]]["native"] == f"p{made[1]['id']}"


def test_time_is_the_worlds_own(fake: RunningFake) -> None:
    """What is written later is not there yet."""
    fake.act("post", text="i morgon", at=(NOW + timedelta(days=1)).isoformat())
    assert ask(fake, "/posts")[1]["data"] == []
    fake.clock(NOW + timedelta(days=2))
    assert len(ask(fake, "/posts")[1]["data"]) == 1


def test_media_have_signed_addresses(fake: RunningFake) -> None:
    """Attachments are served from the same host; their signatures are known as secrets."""
    fake.act("post", text="bild", media=[{"data": base64.b64encode(b"bytes").decode()}])
    address = ask(fake, "/posts")[1]["data"][0]["media"][0]
    assert ask(fake, address.removeprefix(fake.base)) == (200, b"bytes")
    assert any(secret in address for secret in fake.history()["secrets"])


def test_misbehaviour_is_counted(fake: RunningFake) -> None:
    """So many bad answers, then good ones; an expired token is refused until told otherwise."""
    fake.misbehave(throttle=1, failing=1, after=1)
    assert [ask(fake, "/posts")[0] for _ in range(4)] == [200, 429, 503, 200]
    fake.misbehave(cut=1)
    with pytest.raises(http.client.IncompleteRead):
        ask(fake, "/posts")
    assert ask(fake, "/posts")[0] == 200
    fake.misbehave(expired=True)
    assert [ask(fake, "/posts")[0] for _ in range(2)] == [401, 401]
    fake.misbehave()
    assert ask(fake, "/posts")[0] == 200


def test_a_loop_stays_in_the_middle(fake: RunningFake) -> None:
    """A cursor repeats itself only in the middle of a listing, never so that a listing seems to end."""
    fake.acts([{"op": "post", "text": str(number)} for number in range(6)])
    fake.misbehave(loop=1)
    first = ask(fake, "/posts")[1]["next"]
    again = ask(fake, f"/posts?after={first}")[1]["next"]
    assert again == first == "2"
    assert ask(fake, f"/posts?after={again}")[1]["next"] == "4"


def test_the_token_can_change(fake: RunningFake) -> None:
    """Another token is refused, the new one is taken."""
    fake.token("en-annan-nyckel")
    assert ask(fake, "/posts")[0] == 401
    assert ask(fake, "/posts", "en-annan-nyckel")[0] == 200


def test_what_cannot_be_done_is_said(fake: RunningFake) -> None:
    """An unknown operation or item is an error that names it."""
    with pytest.raises(RuntimeError, match="unknown operation dansa"):
        fake.act("dansa", id=fake.act("post", text="x")["id"])
    with pytest.raises(RuntimeError, match="KeyError"):
        fake.act("edit", id="saknas", text="x")

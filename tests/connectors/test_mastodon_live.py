"""Mastodon against a real, sloppy server (snac2): what is posted there comes through the session alone."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from connectors.clock import SystemClock
from connectors.platforms import mastodon
from connectors.platforms.mastodon.session import MastodonSession
from schemas.account import Account
from schemas.neighbours import ConnectionRefusedByPlatformError, Session, Window
from schemas.record import Seen
from tests.connectors.test_mastodon import Night
from tests.servers.snac import Snac, SnacUser


@pytest.fixture
def session(snac: Snac) -> Iterator[Session]:
    """The municipality's session."""
    host = snac.url.partition("//")[2]
    account = Account(name="arvika", platform="mastodon", handle=f"kommun@{host}", authority="ks", api_base=snac.url)
    one = mastodon.open(account, snac.kommun.token, SystemClock())
    yield one
    one.close()


def _night(session: Session) -> Night:
    assert isinstance(session, MastodonSession)
    return Night(session, Window(since=None, now=SystemClock().now()))


def _by_uri(night: Night) -> dict[str, Seen]:
    return {one.native: one for one in reversed(night.items)}


def _picture() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = (1).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\1\2\3")) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def posted(snac: Snac) -> dict[str, dict[str, Any]]:
    """A thread three deep with a picture, and a status of its own, delivered and liked."""
    kommun, medborgare = snac.kommun, snac.medborgare
    liked = kommun.post("@medborgare Räkna på oss")
    picture = kommun.upload(_picture(), "a.png", "En grävmaskin")
    root = kommun.post("Vägen är avstängd 🚧 åäö", media=(picture,))
    question = medborgare.post("@kommun Hur länge?", reply_to=root["id"])
    answer = kommun.post("@medborgare Till fredag.", reply_to=question["id"])
    thanks = medborgare.post("@kommun Tack!", reply_to=answer["id"])
    _eventually(lambda: medborgare.favourite(liked["id"]))
    _eventually(lambda: _below(kommun, root, question))
    _eventually(lambda: _below(kommun, answer, thanks))
    _eventually(lambda: kommun.call("GET", f"/api/v1/statuses/{liked['id']}")["favourites_count"])
    return {"liked": liked, "root": root, "question": question, "answer": answer, "thanks": thanks}


def _below(user: SnacUser, above: dict[str, Any], wanted: dict[str, Any]) -> bool:
    shown = user.call("GET", f"/api/v1/statuses/{above['id']}/context")["descendants"]
    return any(one["uri"] == wanted["uri"] for one in shown)


def _eventually(check: Callable[[], object]) -> None:
    """Wait until the check succeeds: snac delivers between its own users through a queue."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        try:
            if check():
                return
        except requests.HTTPError:
            pass
        time.sleep(0.2)
    pytest.fail("snac did not deliver in 40 s")


def test_a_thread_comes_whole(snac: Snac, session: Session, posted: dict[str, dict[str, Any]]) -> None:
    """Three levels by two people, with a picture and its alt text, each where it belongs; oddities are named."""
    uris = [posted[name]["uri"] for name in ("root", "question", "answer", "thanks")]
    night = _night(session)
    seen = _by_uri(night)
    assert session.health().native == seen[uris[0]].author_native
    assert [seen[uri].kind for uri in uris] == ["post", "comment", "reply", "comment"]
    assert [seen[uri].parent_native for uri in uris] == [None, *uris[:3]]
    assert [seen[uri].thread_native for uri in uris] == [None, *[uris[0]] * 3]
    assert "Vägen är avstängd 🚧 åäö" in seen[uris[0]].text
    assert night.reason == ""
    assert {"H130", "H131"} <= set(night.codes) <= {"H130", "H131", "H132", "H140"}
    (medium,) = seen[uris[0]].media
    assert medium.alt == "En grävmaskin"
    with session.fetch_media(medium, None, 10_000).file as file:
        assert file.read() == _picture()


def test_an_edit_keeps_the_native_id(snac: Snac, session: Session, posted: dict[str, dict[str, Any]]) -> None:
    """The server gives an edited status a new id; for us it is the same item with another identity, and no other moves."""
    root = posted["root"]
    before = _by_uri(_night(session))
    edited = snac.kommun.edit(root["id"], "Vägen är öppen igen")
    assert edited["id"] != root["id"]
    after = _by_uri(_night(session))
    assert after.keys() == before.keys()
    assert "öppen igen" in after[root["uri"]].text
    assert after[root["uri"]].edited is not None
    assert {uri for uri in before if after[uri].identity != before[uri].identity} == {root["uri"]}


def test_counters_and_look_up(snac: Snac, session: Session, posted: dict[str, dict[str, Any]]) -> None:
    """A like is counted; a look-up finds what is there, misses what never was, and is silent about other servers."""
    liked = posted["liked"]["uri"]
    assert dict(_by_uri(_night(session))[liked].counts)["favourites"] == 1
    asked = [liked, f"{snac.url}/kommun/p/1.5", "https://elsewhere.test/p/1"]
    assert [one.outcome for one in session.look_up(asked)] == ["found", "not_found", "unclear"]


def test_a_wrong_token_is_refused(snac: Snac) -> None:
    """The server's 401 is a refusal with its code."""
    account = Account(name="arvika", platform="mastodon", handle="kommun", authority="ks", api_base=snac.url)
    one = mastodon.open(account, "wrong", SystemClock())
    with pytest.raises(ConnectionRefusedByPlatformError, match="H101"):
        one.health()
    one.close()

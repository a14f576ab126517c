"""X's long texts: each goes with the one post of its second that begins as it does, or is told of and kept by itself."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.exports.bundle import Limits
from connectors.exports.opening import open_export
from schemas.account import Account
from tests.exports.x_archive import data, number_at, tweet

ACCOUNT = Account(name="kommun", platform="x", handle="alvsjobro", authority="ks")
AT = datetime(2025, 2, 20, 7, 30, tzinfo=UTC)
LONG = "Översiktsplanen för Älvsjöbro & Björkhult ställs ut. " * 12 + "Lämna synpunkter senast den 3 december."


def post(text: str, at: datetime = AT, **more: Any) -> dict[str, Any]:
    """A post whose id has nothing to do with any long text's."""
    return tweet(number_at(at, len(text)), at, text, **more)


def note(text: str, at: datetime = AT, native: str = "17") -> dict[str, Any]:
    """A long text; fractions of a second are its own."""
    written = at.isoformat().replace("+00:00", ".417Z")
    return {"noteTweet": {"noteTweetId": native, "createdAt": written, "updatedAt": written, "core": {"text": text}}}


def read(folder: Path, posts: list[dict[str, Any]], notes: list[dict[str, Any]]) -> tuple[list[str], Counter[str]]:
    """Texts in the archive's order, and codes."""
    (folder / "data").mkdir(parents=True)
    for name, rows in (("tweets", [{"tweet": one} for one in posts]), ("note-tweet", notes), ("account", [])):
        (folder / "data" / f"{name}.js").write_bytes(data(name.replace("-", "_"), 0, rows))
    with open_export(ACCOUNT, folder, Limits()) as export:
        groups = list(export.read(own="1", at=AT + timedelta(days=1)))
    codes: Counter[str] = Counter()
    for one in (one for group in groups for one in group.findings if one.code != "I110"):
        codes[one.code] += one.count
    return [seen.text for group in groups for seen in group.items], codes


def test_second_and_beginning_tell_whose_it_is(tmp_path: Path) -> None:
    """However short what the post shows, and whatever the ids: the long text is that post's, and no post of its own."""
    for number, shown in enumerate(
        (
            f"{LONG[:270]}… https://t.co/abc",
            "Översiktsplanen …",
            "Översiktsplanen… https://t.co/a1 https://t.co/b2",
            f"@anna @bertil {LONG[:60]}…",
            LONG[:200],
        )
    ):
        texts, codes = read(tmp_path / str(number), [post("Annat"), post(shown)], [note(LONG)])
        assert (sorted(texts), codes) == (sorted(["Annat", LONG]), Counter()), shown


def test_addresses_inside_make_no_difference(tmp_path: Path) -> None:
    """What stands before the first address decides: the two files write addresses differently."""
    written = "Läs https://www.alvsjobro.example/plan " + LONG
    texts, codes = read(tmp_path, [post(f"Läs https://t.co/xyz {LONG[:200]}… https://t.co/abc")], [note(written)])
    assert (texts, codes) == ([written], Counter())


def test_none_or_several_is_told(tmp_path: Path) -> None:
    """Another second, another beginning, two posts or two long texts alike: everything stays what it is, and is told."""
    shown = f"{LONG[:270]}… https://t.co/abc"
    cases: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]] = [
        ([post(shown, AT + timedelta(seconds=1))], [note(LONG)]),
        ([post("Något annat… https://t.co/abc")], [note(LONG)]),
        ([post("https://t.co/abc")], [note(LONG)]),
        ([post(shown), post(LONG[:100])], [note(LONG)]),
        ([post(shown)], [note(LONG), note(LONG + " Mer.", native="18")]),
        ([], [{**note(LONG), "noteTweet": {**note(LONG)["noteTweet"], "createdAt": "igår"}}]),
    ]
    for number, (posts, notes) in enumerate(cases):
        texts, codes = read(tmp_path / str(number), posts, notes)
        assert codes["I113"] == len(notes), number
        expected = [one["full_text"].replace("&amp;", "&") for one in posts]
        assert sorted(texts) == sorted([*expected, *(one["noteTweet"]["core"]["text"] for one in notes)])


def test_parts_of_a_thread_each_find_their_own(tmp_path: Path) -> None:
    """Two long posts of one second with different beginnings each get their own text."""
    texts, codes = read(
        tmp_path, [post("Ett: " + LONG[:100]), post("Två: " + LONG[:99])], [note("Två: " + LONG), note("Ett: " + LONG)]
    )
    assert (texts, codes) == (["Ett: " + LONG, "Två: " + LONG], Counter())


def test_an_edited_long_post_keeps_its_order(tmp_path: Path) -> None:
    """The first, long form of an edited post comes before its later form, though it waited for its text."""
    later = AT + timedelta(minutes=5)
    chain = [number_at(AT, 1), number_at(later, 1)]
    posts = [
        tweet(chain[1], later, "Kort form", chain=chain),
        tweet(chain[0], AT, f"{LONG[:270]}… https://t.co/abc", chain=chain),
    ]
    assert read(tmp_path, posts, [note(LONG)]) == ([LONG, "Kort form"], Counter())

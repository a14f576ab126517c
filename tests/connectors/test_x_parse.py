"""What X's answers mean: kinds, texts, links, attachments, in both vocabularies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.platforms.x import parse
from connectors.platforms.x.values import moment_of_id
from schemas.neighbours import Capture
from schemas.record import Seen
from tests.contracts.platform_captures import Sample, samples

SAMPLES = {one.name: one for one in samples("x")}
BOTH = pytest.mark.parametrize("name", ["posts", "posts-post"])


def items(name: str) -> dict[str, Seen]:
    """The latest of each item, by the beginning of its text."""
    return {one.text[:12]: one for one in SAMPLES[name].parse().items if not one.superseded}


def changed(sample: Sample, change: dict[str, Any]) -> Capture:
    """The capture with other fields in its first post."""
    body: Any = sample.body_without(("meta",))
    body["data"][0].update(change)
    return replace(sample.capture, body=body)


@pytest.mark.parametrize("name", [one for one in SAMPLES if f"{one}-post" in SAMPLES])
def test_both_vocabularies_are_one(name: str) -> None:
    """The same answer in the old and the new words gives the same items: a change of words is no new version."""
    old, new = SAMPLES[name].parse().items, SAMPLES[f"{name}-post"].parse().items
    assert [replace(one, payload="") for one in old] == [replace(one, payload="") for one in new]
    assert old


@BOTH
def test_the_long_text_is_taken(name: str) -> None:
    """A long post's whole text and links come from its note."""
    note = items(name)["Så här förde"]
    assert note.text.endswith("https://t.co/list01")
    assert note.links == ("https://alvsjobro.example/sandning",)


@BOTH
def test_links_lead_where_they_lead(name: str) -> None:
    """Links are expanded, those to own attachments are none, and & stands as it was typed."""
    post = items(name)["Bron stängs "]
    assert post.links == ("https://alvsjobro.example/bron",)
    assert "måndag & tisdag" in post.text
    assert "Främmande" not in post.payload


@BOTH
def test_the_best_film_is_taken(name: str) -> None:
    """Of a film's variants the mp4 with the highest rate; alt texts and the still go along."""
    media = items(name)["Bron stängs "].media
    assert [(one.role, one.origin, one.alt) for one in media] == [
        ("picture", "https://pbs.example/media/bro.jpg", "Karta över avstängningen"),
        ("video", "https://video.example/high.mp4?tag=12", "Film av bron"),
        ("thumbnail", "https://pbs.example/still/film.jpg", None),
    ]


@BOTH
def test_a_repost_is_an_address(name: str) -> None:
    """A repost has no text and no counters: both are somebody else's; a quote keeps our words alone."""
    boost = items(name)[""]
    assert (boost.kind, boost.links, boost.counts) == (
        "boost",
        ("https://x.com/i/web/status/1990000000000000777",),
        (),
    )
    assert items(name)["Läs länsstyr"].kind == "post"


@BOTH
def test_a_poll_is_part_of_the_text(name: str) -> None:
    """Options stand in the text, votes are a counter; where X withholds the post, X has hidden it."""
    poll = items(name)["Vilken dag p"]
    assert poll.text.endswith("○ Lördag den 5\n○ Söndag den 6")
    assert dict(poll.counts)["votes"] == 19
    assert (poll.hidden, poll.hidden_by, poll.visibility) == (True, "platform", "withheld:AT,DE")


def test_an_article_is_kept_whole() -> None:
    """A long-form article's title and text are the item's text."""
    article = {"article": {"title": "Årsbokslut", "plain_text": "Kommunen gick plus."}}
    assert "Årsbokslut\n\nKommunen gick plus." in parse(changed(SAMPLES["posts"], article)).items[0].text


def test_hidden_answers_cannot_be_known() -> None:
    """X shows nowhere that an answer is hidden: a field that might say so is reported and not believed."""
    parsed = parse(changed(SAMPLES["thread"], {"hidden": True}))
    assert not any(one.hidden for one in parsed.items)
    assert ("field", "hidden") in [pair for one in parsed.findings if one.code == "H121" for pair in one.parameters]


def test_who_may_answer_is_the_authors_doing() -> None:
    """A change of who may answer makes a version; counters and what X believes of the text do not."""
    before = parse(changed(SAMPLES["posts"], {})).items[0]
    closed = parse(changed(SAMPLES["posts"], {"reply_settings": "mentionedUsers"})).items[0]
    assert closed.identity != before.identity
    quiet: tuple[dict[str, Any], ...] = (
        {"possibly_sensitive": True},
        {"source": "X for iPhone"},
        {"context_annotations": []},
    )
    for change in quiet:
        assert parse(changed(SAMPLES["posts"], change)).items[0].identity == before.identity


def test_ids_may_be_numbers_and_much_may_be_missing() -> None:
    """A post with no more than id and text, the id a number, is an item of ours in our own listing."""
    body = {"data": [{"id": 17, "text": "Hej", "unknown_list": []}]}
    (one,) = parse(replace(SAMPLES["posts"].capture, body=body)).items
    assert (one.native, one.kind, one.text, one.author) == ("17", "post", "Hej", "alvsjobro")


def test_somebodys_repost_among_answers_is_left_out() -> None:
    """Somebody else's repost is neither a comment nor a mention; that it was left out is told."""
    change = {"referenced_tweets": [{"type": "retweeted", "id": "1"}]}
    parsed = parse(changed(SAMPLES["mentions"], change))
    assert len(parsed.items) == len(SAMPLES["mentions"].parse().items) - 2
    assert "H255" in {one.code for one in parsed.findings}


def test_the_time_of_the_first_text_without_the_text() -> None:
    """Where an earlier text is not shown, its id tells when it was written."""
    body = SAMPLES["posts"].body_without(("includes", "tweets"))
    found = parse(replace(SAMPLES["posts"].capture, body=body)).items
    (post,) = [one for one in found if one.text.startswith("Badhuset")]
    assert post.platform_time == datetime(2026, 11, 17, 9, tzinfo=UTC)
    assert post.edited == datetime(2026, 11, 17, 9, 12, tzinfo=UTC)


def test_times_in_ids_are_checked() -> None:
    """An id tells a time only where another id of the same answer tells the time that X states."""
    post = next(one for one in SAMPLES["posts"].parse().items if one.kind == "post")
    assert post.platform_time is not None
    assert moment_of_id(post.native, post.native, post.platform_time) == post.platform_time
    assert moment_of_id(post.native, post.native, post.platform_time + timedelta(minutes=1)) is None
    assert moment_of_id("17", "17", post.platform_time) is None


def test_a_problem_beside_the_data_is_told() -> None:
    """A field that X could not give is a finding; that something referred to is gone is none."""
    body: Any = SAMPLES["posts"].body_with(
        ("errors", 0, "type"), "https://api.x.com/2/problems/field-hydration-failure"
    )
    findings = parse(replace(SAMPLES["posts"].capture, body=body)).findings
    assert [(one.code, dict(one.parameters)) for one in findings] == [("H253", {"kind": "field-hydration-failure"})]
    assert not SAMPLES["posts"].parse().findings

"""Attachments are counted the same way by everybody who masks, shows or gives them."""

from __future__ import annotations

import pytest

from flows.disclose.assess.attachments import attachments, caption_text, found_since
from tests.disclose.rowmaker import AT, file, observed, version


def test_own_attachments_come_first_with_the_digest_that_they_got_later() -> None:
    """A version's attachments keep their order and get their digests from observations of the same origin."""
    rows = [observed(media=(file("b", "2" * 64, size=7), file("c", "3" * 64))), version(media=(file("a"), file("b")))]
    found = attachments(rows, 1)
    assert [(one.origin, one.digest) for one in found] == [("a", None), ("b", "2" * 64), ("c", "3" * 64)]
    assert found[1].size == 7


def test_an_alt_text_that_came_later_is_its_own() -> None:
    """Said in an observation of the version; what another version says stays there."""
    rows = [version(media=(file("a", "1" * 64),)), version(number=2, media=(file("a", alt="två"),))]
    assert attachments(rows, 1)[0].alt is None
    rows.append(observed(media=(file("a", alt="ett"),)))
    assert [attachments(rows, number)[0].alt for number in (1, 2)] == ["ett", "två"]


def test_what_only_observations_name_stands_last_oldest_first() -> None:
    """Numbers of masks hold when something is found later."""
    rows = [version(media=(file("a"),)), observed(days=5, media=(file("z"),)), observed(days=2, media=(file("y"),))]
    assert [one.origin for one in attachments(rows, 1)] == ["a", "y", "z"]


def test_what_another_version_names_is_not_this_ones() -> None:
    """A picture that was taken out, or came in with an edit, is that version's alone."""
    rows = [
        version(media=(file("first"),)),
        observed(media=(file("first", "1" * 64),)),
        version(number=2, media=(file("second"),)),
        observed(number=2, media=(file("second", "2" * 64), file("brought"))),
    ]
    assert [one.origin for one in attachments(rows, 1)] == ["first"]
    assert [one.origin for one in attachments(rows, 2)] == ["second", "brought"]


def test_the_same_origin_in_another_role_is_another_attachment() -> None:
    """A film and its caption file may come from one address."""
    rows = [version(media=(file("a", role="video"), file("a", "1" * 64, role="caption")))]
    assert [one.digest for one in attachments(rows, 1)] == [None, "1" * 64]


def test_what_came_after_an_officer_looked_is_not_counted() -> None:
    """With an instant, later observations are as if they were not there, and it is told that there are some."""
    rows = [version(media=(file("a"),)), observed(days=99, media=(file("a", "1" * 64), file("b")))]
    assert [one.digest for one in attachments(rows, 1, at=AT)] == [None]
    assert found_since(rows, 1, AT)
    assert not found_since(rows[:1], 1, AT)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("åäö".encode(), "åäö"),
        (b"\xef\xbb\xbf" + "åäö".encode(), "åäö"),
        ("åäö".encode("utf-16"), "åäö"),
        ("åäö".encode("cp1252"), "åäö"),
        (b"\xff\xfe\x00", "\ufffd"),
        (b"", ""),
    ],
)
def test_a_caption_file_is_read_whatever_it_is(data: bytes, text: str) -> None:
    """Text in the encodings that caption files come in; never an error."""
    assert caption_text(data) == text

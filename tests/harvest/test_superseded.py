"""An earlier text that a platform shows beside the latest is a version once, and never again."""

from __future__ import annotations

from flows.harvest.decide import Head, changes
from schemas.record import Seen


def seen(identity: str, *, superseded: bool = False) -> Seen:
    """A post with that text."""
    return Seen(
        native="1", kind="post", author="a", author_native="9", payload="{}", identity=identity, superseded=superseded
    )


def test_an_earlier_text_is_a_version_once() -> None:
    """Unknown it is new; then each text becomes one version; shown again, none does."""
    assert changes(seen("a", superseded=True), None, parent=None) == ("new",)
    head = Head(version=1, identity="a", identities={"a"})
    assert changes(seen("a", superseded=True), head, parent=None) == ()
    assert changes(seen("b", superseded=True), head, parent=None) == ("edited",)
    head = Head(version=3, identity="c", identities={"a", "b", "c"})
    assert [changes(seen(one, superseded=one != "c"), head, parent=None) for one in "abc"] == [(), (), ()]


def test_a_text_that_comes_back_is_a_version() -> None:
    """Only an earlier text is passed over for being on record: the latest is compared with the latest."""
    head = Head(version=2, identity="b", identities={"a", "b"})
    assert changes(seen("a"), head, parent=None) == ("edited",)

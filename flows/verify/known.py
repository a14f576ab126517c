"""Which keys some register knows, asked a few hundred at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flows.verify.decide import named_digest
from schemas.books import Books
from schemas.shelf import medium

_BATCH = 500


def known_keys(books: Books, keys: Sequence[str]) -> set[str]:
    """Those of the keys that the manifest, the copies, the intents or the attachments know, retired ones too."""
    known = {*books.manifest.known(keys), *books.copies.known(keys), *books.intents.known(keys)}
    for key in keys:
        digest = named_digest(key)
        if digest is not None and key == medium(digest) and books.media.size(digest) is not None:
            known.add(key)
    return known


def batches(keys: Iterable[str]) -> Iterator[list[str]]:
    """The keys in lists of at most 500."""
    batch: list[str] = []
    for key in keys:
        batch.append(key)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch

"""Fetch attachments: each origin once, bytes checked and counted by the connector, failures named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from schemas.neighbours import MediaBytes, MediaError, MediaSource, PlatformError
from schemas.record import MediaRef

_AT_ONCE = 4
PERMANENT = frozenset({"H119", "H143", "H195", "I120", "I121"})
"""Codes that a later night cannot mend: the attachment is larger than the configured limit, withheld by the platform,
not at its address, or not in the export."""


_OF_REQUESTS = frozenset({*(f"H{number}" for number in range(101, 118)), "H127", "H128"})
"""Codes whose sentences speak of the account's connection. Of an attachment they say no more than that it failed."""


@dataclass(slots=True, kw_only=True)
class Fetched:
    """What came of a number of attachments.

    Attributes:
        by_origin: origin → the reference with digest, size and type.
        bytes: digest → open temporary file (closed by ``close``).
        failed: origin → finding code.
    """

    by_origin: dict[str, MediaRef] = field(default_factory=dict)
    bytes: dict[str, MediaBytes] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def settle(self, references: Iterable[MediaRef]) -> tuple[MediaRef, ...]:
        """The references, each with what was stored for its origin."""
        settled = []
        for one in references:
            found = self.by_origin.get(one.origin)
            if found is None:
                settled.append(one)
            else:
                media_type = one.media_type or found.media_type
                settled.append(replace(one, digest=found.digest, size=found.size, media_type=media_type))
        return tuple(settled)

    def joined(self, other: Fetched) -> Fetched:
        """This and another together; of two files with the same bytes one is given back."""
        for digest, found in other.bytes.items():
            if self.bytes.setdefault(digest, found) is not found:
                found.file.close()
        self.by_origin.update(other.by_origin)
        self.failed.update(other.failed)
        return self

    def close(self) -> None:
        """Give back the temporary files."""
        for found in self.bytes.values():
            found.file.close()


def fetch_all(
    session: MediaSource,
    wanted: Mapping[str, tuple[MediaRef, str | None]],
    *,
    known: Mapping[str, MediaRef],
    limit: int,
) -> Fetched:
    """Fetch attachments that are not known yet.

    Args:
        wanted: origin → (reference, its author's native id).
        known: origin → reference already stored for an earlier version of the same item.
        limit: bytes; larger attachments are refused by the connector (H119).
    """
    fetched = Fetched()
    missing = []
    for origin, (reference, author) in wanted.items():
        before = known.get(origin)
        if before is not None and before.digest is not None:
            fetched.by_origin[origin] = before
        else:
            missing.append((reference, author))
    if not missing:
        return fetched

    def fetch(one: tuple[MediaRef, str | None]) -> MediaBytes | str:
        try:
            return session.fetch_media(one[0], one[1], limit)
        except (MediaError, PlatformError) as error:
            return "H118" if error.code in _OF_REQUESTS else error.code

    with ThreadPoolExecutor(min(_AT_ONCE, len(missing))) as pool:
        for (reference, _), found in zip(missing, pool.map(fetch, missing), strict=True):
            if isinstance(found, str):
                fetched.failed[reference.origin] = found
                continue
            fetched.by_origin[reference.origin] = replace(
                reference, digest=found.digest, size=found.size, media_type=reference.media_type or found.media_type
            )
            if found.digest in fetched.bytes:
                found.file.close()
            else:
                fetched.bytes[found.digest] = found
    return fetched

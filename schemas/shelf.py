"""Where everything lies: the storage specification.

In the store (keys are ``/``-separated; ``<sha256>`` is the digest of the object's own bytes, which carry 32 random
bytes in every file made of content, so that no name ever comes back):

* ``holdings/<authority>/<YYYY-MM>/<sha256>.parquet``: rows (``schemas.tables.HOLDINGS``) of items whose local
  publication month (or month of first sight) is YYYY-MM. The manifest says which files are live; a file that is
  neither in the manifest nor in the intents is a finding and is never removed.
* ``media/<aa>/<sha256>``: attachments, stored once; ``aa`` = the digest's first two characters.
* ``archive/<authority>/records/<account>/<YYYY-MM>/<sha256>.xml``: record documents (``schemas/xml/record.xsd``).
* ``archive/ledger/<first>-<last>.jsonl``: segments of the ledger, one link per line; numbers have 12 digits.
* ``work/proposals/<digest>.parquet``: frozen lists of proposals; ``.xml`` and ``.pdf`` beside it: the draft protocol.
* ``work/packages/<id>/<name>``: a package for an e-archive as built (tar or zip), by its UUID and its file's name; it
  lies there until its receiver has accepted it, or longer where the profile keeps it.
* ``work/deliveries/<id>/<name>``: a delivery to KB as built (tar), by its external delivery id; it lies there until KB
  has accepted it, or longer where the settings keep it.
* ``work/registrations/<item>/<sha256>.zip``: what a registry is handed of an item, the open and the secret form in
  folders of their own (``flows.register.parcel``).
* ``work/renditions/<item>/<mark>-<token>.pdf``: a thread as PDF/A, made ahead of a package, under the thread's first
  item in it. ``<mark>``: digest of the ids that it shows and of the instant until which; ``<token>``: random, for PDF/A
  carries no random bytes that could salt a digest of its own.

* in a mirror alone: ``places/<name>.json``: the mark by which the place is known again (``schemas.known_place``).

Every object under ``archive/`` and ``work/`` is registered as a copy (``schemas.books.Copy``).

In the second place (a store of its own; nothing there is ever replaced but a list that the ledger does not speak for):

* ``identity.json``: whose it is (``schemas.second.Identity``).
* ``ledger/<first>-<last>.jsonl``: links, as in ``archive/ledger/``.
* ``culled/<order>-<tombstones>-<suppressed>.jsonl``: tombstones and suppression of an order, so many of each, one JSON
  object per line (``schemas.second``). The one with the most tombstones holds all that the others do; of those with
  equally many, the one with the fewest suppressed entries is the newest (their own retention has run out).
"""

from __future__ import annotations

import re

from schemas.ids import Month
from schemas.refusal import RefusedError

_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]{0,199}")
_DEPTH = 12


def safe_key(key: str) -> str:
    """Refuse a key with path tricks: empty or dotted segments, absolute paths, odd characters."""
    parts = key.split("/")
    if len(parts) > _DEPTH or not all(_SEGMENT.fullmatch(part) for part in parts):
        raise RefusedError(
            "key", key, "use relative segments of letters, digits and ._=- that begin with a letter or digit"
        )
    return key


def holding(authority: str, month: Month, digest: str) -> str:
    """Key of a Parquet file of rows."""
    return f"holdings/{authority}/{month}/{digest}.parquet"


def medium(digest: str) -> str:
    """Key of an attachment."""
    return f"media/{digest[:2]}/{digest}"


def record_document(authority: str, account: str, month: Month, digest: str) -> str:
    """Key of a record document."""
    return f"archive/{authority}/records/{account}/{month}/{digest}.xml"


def ledger_segment(first: int, last: int) -> str:
    """Key of a ledger segment."""
    return f"archive/ledger/{first:012d}-{last:012d}.jsonl"


SECOND_IDENTITY = "identity.json"
"""Key of the second place's identity."""

SECOND_LEDGER = "ledger/"
"""Beginning of the keys of the second place's segments."""

SECOND_CULLED = "culled/"
"""Beginning of the keys of the second place's lists of what was culled."""


PLACE_MARKS = "places/"
"""Beginning of the keys of places' marks."""


def place_mark(name: str) -> str:
    """Key of the mark of the mirror of that name."""
    return f"{PLACE_MARKS}{name}.json"


def second_segment(first: int, last: int) -> str:
    """Key of a ledger segment in the second place."""
    return f"{SECOND_LEDGER}{first:012d}-{last:012d}.jsonl"


def second_culled(order: str, tombstones: int, suppressed: int) -> str:
    """Key of the second place's list of an order with so many tombstones and suppressed entries."""
    return f"{SECOND_CULLED}{order}-{tombstones:012d}-{suppressed:012d}.jsonl"


def proposal(digest: str) -> str:
    """Key of a proposal's frozen list."""
    return f"work/proposals/{digest}.parquet"


def proposal_document(digest: str, form: str) -> str:
    """Key of a proposal's draft protocol; ``form`` is ``xml`` or ``pdf``."""
    return f"work/proposals/{digest}.{form}"


def registration(item: str, digest: str) -> str:
    """Key of what a registry is handed of an item."""
    return f"work/registrations/{item}/{digest}.zip"


def package(package_id: str, name: str) -> str:
    """Key of a built package: its UUID and its file's name."""
    return f"work/packages/{package_id}/{name}"


def delivery(delivery_id: str, name: str) -> str:
    """Key of a built delivery to KB: its external id and its file's name."""
    return f"work/deliveries/{delivery_id}/{name}"


def rendition(item: str, mark: str, token: str) -> str:
    """Key of a thread's PDF/A made ahead of a package."""
    return f"work/renditions/{item}/{mark}-{token}.pdf"

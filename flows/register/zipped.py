"""The parcel as it lies in the store: one zip with the open and the secret form in folders of their own.

The same files give the same bytes: stored uncompressed, in order, with one date for all.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final, Literal

Form = Literal["oppen", "sekretess"]
"""``oppen``: what everybody who sees the register may see. ``sekretess``: the secret form, kept apart."""
FORMS: Final[tuple[Form, ...]] = ("oppen", "sekretess")

Files = Sequence[tuple[str, bytes]]
"""(plain name, bytes), the cover first."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o644 << 16


def pack(forms: Mapping[Form, Files]) -> bytes:
    """The zip's bytes."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for form in FORMS:
            for name, data in forms.get(form, ()):
                entry = zipfile.ZipInfo(f"{form}/{name}", date_time=_EPOCH)
                entry.create_system, entry.external_attr = 3, _PLAIN_FILE
                archive.writestr(entry, data)
    return sink.getvalue()


def unpack(data: bytes) -> dict[Form, list[tuple[str, bytes]]]:
    """The files of each form, in their order. Only for what ``pack`` made."""
    found: dict[Form, list[tuple[str, bytes]]] = {form: [] for form in FORMS}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            for form in FORMS:
                if entry.filename.startswith(f"{form}/"):
                    found[form].append((entry.filename.removeprefix(f"{form}/"), archive.read(entry)))
    return found

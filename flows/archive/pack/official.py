"""The schemas that a package carries, so that its documents can be validated without us: the official ones, and ours.

The official ones are not Bevara's to hand out in its own tree; they are read from the home's ``schemas_dir``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from schemas.delivery import Profile
from schemas.package import Format
from schemas.xml.record import SCHEMA_FILE

Erms = Literal["2.1", "3.0"]

_EARK: Final = (
    ("eark/mets.xsd", "METS 1.12"),
    ("eark/xlink.xsd", "XLink, som METS hänvisar till"),
    ("eark/DILCISExtensionMETS.xsd", "CSIP:s tillägg till METS"),
    ("eark/DILCISExtensionSIPMETS.xsd", "SIP:s tillägg till METS"),
)
_ERMS: Final[dict[Erms, tuple[tuple[str, str], ...]]] = {
    "2.1": (
        ("fgs-erms/ERMS.xsd", "CITS ERMS 2.1, som ärendefilen följer"),
        ("fgs-erms/erms.sch", "Schematronregler för CITS ERMS 2.1"),
    ),
    "3.0": (
        ("fgs-erms/ERMS_v3.xsd", "CITS ERMS 3.0, som ärendefilen följer"),
        ("fgs-erms/erms_v3.sch", "Schematronregler för CITS ERMS 3.0"),
    ),
}
_FGS12: Final = (
    ("fgs-paket/CSPackageMETS.xsd", "METS enligt FGS Paketstruktur 1.2"),
    ("fgs-paket/CSPackageExtensionMETS.xsd", "Tillägg till METS enligt FGS Paketstruktur 1.2"),
    ("fgs-paket/xlink.xsd", "XLink, som METS hänvisar till"),
    ("fgs-erms/Arendehantering.xsd", "FGS Ärendehantering 1.0, som ärendefilen följer"),
)
_PREMIS: Final = (("premis/premis-v3-0.xsd", "PREMIS 3.0"),)
_LARGEST: Final = 8 * 1024 * 1024
"""Bytes that a schema has at most; what is larger is none."""

XSD: Final = Format(
    puid="x-fmt/280", name="XML Schema Definition", media_type="application/xml", basis="skriven så av Bevara"
)
OURS: Final = ("record.xsd", "Bevaras handlingsdokument, fält för fält på svenska och engelska")


def schemas_of(folder: Path | None, profile: Profile) -> Iterator[tuple[str, str, bytes | None]]:
    """The schemas for a package: name, description and bytes; None where an official one cannot be had.

    Args:
        folder: the home's ``schemas_dir``, or None.
    """
    yield (*OURS, SCHEMA_FILE.read_bytes())
    wanted = (*_EARK, *_ERMS[profile.erms], *_PREMIS) if profile.form == "eark" else (*_FGS12, *_PREMIS)
    for path, says in wanted:
        yield path.rpartition("/")[2], says, None if folder is None else _read(folder / path)


def _read(file: Path) -> bytes | None:
    try:
        with file.open("rb") as source:
            data = source.read(_LARGEST + 1)
    except OSError:
        return None
    return data if 0 < len(data) <= _LARGEST else None

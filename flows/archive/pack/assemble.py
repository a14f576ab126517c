"""What a package needs beside its content: digests for a reader, PREMIS, and METS, as files in their order.

Pure but for what the writers of ``schemas.xml`` do: no clock, no store. METS comes first in the container, then
everything by path.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from flows.archive.pack.content import Content
from flows.archive.pack.spool import Source
from schemas.delivery import Form, Intent, Profile
from schemas.package import Entry, Event, Format, Package, Representation, Role, in_package
from schemas.xml import mets_eark, mets_eark_form, mets_fgs12, premis
from schemas.xml.mets_eark_form import CASE_TYPES

SUMS = "documentation/SHA256SUMS"
"""Digest and path of every file of the content, as ``sha256sum -c`` reads them from the package's root."""

_XML = Format(puid="fmt/101", name="Extensible Markup Language", version="1.0", media_type="application/xml")
_TEXT = Format(puid="x-fmt/111", name="Plain Text File", media_type="text/plain")
_PREMIS = {"eark": "metadata/preservation/premis.xml", "fgs12": "metadata/premis.xml"}
_SUMS_SAYS = "Kontrollsummor (SHA-256) för paketets innehåll: pröva dem med 'sha256sum -c' i paketets mapp."
_TYPES = {"eark": "Datasets", "fgs12": "ERMS"}
_PROFILES = {
    "eark": mets_eark_form.PROFILE,
    "fgs12": mets_fgs12.PROFILE,
}
_METS_NAMES = {"eark": mets_eark.ROOT_NAME, "fgs12": "sip.xml"}


@dataclass(frozen=True, slots=True)
class _Made:
    """A file made here: its entry (path from where its METS lies) and its bytes."""

    entry: Entry
    source: Source


def assemble(content: Content, profile: Profile, intent: Intent) -> tuple[Source, ...]:
    """Every file of the package in the container's order.

    Raises:
        RefusedError: the root METS is too large, or the package lacks what the specification demands.
    """
    made = intent.made
    package = content.package
    sums = _made(SUMS, SUMS, _sums(content.sources), intent, role="documentation", form=_TEXT, says=_SUMS_SAYS)
    packaging = Event(kind="packaging", at=made, detail=_packaging(profile), agent="Bevara")
    events = package.events
    if not any(one.kind == "packaging" for one in events):
        events = (*events, packaging)
    documentation = tuple(sorted((*package.documentation, sums.entry), key=lambda one: one.path))
    package = replace(package, documentation=documentation, events=events)
    write = _eark if profile.form == "eark" else _fgs12
    root, others = write(package, profile, intent)
    rest = sorted((*content.sources, sums.source, *others), key=lambda one: one.path)
    return root, *rest


def root_name(profile: Profile) -> str:
    """File name of the package's METS."""
    return profile.mets_name or _METS_NAMES[profile.form]


def _packaging(profile: Profile) -> str:
    return {"eark": "FGS 2.0 (E-ARK SIP 2.1.0)", "fgs12": "FGS Paketstruktur 1.2"}[profile.form]


def _sums(sources: Iterable[Source]) -> bytes:
    lines = sorted((one.path, one.sha256) for one in sources)
    return "".join(f"{digest}  {path}\n" for path, digest in lines).encode("ascii")


# E-ARK: a METS for the package and one for every representation.


def _eark(package: Package, profile: Profile, intent: Intent) -> tuple[Source, list[Source]]:
    others: list[Source] = []
    written: list[tuple[Representation, mets_eark.MetsFile]] = []
    prefixes = tuple(f"representations/{one.name}/" for one in package.representations)
    for one, folder in zip(package.representations, prefixes, strict=True):
        objects = [(in_package("eark", one.name, entry.path), entry) for entry in one.entries]
        events = [found for event in package.events if (found := _within(event, folder)) is not None]
        told = _premis(package, objects, events, folder, intent, "eark")
        data = mets_eark.write_representation(package, one, [told.entry], settings=_settings(profile, one))
        mets = _source(f"{folder}METS.xml", data)
        others += [told.source, mets]
        written.append((one, mets_eark.MetsFile(size=mets.size, sha256=mets.sha256)))
    objects = [(entry.path, entry) for entry in (*package.documentation, *package.schemas, *package.package_info)]
    events = [found for event in package.events if (found := _outside(event, prefixes)) is not None]
    told = _premis(package, objects, events, "", intent, "eark")
    package = replace(package, preservation=(*package.preservation, told.entry))
    main = next((one for one in package.representations if one.content_type.startswith("citserms")), None)
    data = mets_eark.write_root(package, written, settings=_settings(profile, main))
    return _source(root_name(profile), data), [*others, told.source]


def _within(event: Event, folder: str) -> Event | None:
    """The event as far as it is about files in that folder."""
    paths = tuple(path for path in event.paths if path.startswith(folder))
    return replace(event, paths=paths) if paths else None


def _outside(event: Event, prefixes: tuple[str, ...]) -> Event | None:
    """The event as far as it is about the package as a whole, or about files in no representation."""
    if not event.paths:
        return event
    paths = tuple(path for path in event.paths if not path.startswith(prefixes))
    return replace(event, paths=paths) if paths else None


def _settings(profile: Profile, representation: Representation | None) -> mets_eark.MetsSettings:
    content_type, other = profile.content_type or CASE_TYPES[profile.erms], profile.other_content_type
    if representation is not None and not representation.content_type.startswith("citserms"):  # its METS' own
        content_type, other = representation.content_type, representation.other_content_type
    return mets_eark.MetsSettings(
        profile=profile.profile or _PROFILES["eark"],
        type=profile.type or _TYPES["eark"],
        other_type=profile.other_type,
        content_type=content_type,
        other_content_type=other,
    )


# FGS Paketstruktur 1.2: one METS for everything.


def _fgs12(package: Package, profile: Profile, intent: Intent) -> tuple[Source, list[Source]]:
    objects = [
        (in_package("fgs12", one.name, entry.path), entry) for one in package.representations for entry in one.entries
    ]
    outside = (*package.documentation, *package.schemas, *package.package_info)
    told = _premis(package, [*objects, *((one.path, one) for one in outside)], package.events, "", intent, "fgs12")
    package = replace(package, preservation=(*package.preservation, told.entry))
    settings = mets_fgs12.Fgs12Settings(
        profile=profile.profile or _PROFILES["fgs12"],
        type=profile.type or _TYPES["fgs12"],
        mets_name=root_name(profile),
        access=profile.access or None,
    )
    return _source(root_name(profile), mets_fgs12.write_mets(package, settings)), [told.source]


# What both need.


def _premis(
    package: Package,
    objects: Sequence[tuple[str, Entry]],
    events: Sequence[Event],
    folder: str,
    intent: Intent,
    form: Form,
) -> _Made:
    """PREMIS of some files; ``folder``: where the METS that refers to it lies."""
    sink = io.BytesIO()
    premis.write_premis(sink, package, objects, events)
    return _made(_PREMIS[form], folder + _PREMIS[form], sink.getvalue(), intent, role="preservation", form=_XML)


def _made(path: str, where: str, data: bytes, intent: Intent, *, role: Role, form: Format, says: str = "") -> _Made:
    source = _source(where, data)
    entry = Entry(
        path=path,
        size=source.size,
        sha256=source.sha256,
        created=intent.made,
        role=role,
        format=form,
        description=says,
    )
    return _Made(entry, source)


def _source(path: str, data: bytes) -> Source:
    return Source(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest(), open=_opener(data))


def _opener(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


def places(package: Package, form: Form) -> Iterator[tuple[str, Entry]]:
    """Every content file: path from the package's root, and its entry."""
    for one in package.representations:
        for entry in one.entries:
            yield in_package(form, one.name, entry.path), entry
    for entry in (*package.documentation, *package.schemas, *package.package_info, *package.preservation):
        yield entry.path, entry

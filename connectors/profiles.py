"""Delivery profiles: one TOML file each in the home's folder of profiles (``infra/profiles/README.md``).

Reading is strict, because a profile is what an agreement with an e-archive comes down to: an unknown key is refused,
and whoever is needed in every package of the form must be named. No secret stands in a profile.
"""

from __future__ import annotations

import hashlib
import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit

from connectors.receivers.settings import read_receiver
from schemas.delivery import ACCESS, CONTAINERS, FORMS, Access, Container, Form, Profile
from schemas.ids import slug
from schemas.package import AGENT_ROLES, Agent, AgentRole, RecordStatus
from schemas.refusal import RefusedError
from schemas.xml import mets_eark_form, mets_fgs12
from schemas.xml.mets_eark_form import CASE_TYPES, CONTENT_TYPES

EARK_PROFILE: Final = mets_eark_form.PROFILE
"""METS PROFILE of E-ARK SIP 2.1.0 (SIP2), as Riksarkivet's own example writes it."""

FGS12_PROFILE: Final = mets_fgs12.PROFILE
"""METS PROFILE of FGS Paketstruktur 1.2 (RAFGS1V1.2)."""

FGS12_TYPES: Final[frozenset[str]] = frozenset(mets_fgs12.PACKAGE_TYPES)
"""Values of ``mets/@TYPE`` in CSPackageMETS.xsd (RAFGS1V1.2)."""

FIELDS: Final = frozenset({"id", "account", "first", "last", "number"})
"""What a naming may hold in braces."""

_OTHER_TYPE, _OTHER_CONTENT = "Other", "OTHER"
_METS_NAMES: Final[Mapping[Form, tuple[str, ...]]] = {"eark": ("METS.xml",), "fgs12": ("sip.xml", "mets.xml")}
_TEXTS: Final = frozenset(
    {
        "form",
        "erms",
        "profile",
        "type",
        "other_type",
        "content_type",
        "other_content_type",
        "access",
        "archive_name",
        "agreement",
        "previous_agreement",
        "reference_code",
        "previous_reference_code",
        "container",
        "naming",
        "mets_name",
        "status",
    }
)
_OF_ONE_FORM: Final[Mapping[str, Form]] = {
    "erms": "eark",
    "other_type": "eark",
    "content_type": "eark",
    "other_content_type": "eark",
    "access": "fgs12",
}
_KEYS: Final = _TEXTS | {"keep", "agent", "receiver"}
_AGENT_KEYS: Final = frozenset({"role", "name", "code", "notes"})
_SEVERAL: Final[frozenset[AgentRole]] = frozenset({"contact", "consultant"})
_NEEDED: Final[tuple[AgentRole, ...]] = ("archival-creator", "submitter")
_CODE = re.compile(r"(?:VAT|DUNS|ORG|HSA|Local|URI):\S(?:.*\S)?")
_LARGEST = 256 * 1024
_LONGEST = 1_000
_SECRET = re.compile(r"pass|secret|token|key", re.IGNORECASE)


def read_profile(folder: Path, name: str) -> tuple[Profile, str]:
    """A profile by name, with the SHA-256 (hexadecimal) of its file's bytes.

    Args:
        folder: the folder of profiles. name: a slug; the file is ``<name>.toml``.

    Raises:
        RefusedError: there is no such profile, or something in it is unknown, missing or unusable; the field names
            the file and the key.
    """
    file = f"{slug(name, '--profile')}.toml"
    try:
        with (folder / file).open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError:
        known = ", ".join(sorted(path.stem for path in folder.glob("*.toml"))) or "none"
        raise RefusedError(
            "--profile", name, f"there is no readable {file} among the profiles; known: {known}"
        ) from None
    if len(data) > _LARGEST:
        raise RefusedError(file, f"{len(data)} bytes", f"a profile has at most {_LARGEST} bytes")
    try:
        values = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        place = re.search(r"\(at [^)]*\)", str(error))
        raise RefusedError(file, place[0] if place else "not TOML", "write valid TOML in UTF-8") from None
    return _profile(name, file, values), hashlib.sha256(data).hexdigest()


def _profile(name: str, file: str, values: Mapping[str, Any]) -> Profile:
    _check(file, values)
    form = cast("Form", _one_of(f"{file}: form", values.get("form", ""), FORMS))
    for key, owner in _OF_ONE_FORM.items():
        if key in values and form != owner:
            raise RefusedError(f"{file}: {key}", values[key], f'leave it out; it belongs to form "{owner}"')
    receiver = values.get("receiver")
    return Profile(
        name=name,
        form=form,
        erms=cast('Literal["2.1", "3.0"]', _one_of(f"{file}: erms", values.get("erms", "2.1"), ("2.1", "3.0"))),
        profile=_address(f"{file}: profile", values.get("profile", EARK_PROFILE if form == "eark" else FGS12_PROFILE)),
        type=_type(f"{file}: type", form, values.get("type", "Datasets" if form == "eark" else "ERMS")),
        other_type=_other(f"{file}: other_type", values, "type", _OTHER_TYPE),
        content_type=_content_type(f"{file}: content_type", values),
        other_content_type=_other(f"{file}: other_content_type", values, "content_type", _OTHER_CONTENT),
        access=cast('Access | Literal[""]', _one_of(f"{file}: access", values["access"], ACCESS))
        if "access" in values
        else "",
        archive_name=values.get("archive_name", ""),
        agreement=_agreement(f"{file}: agreement", values.get("agreement", ""), needed=form == "fgs12"),
        previous_agreement=_agreement(f"{file}: previous_agreement", values.get("previous_agreement", "")),
        reference_code=values.get("reference_code", ""),
        previous_reference_code=values.get("previous_reference_code", ""),
        agents=_agents(file, form, values.get("agent", ())),
        container=cast("Container", _one_of(f"{file}: container", values.get("container", "tar"), CONTAINERS)),
        naming=_naming(f"{file}: naming", values.get("naming", "{account}-{first}-{last}-{number}")),
        mets_name=_one_of(f"{file}: mets_name", values.get("mets_name", _METS_NAMES[form][0]), _METS_NAMES[form]),
        receiver=None if receiver is None else read_receiver(f"{file}: receiver", receiver),
        status=cast("RecordStatus", _one_of(f"{file}: status", values.get("status", "NEW"), ("NEW", "TEST"))),
        keep=values.get("keep", False),
    )


def _check(file: str, values: Mapping[str, Any]) -> None:
    """Refuse unknown keys and wrong types, before anything is read."""
    for key, value in values.items():
        if key not in _KEYS:
            # What looks like a secret is not repeated in a message.
            shown = "…" if _SECRET.search(key) else value
            raise RefusedError(f"{file}: {key}", shown, f"the known keys are {', '.join(sorted(_KEYS))}")
        if key in _TEXTS:
            _text(f"{file}: {key}", value)
    if not isinstance(values.get("keep", False), bool):
        raise RefusedError(f"{file}: keep", values["keep"], "write true or false")
    if not isinstance(values.get("receiver", {}), dict):
        raise RefusedError(f"{file}: receiver", "…", "begin it with a line [receiver]")


def _text(field: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        raise RefusedError(field, value, "write text, or leave the key out")
    if len(value) > _LONGEST or not value.isprintable():
        raise RefusedError(field, value, f"write at most {_LONGEST} printable characters on one line")
    return value


def _one_of(field: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise RefusedError(field, value, "write " + " or ".join(f'"{one}"' for one in allowed))
    return value


def _address(field: str, value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc or " " in value:
        raise RefusedError(field, value, f"write the METS profile's address, for example {EARK_PROFILE}")
    return value


def _type(field: str, form: Form, value: str) -> str:
    if form == "fgs12" and value not in FGS12_TYPES:
        raise RefusedError(field, value, f"FGS Paketstruktur 1.2 knows {', '.join(sorted(FGS12_TYPES))}")
    if form == "eark" and value.lower() == "other" and value != _OTHER_TYPE:
        raise RefusedError(field, value, f"the content category vocabulary spells it {_OTHER_TYPE}")
    return value


def _content_type(field: str, values: Mapping[str, Any]) -> str:
    """Content information type of the case file (CSIP4): one that the extension schema knows, and of the same ERMS."""
    value: str = values.get("content_type", "")
    if value and value not in CONTENT_TYPES:
        raise RefusedError(field, value, f"write one of {', '.join(sorted(CONTENT_TYPES))}")
    ours = CASE_TYPES[values.get("erms", "2.1")]
    if value in CASE_TYPES.values() and value != ours:
        raise RefusedError(field, value, f"the case file is {ours}; change erms, or leave this out")
    return value


def _other(field: str, values: Mapping[str, Any], of: str, word: str) -> str:
    """What stands beside ``Other`` (CSIP3) or ``OTHER`` (CSIP5): with it, and with nothing else."""
    value: str = values.get(field.rpartition(" ")[2], "")
    if (values.get(of, "") == word) != bool(value):
        raise RefusedError(field, value, f'write it with {of} = "{word}", and with nothing else')
    return value


def _agreement(field: str, value: str, *, needed: bool = False) -> str:
    """``reference;YYYY-MM-DD`` or a URI (SIP5, SIP6; FGS 1.2 altRecordID)."""
    if not value:
        if needed:
            raise RefusedError(field, "", 'form "fgs12" needs it: "reference;YYYY-MM-DD" or a URI')
        return ""
    reference, semicolon, day = value.rpartition(";")
    if semicolon and reference.strip():
        try:
            if date.fromisoformat(day).isoformat() == day:
                return value
        except ValueError:
            pass
    elif re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]{1,20}:[^\s;]+", value):
        return value
    raise RefusedError(field, value, 'write "reference;YYYY-MM-DD" or a URI')


def _naming(field: str, value: str) -> str:
    """A template that gives every package another name, and never a path."""
    try:
        parts = list(string.Formatter().parse(value))
    except ValueError:
        raise RefusedError(field, value, "close every brace") from None
    names: set[str] = set()
    for literal, name, form, conversion in parts:
        if not set(literal).isdisjoint('/\\:*?"<>|{}') or not literal.isprintable():
            raise RefusedError(field, value, "leave out characters that a file name cannot have")
        if name is None:
            continue
        if name not in FIELDS or form or conversion:
            raise RefusedError(field, value, f"in braces stand {', '.join(sorted(FIELDS))}, and nothing else")
        names.add(name)
    if names.isdisjoint({"id", "number"}):
        raise RefusedError(field, value, "name {id} or {number}, so that no two packages are called the same")
    if parts[0][0].startswith((".", "-")):
        raise RefusedError(field, value, "begin with a letter, a digit or a field")
    return value


def _agents(file: str, form: Form, tables: object) -> tuple[Agent, ...]:
    """Everybody that the profile names. The source system that nobody names is Bevara: the writer of FGS 1.2 says so."""
    if not isinstance(tables, Sequence) or not all(isinstance(one, dict) for one in tables):
        raise RefusedError(f"{file}: agent", "…", "begin each agent with a line [[agent]]")
    agents: list[Agent] = []
    for number, one in enumerate(cast("Sequence[Mapping[str, Any]]", tables), 1):
        agent = _agent(f"{file}: agent[{number}]", one)
        if agent.role not in _SEVERAL and any(other.role == agent.role for other in agents):
            raise RefusedError(f"{file}: agent[{number}].role", agent.role, "there is one of them already")
        agents.append(agent)
    for role in _NEEDED:
        found = next((one for one in agents if one.role == role), None)
        if found is None:
            raise RefusedError(f"{file}: agent", role, f'add an [[agent]] with role = "{role}"; every package names it')
        if not found.code and (form == "fgs12" or role == "submitter"):
            place = agents.index(found) + 1
            raise RefusedError(
                f"{file}: agent[{place}].code", "", f'form "{form}" needs it, for example ORG:212000-0000'
            )
    _check_notes(file, form, agents)
    return tuple(agents)


def _check_notes(file: str, form: Form, agents: Sequence[Agent]) -> None:
    for number, agent in enumerate(agents, 1):
        if form == "eark" and agent.role == "submitter" and agent.notes:
            raise RefusedError(
                f"{file}: agent[{number}].notes", "…", "write them at the contact: SIP19 has no room here"
            )
        if form == "eark" and agent.role == "contact" and not (agent.notes or agent.code):
            raise RefusedError(f"{file}: agent[{number}].notes", "", "write telephone or e-mail: SIP25 needs it")
        if form == "fgs12" and agent.role == "source-system" and not agent.notes:
            raise RefusedError(f"{file}: agent[{number}].notes", "", 'form "fgs12" needs the system\'s version')


def _agent(table: str, values: Mapping[str, Any]) -> Agent:
    for key in values:
        if key not in _AGENT_KEYS:
            raise RefusedError(f"{table}.{key}", "…", f"the known keys are {', '.join(sorted(_AGENT_KEYS))}")
    role = values.get("role", "")
    if not isinstance(role, str) or role not in AGENT_ROLES:
        raise RefusedError(f"{table}.role", role, f"write one of {', '.join(AGENT_ROLES)}")
    code = _text(f"{table}.code", values["code"]) if "code" in values else ""
    if code and not _CODE.fullmatch(code):
        raise RefusedError(f"{table}.code", code, "begin with VAT:, DUNS:, ORG:, HSA:, Local: or URI:")
    notes = values.get("notes", [])
    if not isinstance(notes, list):
        raise RefusedError(f"{table}.notes", notes, 'write a list of texts, for example ["arkiv@kommunen.example"]')
    return Agent(
        role=role,
        name=_text(f"{table}.name", values.get("name", "")),
        code=code,
        notes=tuple(_text(f"{table}.notes[{number}]", note) for number, note in enumerate(notes, 1)),
    )

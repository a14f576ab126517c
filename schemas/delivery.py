"""Delivery to an e-archive: the profile that a receiver asks for, a package's way, and what a receiver answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, get_args

from schemas.ids import Month
from schemas.package import Agent, RecordStatus

Form = Literal["eark", "fgs12"]
"""``eark``: FGS 2.0 = E-ARK CSIP and SIP 2.1.0 with CITS ERMS. ``fgs12``: FGS Paketstruktur 1.2 with FGS Ärendehantering
1.0."""
FORMS: Final[tuple[Form, ...]] = get_args(Form)

Container = Literal["tar", "zip"]
CONTAINERS: Final[tuple[Container, ...]] = get_args(Container)

Access = Literal["Secrecy", "PuL", "Secrecy and PuL", "GDPR"]
"""ACCESSRESTRICT of FGS Paketstruktur 1.2 (CSPackageExtensionMETS.xsd). *PuL* was repealed in 2018; some archives still
take in nothing else."""
ACCESS: Final[tuple[Access, ...]] = get_args(Access)

PackageStanding = Literal["planned", "packaged", "delivering", "delivered", "accepted", "rejected", "withdrawn"]
"""``planned``: the intent is stored, nothing is built. ``packaged``: built and checked, lies in the store.
``delivering``: a delivery has begun; it may or may not have arrived. ``delivered``: seen at the receiver's, not
answered. ``accepted``, ``rejected``: the receiver's receipt. ``withdrawn``: will not be delivered."""
PACKAGE_STANDINGS: Final[tuple[PackageStanding, ...]] = get_args(PackageStanding)

OPEN: Final[frozenset[PackageStanding]] = frozenset({"packaged", "delivering", "delivered"})
"""Standings in which nothing of the package may be culled: it waits for a receipt."""

_PART = r"[0-9A-Za-zÅÄÖåäö][0-9A-Za-zÅÄÖåäö._:/#+=-]*"
REFERENCE: Final = re.compile(rf"(?=.{{1,100}}$)(?:{_PART}|(?=.*[0-9]){_PART}(?: {_PART}){{1,2}})")
"""A receiver's own mark on its receipt, matched in full. One part, or two or three with a digit among them: a number or
code, and never a sentence or a name, since it stands in the ledger for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Where packages of a profile go.

    Attributes:
        kind: ``folder``, ``s3``, ``sftp``, ``ftps`` (explicit TLS, RFC 4217) or ``ftp`` (open on the line).
        path: folder here (``folder``), or folder there (``sftp``, ``ftps``, ``ftp``).
        bucket, prefix, endpoint_url, region: of ``s3``.
        host, port, user: of ``sftp``, ``ftps`` and ``ftp``. host_key: the server's public key as in ``known_hosts``
            (without the host), so that no other server can take its place (``sftp``). key_env: environment variable with
            the path of our private key (``sftp``), or with the access key's id (``s3``). password_env: environment
            variable with a password (``ftps``, ``ftp``), with one instead of the key (``sftp``), or with the secret key
            (``s3``).
        ca_file: of ``ftps``: file with the certificates (PEM) that the server's must come from; empty = the system's.
        sidecar: ``<name>.sha256`` comes after each file (``sftp``, ``ftps``, ``ftp``). KB is handed the ``.tar`` alone.
    """

    kind: Literal["folder", "s3", "sftp", "ftps", "ftp"]
    path: str = ""
    bucket: str = ""
    prefix: str = ""
    endpoint_url: str = ""
    region: str = ""
    host: str = ""
    port: int = 22
    user: str = ""
    host_key: str = ""
    key_env: str = ""
    password_env: str = ""
    ca_file: str = ""
    sidecar: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A delivery profile (TOML, ``infra/profiles/README.md``).

    Attributes:
        name: its name (slug). form, erms: which writer; ``erms`` is ``2.1`` or ``3.0`` (``eark`` alone).
        profile: METS PROFILE. type: METS TYPE (``Datasets``; ``ERMS`` for ``fgs12``). other_type: with the type
            ``Other``, which (``eark`` alone).
        content_type: content information type of the case file's representation; empty = by ``erms``.
            other_content_type: with ``OTHER``, which.
        access: word for a restricted package (``fgs12`` alone, ACCESSRESTRICT); empty = by what restricts it.
        archive_name, agreement, previous_agreement, reference_code, previous_reference_code: as the agreement says.
        agents: everybody but the packaging software.
        container: ``tar`` or ``zip``. naming: of the container and folder, with ``{id}``, ``{account}``, ``{first}``,
            ``{last}``, ``{number}``; what is not plain is made so.
        mets_name: name of the root METS (``METS.xml``; ``sip.xml`` or ``mets.xml`` for ``fgs12``).
        receiver: where it goes; None = it is fetched by hand.
        status: RECORDSTATUS of a first delivery (``NEW``, or ``TEST`` while trying).
        keep: the built package stays in the store after the receipt.
    """

    name: str
    form: Form
    erms: Literal["2.1", "3.0"] = "2.1"
    profile: str = ""
    type: str = ""
    other_type: str = ""
    content_type: str = ""
    other_content_type: str = ""
    access: Access | Literal[""] = ""
    archive_name: str = ""
    agreement: str = ""
    previous_agreement: str = ""
    reference_code: str = ""
    previous_reference_code: str = ""
    agents: tuple[Agent, ...] = ()
    container: Container = "tar"
    naming: str = "{account}-{first}-{last}-{number}"
    mets_name: str = ""
    receiver: Receiver | None = None
    status: RecordStatus = "NEW"
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a package is to hold, written down before anything is built. The same intent gives the same bytes.

    Attributes:
        id: UUID of the package, text. number: running number in the home.
        profile: name of the profile. profile_digest: SHA-256 of its text as used.
        account, authority: whose. first, last: publication months, both included.
        rules: plan rows that were named; empty = what the plan preserves, or delivers to the e-archive.
        as_of: civil day of the judgement, ISO. edition: edition of the plan.
        made: when, UTC. through: rows observed later are not in it.
        person: who asked for it. replaces: id of a package it replaces or adds to, or empty.
        status: RECORDSTATUS of its METS. A ``TEST`` is no delivery: its receipt proves nothing.
    """

    id: str
    number: int
    profile: str
    profile_digest: str
    account: str
    authority: str
    first: Month
    last: Month
    rules: tuple[str, ...] = ()
    as_of: str = ""
    edition: str = ""
    made: datetime
    through: datetime
    person: str
    replaces: str = ""
    status: RecordStatus = "NEW"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPackage:
    """A package's row in the state database.

    Attributes:
        intent: what it is. standing: where it stands.
        key: object key of the built package, or empty. name: file name of it. size, sha256: of it, once built; the
            digest is of bytes that carry 32 ones made with the home's key, so that it may be kept.
        items: how many records it holds. changed: when the standing last changed, UTC.
        tries: deliveries begun. reference: the receiver's own mark on its receipt, or empty.
    """

    intent: Intent
    standing: PackageStanding
    key: str = ""
    name: str = ""
    size: int = 0
    sha256: str = ""
    items: int = 0
    changed: datetime
    tries: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What was observed at the receiver's after a delivery.

    Attributes:
        place: the receiver's name, without secrets. name: the file's name there.
        size, sha256: as observed there; the digest is empty where the receiver cannot be asked for it.
        already: it lay there already, whole, before this try.
        evidence: further counts.
    """

    place: str
    name: str
    size: int
    sha256: str = ""
    already: bool = False
    evidence: tuple[tuple[str, int], ...] = field(default=())

"""Delivery profiles: what is taken, what is refused and how."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from connectors.profiles import EARK_PROFILE, FGS12_PROFILE, FGS12_TYPES, read_profile
from schemas.delivery import Profile, Receiver
from schemas.package import AGENT_ROLES, Agent
from schemas.refusal import RefusedError
from tests.servers.snac import ROOT

EXAMPLES = ROOT / "infra" / "profiles"
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDtvf5aubWhwPPdGC9nlR+isRb8TkZZjVRJ4fT7vIGtz"
AGENTS = """
[[agent]]
role = "archival-creator"
name = "Kommunstyrelsen"
code = "ORG:212000-0000"
[[agent]]
role = "submitter"
name = "Kommunen"
code = "ORG:212000-0000"
"""
EARK = f'form = "eark"\n{AGENTS}'
FGS12 = f'form = "fgs12"\nagreement = "EA 1;2026-01-02"\n{AGENTS}'
SFTP = f'[receiver]\nkind = "sftp"\nhost = "h.example"\nuser = "u"\nhost_key = "{HOST_KEY}"\nkey_env = "K"\n'
S3 = '[receiver]\nkind = "s3"\nbucket = "hink"\n'

Reader = Callable[[str], Profile]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Read a profile of this text."""

    def reader(text: str) -> Profile:
        (tmp_path / "prov.toml").write_text(text, "utf-8")
        return read_profile(tmp_path, "prov")[0]

    return reader


def _set(text: str, line: str) -> str:
    """The profile with one more line among its own keys."""
    return f"{line}\n{text}"


def test_defaults_follow_the_form(read: Reader) -> None:
    """A profile that says no more than it must has the values of its form."""
    eark, fgs12 = read(EARK), read(FGS12)
    assert (eark.profile, eark.type, eark.mets_name, eark.erms) == (EARK_PROFILE, "Datasets", "METS.xml", "2.1")
    assert (fgs12.profile, fgs12.type, fgs12.mets_name) == (FGS12_PROFILE, "ERMS", "sip.xml")
    assert (eark.container, eark.status, eark.keep, eark.receiver) == ("tar", "NEW", False, None)
    assert eark.name == "prov"


def test_the_digest_is_of_the_files_bytes(tmp_path: Path) -> None:
    """The digest that a package keeps is the SHA-256 of the file, as sha256sum gives it."""
    data = EARK.replace("Kommunen", "Kommunen åäö").encode()
    (tmp_path / "prov.toml").write_bytes(data)
    profile, digest = read_profile(tmp_path, "prov")
    assert digest == hashlib.sha256(data).hexdigest()
    assert profile.agents[1].name == "Kommunen åäö"


def test_agents_are_taken_in_their_order(read: Reader) -> None:
    """Agents arrive as they are written, in their order; a source system that nobody names is left to the writer."""
    assert [agent.role for agent in read(FGS12).agents] == ["archival-creator", "submitter"]
    named = read(f'{FGS12}\n[[agent]]\nrole = "source-system"\nname = "Källan"\nnotes = ["7"]\n')
    assert named.agents[-1] == Agent(role="source-system", name="Källan", notes=("7",))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_the_examples_are_read(path: Path, tmp_path: Path) -> None:
    """Each example becomes a profile when it is copied into a home, and names no secret."""
    (tmp_path / "arvika.toml").write_bytes(path.read_bytes())
    profile, _ = read_profile(tmp_path, "arvika")
    assert profile.receiver is not None
    assert profile.agreement


def test_the_readme_tells_every_key() -> None:
    """Every key that a profile, an agent or a receiver can have stands in the README's table, and so does every role."""
    told = set(re.findall(r"^\| `([a-z_-]+)`", (EXAMPLES / "README.md").read_text("utf-8"), re.MULTILINE))
    keys = {one.name for one in fields(Profile)} - {"name", "agents", "receiver"}
    keys |= {one.name for kind in (Agent, Receiver) for one in fields(kind)} | set(AGENT_ROLES)
    keys -= {"sidecar"}  # no key: it is set for the National Library alone
    assert keys <= told


def test_everything_can_be_said(read: Reader) -> None:
    """Every key of a profile arrives in its field."""
    text = """
        form = "eark"
        erms = "3.0"
        profile = "https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-1-0.xml"
        type = "Collection"
        content_type = "citserms_v3_0"
        archive_name = "Arkivet å"
        agreement = "https://e-arkiv.example/avtal/7"
        previous_agreement = "EA 6;2020-02-29"
        reference_code = "SE/1"
        previous_reference_code = "SE/0"
        container = "zip"
        naming = "{id}"
        status = "TEST"
        keep = true
    """
    profile = read(f"{text}\n{AGENTS}\n{SFTP}port = 2222\npath = '/in'\n")
    assert profile.erms == "3.0"
    assert profile.agreement == "https://e-arkiv.example/avtal/7"
    assert (profile.container, profile.naming, profile.status, profile.keep) == ("zip", "{id}", "TEST", True)
    assert (profile.type, profile.content_type, profile.archive_name) == ("Collection", "citserms_v3_0", "Arkivet å")
    assert profile.receiver == Receiver(
        kind="sftp", host="h.example", port=2222, user="u", host_key=HOST_KEY, key_env="K", path="/in"
    )


def test_other_types_and_access_words_can_be_said(read: Reader) -> None:
    """A type outside the vocabularies stands with its words, and FGS 1.2 can be told how it shows restrictions."""
    text = 'type = "Other"\nother_type = "Social media"\ncontent_type = "OTHER"\nother_content_type = "bevara"'
    found = read(_set(EARK, text))
    assert (found.type, found.other_type) == ("Other", "Social media")
    assert (found.content_type, found.other_content_type) == ("OTHER", "bevara")
    assert read(_set(FGS12, 'access = "Secrecy and PuL"')).access == "Secrecy and PuL"
    assert (read(FGS12).access, read(EARK).other_type) == ("", "")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "form"),
        (_set(AGENTS, 'form = "sip"'), "form"),
        (_set(EARK, "okänd = 1"), "(at line 1"),
        (_set(EARK, "unknown = 1"), "unknown"),
        (_set(EARK, 'password = "x"'), "password"),
        (_set(EARK, 'erms = "2.0"'), "erms"),
        (_set(EARK, "erms = 2.1"), "erms"),
        (_set(FGS12, 'erms = "2.1"'), "erms"),
        (_set(FGS12, 'content_type = "citserms_v2_1"'), "content_type"),
        (_set(EARK, 'content_type = "a b"'), "content_type"),
        (_set(EARK, 'content_type = "citserms_v9"'), "content_type"),
        (_set(EARK, 'content_type = "citserms_v3_0"'), "content_type"),
        (_set(EARK, 'content_type = "OTHER"'), "other_content_type"),
        (_set(EARK, 'other_content_type = "x"'), "other_content_type"),
        (_set(EARK, 'type = "OTHER"\nother_type = "x"'), "type"),
        (_set(EARK, 'type = "Other"'), "other_type"),
        (_set(EARK, 'other_type = "x"'), "other_type"),
        (_set(FGS12, 'other_type = "x"'), "other_type"),
        (_set(EARK, 'access = "GDPR"'), "access"),
        (_set(FGS12, 'access = "annat"'), "access"),
        (EARK[::-1].replace('"0000-000212:GRO" = edoc', "", 1)[::-1], "agent[2].code"),
        (EARK.replace('name = "Kommunen"', 'name = "K"\nnotes = ["0570-1"]'), "agent[2].notes"),
        (f'{EARK}\n[[agent]]\nrole = "contact"\nname = "Åsa"\n', "agent[3].notes"),
        (_set(EARK, 'profile = "E-ARK"'), "profile"),
        (_set(EARK, 'profile = "file:///etc/passwd"'), "profile"),
        (_set(FGS12, 'type = "Datasets"'), "type"),
        (FGS12.replace('agreement = "EA 1;2026-01-02"', ""), "agreement"),
        (_set(EARK, 'agreement = "EA 1"'), "agreement"),
        (_set(EARK, 'agreement = "EA 1;2026-02-30"'), "agreement"),
        (_set(EARK, 'agreement = "EA 1;20260203"'), "agreement"),
        (_set(EARK, 'agreement = ";2026-01-02"'), "agreement"),
        (_set(EARK, 'previous_agreement = "x"'), "previous_agreement"),
        (_set(EARK, 'archive_name = ""'), "archive_name"),
        (_set(EARK, 'archive_name = " x"'), "archive_name"),
        (_set(EARK, 'archive_name = "a\\nb"'), "archive_name"),
        (_set(EARK, 'archive_name = "a\\u202eb"'), "archive_name"),
        (_set(EARK, f'archive_name = "{"a" * 1001}"'), "archive_name"),
        (_set(EARK, "archive_name = 7"), "archive_name"),
        (_set(EARK, 'container = "rar"'), "container"),
        (_set(EARK, 'naming = "{account}"'), "naming"),
        (_set(EARK, 'naming = "../{id}"'), "naming"),
        (_set(EARK, 'naming = "a/{id}"'), "naming"),
        (_set(EARK, 'naming = "{id"'), "naming"),
        (_set(EARK, 'naming = "{id}{"'), "naming"),
        (_set(EARK, 'naming = "{id.__class__}"'), "naming"),
        (_set(EARK, 'naming = "{id!r}"'), "naming"),
        (_set(EARK, 'naming = "{number:>999999999}"'), "naming"),
        (_set(EARK, 'naming = "{}{id}"'), "naming"),
        (_set(EARK, 'naming = ".{id}"'), "naming"),
        (_set(EARK, 'mets_name = "sip.xml"'), "mets_name"),
        (_set(FGS12, 'mets_name = "METS.xml"'), "mets_name"),
        (_set(EARK, 'status = "REPLACEMENT"'), "status"),
        (_set(EARK, 'keep = "ja"'), "keep"),
        (_set(EARK, "receiver = 1"), "receiver"),
        ('form = "eark"\nagent = 1', "agent"),
        ('form = "eark"\nagent = "abc"', "agent"),
        ('form = "eark"', "agent"),
        (EARK.replace('role = "submitter"', 'role = "contact"'), "agent"),
        (EARK.replace('role = "submitter"', 'role = "archival-creator"'), "agent[2].role"),
        (EARK.replace('role = "submitter"', 'role = "chef"'), "agent[2].role"),
        (EARK.replace('role = "submitter"', "role = 1"), "agent[2].role"),
        (EARK.replace('name = "Kommunen"', 'name = ""'), "agent[2].name"),
        (EARK.replace('name = "Kommunen"', ""), "agent[2].name"),
        (EARK.replace('code = "ORG:212000-0000"', 'code = "212000-0000"', 1), "agent[1].code"),
        (EARK.replace('code = "ORG:212000-0000"', 'code = "ORG:"', 1), "agent[1].code"),
        (FGS12.replace('code = "ORG:212000-0000"', "", 1), "agent[1].code"),
        (f'{FGS12}\n[[agent]]\nrole = "source-system"\nname = "Källan"\n', "agent[3].notes"),
        (EARK.replace('name = "Kommunen"', 'name = "K"\nnotes = "x"'), "agent[2].notes"),
        (EARK.replace('name = "Kommunen"', 'name = "K"\nnotes = ["x", 1]'), "agent[2].notes[2]"),
        (EARK.replace('name = "Kommunen"', 'name = "K"\nphone = "1"'), "agent[2].phone"),
        (f"{EARK}\n[receiver]\n", "receiver.kind"),
        (f'{EARK}\n[receiver]\nkind = "webdav"\n', "receiver.kind"),
        (f'{EARK}\n[receiver]\nkind = ["sftp"]\n', "receiver.kind"),
        (f'{EARK}\n[receiver]\nkind = "folder"\n', "receiver.path"),
        (f'{EARK}\n[receiver]\nkind = "folder"\npath = "x"\nhost = "y"\n', "receiver.host"),
        (f'{EARK}\n{SFTP}password = "hemligt"\n', "receiver.password"),
        (f'{EARK}\n{SFTP}password_env = "P"\n', "receiver.key_env"),
        (f"{EARK}\n{SFTP.replace('K', 'not a variable', 1)}", "receiver"),
        (f"{EARK}\n{SFTP}port = 0\n", "receiver.port"),
        (f"{EARK}\n{SFTP}port = true\n", "receiver.port"),
        (f'{EARK}\n{SFTP}path = "../x"\n', "receiver.path"),
        (f"{EARK}\n{SFTP.replace('h.example', 'h.example:22')}", "receiver.host"),
        (f"{EARK}\n{SFTP.replace('h.example', '-oProxyCommand=x')}", "receiver.host"),
        (f"{EARK}\n{SFTP.replace(HOST_KEY, 'ssh-ed25519')}", "receiver.host_key"),
        (f"{EARK}\n{SFTP.replace(HOST_KEY, 'ssh-ed25519 !!')}", "receiver.host_key"),
        (f"{EARK}\n{SFTP.replace('ssh-ed25519', 'ssh-rsa')}", "receiver.host_key"),
        (f'{EARK}\n{S3}key_env = "K"\n', "receiver.key_env"),
        (f'{EARK}\n{S3}prefix = "../x"\n', "receiver.prefix"),
        (f'{EARK}\n{S3}endpoint_url = "ftp://x"\n', "receiver.endpoint_url"),
        (f'{EARK}\n{S3}endpoint_url = "https://u:hemligt@x.example"\n', "receiver.endpoint_url"),
        (f'{EARK}\n{S3}endpoint_url = "https://x.example:hemligt"\n', "receiver.endpoint_url"),
        (f'{EARK}\n{S3}region = "a b"\n', "receiver.region"),
        (f"{EARK}\n{S3.replace('hink', 'x')}", "receiver.bucket"),
    ],
)
def test_what_is_wrong_is_refused_with_file_and_key(read: Reader, text: str, place: str) -> None:
    """A value that is unknown, missing or unusable is refused, naming the file and the key and no secret."""
    with pytest.raises(RefusedError) as refused:
        read(text)
    told = str(refused.value)
    assert told.startswith("prov.toml")
    assert place in told
    assert "hemligt" not in told


@pytest.mark.parametrize("name", ["../prov", "", "Prov", "prov.toml", "a/b", "prov\x00"])
def test_a_profiles_name_is_no_path(tmp_path: Path, name: str) -> None:
    """A profile is named by a slug; nothing outside the folder can be read."""
    with pytest.raises(RefusedError):
        read_profile(tmp_path, name)


def test_a_profile_that_is_not_there_names_the_others(tmp_path: Path, read: Reader) -> None:
    """A name that no file has is refused with the names that there are."""
    read(EARK)
    with pytest.raises(RefusedError, match="known: prov"):
        read_profile(tmp_path, "annan")
    with pytest.raises(RefusedError, match="known: none"):
        read_profile(tmp_path / "borta", "annan")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a = ", b"[" * 100_000, b"#" * 300_000, "a = 'å'".encode("latin-1")])
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, data: bytes) -> None:
    """A file that is not TOML in UTF-8, or far too large, is refused by name."""
    (tmp_path / "prov.toml").write_bytes(data)
    with pytest.raises(RefusedError, match=r"prov\.toml"):
        read_profile(tmp_path, "prov")


def test_every_type_of_fgs12_can_be_chosen(read: Reader) -> None:
    """Each TYPE of FGS Paketstruktur 1.2's schema is taken."""
    assert {read(_set(FGS12, f'type = "{one}"')).type for one in FGS12_TYPES} == FGS12_TYPES


def test_host_keys_are_taken_without_their_comment(read: Reader) -> None:
    """A host key as ssh-keyscan shows it is kept as kind and key alone."""
    profile = read(f"{EARK}\n{SFTP.replace(HOST_KEY, f'{HOST_KEY} arkivet@e-arkiv')}")
    assert profile.receiver is not None
    assert profile.receiver.host_key == HOST_KEY
    assert tomllib.loads(EARK)["form"] == "eark"

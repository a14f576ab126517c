"""Journeys with a real mail server and a hot folder: nothing is lost, no second Message-ID, nothing secret gets out."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.keep.own import OwnFile, write_own
from flows.register.act import decide_to_register
from flows.register.nightly import night
from schemas.ids import ItemId
from schemas.refusal import GuardError
from tests.canary.scan import Scan
from tests.cull.archive import AUTHORITY
from tests.register.world import ASKED, MARKS, REGISTRAR, World
from tests.servers.smtp import SmtpServer

ROOT = Path(__file__).parents[2]
SUBJECT = "Om sjukskrivningen 5ec1e70a1b2c3d82"
BOTH = """
[[registry]]
name = "brevet"
kind = "mail"
host = "127.0.0.1"
port = {port}
security = "none"
sender = "bevara@arvika.example"
recipient = "registrator@arvika.example"
secret_folder = "diariet"

[[registry]]
name = "diariet"
kind = "folder"
path = "../diariet"
secret_path = "../skyddat"
"""


@pytest.fixture
def mailing(tmp_path: Path, smtp_server: SmtpServer) -> World:
    """The small archive whose registrar has a mailbox, and a hot folder for what is secret."""
    return World(tmp_path / "allt").begin(BOTH.format(port=smtp_server.port))


def own_document(world: World, *files: bytes) -> ItemId:
    """A document of ours, which is quickly packed."""
    with world.open() as home:
        return write_own(
            home.ground,
            kind="certificate",
            authority=AUTHORITY,
            text="Ett dokument",
            payload={},
            at=world.at,
            act="test.made",
            files=[
                OwnFile(name=f"dokument-{number}.txt", media_type="text/plain", data=data)
                for number, data in enumerate(files or (b"text",))
            ],
        )


def ids(server: SmtpServer) -> list[str]:
    """Message-IDs of what has arrived, in order."""
    return [str(message["Message-ID"]) for message in server.messages()]


def test_an_open_record_goes_by_mail_with_everything(mailing: World, smtp_server: SmtpServer) -> None:
    """One message with the cover first, no name in its headers or body, and our name of it as Message-ID."""
    _, comment, _ = mailing.thread()
    told = mailing.command("register", "send", comment, "--registry", "brevet", "--as", REGISTRAR)
    assert told == {"sent": [comment], "waiting": [], "findings": []}
    (message,) = smtp_server.messages()
    assert message["Message-ID"] == f"<bevara-{comment}-v1.1@arvika.example>"
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == [
        "forsattsblad.pdf",
        "handling.pdf",
        "handling.xml",
        "record.xml",
        "bilaga-01.png",
        "SHA256SUMS",
    ]
    scan = Scan(MARKS.values())
    body = message.get_body()
    assert body is not None
    scan.data("headers and body", f"{message.items()} {body.get_content()}".encode())
    assert scan.found == frozenset()
    assert mailing.handed() == mailing.handed("skyddat") == {}


def test_nothing_of_a_secret_record_gets_out(mailing: World, smtp_server: SmtpServer) -> None:
    """Marks in text, author, ids, alt text and subject: in no mail, open form, database, ledger or printed line."""
    post, comment, reply = mailing.thread()
    before = _printed(mailing, "register", "send", comment, "--registry", "brevet", "--secret", "OSL 21:1")
    told = [before, mailing.text("register", "status"), mailing.text("register", "candidates")]
    other = [post, reply]
    mailing.command("register", "send", *other, "--registry", "brevet", "--as", REGISTRAR)
    with mailing.open() as home:
        told.append(str(night(home)))
        with home.ground.state.reading() as books:
            told.extend(link.body for link in books.ledger.after(0))
    scan = Scan([*MARKS.values(), SUBJECT[-16:]])
    for number, raw in enumerate(smtp_server.raw()):
        scan.data(f"message {number}", raw)
    for message in smtp_server.messages():
        for part in message.walk():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                scan.data("part", payload)
    scan.folder("open", mailing.root / "diariet")
    scan.folder("state", mailing.path / "state")
    scan.data("told", "\n".join(told).encode())
    assert scan.places == {}
    control = Scan([*MARKS.values(), SUBJECT[-16:]])
    control.folder("secret", mailing.root / "skyddat")
    assert control.found == {*MARKS.values(), SUBJECT[-16:]}
    first = smtp_server.messages()[0]
    body = first.get_body()
    assert body is not None
    assert first["Subject"] == "Ny handling att registrera"
    assert f"bevara-{comment}-v1" in body.get_content()
    assert "diariet" in body.get_content()
    assert list(first.iter_attachments()) == []


def _printed(world: World, *arguments: str) -> str:
    return world.text(*arguments, "--subject", SUBJECT, "--as", REGISTRAR)


def test_faults_of_the_server_lose_nothing(mailing: World, smtp_server: SmtpServer) -> None:
    """Hung up before, in the middle and after: every record arrives, repeats carry the same id and are told of."""
    items = [own_document(mailing) for _ in range(4)]
    smtp_server.fail("drop-stored", "drop-unstored", "drop-after", "rcpt-550")
    arguments = ("register", "send", *items, "--registry", "brevet", "--as", REGISTRAR)
    told = mailing.command(*arguments, code=10)
    assert told["sent"] == [items[2]]
    assert {one["item"]: one["standing"] for one in told["waiting"]} == {
        items[0]: "sending",
        items[1]: "sending",
        items[3]: "decided",
    }
    assert [one["code"] for one in told["findings"]] == ["J113", "J113", "J114"]
    told = mailing.command("register", "dispatch", code=3)
    assert sorted(told["sent"]) == sorted([items[0], items[1], items[3]])
    assert [one["code"] for one in told["findings"]] == ["J115", "J115"]
    assert sorted(set(ids(smtp_server))) == sorted(f"<bevara-{item}-v1.1@arvika.example>" for item in items)
    assert [mailing.way(item).repeats for item in items] == [1, 1, 0, 0]
    assert smtp_server.raw()[0] == next(
        raw for raw, name in list(zip(smtp_server.raw(), ids(smtp_server), strict=True))[1:] if items[0] in name
    )
    assert mailing.command("register", "dispatch")["sent"] == []
    assert len(smtp_server.raw()) == 5


def test_killed_while_the_server_answers(mailing: World, smtp_server: SmtpServer) -> None:
    """SIGKILL after the server has stored the message: the night repeats it under the same id and says so, once."""
    item = own_document(mailing)
    with mailing.open() as home:
        decide_to_register(home, [item], REGISTRAR, "brevet")
    smtp_server.fail("slow-30")
    command = [sys.executable, "-m", "flows", "--home", str(mailing.path), "--at", mailing.at.isoformat()]
    child = subprocess.Popen([*command, "register", "dispatch"], cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not smtp_server.raw() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert mailing.way(item).standing == "sending"
    with mailing.open() as home:
        done = night(home)
    assert (done.sent, [one.code for one in done.findings if one.subject == item]) == (1, ["J115"])
    assert len(ids(smtp_server)) == 2
    assert len(set(ids(smtp_server))) == 1
    with mailing.open() as home:
        assert [one.code for one in night(home).findings if one.subject == item] == []
    assert len(ids(smtp_server)) == 2


def test_killed_at_every_point_of_sending(mailing: World, smtp_server: SmtpServer) -> None:
    """At each write the process ends and another goes on: it arrives, under one id, repeats told of, folders whole."""
    item = own_document(mailing)
    with mailing.open() as home:
        decide_to_register(home, [item], REGISTRAR, "brevet")
    mailing.mark(item, "sekretess", provision="OSL 18:8")
    (mailing.root / "at").write_text(mailing.at.isoformat(), "ascii")
    command = [sys.executable, "-m", "tests.register.kills", str(mailing.root), str(smtp_server.folder), item]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["problems"] == {}
    assert told["stored"]
    assert told["points"] >= 12
    assert told["repeated"] >= 1


def test_a_package_whose_notice_was_refused_has_arrived_all_the_same(mailing: World, smtp_server: SmtpServer) -> None:
    """The secret package lies in its folder, so it can no longer be declined; the notice alone follows, no repeat."""
    item = own_document(mailing)
    smtp_server.fail("rcpt-550")
    arguments = ("register", "send", item, "--registry", "brevet", "--secret", "OSL 18:8", "--as", REGISTRAR)
    told = mailing.command(*arguments, code=3)
    assert [one["code"] for one in told["findings"]] == ["J114"]
    assert mailing.way(item).standing == "sending"
    package = mailing.handed("skyddat")
    mailing.mark(item, "ringa")
    with pytest.raises(GuardError, match="G-REGISTERED"):
        mailing.command("register", "decline", item, "--as", REGISTRAR, "--reason", "nej")
    assert mailing.command("register", "dispatch") == {"sent": [item], "waiting": [], "findings": []}
    assert mailing.handed("skyddat") == package
    assert len(ids(smtp_server)) == 1
    assert mailing.way(item).repeats == 0


def test_a_parcel_in_parts_goes_on_where_it_broke(mailing: World, smtp_server: SmtpServer) -> None:
    """Cut to the limit; what was acknowledged is not sent again; each part has an id of its own and keeps it."""
    mailing.settings(BOTH.format(port=smtp_server.port).replace("security", "limit_mb = 1\nsecurity"))
    item = own_document(mailing, *(bytes([number]) * 600_000 for number in range(3)))
    smtp_server.fail("-", "drop-unstored")
    arguments = ("register", "send", item, "--registry", "brevet", "--as", REGISTRAR)
    assert mailing.command(*arguments, code=10)["waiting"] == [{"item": item, "standing": "sending"}]
    told = mailing.command("register", "dispatch", code=3)
    assert [one["code"] for one in told["findings"]] == ["J115"]
    found = ids(smtp_server)
    assert found == [f"<bevara-{item}-v1.{part}@arvika.example>" for part in range(1, len(found) + 1)]
    assert mailing.way(item).parts == len(found) == 3
    names = [part.get_filename() for one in smtp_server.messages() for part in one.iter_attachments()]
    assert len(names) == len(set(names)) == 7


def test_what_no_message_takes_goes_to_the_hot_folder(mailing: World, smtp_server: SmtpServer) -> None:
    """A file larger than the limit: the package lies in the folder, and the mail tells where, without files."""
    mailing.settings(BOTH.format(port=smtp_server.port).replace("security", "limit_mb = 1\nsecurity"))
    item = own_document(mailing, bytes(1_200_000))
    mailing.command("register", "send", item, "--registry", "brevet", "--as", REGISTRAR)
    ((name, files),) = mailing.handed().items()
    assert len(files["dokument-0.txt"]) == 1_200_000
    (message,) = smtp_server.messages()
    body = message.get_body()
    assert body is not None
    assert name in body.get_content()
    assert list(message.iter_attachments()) == []


def test_a_registry_that_is_away_is_asked_again(world: World) -> None:
    """Without its folder: exit 10, nothing lost, the record may still be decided anew; sent when it is back."""
    (item,) = world.add([world.row("comment", ASKED, own=False)])
    (world.root / "diariet").rmdir()
    arguments = ("register", "send", item, "--as", REGISTRAR)
    told = world.command(*arguments, code=10)
    assert told["waiting"] == [{"item": item, "standing": "decided"}]
    assert [one["code"] for one in told["findings"]] == ["J113"]
    assert item not in world.candidates()
    (world.root / "diariet").mkdir()
    with world.open() as home:
        assert night(home).sent == 1
    (files,) = world.handed().values()
    assert "handling.pdf" in files
    assert world.way(item).repeats == 0


def test_what_the_registry_lost_is_sent_again_by_a_registrar(mailing: World, smtp_server: SmtpServer) -> None:
    """Again, under the same id, with the name of who asked in the ledger; what was not sent cannot be sent again."""
    item = own_document(mailing)
    mailing.command("register", "send", item, "--registry", "brevet", "--as", REGISTRAR)
    told = mailing.command("register", "dispatch", item, "--again", "--as", REGISTRAR, code=3)
    assert [one["code"] for one in told["findings"]] == ["J115"]
    assert len(ids(smtp_server)) == 2
    assert len(set(ids(smtp_server))) == 1
    assert "register.again" in mailing.acts(item)
    mailing.command("register", "confirm", item, "KS 2026/1", "--as", REGISTRAR)
    with contextlib.suppress(ValueError):
        mailing.command("register", "dispatch", item, "--again", "--as", REGISTRAR)
    assert len(ids(smtp_server)) == 2


def test_parts_that_arrived_before_a_refusal_are_not_sent_again(mailing: World, smtp_server: SmtpServer) -> None:
    """The second part is refused for good: the record counts as on its way, and the next try sends the others alone."""
    mailing.settings(BOTH.format(port=smtp_server.port).replace("security", "limit_mb = 1\nsecurity"))
    item = own_document(mailing, *(bytes([number]) * 600_000 for number in range(3)))
    smtp_server.fail("-", "rcpt-550")
    arguments = ("register", "send", item, "--registry", "brevet", "--as", REGISTRAR)
    told = mailing.command(*arguments, code=3)
    assert [one["code"] for one in told["findings"]] == ["J114"]
    assert mailing.way(item).standing == "sending"
    assert mailing.command("register", "dispatch")["findings"] == []
    assert ids(smtp_server) == [f"<bevara-{item}-v1.{part}@arvika.example>" for part in (1, 2, 3)]

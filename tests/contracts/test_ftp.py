"""The port Receiving over FTP and FTPS, on a real server with faults and on lines that answer nonsense."""

from __future__ import annotations

import hashlib
import io
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from connectors.receivers import open_receiver
from connectors.receivers.ftp import CHUNK, FtpReceiver
from connectors.receivers.settings import read_receiver
from schemas.codes import sentence
from schemas.delivery import Receiver
from schemas.neighbours import ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError
from tests.servers.ftp import PASSWORD, USER, FtpServer, make_certificates, running

NAME = "bevara-2026-0017.tar"
DATA = bytes(range(256)) * 27_000  # six chunks and a half
DIGEST = hashlib.sha256(DATA).hexdigest()
BESIDE = f".{NAME}.{DIGEST[:16]}.part"
_numbers = itertools.count(1)


@pytest.fixture(params=["ftp", "ftps"])
def server(request: pytest.FixtureRequest) -> Iterator[FtpServer]:
    """Each server, whose fault ends with the test."""
    found: FtpServer = request.getfixturevalue(f"{request.param}_server")
    found.fail("")
    found.commands()
    yield found
    found.fail("")


def _values(server: FtpServer, folder: str = "") -> Receiver:
    return Receiver(
        kind="ftps" if server.ca_file else "ftp",
        host=server.host,
        port=server.port,
        path=folder,
        user=USER,
        password_env="ORD",
        ca_file=str(server.ca_file or ""),
    )


def _receiver(values: Receiver, password: str = PASSWORD) -> FtpReceiver:
    return FtpReceiver(
        values,
        password=password,
        ca_file=Path(values.ca_file) if values.ca_file else None,
        connect_timeout=5,
        idle_timeout=5,
    )


def _place(server: FtpServer) -> tuple[FtpReceiver, Path]:
    """A receiver with a folder of its own, and the folder as we see it."""
    folder = server.below(f"film-{next(_numbers)}")
    return _receiver(_values(server, folder.name)), folder


def _source(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


def _deliver(receiver: FtpReceiver, data: bytes = DATA) -> str:
    return receiver.deliver(NAME, _source(data), len(data), hashlib.sha256(data).hexdigest()).sha256


def _code(receiver: FtpReceiver) -> str:
    with pytest.raises(ReceiverRefusedError) as refused:
        _deliver(receiver)
    assert str(refused.value) == f"{receiver.place}: {refused.value.code}"
    return refused.value.code


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_line_cut_at_99_per_cent_is_taken_up(server: FtpServer) -> None:
    """What came before the line broke is kept: the next delivery sends the last hundredth alone."""
    receiver, folder = _place(server)
    server.fail(f"cut-{len(DATA) * 99 // 100}")
    with pytest.raises(UnreachableError) as error:
        _deliver(receiver)
    assert NAME not in str(error.value)
    assert _names(folder) == [BESIDE]
    assert (folder / BESIDE).stat().st_size == len(DATA) * 99 // 100
    server.fail(f"cut-{len(DATA) // 50}")  # far fewer bytes than a beginning anew would need
    assert _deliver(receiver) == DIGEST
    assert (folder / NAME).read_bytes() == DATA
    assert _names(folder) == [NAME, f"{NAME}.sha256"]


def test_a_server_without_restart_is_appended_to(server: FtpServer) -> None:
    """Where REST is not known, the rest is appended after all of what lies there has been compared."""
    receiver, folder = _place(server)
    (folder / BESIDE).write_bytes(DATA[: 5 * CHUNK])
    server.fail("no-rest")
    assert _deliver(receiver) == DIGEST
    assert (folder / NAME).read_bytes() == DATA
    commands = server.commands()
    assert (commands.count("APPE"), commands.count("STOR")) == (1, 1)  # the rest; and the digest's file


def test_a_server_that_can_go_on_nowhere_is_sent_everything(server: FtpServer) -> None:
    """Where neither REST nor APPE is known, the file is written from the beginning."""
    receiver, folder = _place(server)
    (folder / BESIDE).write_bytes(DATA[:CHUNK])
    server.fail("no-resume")
    assert _deliver(receiver) == DIGEST
    assert (folder / NAME).read_bytes() == DATA


@pytest.mark.parametrize(
    "there",
    [b"", b"x", DATA[:-1] + b"x", b"x" + DATA[1:], b"x" + DATA[1 : 4 * CHUNK], DATA, DATA + b"x"],
    ids=["empty", "other", "last byte", "first byte", "damaged beginning", "whole", "longer"],
)
def test_what_lies_there_is_compared(server: FtpServer, there: bytes) -> None:
    """An unfinished file is kept only as far as it is ours; whatever else lies there, the right bytes arrive."""
    receiver, folder = _place(server)
    (folder / BESIDE).write_bytes(there)
    assert _deliver(receiver) == DIGEST
    assert (folder / NAME).read_bytes() == DATA
    assert _names(folder) == [NAME, f"{NAME}.sha256"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("denied", "A233"),
        ("full", "A232"),
        (f"full-{2 * CHUNK}", "A232"),
        ("garble", "A236"),
        ("no-size", "A234"),
        ("moved", "A233"),
    ],
)
def test_faults_are_told_apart(server: FtpServer, fault: str, code: str) -> None:
    """A server that will not take the file, or keeps something else, leaves none of the name and its own code."""
    receiver, folder = _place(server)
    server.fail(fault)
    assert _code(receiver) == code
    assert NAME not in _names(folder)
    server.fail("")
    assert _deliver(receiver) == DIGEST


def test_no_room_loses_nothing_that_came(server: FtpServer) -> None:
    """A disk that is full once more does not throw away what was there before."""
    receiver, folder = _place(server)
    (folder / BESIDE).write_bytes(DATA[: 3 * CHUNK])
    server.fail("full")
    assert _code(receiver) == "A232"
    assert (folder / BESIDE).read_bytes() == DATA[: 3 * CHUNK]


def test_a_drop_box_that_cannot_be_read(server: FtpServer) -> None:
    """Where nothing may be read, the arrival names no digest; a repeat cannot be told from another file (A237)."""
    receiver, folder = _place(server)
    (folder / BESIDE).write_bytes(DATA[:CHUNK])
    server.fail("unreadable")
    assert _deliver(receiver) == ""
    assert (folder / NAME).read_bytes() == DATA
    assert _code(receiver) == "A237"


def test_a_stranger_who_comes_meanwhile_is_spared(server: FtpServer) -> None:
    """A file that gets the name while ours is on its way is not written over (A231)."""
    receiver, folder = _place(server)

    class Slow(io.BytesIO):
        """A source during whose reading somebody else delivers."""

        def read(self, size: int | None = -1, /) -> bytes:
            """Read, after the other one came."""
            (folder / NAME).write_bytes(b"annat")
            return super().read(size)

    with pytest.raises(ReceiverRefusedError) as refused:
        receiver.deliver(NAME, lambda: Slow(DATA), len(DATA), DIGEST)
    assert refused.value.code == "A231"
    assert (folder / NAME).read_bytes() == b"annat"


@pytest.mark.parametrize("name", [NAME, f"{NAME}.sha256", BESIDE])
def test_a_folder_in_the_way_is_refused(server: FtpServer, name: str) -> None:
    """A folder under a name that a delivery uses is a stranger (A231), and stays."""
    receiver, folder = _place(server)
    (folder / name).mkdir()
    assert _code(receiver) == "A231"
    assert (folder / name).is_dir()


def test_missing_folders_and_wrong_passwords(server: FtpServer) -> None:
    """A folder that is not there is A234, a wrong password A233, and neither is told."""
    assert _code(_receiver(_values(server, "finns/inte å"))) == "A234"
    assert _code(_receiver(_values(server), "felaktigt å")) == "A233"


def test_a_busy_server_is_asked_again_later(server: FtpServer) -> None:
    """A server with too many guests (421) is unreachable, no refusal."""
    receiver, _ = _place(server)
    server.fail("busy")
    with pytest.raises(UnreachableError):
        _deliver(receiver)


def test_a_server_that_hangs_is_given_up(ftp_server: FtpServer) -> None:
    """A server that takes no bytes for the idle time is unreachable; a port that says nothing is, too."""
    ftp_server.fail("hang")
    receiver = FtpReceiver(_values(ftp_server), password=PASSWORD, idle_timeout=0.5)
    begun = time.monotonic()
    try:
        with pytest.raises(UnreachableError):
            receiver.deliver(f"hang-{next(_numbers)}.tar", _source(DATA), len(DATA), DIGEST)
    finally:
        ftp_server.fail("")
    assert time.monotonic() - begun < 20
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        values = replace(_values(ftp_server), port=silent.getsockname()[1])
        with pytest.raises(UnreachableError):
            FtpReceiver(values, password=PASSWORD, connect_timeout=0.3).deliver(NAME, _source(b""), 0, DIGEST)


# Encryption


def test_only_a_certificate_of_ours_is_trusted(ftps_server: FtpServer, tmp_path: Path) -> None:
    """A certificate from elsewhere, or for another name, is refused before the password is sent (A235)."""
    ftps_server.commands()
    other = make_certificates(tmp_path)
    values = _values(ftps_server)
    assert _code(_receiver(replace(values, ca_file=str(other)))) == "A235"
    assert _code(_receiver(replace(values, ca_file=""))) == "A235"
    assert "USER" not in ftps_server.commands()
    (tmp_path / "annan").mkdir()
    with running(tmp_path / "annan", certified="ftp.annan.example") as server:
        assert _code(_receiver(_values(server))) == "A235"
        assert "USER" not in server.commands()


def test_files_go_encrypted(ftps_server: FtpServer) -> None:
    """Under FTPS both the commands and the files are encrypted."""
    ftps_server.commands()
    receiver, _ = _place(ftps_server)
    _deliver(receiver)
    assert {"AUTH", "PBSZ", "PROT"} <= set(ftps_server.commands())
    assert (receiver.place, receiver.warning) == ("ftps:127.0.0.1", "")


def test_a_server_without_encryption_is_not_told_the_password(ftp_server: FtpServer, ftps_server: FtpServer) -> None:
    """A profile that says FTPS never falls back: A239, and the server has heard neither user nor password."""
    ftp_server.commands()
    assert _code(_receiver(replace(_values(ftps_server), port=ftp_server.port))) == "A239"
    assert not {"USER", "PASS"} & set(ftp_server.commands())


def test_plain_ftp_warns(ftp_server: FtpServer) -> None:
    """Plain FTP is used where it is named, and says that it is open on the line (A238)."""
    receiver, _ = _place(ftp_server)
    assert (receiver.place, receiver.warning) == ("ftp:127.0.0.1", "A238")
    for code in ("A238", "A239"):
        assert sentence(code, "sv") != sentence(code, "en") != code


@pytest.mark.parametrize("content", [None, b"", b"inget certifikat", b"\xff\xfe"])
def test_unusable_certificates_are_refused(tmp_path: Path, content: bytes | None) -> None:
    """A file that is not there, or holds no certificate, is refused by its field before anything is asked."""
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    values = Receiver(kind="ftps", host="ftp.example", user=USER, password_env="ORD", ca_file="ca.pem")
    with pytest.raises(RefusedError) as refused:
        open_receiver(values, tmp_path, {"ORD": PASSWORD}.get)
    assert refused.value.field == "receiver.ca_file"


# Nonsense


@contextmanager
def _scripted(greeting: bytes, replies: dict[str, bytes]) -> Iterator[int]:
    """A server that answers each command as it is told (else ``200 ok``); its port."""

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            line, _ = listener.accept()
            with line, line.makefile("rb") as asked:
                line.sendall(greeting)
                for command in asked:
                    word = command.split()[0].decode("ascii").upper()
                    line.sendall(replies.get(word, b"200 ok\r\n"))

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


_LOGIN = {"USER": b"331 password\r\n", "PASS": b"230 in\r\n"}
_ABSENT = {**_LOGIN, "SIZE": b"550 no\r\n", "NLST": b"550 no\r\n"}


@pytest.mark.parametrize(
    ("greeting", "replies", "code"),
    [
        (b"220-x\r\n" * 100_000, {}, "A234"),
        (b"2" * 100_000, {}, "A234"),
        (b"\xff\xfe\x00\r\n", {}, "A234"),
        (b"hej\r\n", {}, "A234"),
        ("220 Välkommen\r\n".encode("latin-1"), {"USER": b"530 nej \xe5\r\n"}, "A233"),
        (b"220 a\r\n", {**_LOGIN, "SIZE": b"213 many\r\n"}, "A234"),
        (b"220 a\r\n", {**_LOGIN, "SIZE": b"213 -1\r\n"}, "A234"),
        (b"220 a\r\n", {**_LOGIN, "SIZE": b"213 " + b"9" * 5000 + b"\r\n"}, "A234"),
        (b"220 a\r\n", {**_LOGIN, "SIZE": b"250 a\r\n"}, "A234"),
        (b"220 a\r\n", {**_ABSENT, "PASV": b"227 (1,2,3,4," + b"9" * 5000 + b",1)\r\n"}, "A234"),
        (b"220 a\r\n", {**_ABSENT, "PASV": b"227 nowhere\r\n"}, "A234"),
    ],
)
def test_nonsense_is_a_refusal(greeting: bytes, replies: dict[str, bytes], code: str) -> None:
    """Replies without end, without form or with absurd numbers are refused soon, and nothing of them is told."""
    with _scripted(greeting, replies) as port:
        values = Receiver(kind="ftp", host="127.0.0.1", port=port, user=USER, password_env="ORD")
        assert _code(_receiver(values)) == code


def test_an_address_in_a_reply_is_not_followed() -> None:
    """A server that sends us elsewhere for the file is taken at its own address: nobody else is connected to."""
    with closing(socket.create_server(("127.0.0.2", 0))) as victim:
        victim.settimeout(0.2)
        high, low = divmod(victim.getsockname()[1], 256)
        reply = f"227 (127,0,0,2,{high},{low})\r\n".encode()
        with _scripted(b"220 a\r\n", {**_ABSENT, "PASV": reply}) as port:
            values = Receiver(kind="ftp", host="127.0.0.1", port=port, user=USER, password_env="ORD")
            with pytest.raises(UnreachableError):
                _deliver(_receiver(values))
        with pytest.raises(TimeoutError):
            victim.accept()


# Settings


_TABLE = {"kind": "ftps", "host": "ftp.kb.example", "user": "arvika", "password_env": "ORD"}


def test_a_table_names_the_server() -> None:
    """FTP and FTPS need host, user and a variable; the port is 21 unless told; a private authority is FTPS's alone."""
    assert read_receiver("p", _TABLE) == Receiver(
        kind="ftps", host="ftp.kb.example", port=21, user="arvika", password_env="ORD"
    )
    assert read_receiver("p", {**_TABLE, "ca_file": "kb.pem", "path": "in/film", "port": 2121}) == Receiver(
        kind="ftps",
        host="ftp.kb.example",
        port=2121,
        path="in/film",
        user="arvika",
        password_env="ORD",
        ca_file="kb.pem",
    )
    assert read_receiver("p", {**_TABLE, "kind": "ftp"}).kind == "ftp"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"host": ""}, "p.host"),
        ({"host": "ftp://kb.example"}, "p.host"),
        ({"user": "a b"}, "p.user"),
        ({"password_env": ""}, "p.password_env"),
        ({"password_env": "hemligt ord"}, "p.password_env"),
        ({"password": "hemligt"}, "p.password"),
        ({"path": "../ut"}, "p.path"),
        ({"path": "in\r\nDELE x"}, "p.path"),
        ({"port": 0}, "p.port"),
        ({"port": 65_536}, "p.port"),
        ({"key_env": "NYCKEL"}, "p.key_env"),
        ({"host_key": "ssh-ed25519 AAAA"}, "p.host_key"),
        ({"kind": "ftp", "ca_file": "kb.pem"}, "p.ca_file"),
    ],
)
def test_unusable_tables_are_refused(change: dict[str, object], field: str) -> None:
    """A key that is missing, unusable or of another kind is refused by its place, and no secret is repeated."""
    with pytest.raises(RefusedError) as refused:
        read_receiver("p", {**_TABLE, **change})
    assert refused.value.field == field
    assert "hemligt" not in str(refused.value)

"""A real FTP server in a process of its own (pyftpdlib), with and without TLS, and with faults on demand.

Run as a program it is the server: ``python -m tests.servers.ftp FOLDER [CERTIFICATE]``, serving ``FOLDER/files``; with a
certificate it lets nobody in before ``AUTH TLS`` and ``PROT P``. ``FOLDER/fault`` names what goes wrong, until it is
removed:

* ``cut-N``: both lines break once N bytes have come in a session. ``hang``: nothing more is read.
* ``full``: 552 before anything is written. ``full-N``: the disk is full after N bytes (426, as the system says it).
* ``denied``: writing is not permitted. ``unreadable``: files may not be read. ``garble``: every byte is kept as another.
* ``no-rest``: ``REST`` is not known. ``no-resume``: nor is ``APPE``. ``no-size``: ``SIZE`` is not known.
* ``busy``: 421 instead of a greeting. ``moved``: a rename does nothing and fails.
* ``taken``: a ``.tar`` that has its name is taken out of the folder at once, and no other file is let in.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
USER = "leverans"
PASSWORD = "hemligt-prov"
_PATIENCE = 30.0


@dataclass(slots=True)
class FtpServer:
    """The server as tests see it.

    Attributes:
        folder: its files and fault. port: where it listens. ca_file: certificate that signed the server's, or None
            without TLS.
    """

    folder: Path
    port: int
    ca_file: Path | None = None
    host: str = "127.0.0.1"

    @property
    def files(self) -> Path:
        """The folder it serves."""
        return self.folder / "files"

    def below(self, name: str) -> Path:
        """A new folder among its files, as we see it."""
        (self.files / name).mkdir()
        return self.files / name

    def fail(self, fault: str) -> None:
        """What goes wrong from now on; empty = nothing."""
        path = self.folder / "fault"
        if fault:
            beside = path.with_name("fault.part")
            beside.write_text(fault, "ascii")
            beside.replace(path)
        else:
            path.unlink(missing_ok=True)

    def commands(self) -> list[str]:
        """Names of the commands that came since the last look."""
        path = self.folder / "commands"
        found = path.read_text("utf-8").split() if path.exists() else []
        path.unlink(missing_ok=True)
        return found


@pytest.fixture(scope="session")
def ftp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpServer]:
    """A running FTP server without TLS; tests use folders of their own below its files."""
    with running(tmp_path_factory.mktemp("ftp")) as server:
        yield server


@pytest.fixture(scope="session")
def ftps_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpServer]:
    """A running FTP server that takes nothing without TLS; tests use folders of their own below its files."""
    with running(tmp_path_factory.mktemp("ftps"), certified="localhost") as server:
        yield server


@contextmanager
def running(folder: Path, *, certified: str = "") -> Iterator[FtpServer]:
    """A server for the block.

    Args:
        certified: host name that its certificate is for; empty = no TLS.
    """
    (folder / "files").mkdir()
    command = [sys.executable, "-m", "tests.servers.ftp", str(folder)]
    ca_file = make_certificates(folder, certified) if certified else None
    if ca_file is not None:
        command.append(str(folder / "server.pem"))
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=ROOT)
    assert process.stdout is not None
    try:
        told = process.stdout.readline()
        if not told:
            raise RuntimeError(f"the FTP server does not start: {(folder / 'log').read_text()[-2000:]}")
        yield FtpServer(folder, int(told), ca_file)
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def make_certificates(folder: Path, host: str = "localhost") -> Path:
    """An authority of our own (``ca.pem``, returned), and by it ``server.pem``: key and certificate for the host.

    ``localhost`` stands for 127.0.0.1 too.
    """
    from cryptography import x509  # noqa: PLC0415 - only where TLS is tested
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("Provutfärdare", host)]
    now = dt.datetime.now(dt.UTC)

    def certificate(subject: int, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(names[subject])
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=subject == 0, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    own = certificate(0, authority).sign(authority, hashes.SHA256())
    addresses: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == "localhost":
        addresses.append(x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")))
    its = (
        certificate(1, server)
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .sign(authority, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = server.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(own.public_bytes(pem))
    (folder / "server.pem").write_bytes(secret + its.public_bytes(pem))
    return folder / "ca.pem"


def _serve(folder: Path, certificate: Path | None) -> None:
    """Serve until the process ends."""
    from pyftpdlib.authorizers import DummyAuthorizer  # noqa: PLC0415 - the server's own process alone
    from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_DTPHandler, TLS_FTPHandler  # noqa: PLC0415 - as above
    from pyftpdlib.servers import FTPServer  # noqa: PLC0415 - as above

    logging.basicConfig(level=logging.ERROR)
    handler = _commands(TLS_FTPHandler if certificate else FTPHandler, folder)
    handler.dtp_handler = _data(TLS_DTPHandler if certificate else DTPHandler)
    if certificate:
        handler.certfile = str(certificate)
        handler.tls_control_required = handler.tls_data_required = True
    handler.authorizer = DummyAuthorizer()
    handler.authorizer.add_user(USER, PASSWORD, str(folder / "files"), perm="elradfmwMT")
    handler.auth_failed_timeout = 0.1
    server = FTPServer(("127.0.0.1", 0), handler)
    print(server.socket.getsockname()[1], flush=True)  # noqa: T201 - the parent reads it
    server.serve_forever(handle_exit=False)


def _commands(base: Any, folder: Path) -> Any:
    """The handler of the command line, with faults."""

    class Commands(base):  # type: ignore[misc]
        """Commands, until one is to fail."""

        received = 0

        @property
        def fault(self) -> str:
            """What is to go wrong now."""
            try:
                return (folder / "fault").read_text("ascii")
            except FileNotFoundError:
                return ""

        def handle(self) -> None:
            """Greet."""
            if self.fault == "busy":
                self.respond("421 Too many connections.")
                self.close_when_done()
            else:
                super().handle()

        def process_command(self, cmd: str, *args: Any, **kwargs: Any) -> None:
            """Note the command, and do it unless it is to fail."""
            with (folder / "commands").open("a", encoding="utf-8") as noted:
                noted.write(f"{cmd}\n")
            unknown = {"no-rest": {"REST"}, "no-resume": {"REST", "APPE"}, "no-size": {"SIZE"}}
            fault = self.fault
            if cmd in unknown.get(fault, ()):
                self.respond(f"502 {cmd} not implemented.")
            elif cmd in {"STOR", "APPE"} and fault in {"full", "denied"}:
                self.respond("552 Exceeded storage allocation." if fault == "full" else "550 Permission denied.")
            elif cmd == "RETR" and fault == "unreadable":
                self.respond("550 Permission denied.")
            elif (cmd, fault) == ("RNTO", "moved") or ((cmd, fault) == ("STOR", "taken") and ".sha256" in args[0]):
                self.respond("550 No.")
            else:
                super().process_command(cmd, *args, **kwargs)
                _take(fault, cmd, *args)

    return Commands


def _take(fault: str, cmd: str, *args: Any) -> None:
    """Take a whole file in, as a receiver that looks into its folder all the time."""
    if fault == "taken" and cmd == "RNTO" and args[0].endswith(".tar"):
        named = Path(args[0])
        named.rename(named.with_name(f"inne-{len(list(named.parent.iterdir()))}"))


def _data(base: Any) -> Any:
    """The handler of a data connection, with faults."""

    class Data(base):  # type: ignore[misc]
        """Bytes that come in, until they are to fail."""

        def handle_read(self) -> None:
            """Read, unless nothing is to be read."""
            if self.cmd_channel.fault == "hang":
                time.sleep(0.01)
                return
            super().handle_read()

        handle_read_event = base.handle_read_event if hasattr(base, "secure_connection") else handle_read

        def recv(self, buffer_size: int) -> bytes:
            """Bytes as they are to be kept."""
            data: bytes = super().recv(buffer_size)
            commands, fault = self.cmd_channel, self.cmd_channel.fault
            word, _, number = fault.rpartition("-")
            if word == "full" and commands.received + len(data) > int(number):
                self._resp = ("426 No space left on device; transfer aborted.", logging.debug)
                self.close()
                return b""
            if word == "cut":
                left = int(number) - commands.received
                if left <= 0:
                    commands.close()
                    return b""
                data = data[:left]
            commands.received += len(data)
            return bytes(one ^ 1 for one in data) if fault == "garble" else data

    return Data


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)

"""A real SMTP server in a process of its own (aiosmtpd), with faults on demand.

Run as a program it is the server: ``python -m tests.servers.smtp FOLDER [--port N] [--tls CERT KEY] [--at-once]``
(TLS from the first byte instead of STARTTLS). Messages it has
taken lie in ``FOLDER/<number>.eml`` as received. ``FOLDER/faults`` holds one fault per line; each message that a client
begins takes the first line:

* ``mail-NNN``, ``rcpt-NNN``, ``data-NNN``: answer that command (the whole message, for ``data``) with the code.
* ``drop-at-mail``: hang up when the sender is named.
* ``drop-unstored``: read the whole message, forget it and hang up without an answer.
* ``drop-stored``: read the whole message, keep it and hang up without an answer.
* ``drop-after``: keep it, answer 250 and hang up.
* ``slow-SECONDS``: keep it and wait before the answer.
* ``-``: no fault.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import email.policy
import ipaddress
import os
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
_PATIENCE = 30.0


@dataclass(slots=True)
class SmtpServer:
    """The server as tests see it.

    Attributes:
        folder: where its messages and faults lie. certificate: file a client is to trust, or None without TLS.
        at_once: TLS from the first byte.
    """

    folder: Path
    certificate: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    at_once: bool = False
    _key: Path | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, on the same port as before if it was started before."""
        command = [sys.executable, "-m", "tests.servers.smtp", str(self.folder), "--port", str(self.port)]
        if self.certificate is not None and self._key is not None:
            command += ["--tls", str(self.certificate), str(self._key)]
        if self.at_once:
            command.append("--at-once")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=ROOT)
        assert self._process.stdout is not None
        told = self._process.stdout.readline()
        if not told:
            raise RuntimeError(f"the SMTP server does not start: {(self.folder / 'log').read_text()[-2000:]}")
        self.port = int(told)

    def stop(self) -> None:
        """Stop it; connections to its port are refused."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def clear(self) -> None:
        """Forget messages and faults, and start it again if a test has stopped it."""
        for path in (*self.folder.glob("*.eml"), self.folder / "faults"):
            path.unlink(missing_ok=True)
        if self._process is None:
            self.start()

    def fail(self, *faults: str) -> None:
        """What happens to the next messages, one fault each."""
        _put(self.folder / "faults", "".join(f"{one}\n" for one in faults).encode())

    def raw(self) -> list[bytes]:
        """Every message taken, in order, as received."""
        return [path.read_bytes() for path in sorted(self.folder.glob("*.eml"))]

    def messages(self) -> list[EmailMessage]:
        """Every message taken, in order, read."""
        parser = BytesParser(_class=EmailMessage, policy=email.policy.default)
        return [parser.parsebytes(one) for one in self.raw()]

    def context(self) -> ssl.SSLContext:
        """A TLS context that trusts this server alone."""
        return ssl.create_default_context(cafile=None if self.certificate is None else str(self.certificate))


@pytest.fixture(scope="session")
def _smtp_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpServer]:
    with running(tmp_path_factory.mktemp("smtp")) as server:
        yield server


@pytest.fixture(scope="session")
def _smtp_tls_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpServer]:
    with running(tmp_path_factory.mktemp("smtp-tls"), tls=True) as server:
        yield server


@pytest.fixture
def smtp_server(_smtp_process: SmtpServer) -> SmtpServer:
    """A running SMTP server without TLS, empty."""
    _smtp_process.clear()
    return _smtp_process


@pytest.fixture
def smtp_tls_server(_smtp_tls_process: SmtpServer) -> SmtpServer:
    """A running SMTP server that takes mail after STARTTLS only, empty."""
    _smtp_tls_process.clear()
    return _smtp_tls_process


@contextlib.contextmanager
def running(folder: Path, *, tls: bool = False, at_once: bool = False) -> Iterator[SmtpServer]:
    """A running server with its files in a new folder below ``folder``."""
    own = Path(tempfile.mkdtemp(prefix="smtp-", dir=folder))
    server = SmtpServer(own, at_once=at_once)
    if tls:
        server.certificate, server._key = _certificate(own)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    from cryptography import x509  # noqa: PLC0415 - only where TLS is tested
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    first, second = folder / "certificate.pem", folder / "key.pem"
    first.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    second.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return first, second


def _put(path: Path, data: bytes) -> None:
    """Write a file in one step, so that the other process never reads half of it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    beside.write_bytes(data)
    beside.replace(path)


class _Handler:
    """What the server does with commands and messages."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = max((int(path.stem) for path in folder.glob("*.eml")), default=0)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the next fault."""
        session.fault = self._next()
        if session.fault == "drop-at-mail":
            server.transport.abort()
        if session.fault.startswith("mail-"):
            return f"{session.fault[5:]} no"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take a recipient."""
        if session.fault.startswith("rcpt-"):
            return f"{session.fault[5:]} no such mailbox <{address}>"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a message."""
        fault: str = session.fault
        if fault.startswith("data-"):
            return f"{fault[5:]} no"
        if fault == "drop-unstored":
            server.transport.abort()
            return "250 OK"
        self._count += 1
        _put(self._folder / f"{self._count:06d}.eml", envelope.original_content)
        if fault == "drop-stored":
            server.transport.abort()
        if fault == "drop-after":
            server.transport.write(b"250 OK\r\n")
            server.transport.close()
        if fault.startswith("slow-"):
            await asyncio.sleep(float(fault[5:]))
        return "250 OK"

    def _next(self) -> str:
        path = self._folder / "faults"
        if not path.exists():
            return "-"
        first, *rest = [*path.read_text("ascii").splitlines(), ""]
        _put(path, "\n".join(rest).encode())
        return first or "-"


async def _serve(folder: Path, port: int, context: ssl.SSLContext | None, *, at_once: bool) -> None:
    from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - only the server's process needs it

    handler = _Handler(folder)

    def protocol() -> Any:
        return SMTP(
            handler,
            hostname="mail.example",
            data_size_limit=100 * 1024 * 1024,
            tls_context=None if at_once else context,
            require_starttls=context is not None and not at_once,
        )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", port, ssl=context if at_once else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the parent reads it
    await server.serve_forever()


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    parser.add_argument("--at-once", action="store_true")
    args = parser.parse_args()
    context = None
    if args.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*args.tls)
    asyncio.run(_serve(args.folder, args.port, context, at_once=args.at_once))


if __name__ == "__main__":
    _main()

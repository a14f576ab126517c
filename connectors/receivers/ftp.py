"""A receiver that is a folder on an FTP server, by ``ftplib``: FTPS (explicit TLS, RFC 4217), or plain FTP.

Plain FTP is open on the line: password and files can be read and changed on the way. It is used only where a profile
names it, because KB's own documents name nothing else, and ``FtpReceiver.warning`` says so (A238).

While it comes, a file is ``.<name>.<first 16 of its SHA-256>.part``. A later delivery of the same bytes goes on where it
ends (``REST`` and ``STOR``, else ``APPE``), after comparing its last ``CHUNK``. Whole, the file is read back and
digested; then it is renamed, and ``<name>.sha256`` comes after it. Where the server lets us write but not read, the size
alone is observed, and the digest in the arrival is empty.

FTP has no rename that spares what is there: that nothing lies under the name is looked at right before, and a stranger
who writes in that very moment is not seen. The server must answer ``SIZE`` (RFC 3659).
"""

from __future__ import annotations

import ftplib
import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from connectors.landing import plain
from connectors.receivers.ftp_line import Line, TlsLine, end_tls, wire
from connectors.receivers.sidecar import SIDECAR, checked, sidecar
from schemas.delivery import Arrival, Receiver
from schemas.neighbours import ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError

CHUNK: Final = 1024 * 1024
"""Bytes that are read and sent at a time, and that are compared before a delivery goes on."""

MOST_LISTED: Final = 16 * 1024 * 1024
"""Bytes of a listing that are read."""

_DIFFERENT = "different"
"""In place of the digest of a file that is not whole."""

_NO_ROOM: Final = frozenset({"452", "552"})
_NO_RIGHT: Final = frozenset({"430", "530", "532", "550", "553"})
_FULL: Final = ("no space", "space left", "disk full", "quota", "insufficient storage")
"""Words by which servers say in other replies (426, 451, 550) that there is no room."""
_CANNOT: Final = frozenset({"500", "501", "502", "503", "504", "551", "554"})
"""Replies of a server that does not know a command, or not from the middle of a file."""


class FtpReceiver:
    """The port ``schemas.neighbours.Receiving`` over a folder that exists already on the server."""

    def __init__(
        self,
        receiver: Receiver,
        *,
        password: str | None,
        ca_file: Path | None = None,
        connect_timeout: float = 30,
        idle_timeout: float = 60,
    ) -> None:
        """Read the certificates; nothing is asked of the server.

        Args:
            password: of the receiver's user. ca_file: certificates that the server's must come from (PEM); None = the
                system's. Of ``ftps`` alone.
            connect_timeout: seconds for one step until logged in. idle_timeout: seconds without a byte.

        Raises:
            RefusedError: the certificates cannot be read.
        """
        self._receiver = receiver
        self._password = password or ""
        self._connect_timeout = connect_timeout
        self._idle = idle_timeout
        self._context: ssl.SSLContext | None = None
        if receiver.kind == "ftps":
            try:
                self._context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
            except (OSError, ValueError):  # ssl.SSLError is an OSError
                raise RefusedError(
                    "receiver.ca_file", receiver.ca_file, "name a file with certificates in PEM form"
                ) from None
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2

    @property
    def place(self) -> str:
        """``ftps:<host>`` or ``ftp:<host>``."""
        return f"{self._receiver.kind}:{self._receiver.host}"

    @property
    def warning(self) -> str:
        """Finding code of what a person should know of this way before anything is sent: A238 for plain FTP, or empty."""
        return "A238" if self._context is None else ""

    def deliver(self, name: str, source: Callable[[], BinaryIO], size: int, sha256: str) -> Arrival:
        """Bring one file there; see the port.

        Raises:
            ReceiverRefusedError: A231 other bytes or a stranger under that name, A232 no room, A233 no right or login,
                A234 refused, A235 a certificate that cannot be trusted, A236 other bytes arrived, A237 a file of that
                name may not be read, A239 no encryption. UnreachableError: it does not answer, or not in time.
            RefusedError: the name is not plain, or the source does not hold the bytes it was said to.
        """
        plain(name, "name")
        with source() as stream, self._connected() as line:
            transfer = _Transfer(line, self.place)
            already = transfer.size(name) is not None
            if already:
                seen = transfer.compare(name, size, sha256)
            else:
                seen, already = transfer.bring(name, stream, size, sha256)
            if self._receiver.sidecar:
                transfer.lay(name + SIDECAR, sidecar(name, sha256))
            found = transfer.size(name)
        # Seen whole beside and given its name: where it is gone since, the receiver has taken it in.
        return Arrival(place=self.place, name=name, size=size if found is None else found, sha256=seen, already=already)

    @contextmanager
    def _connected(self) -> Iterator[Line]:
        """A line in the receiver's folder for the block; ftplib's errors come out as ours, without their texts."""
        # What comes in may be in any encoding; Latin-1 reads every byte, and ``wire`` sends UTF-8 through it.
        if self._context is None:
            line = Line(timeout=self._connect_timeout, encoding="latin-1")
        else:
            line = TlsLine(timeout=self._connect_timeout, encoding="latin-1", context=self._context)
        try:
            line.connect(self._receiver.host, self._receiver.port)
            self._encrypt(line)
            self._log_in(line)
            line.voidcmd("TYPE I")
            self._enter(line)
            line.settle(self._idle)
            yield line
            with suppress(*ftplib.all_errors):
                line.quit()
        except (ftplib.Error, OSError, EOFError, UnicodeError) as error:
            raise self._translated(error) from None
        finally:
            line.close()

    def _encrypt(self, line: Line) -> None:
        """Encrypt commands and, from now on, files. Raises ReceiverRefusedError: A239 the server does not."""
        if not isinstance(line, TlsLine):
            return
        try:
            line.auth()
            line.prot_p()
        except (ftplib.error_perm, ftplib.error_temp) as error:
            if isinstance(error, ftplib.error_temp) and _code(error) != "431":
                raise
            raise self._refused("A239") from None

    def _log_in(self, line: Line) -> None:
        try:
            line.login(wire(self._receiver.user), wire(self._password))
        except (ftplib.error_perm, ftplib.error_reply):
            raise self._refused("A233") from None

    def _enter(self, line: Line) -> None:
        if not self._receiver.path:
            return
        try:
            line.cwd(wire(self._receiver.path))
        except ftplib.error_perm:
            raise self._refused("A234") from None

    def _translated(self, error: Exception) -> Exception:
        if isinstance(error, ssl.SSLCertVerificationError):
            return self._refused("A235")
        if isinstance(error, ftplib.Error):
            code, text = _code(error), str(error).casefold()
            if code in _NO_ROOM or any(word in text for word in _FULL):
                return self._refused("A232")
            if code in _NO_RIGHT:
                return self._refused("A233")
            if not isinstance(error, ftplib.error_temp):
                return self._refused("A234")
        return UnreachableError(
            f"{self.place}: the receiver does not answer ({type(error).__name__}); a later try goes on where it ended"
        )

    def _refused(self, code: str) -> ReceiverRefusedError:
        return ReceiverRefusedError(code, f"{self.place}: {code}")


class _Transfer:
    """One delivery over one line. Raises ftplib's errors."""

    def __init__(self, line: Line, place: str) -> None:
        self._line = line
        self._place = place

    def size(self, name: str) -> int | None:
        """Bytes of the file there, or None. Raises ReceiverRefusedError: it is no plain file, or has no size."""
        try:
            found = self._line.size(name)
        except ftplib.error_perm as error:
            if _code(error) != "550":
                raise self._refused("A234") from None
            if self._listed(name):
                raise self._refused("A231") from None
            return None
        except ValueError:
            found = None
        if found is None or found < 0:
            raise self._refused("A234")
        return found

    def compare(self, name: str, size: int, sha256: str) -> str:
        """Refuse what lies there unless it is the very same file; its digest."""
        if self.size(name) != size:
            raise self._refused("A231")
        seen = self._digest(name, size)
        if seen != sha256:
            raise self._refused("A231" if seen else "A237")
        return seen

    def bring(self, name: str, stream: BinaryIO, size: int, sha256: str) -> tuple[str, bool]:
        """Upload, read back, rename; the digest observed, and whether the same file came there meanwhile."""
        beside = f".{name}.{sha256[:16]}.part"
        kept = self._kept(beside, stream, size)
        try:
            seen = self._fill(beside, stream, kept, size, sha256)
        except ftplib.error_perm as error:
            if not kept or _code(error) not in _CANNOT:
                raise
            seen = _DIFFERENT  # a server that can neither restart nor append
        if kept and seen not in {"", sha256}:
            seen = self._fill(beside, stream, 0, size, sha256)
        if seen not in {"", sha256}:
            self._remove(beside)
            raise self._refused("A236")
        if self.size(name) is not None:  # hours may have passed, and a rename would write over it
            return self.compare(name, size, sha256), True
        try:
            self._line.rename(beside, name)
        except (ftplib.error_perm, ftplib.error_temp):
            if self.size(name) is None:
                raise
            return self.compare(name, size, sha256), True
        return seen, False

    def lay(self, name: str, data: bytes) -> None:
        """A small file, written beside and renamed; one of the same size there is compared."""
        found = self.size(name)
        if found is not None:
            sha256 = hashlib.sha256(data).hexdigest()
            if found != len(data) or self._digest(name, found) not in {"", sha256}:
                raise self._refused("A231")
            return
        beside = f".{name}.part"
        with self._sending(beside, 0) as connection:
            connection.sendall(data)
        self._line.rename(beside, name)

    def _listed(self, name: str) -> bool:
        """Something of that name lies there, though it has no size: a folder, for example."""
        listing = b""
        with suppress(ftplib.error_perm, ftplib.error_temp):  # nothing there, or nothing to be shown
            listing = b"".join(self._pieces("NLST", 0, MOST_LISTED))
        return any(one.rpartition(b"/")[2] == name.encode("ascii") for one in listing.splitlines())

    def _kept(self, beside: str, stream: BinaryIO, size: int) -> int:
        """How much of an unfinished file can be kept: all, if the last of it is ours."""
        found = self.size(beside)
        if not found or found > size:
            return 0
        for start in (max(0, found - CHUNK), 0):
            stream.seek(start)
            same, got = True, start
            try:
                for piece in self._pieces(f"RETR {beside}", start, found - start):
                    same = same and stream.read(len(piece)) == piece
                    got += len(piece)
            except ftplib.error_perm:  # no reading, or none from the middle
                continue
            return found if same and got == found else 0
        return 0

    def _fill(self, beside: str, stream: BinaryIO, kept: int, size: int, sha256: str) -> str:
        """Write what is missing; the digest of what lies there then, empty where it may not be read."""
        stream.seek(0)
        digest = hashlib.sha256()
        at = 0
        # Before the transfer begins: servers give up one that stays silent.
        while at < kept and (piece := stream.read(min(CHUNK, kept - at))):
            digest.update(piece)
            at += len(piece)
        if at < kept or (kept and kept == size):
            at += len(stream.read(1))
        else:
            with self._sending(beside, kept) as connection:
                while at <= size and (piece := stream.read(CHUNK)):
                    digest.update(piece)
                    connection.sendall(piece)
                    at += len(piece)
        try:
            checked(at, size, digest.hexdigest(), sha256)
        except RefusedError:
            self._remove(beside)
            raise
        if self.size(beside) != size:
            return _DIFFERENT
        return self._digest(beside, size)

    @contextmanager
    def _sending(self, beside: str, kept: int) -> Iterator[socket.socket]:
        """A data connection for the block, into the file from ``kept`` on; the server has confirmed what came."""
        connection = self._opened(beside, kept)
        try:
            yield connection
            end_tls(connection)
        except (ConnectionError, ssl.SSLError):
            connection.close()
            self._line.voidresp()  # a server that breaks a transfer off says why: no room, for example
            raise
        finally:
            connection.close()
        self._line.voidresp()

    def _opened(self, beside: str, kept: int) -> socket.socket:
        if not kept:
            return self._line.transfercmd(f"STOR {beside}")
        try:
            return self._line.transfercmd(f"STOR {beside}", rest=kept)
        except ftplib.error_perm as error:
            if _code(error) not in _CANNOT:
                raise
            return self._line.transfercmd(f"APPE {beside}")

    def _pieces(self, command: str, start: int, most: int) -> Iterator[bytes]:
        """What the command sends, from byte ``start`` on, little more than ``most`` of it; to be read to the end."""
        connection = self._line.transfercmd(command, rest=start or None)
        got = 0
        try:
            while got <= most and (piece := connection.recv(CHUNK)):
                got += len(piece)
                yield piece
            if got <= most:
                end_tls(connection)
        finally:
            connection.close()
        try:
            self._line.voidresp()
        except ftplib.Error:
            if got <= most:  # else it was we who broke off
                raise

    def _digest(self, name: str, size: int) -> str:
        """SHA-256 of a file there, read back; empty where it may not be read."""
        digest = hashlib.sha256()
        try:
            for piece in self._pieces(f"RETR {name}", 0, size):
                digest.update(piece)
        except ftplib.error_perm:
            return ""
        return digest.hexdigest()

    def _remove(self, beside: str) -> None:
        """Take the unfinished file away, where that is permitted."""
        with suppress(ftplib.error_perm, ftplib.error_temp):
            self._line.delete(beside)

    def _refused(self, code: str) -> ReceiverRefusedError:
        return ReceiverRefusedError(code, f"{self._place}: {code}")


def _code(error: Exception) -> str:
    return str(error)[:3]

"""A receiver that is a folder on an SFTP server, by asyncssh.

While it comes, a file is ``.<name>.<first 16 of its SHA-256>.part``. A later delivery of the same bytes goes on one
``CHUNK`` before its end (what a broken line left behind may have holes there), after comparing the chunk before that.
Whole, the file is read back and digested, however large: SFTP version 3 has no way to ask for a digest. Then it is
renamed, which never writes over another, and ``<name>.sha256`` comes after it. Where the server lets us write but not
read, the size alone is observed, and the digest in the arrival is empty.

Only the server with the profile's host key is talked to. Nothing of the user's own SSH settings, agent or known hosts
is used.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import posixpath
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

import asyncssh

from connectors.landing import plain
from connectors.receivers.sidecar import SIDECAR, checked, sidecar
from schemas.delivery import Arrival, Receiver
from schemas.neighbours import ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError

CHUNK: Final = 1024 * 1024
"""Bytes that are under way at a time; within the idle timeout one must have come through."""

_DIFFERENT = "different"
"""In place of the digest of a file that is not whole."""

_HOST_KEYS: Final = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""Kinds of host keys that servers in use show."""

_T = TypeVar("_T")

# asyncssh writes host names, users and paths into its log.
for _logger in ("asyncssh", "asyncssh.sftp"):
    logging.getLogger(_logger).setLevel(logging.CRITICAL)


class SftpReceiver:
    """The port ``schemas.neighbours.Receiving`` over a folder that exists already on the server."""

    def __init__(
        self,
        receiver: Receiver,
        *,
        key_file: Path | None,
        password: str | None,
        connect_timeout: float = 30,
        idle_timeout: float = 60,
    ) -> None:
        """Read our private key; nothing is asked of the server.

        Args:
            key_file: our private key without passphrase, or None. password: or None.
            connect_timeout: seconds until logged in. idle_timeout: seconds for one request.

        Raises:
            RefusedError: the private key or the host key cannot be read.
        """
        self._receiver = receiver
        self._password = password
        self._connect_timeout = connect_timeout
        self._idle = idle_timeout
        try:
            self._host_key = asyncssh.import_public_key(receiver.host_key)
        except asyncssh.KeyImportError:
            raise RefusedError("receiver.host_key", receiver.host_key, "write the server's public key") from None
        self._keys: list[asyncssh.SSHKey] = []
        if key_file is not None:
            try:
                self._keys = [asyncssh.read_private_key(key_file)]
            except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
                raise RefusedError(
                    "receiver.key_env",
                    receiver.key_env,
                    "have the variable name a file with a private key without passphrase, in OpenSSH's form",
                ) from None

    @property
    def place(self) -> str:
        """``sftp:<host>``."""
        return f"sftp:{self._receiver.host}"

    def deliver(self, name: str, source: Callable[[], BinaryIO], size: int, sha256: str) -> Arrival:
        """Bring one file there; see the port.

        Raises:
            ReceiverRefusedError: A231 other bytes or a stranger under that name, A232 no room, A233 no right or login,
                A234 refused, A235 another host key, A236 other bytes arrived, A237 a file of that name may not be
                read. UnreachableError: it does not answer, or not in time.
            RefusedError: the name is not plain, or the source does not hold the bytes it was said to.
        """
        plain(name, "name")
        with source() as stream:
            return _run(lambda: self._deliver(name, stream, size, sha256))

    async def _deliver(self, name: str, stream: BinaryIO, size: int, sha256: str) -> Arrival:
        async with self._connected() as sftp:
            transfer = _Transfer(sftp, self._receiver.path, self.place, self._idle)
            already = await transfer.size(name) is not None
            if already:
                seen = await transfer.compare(name, size, sha256)
            else:
                seen, already = await transfer.bring(name, stream, size, sha256)
            if self._receiver.sidecar:
                await transfer.lay(name + SIDECAR, sidecar(name, sha256))
            found = await transfer.size(name)
        # Seen whole beside and given its name: where it is gone since, the receiver has taken it in.
        return Arrival(place=self.place, name=name, size=size if found is None else found, sha256=seen, already=already)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncssh.SFTPClient]:
        """An SFTP session for the block; asyncssh's errors come out as ours, without their texts."""
        options: dict[str, Any] = {
            "username": self._receiver.user,
            "known_hosts": ([self._host_key], [], []),
            "server_host_key_algs": self._asked_host_keys(),
            "client_keys": self._keys or None,
            "password": self._password,
            "preferred_auth": ["publickey"] if self._keys else ["password", "keyboard-interactive"],
            "agent_path": None,
            "config": None,
            "connect_timeout": self._connect_timeout,
            "login_timeout": self._connect_timeout,
            "keepalive_interval": max(1.0, self._idle / 4),
            "keepalive_count_max": 4,
        }
        try:
            async with asyncio.timeout(2 * self._connect_timeout):
                connection = await asyncssh.connect(self._receiver.host, self._receiver.port, **options)
            try:
                async with asyncio.timeout(self._connect_timeout):
                    sftp = await connection.start_sftp_client()
                yield sftp
                sftp.exit()
            finally:
                connection.abort()
                with suppress(TimeoutError, asyncssh.Error, OSError):
                    async with asyncio.timeout(self._connect_timeout):
                        await connection.wait_closed()
        except (asyncssh.Error, OSError, TimeoutError) as error:
            raise self._translated(error) from None

    def _asked_host_keys(self) -> list[str]:
        """The profile's kind of host key first, then every other.

        Asked for one kind alone, a server that has another breaks off while we do: then it was a matter of who came
        first whether a foreign server looked like one that does not answer. Asked for all, it shows its key, and we
        are the ones to refuse it.
        """
        ours = [kind.decode("ascii") for kind in self._host_key.sig_algorithms]
        return ours + [kind for kind in _HOST_KEYS if kind not in ours]

    def _translated(self, error: Exception) -> Exception:
        if isinstance(error, asyncssh.HostKeyNotVerifiable) or (
            isinstance(error, asyncssh.KeyExchangeFailed) and "host key" in error.reason
        ):
            return self._refused("A235")
        if isinstance(error, (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)):
            return self._refused("A232")
        if isinstance(error, (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect, asyncssh.PermissionDenied)):
            return self._refused("A233")
        if isinstance(error, (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost)):
            return self._unreachable(error)
        if isinstance(error, (asyncssh.SFTPError, asyncssh.ChannelOpenError, asyncssh.KeyExchangeFailed)):
            return self._refused("A234")
        return self._unreachable(error)

    def _unreachable(self, error: Exception) -> UnreachableError:
        return UnreachableError(
            f"{self.place}: the receiver does not answer ({type(error).__name__}); a later try goes on where it ended"
        )

    def _refused(self, code: str) -> ReceiverRefusedError:
        return ReceiverRefusedError(code, f"{self.place}: {code}")


class _Transfer:
    """One delivery over one session. Raises asyncssh's errors."""

    def __init__(self, sftp: asyncssh.SFTPClient, folder: str, place: str, idle: float) -> None:
        self._sftp = sftp
        self._folder = folder
        self._place = place
        self._idle = idle

    async def size(self, name: str) -> int | None:
        """Bytes of the file there, or None. Raises ReceiverRefusedError: it is no plain file."""
        try:
            found = await self._soon(self._sftp.lstat(self._path(name)))
        except asyncssh.SFTPNoSuchFile:
            return None
        if found.permissions is not None and not stat.S_ISREG(found.permissions):
            raise self._refused("A231")
        return found.size or 0

    async def compare(self, name: str, size: int, sha256: str) -> str:
        """Refuse what lies there unless it is the very same file; its digest."""
        if await self.size(name) != size:
            raise self._refused("A231")
        seen = await self._digest(name)
        if seen != sha256:
            raise self._refused("A231" if seen else "A237")
        return seen

    async def bring(self, name: str, stream: BinaryIO, size: int, sha256: str) -> tuple[str, bool]:
        """Upload, read back, rename; the digest observed, and whether the same file came there meanwhile."""
        beside = f".{name}.{sha256[:16]}.part"
        kept = await self._kept(beside, stream, size)
        seen = await self._fill(beside, stream, kept, size, sha256)
        if kept and seen not in {"", sha256}:
            seen = await self._fill(beside, stream, 0, size, sha256)
        if seen not in {"", sha256}:
            await self._soon(self._sftp.remove(self._path(beside)))
            raise self._refused("A236")
        # Hours may have passed, and there are servers whose rename writes over what is there.
        if await self.size(name) is not None:
            return await self.compare(name, size, sha256), True
        try:
            await self._soon(self._sftp.rename(self._path(beside), self._path(name)))
        except asyncssh.SFTPError:
            if await self.size(name) is None:
                raise
            return await self.compare(name, size, sha256), True
        return seen, False

    async def lay(self, name: str, data: bytes) -> None:
        """A small file, written beside and renamed; one of the same size there is compared."""
        if await self.size(name) is not None:
            sha256 = hashlib.sha256(data).hexdigest()
            if await self.size(name) != len(data) or await self._digest(name) not in {"", sha256}:
                raise self._refused("A231")
            return
        beside = f".{name}.part"
        async with self._opened(beside, "wb") as file:
            await self._soon(file.write(data))
        await self._soon(self._sftp.rename(self._path(beside), self._path(name)))

    async def _kept(self, beside: str, stream: BinaryIO, size: int) -> int:
        """How much of an unfinished file can be kept: whole chunks but the last one, if the one before is ours."""
        found = await self.size(beside)
        kept = 0 if found is None or found > size else max(0, found // CHUNK - 1) * CHUNK
        if not kept:
            return 0
        stream.seek(kept - CHUNK)
        try:
            async with self._opened(beside, "rb") as file:
                there = await self._soon(file.read(CHUNK, kept - CHUNK))
        except asyncssh.SFTPPermissionDenied:
            return 0
        return kept if there == stream.read(CHUNK) else 0

    async def _fill(self, beside: str, stream: BinaryIO, kept: int, size: int, sha256: str) -> str:
        """Write what is missing; the digest of what lies there then, empty where it may not be read."""
        stream.seek(0)
        digest = hashlib.sha256()
        at = 0
        async with self._opened(beside, "r+b" if kept else "wb") as file:
            while piece := stream.read(CHUNK):
                digest.update(piece)
                if at >= kept:
                    await self._soon(file.write(piece, at))
                at += len(piece)
                if at > size:
                    break
            with suppress(asyncssh.SFTPOpUnsupported):
                await self._soon(file.fsync())
        try:
            checked(at, size, digest.hexdigest(), sha256)
        except RefusedError:
            await self._soon(self._sftp.remove(self._path(beside)))
            raise
        if await self.size(beside) != size:
            return _DIFFERENT
        return await self._digest(beside)

    async def _digest(self, name: str) -> str:
        """SHA-256 of a file there, read back; empty where it may not be read."""
        digest = hashlib.sha256()
        at = 0
        try:
            async with self._opened(name, "rb") as file:
                while piece := await self._soon(file.read(CHUNK, at)):
                    digest.update(piece)
                    at += len(piece)
        except asyncssh.SFTPPermissionDenied:
            return ""
        return digest.hexdigest()

    @asynccontextmanager
    async def _opened(self, name: str, mode: str) -> AsyncIterator[Any]:
        file: Any = await self._soon(self._sftp.open(self._path(name), mode, encoding=None))
        try:
            yield file
        finally:
            await self._soon(file.close())

    async def _soon(self, asked: Awaitable[_T]) -> _T:
        async with asyncio.timeout(self._idle):
            return await asked

    def _path(self, name: str) -> str:
        return posixpath.join(self._folder, name) if self._folder else name

    def _refused(self, code: str) -> ReceiverRefusedError:
        return ReceiverRefusedError(code, f"{self._place}: {code}")


def _run(work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
    """Run to the end, also where this thread has a loop already."""

    async def quietly() -> _T:
        # Requests that were under way when a line broke end in errors that nobody waits for; what failed is told once.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        return await work()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(quietly())
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(quietly())).result()

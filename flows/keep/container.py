"""A package's container as one readable stream: tar or zip, made while it is read, the same bytes every time.

Everything lies below one folder (or, where none is named, below its own), in the order given. Owners, rights and times are fixed; the time is the intent's.
Names are plain ASCII. In a zip nothing is compressed: bytes from a compressor differ between its versions. Every file's
size and SHA-256 are compared with what is said of it while its bytes go by, and the whole is digested meanwhile. Reading
ahead and the two digests have a thread each: all of them leave the interpreter free most of the time. The end of the stream is not reached if anything differs, so
that whoever writes it down stops before it has written the whole.
"""

from __future__ import annotations

import hashlib
import io
import queue
import re
import tarfile
import threading
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self, cast

from flows.keep.zipped import Directory
from schemas.delivery import Container

CHUNK = 1 << 20
"""Bytes read at a time."""

_WAITING = 8
"""Chunks that may wait to be hashed; more make the reader wait."""
_INLINE = 64 << 10
"""Bytes up to which a file is hashed at once: handing it to a thread would cost more."""
_MODE = 0o644
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


class Member(Protocol):
    """One file: where it goes, what it must be, and how its bytes are had."""

    @property
    def path(self) -> str:
        """Path from the package's root, ``/``-separated."""
        ...

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    @property
    def sha256(self) -> str:
        """Digest, hexadecimal."""
        ...

    @property
    def open(self) -> Callable[[], BinaryIO]:
        """Opens the bytes anew, from the beginning."""
        ...


class MemberError(RuntimeError):
    """A file that cannot go into the container.

    Attributes:
        code: finding code. path: the file's path, which is not for logs: it may tell of its content.
        reason: sort of the error alone.
    """

    def __init__(self, code: str, path: str, reason: str = "") -> None:
        """Carry the three; the message is the code alone."""
        self.code, self.path, self.reason = code, path, reason
        super().__init__(code)


class _Hashing:
    """A thread that digests what it is handed, in order, and notes the first file that is not what it should be."""

    def __init__(self) -> None:
        self._jobs: queue.Queue[tuple[Any, bytes | Member] | None] = queue.Queue(_WAITING)
        self.wrong: MemberError | None = None
        self._thread = threading.Thread(target=self._work, daemon=True, name="package-digest")
        self._thread.start()

    def update(self, digest: Any, chunk: bytes) -> None:
        """Add these bytes to a digest, some time soon."""
        self._jobs.put((digest, chunk))

    def compare(self, digest: Any, member: Member) -> None:
        """When everything before has been added, the digest must be the member's."""
        self._jobs.put((digest, member))

    def end(self) -> None:
        """Wait until everything has been done; the thread ends. Repeating it is harmless."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            digest, what = job
            if isinstance(what, bytes):
                digest.update(what)
            else:
                self.wrong = self.wrong or _wrong(digest, what)


class _Ahead:
    """A thread that makes chunks before they are asked for: reading goes on while the store writes."""

    def __init__(self, chunks: Generator[bytes]) -> None:
        self._chunks = chunks
        self._made: queue.Queue[bytes | BaseException | None] = queue.Queue(_WAITING)
        self._over = False
        self._given_up = threading.Event()
        self._thread: threading.Thread | None = None

    def next(self) -> bytes | None:
        """The next chunk; None at the end. Raises what making it raised."""
        if self._over:
            return None
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True, name="package-chunks")
            self._thread.start()
        made = self._made.get()
        self._over = not isinstance(made, bytes)
        if isinstance(made, BaseException):
            raise made
        return made

    def end(self) -> None:
        """Give up what is not read yet; the thread ends."""
        self._given_up.set()
        self._over = True
        if self._thread is not None:
            while self._thread.is_alive():
                with suppress(queue.Empty):
                    self._made.get(timeout=0.01)
            self._thread.join()

    def _work(self) -> None:
        try:
            for chunk in self._chunks:
                if self._given_up.is_set():
                    break
                self._made.put(chunk)
        except BaseException as error:  # noqa: BLE001 - whoever reads is told, whatever it is
            self._made.put(error)
        else:
            self._made.put(None)
        finally:
            self._chunks.close()


def _wrong(digest: Any, member: Member) -> MemberError | None:
    return None if digest.hexdigest() == member.sha256 else MemberError("A203", member.path)


class Packed(io.RawIOBase):
    """The container as a stream; read it once, to its end, within ``with``.

    Attributes:
        size: bytes read so far; of the whole when ``whole`` is true.
        whole: the end was reached and every file was what it should be.
    """

    def __init__(self, members: Sequence[Member], *, container: Container, root: str, made: datetime) -> None:
        """Nothing is opened yet.

        Args:
            members: in the order in which they are to lie there. root: name of the one folder; empty = none, the
                members' own folders stand first (KB's deliveries hold one folder per publication).
            made: time of every file, UTC; whole seconds count.

        Raises:
            MemberError: a path that is not plain, or there twice (case does not count).
        """
        super().__init__()
        _refuse_paths(root, members)
        self.size = 0
        self.whole = False
        self._digest = hashlib.sha256()
        self._files, self._all = _Hashing(), _Hashing()
        make = self._tar if container == "tar" else self._zip
        self._chunks = _Ahead(make(members, root, made.replace(microsecond=0).astimezone(UTC)))
        self._rest = memoryview(b"")

    @property
    def sha256(self) -> str:
        """Digest of the whole, hexadecimal; only when ``whole`` is true."""
        if not self.whole:
            raise ValueError("the container has not been read to its end")
        return self._digest.hexdigest()

    def stream(self) -> BinaryIO:
        """The same, for whoever takes a binary file."""
        return cast("BinaryIO", self)  # it reads like one; nothing else is asked of it

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to so many bytes; all that is left without a number.

        Raises:
            MemberError: a file cannot be read (A202) or is not what it should be (A203).
        """
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(CHUNK), b""))
        if not self._rest:
            chunk = self._chunks.next()
            if chunk is None:
                self._finish()
                return b""
            self._all.update(self._digest, chunk)
            self.size += len(chunk)
            if len(chunk) <= size:
                return chunk
            self._rest = memoryview(chunk)
        some, self._rest = bytes(self._rest[:size]), self._rest[size:]
        return some

    def close(self) -> None:
        """End the threads; what was begun is given up."""
        if not self.closed:
            self._chunks.end()
            self._files.end()
            self._all.end()
        super().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Inside

    def _finish(self) -> None:
        self._files.end()
        self._all.end()
        if self._files.wrong is not None:
            raise self._files.wrong
        self.whole = True

    def _bytes_of(self, member: Member) -> Iterator[bytes]:
        """A file's bytes, counted and digested."""
        if self._files.wrong is not None:
            raise self._files.wrong
        digest = hashlib.sha256()
        left = member.size
        for chunk in _read(member):
            left -= len(chunk)
            if left < 0:
                raise MemberError("A203", member.path)
            if member.size <= _INLINE:
                digest.update(chunk)
            else:
                self._files.update(digest, chunk)
            yield chunk
        if left:
            raise MemberError("A203", member.path)
        if member.size > _INLINE:
            self._files.compare(digest, member)
        elif (wrong := _wrong(digest, member)) is not None:
            raise wrong

    def _tar(self, members: Sequence[Member], root: str, made: datetime) -> Generator[bytes]:
        seconds = int(made.timestamp())
        written = 0
        for member in members:
            info = tarfile.TarInfo(_within(root, member))
            info.size, info.mtime, info.mode = member.size, seconds, _MODE
            # A long name or a size beyond 8 GiB gets a pax header before it; tarfile makes it of these values alone.
            head = info.tobuf(tarfile.PAX_FORMAT, "ascii", "strict")
            yield head
            yield from self._bytes_of(member)
            padding = -member.size % tarfile.BLOCKSIZE
            if padding:
                yield bytes(padding)
            written += len(head) + member.size + padding
        written += 2 * tarfile.BLOCKSIZE
        yield bytes(2 * tarfile.BLOCKSIZE + -written % tarfile.RECORDSIZE)

    def _zip(self, members: Sequence[Member], root: str, made: datetime) -> Generator[bytes]:
        directory = Directory(made, _MODE)
        for member in members:
            # The check value stands before the bytes, so that readers that take a zip as it comes can take it too.
            before = 0
            for chunk in _read(member):
                before = zlib.crc32(chunk, before)
            yield directory.begin(_within(root, member), member.size, before)
            after = 0
            for chunk in self._bytes_of(member):
                after = zlib.crc32(chunk, after)
                yield chunk
            if before != after:
                raise MemberError("A203", member.path)
        yield directory.end()


def _read(member: Member) -> Iterator[bytes]:
    """A file's bytes; every error of reading is a MemberError."""
    try:
        with member.open() as source:
            while chunk := source.read(CHUNK):
                yield chunk
    except (OSError, EOFError) as error:
        raise MemberError("A202", member.path, type(error).__name__) from None


def _within(root: str, member: Member) -> str:
    """The member's name in the container."""
    return f"{root}/{member.path}" if root else member.path


def _refuse_paths(root: str, members: Sequence[Member]) -> None:
    if root and not _NAME.fullmatch(root):
        raise MemberError("A204", root)
    taken: set[str] = set()
    for member in members:
        parts = member.path.split("/")
        lowered = member.path.lower()
        if lowered in taken or not all(_NAME.fullmatch(part) for part in parts):
            raise MemberError("A204", member.path)
        taken.add(lowered)
    for member in members:
        parts = member.path.lower().split("/")
        if any("/".join(parts[:end]) in taken for end in range(1, len(parts))):
            raise MemberError("A204", member.path)  # one file would be another one's folder

"""Find the format of an export, and read it as a stream of parsed groups: here, or in a process of its own.

Reading and parsing cost as much as storing; from some megabytes on they run in a process beside the one that stores.
The process is given the bundle and hands back items; when either side ends, the other does.
"""

from __future__ import annotations

import hashlib
import importlib
import pickle
import pkgutil
import struct
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from connectors import exports
from connectors.exports.bundle import Limits, open_bundle
from connectors.exports.onward import damage
from schemas.account import Account
from schemas.finding import Finding
from schemas.near import EXPORT, again, named_by_us
from schemas.neighbours import Bundle, Export, MediaBytes, MediaError, Owner, Parsed
from schemas.record import MediaRef, Seen
from schemas.refusal import RefusedError

APART = 8 * 1024**2
"""Bytes of data files from which on reading and parsing get a process of their own."""
_DATA = (".json", ".js", ".csv", ".car")
_FRAME = struct.Struct("<Q")
_GROUP = 500
"""Items handed over at a time."""
_NAMED = 100
"""Different unknown fields that are named."""


def formats() -> dict[str, Export]:
    """Every format there is, by name: the modules of this folder that have a NAME."""
    found: dict[str, Export] = {}
    for one in pkgutil.iter_modules(exports.__path__):
        module = importlib.import_module(f"connectors.exports.{one.name}")
        if hasattr(module, "NAME"):
            # A module with the port's names is the format; mypy cannot see that through importlib.
            found[one.name] = cast("Export", module)
    return found


@contextmanager
def open_export(account: Account, path: Path, limits: Limits) -> Iterator[OpenedExport]:
    """Open an export of the account's platform.

    Raises:
        RefusedError: no export that is known, another platform's, or beyond the limits.
    """
    with open_bundle(path, limits) as bundle:
        known = formats()
        fitting = [one for one in known.values() if one.recognise(bundle)]
        if not fitting:
            names = ", ".join(sorted(known))
            raise RefusedError("PATH", path.suffix, f"it has the layout of no known export; known are {names}")
        mine = [one for one in fitting if account.platform in one.PLATFORMS]
        if not mine:
            platforms = ", ".join(sorted({name for one in fitting for name in one.PLATFORMS}))
            raise RefusedError("ACCOUNT", account.name, f"the export is of {platforms}; name an account there")
        if len(mine) > 1:
            names = ", ".join(one.NAME for one in mine)
            raise RefusedError("PATH", names, "it holds several exports; import each by itself")
        yield OpenedExport(mine[0], bundle, account)


@dataclass(frozen=True, slots=True)
class _Job:
    format: str
    bundle: Bundle
    account: Account
    own: str
    at: datetime


class OpenedExport:
    """An export that is being imported (port ``schemas.neighbours.OpenedExport``)."""

    def __init__(self, export: Export, bundle: Bundle, account: Account) -> None:
        """Nothing is read yet."""
        self._export = export
        self._bundle = bundle
        self._account = account
        self._process: subprocess.Popen[bytes] | None = None
        self._damaged: tuple[Finding, ...] = ()

    @property
    def format(self) -> str:
        """Name of the format."""
        return self._export.NAME

    @property
    def findings(self) -> Sequence[Finding]:
        """What was left out of the archive file, and that the file which says whose it is is damaged."""
        return (*self._bundle.findings, *self._damaged)

    def owner(self) -> Owner:
        """Whose export it is, as far as it says. A damaged file says nothing; the others are read all the same."""
        try:
            return self._export.owner(self._bundle)
        except RefusedError as error:
            if len(self._bundle.names()) == 1:
                raise
            self._damaged = (damage(error, self._account.name),)
            return Owner()

    def read(self, *, own: str, at: datetime) -> Iterator[Parsed]:
        """Items and findings, group by group, in the export's order.

        Raises:
            RefusedError: a file is cut or damaged; what came before was handed over.
        """
        job = _Job(self._export.NAME, self._bundle, self._account, own, at)
        data = sum(self._bundle.size(name) for name in self._bundle.names() if name.lower().endswith(_DATA))
        return self._apart(job) if data >= APART else groups(job)

    def _apart(self, job: _Job) -> Iterator[Parsed]:
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "connectors.exports.apart"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                # Nothing of ours: what parses hostile files has no use for the accounts' tokens.
                env={"PYTHONUTF8": "1"},
                cwd=Path(exports.__file__).parents[2],
            )
            self._process = process
            try:
                assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - for mypy
                with process.stdin as stdin:
                    pickle.dump(job, stdin)
                for frame in frames(cast("BinaryIO", process.stdout)):
                    if isinstance(frame, Exception):
                        raise frame
                    yield frame
            finally:
                self.close()

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:  # noqa: ARG002 - as a session's
        """Copy an attachment out of the bundle.

        Raises:
            MediaError: I120 the file is not in the export; H119 larger than ``limit``; I121 it cannot be read.
        """
        name = reference.origin.removeprefix(EXPORT)
        try:
            size = self._bundle.size(name)
        except KeyError:
            raise MediaError("I120") from None
        if size > limit:
            raise MediaError("H119")
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller, who closes it
        hasher, size = hashlib.sha256(), 0
        try:
            with self._bundle.open(name) as stream:
                while chunk := stream.read(1 << 20):
                    size += len(chunk)
                    hasher.update(chunk)
                    copy.write(chunk)
                    if size > limit:
                        break
        except RefusedError:
            copy.close()
            raise MediaError("I121") from None
        except BaseException:
            copy.close()
            raise
        if size > limit:
            copy.close()
            raise MediaError("H119")
        copy.seek(0)
        return MediaBytes(
            file=cast("BinaryIO", copy), digest=hasher.hexdigest(), size=size, media_type=reference.media_type
        )

    def close(self) -> None:
        """End the process that reads, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            if process.stdout is not None:
                process.stdout.close()
            process.terminate()
            process.wait()


def groups(job: _Job) -> Iterator[Parsed]:
    """Read and parse: what an export's module gives, a few hundred items at a time."""
    export = formats()[job.format]
    repeats, fields = _Repeats(), _Fields()
    items: list[Any] = []
    findings: list[Finding] = []
    try:
        for one in export.read(job.bundle, job.account, own=job.own, at=job.at):
            if isinstance(one, Finding):
                findings.append(one)
                continue
            parsed = export.parse(one)
            items.extend(repeats.named(one.listing, parsed.items))
            findings.extend(fields.told(parsed.findings))
            if len(items) >= _GROUP:
                yield Parsed(items=items, findings=findings)
                items, findings = [], []
    except Exception:
        # What was read before the error is handed over before it.
        yield Parsed(items=items, findings=findings)
        raise
    if repeats.count:
        findings.append(Finding(code="I115", severity="info", subject=job.account.name, count=repeats.count))
    yield Parsed(items=items, findings=findings)


class _Repeats:
    """Items without id that come again in the same list: the same words in the same second, and yet two items."""

    def __init__(self) -> None:
        # Numbers, not names: of an export with a million messages they take some tens of megabytes.
        self._met: set[int] = set()
        self._again: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """How many items were given a number."""
        return self._again.total()

    def named(self, listing: str, items: Sequence[Seen]) -> Iterator[Seen]:
        """The items; one whose name was given before in this list gets a number of its own.

        The same file cannot have been uploaded twice: an item with attachments that comes again is the same one. So is
        one that another list shows as well.
        """
        for seen in items:
            if seen.media or not named_by_us(seen.native):
                yield seen
                continue
            name = hash((listing, seen.native))
            if name in self._met:
                self._again[seen.native] += 1
                yield replace(seen, native=again(seen.native, self._again[seen.native] + 1))
            else:
                self._met.add(name)
                yield seen


class _Fields:
    """Unknown fields of one format, of which so many are named: an odd export can have as many as it has items."""

    def __init__(self) -> None:
        self._named: set[tuple[tuple[str, str | int], ...]] = set()

    def told(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings; beyond the limit an unknown field is counted without its name."""
        for one in findings:
            if one.code != "H121" or one.parameters in self._named:
                yield one
            elif len(self._named) < _NAMED:
                self._named.add(one.parameters)
                yield one
            else:
                yield replace(one, parameters=tuple((k, "?" if k == "field" else v) for k, v in one.parameters))


def work(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """What the process beside us does: take the job, hand over groups, tell how it ended."""

    def put(value: object) -> None:
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        stdout.write(_FRAME.pack(len(data)) + data)
        stdout.flush()

    job: _Job = pickle.load(stdin)  # noqa: S301 - from our own parent
    try:
        for group in groups(job):
            put(group)
        put(None)
    except RefusedError as error:
        put(("refused", error.field, error.value, error.remedy))
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001 - told to the parent, without what it was about
        last = traceback.extract_tb(error.__traceback__)[-1]
        put(("failed", type(error).__name__, f"{Path(last.filename).name}:{last.lineno}", ""))


def frames(stream: BinaryIO) -> Iterator[Parsed | Exception]:
    """What the other process hands over, until it says that it is done."""
    while True:
        head = stream.read(_FRAME.size)
        data = stream.read(_FRAME.unpack(head)[0]) if len(head) == _FRAME.size else b""
        if not data:
            yield ReadingError("ended early", "")
            return
        value = pickle.loads(data)  # noqa: S301 - from our own process
        if value is None:
            return
        if isinstance(value, tuple):
            kind, first, second, third = value
            yield RefusedError(first, second, third) if kind == "refused" else ReadingError(first, second)
            return
        yield value


class ReadingError(RuntimeError):
    """The process that reads an export failed: the error's type and place, nothing of what it was about."""

    def __init__(self, kind: str, place: str) -> None:
        """Keep both apart."""
        self.kind = kind
        self.place = place
        super().__init__(f"{kind} {place}")

"""The nightly export of the ledger: complete, without overlap, repeatable after a kill at any line."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from connectors.clock import FixedClock
from connectors.state import Database, open_database
from connectors.storage.folder import FolderStore
from connectors.storage.readonly import ReadOnlyStore
from flows.verify import act
from flows.verify.act import export_ledger, verify
from schemas.books import LeaseTakenError, State
from schemas.neighbours import Store
from schemas.receipt import Receipt
from schemas.refusal import GuardError
from schemas.segments import EXPORT_ACT, Span, gaps, overlap, segment, span, worth_exporting
from schemas.shelf import ledger_segment
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CLOCK = FixedClock(AT)
SCRIPT = Path(__file__).resolve().parents[2] / "infra" / "verify_ledger.py"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """An empty folder store."""
    (tmp_path / "store").mkdir()
    return FolderStore(tmp_path / "store", "prov")


def _append(state: State, count: int, act_name: str = "harvest.batch") -> None:
    with state.writing() as books:
        for number in range(count):
            books.ledger.append(
                Receipt(
                    act=act_name,
                    at=AT,
                    actor="Åsa Öberg",
                    subjects=("konto",),
                    evidence={"n": number, "t": '"\\\n\u2028'},
                )
            )


def _segments(state: State) -> list[str]:
    with state.reading() as books:
        return [copy.key for copy in books.copies.find(kind="ledger")]


def _checked(store: Store, state: State) -> None:
    """All segments together are the ledger from its first link on, and the store holds nothing else."""
    keys = _segments(state)
    assert [info.key for info in store.list("")] == keys
    assert list(store.unfinished("")) == []
    through = 0
    data = b""
    for key in keys:
        covered = span(key)
        assert covered is not None
        assert covered.first == through + 1
        through = covered.last
        data += store.get(key)
    with state.reading() as books:
        links = books.ledger.after(0, 1_000_000)
        assert not books.intents.dead()
    assert data == segment(links[:through])
    assert not worth_exporting(links[through:])


def test_new_links_become_segments(state: Database, store: FolderStore) -> None:
    """Each night's new links become one segment that continues the one before it, registered and with a receipt."""
    _append(state, 3)
    first = export_ledger(state, store, CLOCK)
    assert (first.segments, first.links, first.through) == ((ledger_segment(1, 3),), 3, 3)
    _append(state, 2)
    second = export_ledger(state, store, CLOCK)
    assert second.segments == (ledger_segment(4, 6),)
    _checked(store, state)
    with state.reading() as books:
        receipts = books.ledger.about(ledger_segment(4, 6))
    assert [one.seq for one in receipts] == [7]
    assert EXPORT_ACT in receipts[0].body


def test_an_archive_at_rest_is_not_exported_again(state: Database, store: FolderStore) -> None:
    """The receipt of an export alone is no reason for the next one; an empty ledger makes no segment."""
    assert export_ledger(state, store, CLOCK).segments == ()
    _append(state, 1)
    export_ledger(state, store, CLOCK)
    for _ in range(3):
        assert export_ledger(state, store, CLOCK) == act.Exported(segments=(), links=0, through=1)
    with state.reading() as books:
        assert books.ledger.head()[0] == 2
    _append(state, 1)
    assert export_ledger(state, store, CLOCK).segments == (ledger_segment(2, 3),)
    _checked(store, state)


def test_many_links_become_several_segments(
    sqlite_state: Database, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A segment holds a bounded number of links; the receipts written meanwhile come the next night."""
    monkeypatch.setattr("schemas.segments.SEGMENT_LINKS", 4)
    _append(sqlite_state, 10)
    found = export_ledger(sqlite_state, store, CLOCK)
    assert found.segments == (ledger_segment(1, 4), ledger_segment(5, 8), ledger_segment(9, 10))
    _append(sqlite_state, 1)
    assert export_ledger(sqlite_state, store, CLOCK).segments == (ledger_segment(11, 14),)
    _checked(store, sqlite_state)


def test_a_stop_at_any_write_is_made_good(sqlite_state: Database, store: FolderStore) -> None:
    """Stopped before or after each write of an export, the next run leaves segments without gap or overlap."""
    points = 0
    for stop_at in range(1, 40):
        _append(sqlite_state, 2)
        counter = Counter(stop_at)
        try:
            export_ledger(StoppingState(sqlite_state, counter), StoppingStore(store, counter), CLOCK)  # type: ignore[arg-type]  # delegates by __getattr__
        except StoppedError:
            points += 1
            if stop_at % 2:
                _append(sqlite_state, 1)  # the ledger may have grown before the next run
            export_ledger(sqlite_state, store, CLOCK)
            _checked(store, sqlite_state)
        else:
            break
    assert points >= 8
    _checked(store, sqlite_state)
    assert verify(sqlite_state, store, deep=True).clean


def _killed_child(url: str, root: str, line: int, told: multiprocessing.Queue[int]) -> None:
    """Export in this process and kill it at the n-th line that the act executes; tells the number of lines."""
    lines = 0

    def trace(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        nonlocal lines
        if not frame.f_code.co_filename.endswith(("flows/verify/act.py", "flows/keep/derived.py", "storage/folder.py")):
            return None
        if event == "line":
            lines += 1
            if lines == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    state = open_database(url)
    sys.settrace(trace)
    export_ledger(state, FolderStore(Path(root), "prov"), CLOCK)
    sys.settrace(None)
    state.close()
    told.put(lines)


def test_a_kill_at_any_line_is_made_good(
    state_url: Callable[[str], str], sqlite_state: Database, store: FolderStore, tmp_path: Path
) -> None:
    """Killed by SIGKILL at lines all through the export, the next run converges."""
    fork = multiprocessing.get_context("fork")
    told: multiprocessing.Queue[int] = fork.Queue()

    def run(line: int) -> int | None:
        child = fork.Process(
            target=_killed_child, args=(state_url("sqlite"), str(tmp_path / "store"), line, told), daemon=True
        )
        child.start()
        child.join(60)
        return child.exitcode

    _append(sqlite_state, 2)
    assert run(0) == 0
    lines = told.get(timeout=10)
    assert lines > 60
    killed = 0
    for line in range(1, lines, max(1, lines // 25)):
        _append(sqlite_state, 1)
        killed += run(line) == -signal.SIGKILL
        export_ledger(sqlite_state, store, CLOCK)
        _checked(store, sqlite_state)
    assert killed >= 20
    assert verify(sqlite_state, store, deep=True).clean


def test_two_exports_at_once_are_one(sqlite_state: Database, store: FolderStore) -> None:
    """While somebody holds the ledger's lease, a second export is refused and writes nothing."""
    _append(sqlite_state, 1)
    with sqlite_state.hold_lease("ledger"), pytest.raises(LeaseTakenError):
        export_ledger(sqlite_state, store, CLOCK)
    assert list(store.list("")) == []


def test_a_dry_run_writes_nothing(sqlite_state: Database, store: FolderStore) -> None:
    """On a read-only store the export is refused, and the next real run is not disturbed by it."""
    _append(sqlite_state, 1)
    with pytest.raises(GuardError):
        export_ledger(sqlite_state, ReadOnlyStore(store), CLOCK)
    assert list(store.list("")) == []
    export_ledger(sqlite_state, store, CLOCK)
    _checked(store, sqlite_state)


def test_a_foreign_file_under_a_segments_key_is_not_overwritten(sqlite_state: Database, store: FolderStore) -> None:
    """Another file where the segment would lie stops the export, as after a restored older database."""
    _append(sqlite_state, 2)
    store.put_new(ledger_segment(1, 2), b"another history\n")
    with pytest.raises(GuardError) as refused:
        export_ledger(sqlite_state, store, CLOCK)
    assert refused.value.code == "G-SEGMENT"
    assert store.get(ledger_segment(1, 2)) == b"another history\n"
    assert _segments(sqlite_state) == []


def test_the_same_file_without_registration_is_registered(sqlite_state: Database, store: FolderStore) -> None:
    """An equal segment that lies there unregistered is taken over, not written twice."""
    _append(sqlite_state, 2)
    with sqlite_state.reading() as books:
        store.put_new(ledger_segment(1, 2), segment(books.ledger.after(0)))
    export_ledger(sqlite_state, store, CLOCK)
    _checked(store, sqlite_state)


def test_spans_and_gaps() -> None:
    """Gaps are what no segment covers, overlaps are found, and keys of other things are no spans."""
    assert gaps([], 0) == []
    assert gaps([], 5) == [Span(1, 5)]
    assert gaps([Span(1, 5)], 5) == []
    assert gaps([Span(3, 4), Span(6, 6)], 8) == [Span(1, 2), Span(5, 5), Span(7, 8)]
    assert gaps([], 25_000) == [Span(1, 10_000), Span(10_001, 20_000), Span(20_001, 25_000)]
    assert overlap([Span(4, 6), Span(1, 3)]) is None
    assert overlap([Span(1, 4), Span(4, 6)]) == 4
    assert span(ledger_segment(1, 12)) == Span(1, 12)
    for key in ("archive/ledger/1-2.jsonl", "archive/ledger/000000000002-000000000001.jsonl", "media/aa/x", ""):
        assert span(key) is None


# The stand-alone script


def _script(*arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.fixture
def exported(sqlite_state: Database, store: FolderStore, tmp_path: Path) -> Path:
    """A folder with three true segments: links 1–3, 4–6 and 7–9."""
    for count in (3, 2, 2):
        _append(sqlite_state, count)
        export_ledger(sqlite_state, store, CLOCK)
    return tmp_path / "store" / "archive" / "ledger"


def test_the_script_is_short_and_stands_alone() -> None:
    """It has at most 60 lines and imports the standard library only."""
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


def test_the_script_accepts_a_true_chain(exported: Path, sqlite_state: Database) -> None:
    """It accepts the folder, single files in any order, and the head noted elsewhere."""
    with sqlite_state.reading() as books:
        head = books.ledger.after(8, 1)[0].hash.hex()
    assert _script(exported) == (0, f"OK 9 links, head {head}\n")
    assert _script(*sorted(exported.iterdir(), reverse=True))[0] == 0
    assert _script("--head", head, exported)[0] == 0


def test_the_script_finds_changes_of_whole_lines_and_files(exported: Path, tmp_path: Path) -> None:
    """Removed, swapped, doubled and cut lines, missing, renamed and emptied segments, and a cut end are found."""
    files = sorted(exported.iterdir())
    true = [file.read_bytes() for file in files]
    middle = true[1].splitlines(keepends=True)
    broken: dict[str, list[bytes | None]] = {
        "line removed": [true[0], middle[0] + middle[2], true[2]],
        "first line removed": [true[0], middle[1] + middle[2], true[2]],
        "last line removed": [true[0], true[1], b"".join(true[2].splitlines(keepends=True)[:-1])],
        "lines swapped": [true[0], middle[1] + middle[0] + middle[2], true[2]],
        "line doubled": [true[0], middle[0] * 2 + middle[1] + middle[2], true[2]],
        "last line cut": [true[0], true[1], true[2][:-20]],
        "line feed missing": [true[0], true[1], true[2][:-1]],
        "empty line": [true[0], true[1] + b"\n", true[2]],
        "carriage return": [true[0], true[1].replace(b"\n", b"\r\n"), true[2]],
        "white space": [true[0], true[1].replace(b'"seq":', b'"seq": '), true[2]],
        "member added": [true[0], true[1].replace(b"}\n", b',"x":1}\n'), true[2]],
        "member doubled": [true[0], true[1].replace(b"{", b'{"seq":4,', 1), true[2]],
        "number as text": [true[0], true[1].replace(b'"seq":4', b'"seq":"4"'), true[2]],
        "number with decimals": [true[0], true[1].replace(b'"seq":4', b'"seq":4.0'), true[2]],
        "no JSON": [true[0], b"\x00\xff" * 100 + b"\n", true[2]],
        "deep JSON": [true[0], b"[" * 100_000 + b"\n", true[2]],
        "other JSON": [true[0], b"7\n" + true[1], true[2]],
        "emptied": [true[0], b"", true[2]],
        "missing in the middle": [true[0], None, true[2]],
        "missing at the beginning": [None, true[1], true[2]],
        "contents exchanged": [true[0], true[2], true[1]],
        "all missing": [None, None, None],
    }
    for name, contents in broken.items():
        folder = tmp_path / "broken" / name
        folder.mkdir(parents=True)
        for file, data in zip(files, contents, strict=True):
            if data is not None:
                (folder / file.name).write_bytes(data)
        code, text = _script(folder)
        assert (code, text.startswith("BROKEN at link ")) == (1, True), name
    assert _script(files[0], files[1])[0] == 0  # only the head tells that the last one is missing
    assert _script("--head", "0" * 64, files[0], files[1])[0] == 1


def test_the_script_finds_every_changed_byte(exported: Path, tmp_path: Path) -> None:
    """Each byte of a segment in the middle, changed in turn to three others, is found."""
    files = sorted(exported.iterdir())
    folder = tmp_path / "changed"
    folder.mkdir()
    for file in files:
        (folder / file.name).write_bytes(file.read_bytes())
    target = folder / files[1].name
    # One process for all of them: the script's own function is called as its command line does.
    program = (
        "import runpy, sys, io, contextlib, pathlib\n"
        "script, folder, target = sys.argv[1:4]\n"
        "main = runpy.run_path(script)['main']\n"
        "target = pathlib.Path(target)\n"
        "true = target.read_bytes()\n"
        "sys.argv = [script, folder]\n"
        "def found(data):\n"
        "    target.write_bytes(data)\n"
        "    with contextlib.redirect_stdout(io.StringIO()):\n"
        "        return main()\n"
        "missed = [at for at in range(len(true)) for change in (0x01, 0x20, 0x80)\n"
        "    if found(true[:at] + bytes([true[at] ^ change]) + true[at + 1:]) != 1]\n"
        "print(len(true), missed, found(true))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(SCRIPT), str(folder), str(target)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    size = len(files[1].read_bytes())
    assert size > 1000
    assert done.stdout == f"{size} [] 0\n"

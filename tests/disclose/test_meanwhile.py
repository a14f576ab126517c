"""A request and a culling of what it asks for, at the same time: nothing asked for goes once the request has been entered."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.home import open_home
from flows.cull.execute import Executed, execute
from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.shown import shown
from flows.keep import patience
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import GuardError
from schemas.request import Request
from tests.disclose.turns import stepping, take_turns
from tests.disclose.world import ACCOUNT, COLLEAGUE, OFFICER, PAGE, Desk

FIRST, SECOND = datetime(2022, 5, 3, 10, tzinfo=UTC), datetime(2022, 7, 3, 10, tzinfo=UTC)
"""Two old months."""
TIMES = 100
AT = datetime(2026, 1, 16, 9, tzinfo=UTC)
WORDS = "Allt från nyheter"
Step = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An archive with an approved order: its folder, the order, what is asked for, and what else is listed.

    ``below``: answers of another account that are asked for since they lie in a thread → what is asked for of that thread.
    """

    root: Path
    digest: str
    asked: frozenset[ItemId]
    other: frozenset[ItemId]
    below: Mapping[ItemId, frozenset[ItemId]]

    @property
    def listed(self) -> frozenset[ItemId]:
        """All of it."""
        return self.asked | self.other


def prepare(desk: Desk) -> Ready:
    """Threads and posts of two accounts in two old months, all on one approved order; a little that stays."""
    asked, other, below = set(), set(), {}
    for month in (FIRST, SECOND):
        post = desk.publish("Ett inlägg", at=month)
        asked |= {post, desk.publish("Ett till", at=month)}
        comment = desk.publish("En kommentar", kind="comment", at=month, below=post)
        asked.add(comment)
        other.add(desk.publish("På sidan", account=PAGE, at=month))
        # Below a post that is asked for: another account's, in another month.
        answer = desk.publish("Ett svar", kind="reply", account=PAGE, at=SECOND, below=post)
        asked.add(answer)
        below[answer] = frozenset({post, comment})
    for account in (ACCOUNT, PAGE):
        desk.publish("Nytt", account=account)
    digest = desk.propose()
    desk.approve(digest)
    desk.at = AT
    return Ready(root=desk.root, digest=digest, asked=frozenset(asked), other=frozenset(other), below=below)


@pytest.fixture(scope="module")
def ready(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    """Made once; the tests copy it."""
    root = tmp_path_factory.mktemp("redo")
    for name in ("allt", "nycklar"):
        shutil.copytree(desk_template / name, root / name)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        _turn_by_turn(patched)
        yield prepare(Desk(root / "allt"))


def _turn_by_turn(patched: pytest.MonkeyPatch) -> None:
    """A lease that the other act has is waited for in turns, not in seconds."""
    patched.setattr(patience, "_PAUSE", 0.001)
    patched.setattr(patience, "_TRIES", 5_000)


def copy(ready: Ready, to: Path) -> Path:
    """A copy of the archive's home."""
    if to.exists():
        shutil.rmtree(to)
    shutil.copytree(ready.root / "hem", to)
    shutil.copy(ready.root / "hem.key", to.with_suffix(".key"))
    return to


def gone(home: Home) -> set[ItemId]:
    """What has been culled."""
    with home.ground.state.reading() as books:
        return {one.item for one in books.tombstones.all()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What was gone when the hold was committed, what is gone at the end, and how the two acts ended."""

    before: set[ItemId]
    after: set[ItemId]
    asked: object
    culled: object


def run_beside(path: Path, ready: Ready, seed: int, opening: Opening, *, after: int = 0) -> Ran:
    """The culling beside the opening of a request, by turns.

    Args:
        after: steps of the culling after which the request is opened; 0: a second before it, so that the request's first
            transaction is over when the culling begins.
    """
    with open_home(path, at=AT) as desk, open_home(path, at=AT + timedelta(seconds=1)) as culler:
        before: list[set[ItemId]] = []
        passed: list[int] = []

        def ask(step: Step) -> object:
            def held() -> None:
                with desk.ground.state.reading() as books:
                    if not before and books.holds.in_force():
                        before.append(gone(desk))
                if before:
                    step()

            while len(passed) < after:
                step()
            return open_request(stepping(desk, held), opening, OFFICER)

        def cull(step: Step) -> object:
            def counted() -> None:
                passed.append(1)
                step()

            while not after and not before:
                step()
            try:
                return execute(stepping(culler, counted), ready.digest)
            finally:
                passed.extend([1] * after)

        asked, culled = take_turns(seed, ask, cull)
        return Ran(before=before[0], after=gone(culler), asked=asked, culled=culled)


@pytest.mark.parametrize("times", [TIMES, pytest.param(10_000, marks=pytest.mark.soak)])
def test_what_is_asked_for_is_kept_whatever_the_turns(ready: Ready, tmp_path: Path, times: int) -> None:
    """Opened a second before the culling, in 100 interleavings of the two: nothing goes, and the order is to be made anew."""
    for seed in range(times):
        ran = run_beside(copy(ready, tmp_path / "hem"), ready, seed, _opening(seed))
        assert (ran.before, ran.after) == (set(), set()), seed
        assert isinstance(ran.asked, Request), (seed, ran.asked)
        # The order as it was signed is no longer what would be culled; what the request does not reach is proposed again.
        assert _stale(ran.culled), (seed, ran.culled)


@pytest.mark.parametrize("times", [20, pytest.param(2_000, marks=pytest.mark.soak)])
def test_what_is_asked_for_is_kept_in_the_middle_of_it(ready: Ready, tmp_path: Path, times: int) -> None:
    """Opened beside a culling that is under way, by turns: what had not gone when it was entered stays; what it does not reach goes."""
    parts, others = 0, 0
    for seed in range(times):
        opening = _opening(seed)
        ran = run_beside(copy(ready, tmp_path / "hem"), ready, seed, opening, after=8 + seed % 12)
        # Another account's answer is reached through its thread alone: not when all that was asked for of it had gone already.
        apart = {one for one, thread in ready.below.items() if opening.accounts and thread <= ran.before}
        assert (ran.after & ready.asked) - apart == (ran.before & ready.asked) - apart, seed
        assert isinstance(ran.asked, Request), (seed, ran.asked)
        assert isinstance(ran.culled, Executed) or _stale(ran.culled), (seed, ran.culled)
        parts += 0 < len(ran.before) < len(ready.listed)
        others += ran.after > ran.before
    assert parts
    assert others


def _opening(seed: int) -> Opening:
    return Opening(wording=WORDS, accounts=(ACCOUNT,) if seed % 3 else (), contact="a@b.example" if seed % 2 else "")


def _stale(answer: object) -> bool:
    """The culling was refused since something had changed: it is to be judged anew."""
    return isinstance(answer, GuardError) and answer.code == "G-STALE"


def test_without_a_request_all_of_it_goes(ready: Ready, tmp_path: Path) -> None:
    """The same order in the same archive."""
    with open_home(copy(ready, tmp_path / "hem"), at=AT) as home:
        assert execute(home, ready.digest).culled == len(ready.listed)
        assert gone(home) == ready.listed


def test_what_went_before_it_was_entered_is_told_at_once(ready: Ready, tmp_path: Path) -> None:
    """A request that reached us before a culling and was entered after it: the officer sees how many records went."""
    copy(ready, tmp_path / "hem")
    desk = Desk(tmp_path, at=AT)
    with desk.open() as home:
        execute(home, ready.digest)
    desk.later(hours=1)
    told = desk.command(
        *("request", "open", "--text", WORDS, "--account", ACCOUNT, "--as", OFFICER),
        *("--received", (AT - timedelta(hours=1)).isoformat()),
    )
    (finding,) = [one for one in told["findings"] if one["code"] == "Q107"]
    assert finding["count"] == len(ready.listed)


def _during(path: Path, ready: Ready, at: int) -> tuple[set[ItemId], set[ItemId], dict[str, object] | None, int]:
    """Execute; at that step somebody opens a request. What was gone by then, what is gone at the end, what show says."""
    with open_home(path, at=AT) as home, open_home(path, at=AT) as other:
        passed: list[int] = []
        before: list[set[ItemId]] = []

        def step() -> None:
            passed.append(1)
            if len(passed) == at:
                # Whoever writes a certificate at that moment has the lease that the wording waits for: the hold stands.
                before.append(gone(other))
                with suppress(GuardError):
                    open_request(other, Opening(wording=WORDS), COLLEAGUE)

        with suppress(GuardError):
            execute(stepping(home, step), ready.digest)
        if not before:
            return set(), gone(other), None, len(passed)
        return before[0], gone(other), shown(other, 1)[0], len(passed)


@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.soak)])
def test_what_has_not_gone_is_kept_at_every_step(
    ready: Ready, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    """Opened at each step until all has gone, and at some after that: nothing goes any more, and show says how much had gone."""
    monkeypatch.setattr(patience, "_TRIES", 3)
    *_, steps = _during(copy(ready, tmp_path / "hem"), ready, 0)
    assert steps > 20
    seen = set()
    whole = False
    for at in range(1, steps + 1):
        if whole and at % every:
            continue
        before, after, found, _ = _during(copy(ready, tmp_path / "hem"), ready, at)
        assert before == after, at
        assert found is not None
        assert found["culled_since_received"] == len(before), at
        seen.add(len(before))
        whole = before == ready.listed
    assert seen >= {0, len(ready.listed)}
    assert len(seen) > 2


@pytest.mark.parametrize("after", [0, 12])
def test_the_same_on_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str, after: int) -> None:
    """With the state in PostgreSQL, opened before the culling and in the middle of it."""
    _turn_by_turn(monkeypatch)
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    desk = Desk(tmp_path / "allt").begin(database=postgres_url)
    ready = prepare(desk)
    ran = run_beside(desk.root / "hem", ready, 1, _opening(1), after=after)
    assert ran.after & ready.asked == ran.before & ready.asked
    assert isinstance(ran.asked, Request), ran.asked
    assert isinstance(ran.culled, Executed) or _stale(ran.culled), ran.culled
    assert after or not ran.after

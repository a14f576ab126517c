"""Read a second place, prove it against its own ledger, and say how an archive stands to it. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flows.restore.explain import Checking, ContradictionError, Said, chosen, said
from schemas.books import Books, Suppressed
from schemas.neighbours import MissingError, Reading
from schemas.order import Tombstone
from schemas.receipt import GENESIS, Link, link
from schemas.refusal import GuardError
from schemas.second import Listed, lists, read_identity, read_link
from schemas.segments import Span, second_span
from schemas.shelf import SECOND_CULLED, SECOND_IDENTITY, SECOND_LEDGER, second_culled, second_segment


class Known:
    """What a second place knows.

    Attributes:
        last: number of its last link, 0 when it has none.
        orders: order → its list that is to be believed; empty until ``prove``.
        ahead: orders with a list that the ledger does not explain (a copying was stopped), which is passed over.
    """

    def __init__(self, second: Reading) -> None:
        """List it."""
        self._second = second
        found = (second_span(info.key) for info in second.list(SECOND_LEDGER))
        self._spans: Sequence[Span] = sorted(one for one in found if one is not None)
        self.last = max((one.last for one in self._spans), default=0)
        self._lists = lists(info.key for info in second.list(SECOND_CULLED))
        self._said: Mapping[str, Said] = {}
        self.orders: dict[str, Listed] = {}
        self.ahead: tuple[str, ...] = ()

    def prove(self) -> None:
        """Read all of it: the whole chain from its first link, and every list against what the chain says of it.

        Raises GuardError (``G-SECOND``) that names what does not agree.
        """
        try:
            self._said = said(one.body for one in self.links(0))
        except ValueError:
            raise self.damaged() from None
        found: dict[str, Listed] = {}
        try:
            for order in sorted(self._lists.keys() | self._said.keys()):
                one = chosen(order, self._lists.get(order, ()), self._said.get(order, Said()))
                if one is not None:
                    found[order] = one
        except ContradictionError as error:
            raise self._contradicts(error) from None
        self.orders = found
        self.ahead = tuple(
            order
            for order, some in self._lists.items()
            if any(one.tombstones > self._said.get(order, Said()).items for one in some)
        )
        for order in found:
            for _ in self.entries(order):
                pass

    def refuse_other_home(self, books: Books) -> None:
        """Refuse a second place of another home (``G-SECOND``)."""
        first = books.ledger.after(0, 1)
        try:
            identity = read_identity(self._second.get(SECOND_IDENTITY))
        except MissingError:
            if self.last == 0:
                return
            raise self.damaged() from None
        except ValueError:
            raise self.damaged() from None
        if not identity.is_of(books.setting("key_check"), first[0].hash if first else None):
            raise GuardError(
                "G-SECOND",
                f"{self._second.place} is the second place of another home",
                "give every home a second place of its own in bevara.toml",
            )

    def links(self, after: int) -> Iterator[Link]:
        """Its links with higher numbers, in order, each following the one before.

        Raises GuardError (``G-SECOND``) where one is missing or does not follow.
        """
        at = after
        previous: bytes | None = GENESIS if after == 0 else None
        for one in self._spans:
            if one.last <= at:
                continue
            for line in self._lines(second_segment(one.first, one.last)):
                found = self._read_link(line)
                if found.seq <= at:
                    previous = found.hash if found.seq == at else previous
                    continue
                broken = previous is not None and found.previous != previous
                if found.seq != at + 1 or broken or found.hash != link(found.previous, found.body):
                    raise self.damaged()
                yield found
                at, previous = found.seq, found.hash
        if at < self.last:
            raise self.damaged()

    def hash_at(self, number: int) -> bytes | None:
        """Hash of its link of that number, or None when it does not have it."""
        for one in self._spans:
            if one.first <= number <= one.last:
                for line in self._lines(second_segment(one.first, one.last)):
                    found = self._read_link(line)
                    if found.seq == number:
                        return found.hash
        return None

    def entries(self, order: str) -> Iterator[Tombstone | Suppressed]:
        """Tombstones of an order, then its suppression; at the end they are proven once more (``G-SECOND``)."""
        checking = Checking(self.orders[order], self._said.get(order, Said()))
        try:
            for line in self._lines(self._list(order)):
                yield checking.add(line)
            checking.end()
        except ContradictionError as error:
            raise self._contradicts(error) from None

    def _contradicts(self, error: ContradictionError) -> GuardError:
        return GuardError(
            "G-SECOND",
            f"{self._second.place}: order {error.order[:12]}: {error.what}",
            "nothing was changed; compare culled/ there with its own backup, put the right file back and run again",
        )

    def _list(self, order: str) -> str:
        found = self.orders[order]
        return second_culled(order, found.tombstones, found.suppressed)

    def damaged(self) -> GuardError:
        """The refusal of a second place that cannot be read to its end."""
        return GuardError(
            "G-SECOND",
            f"{self._second.place} holds a file that is missing, cut or altered",
            "compare it with its own backup; without it nobody knows what was culled since",
        )

    def _lines(self, key: str) -> Iterator[bytes]:
        try:
            with self._second.open(key) as stream:
                for line in stream:
                    if not line.endswith(b"\n"):
                        raise self.damaged()
                    yield line
        except MissingError:
            raise self.damaged() from None

    def _read_link(self, line: bytes) -> Link:
        try:
            return read_link(line)
        except ValueError:
            raise self.damaged() from None


def common(books: Books, known: Known) -> int:
    """Number of the last link that archive and second place both know.

    Raises:
        GuardError: under that number they say different things (``G-FORK``), or a segment is missing
            (``G-SECOND``).
    """
    head, _ = books.ledger.head()
    number = min(head, known.last)
    if number == 0:
        return 0
    ours = books.ledger.after(number - 1, 1)[0].hash
    theirs = known.hash_at(number)
    if theirs is None:
        raise known.damaged()
    if theirs != ours:
        raise GuardError(
            "G-FORK",
            f"the archive has gone on after it was restored: its link {number} is another than the second place's",
            "restore an older backup or a copy of what was done since by hand; a person decides which one is true",
        )
    return number

"""The listed items of one partition after the other: judged anew, checked anew, destroyed in one transaction."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.cull.approval import is_neutral
from flows.cull.checks import examine
from flows.cull.judging import Judging, beside, families, placed, signed
from flows.keep.destroy import ChangedError, destroy
from flows.keep.guard import code_of
from flows.keep.patience import patiently
from flows.keep.read import read_files
from schemas.books import Books, Lease, LiveFile, RevisionChangedError
from schemas.ground import Home
from schemas.ids import ItemId, Month, month_of, native_hash
from schemas.neighbours import MissingError
from schemas.order import Operation, Order, Signature, Tombstone
from schemas.receipt import Link
from schemas.refusal import RefusedError, UnreachableError
from schemas.tables import HOLDINGS

ACT = "cull.swapped"
_AGAIN = 20
"""How often a partition is judged anew because something changed, before it is left for the next run."""
_SAME = ("outcome", "rule", "trigger", "due", "reasons")
_SALT = 32


class Partitions:
    """The work of one execution on partitions.

    Attributes:
        left: sorts of failures with the number of partitions they left undone.
    """

    def __init__(
        self,
        home: Home,
        order: Order,
        operation: Operation,
        signatures: Sequence[Signature],
        listed: pa.Table,
        lease: Lease,
        key: bytes,
    ) -> None:
        """Nothing is judged yet."""
        self.left: dict[str, int] = {}
        self._ground = home.ground
        self._order = order
        self._operation = operation
        self._signatures = signatures
        self._listed = listed.sort_by([("authority", "ascending"), ("item", "ascending")])
        self._lease = lease
        self._key = key
        self._judging: Judging | None = None
        self._tied: frozenset[str] = frozenset()
        concerned = pa.chunked_array([*listed["item"].chunks, *listed["thread"].chunks], pa.string())
        self._concerned = pc.unique(concerned)

    def waiting(self) -> Iterator[tuple[str, Month]]:
        """Partitions with listed items that have no tombstone yet, in order."""
        items = [ItemId(item) for item in self._listed["item"].to_pylist()]
        with self._ground.state.reading() as books:
            gone = books.tombstones.known(items)
        rest = zip(self._listed["authority"].to_pylist(), items, strict=True)
        yield from dict.fromkeys((authority, month_of(item)) for authority, item in rest if item not in gone)

    def destroy(self, authority: str, month: Month) -> None:
        """Destroy what may go of a partition; what stands in the way is noted in ``left``."""
        listed = self._of(authority, month)
        try:
            if self._try(authority, month, listed):
                return
            reason = "changing"
        except (RefusedError, MissingError, pa.ArrowException):
            reason = "damaged"
        except (UnreachableError, OSError):
            reason = "store"
        except Exception as error:  # noqa: BLE001 - whatever it is: the items stay, the order stays open, and it is told
            reason = code_of(error)
        self.left[reason] = self.left.get(reason, 0) + 1

    def touched(self) -> list[tuple[str, Month, tuple[str, ...]]]:
        """Partitions with listed items, and the accounts of those: where nothing unknown may lie afterwards."""
        found: dict[tuple[str, Month], set[str]] = {}
        columns = [self._listed[name].to_pylist() for name in ("authority", "item", "account")]
        for authority, item, account in zip(*columns, strict=True):
            accounts = found.setdefault((authority, month_of(ItemId(item))), set())
            if account:
                accounts.add(account)
        return [(authority, month, tuple(sorted(accounts))) for (authority, month), accounts in sorted(found.items())]

    def _of(self, authority: str, month: Month) -> pa.Table:
        prefix = f"{month[:4]}{month[5:]}-"
        mine = pc.and_(
            pc.equal(self._listed["authority"], authority), pc.starts_with(self._listed["item"], pattern=prefix)
        )
        return self._listed.filter(mine)

    def _try(self, authority: str, month: Month, listed: pa.Table) -> bool:
        for _ in range(_AGAIN):
            try:
                self._once(authority, month, listed)
            except RevisionChangedError:
                self._judging = None
            except ChangedError:
                continue
            else:
                return True
        return False

    def _once(self, authority: str, month: Month, listed: pa.Table) -> None:
        ground = self._ground
        judging = self._fresh()
        with patiently(ground.state, f"partition:{authority}/{month}") as lease:
            head = self._settled(judging)
            with ground.state.reading() as books:
                files = books.manifest.live(authority, month)
            table = self._read(files)
            going = self._going(judging, authority, listed, table)
            if not going.num_rows:
                return
            done = destroy(
                ground,
                lease,
                authority,
                month,
                self._tombstones(going, lease),
                files=files,
                table=table,
                order=self._order.digest,
                act=ACT,
                hash_of=lambda platform: lambda native: native_hash(self._key, authority, platform, native),
                revision=judging.base.revision,
                unchanged=partial(self._unchanged_since, head),
                also=self._still_ours,
            )
            if done.key is not None:
                judging.live.add(done.key)

    @staticmethod
    def _unchanged_since(head: int, books: Books, link: Link) -> bool:
        """Nothing between the judgement and ``link`` changes it; asked in the transaction that adds ``link``."""
        between = books.ledger.after(head, link.seq - head - 1) if link.seq > head + 1 else ()
        return all(is_neutral(json.loads(one.body)["act"]) for one in between)

    def _still_ours(self, books: Books) -> None:
        books.leases.check(self._lease)

    def _fresh(self) -> Judging:
        """A judgement under what stands now."""
        if self._judging is None:
            self._judging = Judging(self._ground, self._order.as_of, since=self._order.made)
            self._tied = self._split_families(self._judging)
        return self._judging

    def _split_families(self, judging: Judging) -> frozenset[str]:
        """Listed items whose family is not listed, or cannot go, as a whole."""
        together = families(self._ground)
        if not together:
            return frozenset()
        listed = set(self._listed["item"].to_pylist())
        members = sorted({one for item in together if item in listed for one in together[item]})
        with self._ground.state.reading() as books:
            gone = books.tombstones.known([ItemId(one) for one in members])
        may = listed & set(self._due(judging, [ItemId(one) for one in members if one in listed]))
        return frozenset(item for item in listed & together.keys() if not together[item] <= may | gone)

    def _due(self, judging: Judging, items: Sequence[ItemId]) -> Iterator[str]:
        for month in sorted({month_of(item) for item in items}):
            with self._ground.state.reading() as books:
                files = books.manifest.live(None, month)
            for authority in sorted({file.authority for file in files}):
                table = read_files(
                    self._ground.store, [one for one in files if one.authority == authority], HOLDINGS.names
                )
                mine = table.filter(pc.is_in(table["item"], value_set=pa.array(items, pa.string()))).combine_chunks()
                if mine.num_rows:
                    decided = judging.partition(authority, mine)
                    yield from decided.filter(pc.equal(decided["outcome"], "cull"))["item"].to_pylist()

    def _settled(self, judging: Judging) -> int:
        """Number of the ledger's last link, when nothing until then changes the judgement; else ChangedError."""
        ground = self._ground
        with ground.state.reading() as books:
            head, _ = books.ledger.head()
            live = {file.key: file for file in books.manifest.live()}
            revision = books.revision()
        if revision != judging.base.revision:
            self._judging = None
            raise ChangedError("plan, marks or holds changed")
        for key in sorted(live.keys() - judging.live):
            rows = read_files(ground.store, [live[key]], ["item", "parent", "thread"])
            for name in rows.column_names:
                if pc.any(pc.is_in(rows[name], value_set=self._concerned)).as_py():
                    # Somebody wrote into one of the threads: periods and holds may reach otherwise now.
                    self._judging = None
                    raise ChangedError("one of the threads changed")
            judging.live.add(key)
        return head

    def _read(self, files: Sequence[LiveFile]) -> pa.Table:
        """All rows of the files, each proven against its name: a damaged file is never written anew."""
        tables: list[pa.Table] = [HOLDINGS.empty_table()]
        for file in files:
            data = self._ground.store.get(file.key)
            if file.key.rpartition("/")[2] != f"{hashlib.sha256(data).hexdigest()}.parquet":
                raise RefusedError(file.key, "DIGEST", "run 'bevara verify --deep'; the file is not what its name says")
            table = pq.read_table(io.BytesIO(data), columns=HOLDINGS.names).replace_schema_metadata(None)
            tables.append(table.cast(HOLDINGS))
        return tables[-1] if len(tables) < 3 else pa.concat_tables(tables).unify_dictionaries()

    def _going(self, judging: Judging, authority: str, listed: pa.Table, table: pa.Table) -> pa.Table:
        """Listed items that are judged as they were when the list was signed, and that every check lets go."""
        if judging.base.digest != self._order.plan_digest:
            return listed.slice(0, 0)  # another edition is in force: what was signed was signed under the one before
        mine = table.filter(pc.is_in(table["item"], value_set=listed["item"].combine_chunks())).combine_chunks()
        if not mine.num_rows:
            return listed.slice(0, 0)
        decided = judging.partition(authority, mine)
        decided = beside(decided, placed(mine, decided["item"].combine_chunks()))
        decided = decided.filter(self._unchanged(decided, listed))
        basis = signed(
            judging.basis("execution", decided, self._tied),
            self._signatures,
            genuine=True,
            list_intact=True,
            begun=self._operation.begun,
        )
        if basis.revision_now != basis.revision_judged:
            raise RevisionChangedError("plan, marks or holds changed; judge again")
        failed = examine(decided, basis)
        return decided.filter(pa.array([not codes for codes in failed], pa.bool_()))

    @staticmethod
    def _unchanged(decided: pa.Table, listed: pa.Table) -> pa.Array:
        before = listed.take(pc.index_in(decided["item"], value_set=listed["item"].combine_chunks()))
        same = pc.equal(decided["versions"], before["versions"])
        for name in _SAME:
            one, other = decided[name], before[name]
            if name == "reasons":
                one, other = pc.binary_join(one, ","), pc.binary_join(other, ",")
            equal = pc.fill_null(pc.equal(one, other), False)
            same = pc.and_(same, pc.or_(equal, pc.and_(pc.is_null(one), pc.is_null(other))))
        return pc.fill_null(same, False)

    def _tombstones(self, going: pa.Table, lease: Lease) -> list[Tombstone]:
        at = self._ground.clock.now()
        chance = self._ground.chance.fork(f"{lease.name}#{lease.fence}#salt")
        columns = [going[name].to_pylist() for name in ("item", "parent", "thread", "kind", "rule")]
        return [
            Tombstone(
                item=ItemId(item),
                parent=None if parent is None else ItemId(parent),
                thread=ItemId(thread),
                kind=kind,
                rule=rule,
                edition=self._order.edition or "",
                order=self._order.digest,
                culled=at,
                salt=chance.bytes(_SALT),
            )
            for item, parent, thread, kind, rule in zip(*columns, strict=True)
        ]

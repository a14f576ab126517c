"""What the daily watch tells of the entries: what each lacks, and what changed after the register was looked over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from flows.oversee.art30.act import SORT, entry_of, named_accounts, plan_today
from flows.oversee.art30.entry import findings
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.refusal import RefusedError
from schemas.watch import Sign


def entry_signs(home: Home, clause: str = "P15") -> Iterator[Sign]:
    """One sign per account and code; what lacks is named in one.

    Args:
        clause: id of the policy's clause on the register of processing.
    """
    now = home.ground.clock.now()
    office, plan = _office(home), plan_today(home, now)
    for account in named_accounts(home, ()):
        if account.duties.closed is not None and account.duties.closed < local_day(now):
            continue
        with home.ground.state.reading() as books:
            paper = books.duties.paper(SORT, account.name)
        entry = entry_of(home, account, plan, now, office)
        same = paper is not None and paper.digest == entry.mark()
        changed = local_day(paper.at if paper is not None and same else now)
        by_code: dict[str, list[Mapping[str, str | int]]] = defaultdict(list)
        for one in findings(entry, account.duties.processing.updated if paper else None, changed):
            by_code[one.code].append(dict(one.parameters))
        for code, told in by_code.items():
            yield Sign(
                code=code,
                subject=account.name,
                clause=clause,
                account=account.name,
                authority=account.authority,
                parameters=tuple((name, _joined([one[name] for one in told])) for name in sorted(told[0])),
            )


def _office(home: Home) -> Sequence[str]:
    """The contact lines; none where the settings of disclosure cannot be read, which is no matter of the morning's."""
    try:
        return home.disclosure().office
    except RefusedError:
        return ()


def _joined(values: Sequence[str | int]) -> str | int:
    """One value as it is, several as a list without repeats."""
    return values[0] if len(values) == 1 else ", ".join(dict.fromkeys(map(str, values)))

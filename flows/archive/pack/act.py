"""Package an account and period: the intent is stored first, then the package is built from it; a night goes on.

What is decided (period, rules, which package is replaced, whether one is there already) is decided before the intent is
stored; after that nothing but the intent says what the package holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flows.archive.pack.build import Built, Gather, build, known
from flows.archive.pack.content import Foreseen, collect, foresee
from flows.archive.pack.deliver import deliver
from flows.archive.pack.renditions import retire_renditions
from flows.archive.pack.status import age, packages
from flows.keep.judged import standing
from flows.keep.mandates import mandated
from flows.keep.own import ACCOUNT
from flows.keep.patience import patiently
from flows.keep.spool import sweep
from schemas.books import Books, LeaseTakenError
from schemas.calendar import local_day, local_month
from schemas.delivery import OPEN, Intent, StoredPackage
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import Month
from schemas.package import RecordStatus, named
from schemas.plan.model import Plan
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError, UnreachableError

LONG = 30
"""Days after which a package that is not answered is told of every night."""
LEASE = "package-number"
"""Lease of whoever stores an intent: running numbers are given out one at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for.

    Attributes:
        account: its name. first, last: publication months, both included. profile: name of the delivery profile.
        rules: plan rows; empty = what the plan preserves or delivers. replaces: id or number of a package, or empty.
        authority: the archive creator, needed for the account ``bevara`` (what Bevara itself makes) where there are
            several; empty = the account's own.
    """

    account: str
    first: Month
    last: Month
    profile: str
    rules: tuple[str, ...] = ()
    replaces: str = ""
    authority: str = ""


def package(home: Home, wish: Wish, person: str, *, gather: Gather = collect) -> Built:
    """Store the intent and build the package. An equal one that is planned already is built instead.

    Raises:
        RefusedError: account, period, profile, rule, person or replaced package. GuardError: no mandate (G-MANDATE), no
            plan (G-NOPLAN), there is an equal package (G-PACKAGED), or what is to be replaced may have arrived
            (G-REPLACES). LeaseTakenError: another run is building it, or harvests the account.
    """
    sweep(home)
    intent = plan(home, wish, person)
    built = take_up(home, intent.id, gather=gather)
    return replace(built, findings=(*built.findings, *_early(intent)))


def take_up(home: Home, package_id: str, *, gather: Gather = collect) -> Built:
    """Build a planned package, now or once more; where nothing is chosen, its plan ends here. Raises as ``build``."""
    built = build(home, package_id, gather=gather)
    if not built.done and any(one.code == "A201" for one in built.findings):
        _nothing(home.ground, built.package.intent)
        return replace(built, package=known(home.ground, package_id))
    return built


def plan(home: Home, wish: Wish, person: str) -> Intent:
    """Store the intent of a package, or find the equal one that is planned; nothing is built. Raises as ``package``."""
    account, authority = _owner(home.ground, wish)
    lease = f"own:{authority}" if account == ACCOUNT else f"account:{account}"
    # A harvest that runs has looked at what it has not written yet: that would be in a rebuild, and not in the package.
    with patiently(home.ground.state, lease), patiently(home.ground.state, LEASE):
        return _stored(home.ground, _intent(home, wish, person), person)


def counted(home: Home, wish: Wish, person: str) -> Foreseen:
    """What such a package would hold now; nothing is stored. Raises as ``package`` does."""
    intent = _intent(home, wish, person)
    with home.ground.state.reading() as books:
        mandated(books, person, "package", intent.made)
    return foresee(home, intent)


def _intent(home: Home, wish: Wish, person: str) -> Intent:
    """The intent as wished now, without number and id."""
    ground = home.ground
    now = ground.clock.now()
    account, authority = _owner(ground, wish)
    _period(wish, now)
    profile, digest = home.profile(wish.profile)
    edition = _plan_in_force(ground, now, wish.rules).edition
    return Intent(
        id="",
        number=0,
        profile=wish.profile,
        profile_digest=digest,
        account=account,
        authority=authority,
        first=wish.first,
        last=wish.last,
        rules=tuple(dict.fromkeys(wish.rules)),
        as_of=local_day(now).isoformat(),
        edition=edition,
        made=now.replace(microsecond=0),
        through=now,
        person=person,
        replaces=known(ground, wish.replaces).intent.id if wish.replaces else "",
        status=profile.status,
    )


def _owner(ground: Ground, wish: Wish) -> tuple[str, str]:
    """The account and its archive creator. Raises RefusedError."""
    with ground.state.reading() as books:
        accounts = {one.name: one.authority for one in books.accounts.all()}
    authorities = sorted(set(accounts.values()))
    if wish.account == ACCOUNT and len(authorities) == 1:
        accounts[ACCOUNT] = authorities[0]
    elif wish.account == ACCOUNT:
        if wish.authority not in authorities:
            raise RefusedError("--authority", wish.authority, f"name one of {', '.join(authorities)}")
        accounts[ACCOUNT] = wish.authority
    if wish.account not in accounts:
        raise RefusedError("ACCOUNT", wish.account, "name a registered account; 'bevara account list' shows them")
    authority = accounts[wish.account]
    if wish.authority not in {"", authority}:
        raise RefusedError("--authority", wish.authority, f"leave it out: the account is {authority}'s")
    return wish.account, authority


def _period(wish: Wish, now: datetime) -> None:
    if wish.first > wish.last:
        raise RefusedError("--from", wish.first, "give the earlier month first")
    if wish.last > local_month(now):
        raise RefusedError("--to", wish.last, "give a month that has begun")


def _early(intent: Intent) -> tuple[Finding, ...]:
    if intent.last != local_month(intent.made):
        return ()
    return (Finding(code="A215", severity="warning", subject=intent.id, parameters=(("last", intent.last),)),)


def _plan_in_force(ground: Ground, now: datetime, rules: Sequence[str]) -> Plan:
    plan = standing(ground, local_day(now), holds=False).plan
    if plan is None:
        raise GuardError(
            "G-NOPLAN", "no plan is adopted", "adopt one with 'bevara plan adopt'; it says what is preserved"
        )
    for rule in rules:
        if plan.rule(rule) is None:
            raise RefusedError("--rule", rule, f"name rows of edition {plan.edition}; 'bevara plan show' lists them")
    return plan


def _stored(ground: Ground, wished: Intent, person: str) -> Intent:
    """Store the intent with the next number, or find the equal one that is planned."""
    with ground.state.writing() as books:
        mandated(books, person, "package", wished.made)
        for other in books.packages.all():
            if not _equal(other.intent, wished):
                continue
            if other.standing == "planned":
                return other.intent
            if other.standing in OPEN or other.standing == "accepted":
                raise GuardError(
                    "G-PACKAGED",
                    f"package {other.intent.number} of the same account, period and rules is {other.standing}",
                    f"look at 'bevara archive status'; to add or replace, say --replaces {other.intent.number}",
                )
        if wished.replaces:
            _replaceable(books, wished.replaces)
        number = books.packages.number()
        intent = replace(_numbered(wished, number, books.setting("key_check") or ""), status=_status(books, wished))
        books.packages.plan(intent)
        books.ledger.append(
            Receipt(
                act="archive.planned",
                at=wished.made,
                actor=person,
                subjects=(intent.id,),
                evidence={
                    "account": intent.account,
                    "first": intent.first,
                    "last": intent.last,
                    "profile": intent.profile,
                    "profile_digest": intent.profile_digest,
                    "edition": intent.edition,
                    "number": number,
                    "replaces": intent.replaces or None,
                    "status": intent.status,
                },
            )
        )
    return intent


def _numbered(wished: Intent, number: int, home: str) -> Intent:
    return replace(wished, number=number, id=str(named("package", home, str(number))))


def _equal(one: Intent, other: Intent) -> bool:
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("account", "authority", "first", "last", "profile", "profile_digest", "rules", "replaces")
    )


def _replaceable(books: Books, package_id: str) -> None:
    """Only what is answered or withdrawn is replaced: anything else may still arrive."""
    found = books.packages.get(package_id)
    if found is not None and found.standing in {"accepted", "rejected", "withdrawn"}:
        return
    raise GuardError(
        "G-REPLACES",
        "the package to be replaced may still be delivered or arrive",
        "record its receipt, or withdraw it, first",
    )


def _status(books: Books, wished: Intent) -> RecordStatus:
    """RECORDSTATUS: what the receiver is to do with what it has. ``wished``: with the profile's own status.

    What was delivered and then culled here lies at the receiver's alone: a package that lacks it adds, and replaces
    nothing. What nobody received in earnest is not replaced either.
    """
    before = books.packages.get(wished.replaces) if wished.replaces else None
    if before is None or wished.status == "TEST":
        return wished.status
    if before.standing == "withdrawn" or before.intent.status == "TEST":
        return wished.status
    if before.standing == "accepted" and books.tombstones.known(books.packages.items(wished.replaces)):
        return "SUPPLEMENT"
    return "REPLACEMENT"


def _nothing(ground: Ground, intent: Intent) -> None:
    """Nothing was chosen: the plan for it ends here, or every night would try again."""
    with ground.state.writing() as books:
        books.revision(lock=True)
        now = books.packages.get(intent.id)
        if now is not None and now.standing == "planned":
            at = ground.clock.now()
            books.packages.change(replace(now, standing="withdrawn", changed=at))
            retire_renditions(books, intent)
            books.ledger.append(
                Receipt(act="archive.withdrawn", at=at, actor="bevara", subjects=(intent.id,), evidence={"items": 0})
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night did: packages built and delivered, and what is to be known."""

    built: int = 0
    delivered: int = 0
    findings: tuple[Finding, ...] = ()


def night(home: Home, *, gather: Gather = collect) -> Night:
    """Build what is planned and deliver again what was begun; what fails becomes a finding and waits for the next."""
    sweep(home)
    built = delivered = 0
    findings: list[Finding] = []
    for one in packages(home.ground):
        if one.standing == "planned":
            done, found = _again(home, one, gather)
            built += done
        elif one.standing == "delivering":
            done, found = _once_more(home, one)
            delivered += done
        else:
            done, found = False, ()
        findings.extend(found)
        if not done:
            findings.extend(_long(one, home.ground.clock.now()))
    return Night(built=built, delivered=delivered, findings=tuple(findings))


def _long(one: StoredPackage, now: datetime) -> Sequence[Finding]:
    """What waits too long binds its records, and nobody may know."""
    days = age(one, now)
    if one.standing not in OPEN or days < LONG:
        return ()
    parameters = (("days", days), ("number", one.intent.number))
    return (Finding(code="A219", severity="warning", subject=one.intent.id, parameters=parameters),)


def _again(home: Home, one: StoredPackage, gather: Gather) -> tuple[bool, Sequence[Finding]]:
    try:
        built = take_up(home, one.intent.id, gather=gather)
    except LeaseTakenError:
        return False, [_told("A213", one)]
    except (RefusedError, GuardError):
        return False, [_told("A217", one)]
    except (UnreachableError, OSError):
        return False, [_told("A218", one)]
    return built.done, built.findings


def _once_more(home: Home, one: StoredPackage) -> tuple[bool, Sequence[Finding]]:
    try:
        if home.profile(one.intent.profile)[0].receiver is None:
            return False, []  # fetched by hand: only a person knows
        found = deliver(home, one.intent.id)
    except LeaseTakenError:
        return False, [_told("A213", one)]
    except (RefusedError, GuardError):
        return False, [_told("A217", one)]
    except (UnreachableError, OSError):
        return False, [_told("A218", one)]
    return found.package.standing == "delivered", found.findings


def _told(code: str, one: StoredPackage) -> Finding:
    return Finding(code=code, severity="warning", subject=one.intent.id, parameters=(("number", one.intent.number),))

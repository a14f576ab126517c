"""Which files of the archive are read, and in what order their items come."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.exports.arrays import items, whole
from connectors.exports.naming import matching
from connectors.exports.onward import damage, each_file, grouped
from connectors.exports.x_archive import fields
from connectors.exports.x_archive.parsing import history_of, moment_of
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import Bundle, Capture, Owner
from schemas.refusal import RefusedError

_OWN = r"data/(?:tweets?|tweets?-part\d+)\.js"
_LISTS = (
    ("posts", _OWN),
    ("posts", r"data/community-tweets?(?:-part\d+)?\.js"),
    ("deleted", r"data/deleted-tweets?(?:-part\d+)?\.js"),
)
_NOTES = r"data/note-tweets?(?:-part\d+)?\.js"
_MESSAGES = r"data/direct-messages?(?:-group)?(?:-part\d+)?\.js"
_MEDIA = re.compile(
    r"(?:.*/)?data/(?:tweets?_media|deleted_tweets?_media|community_tweets?_media|direct_messages(?:_group)?_media)/"
    r"(\d{1,20})-[^/]+"
)
_GROUP = 50
_NOTES_HELD = 100_000
"""Long texts held until their posts come; a text is some kilobytes."""
_EDITS_HELD = 100_000
"""Posts held until the other versions of their edit chains have come."""


def recognise(bundle: Bundle) -> bool:
    """The posts' file or its like, and the account's."""
    return bool(matching(bundle, _OWN)) and bool(
        matching(bundle, r"data/(?:account|manifest|tweet-headers|profile)\.js")
    )


def owner(bundle: Bundle) -> Owner:
    """From ``account.js``."""
    for name in matching(bundle, r"data/account\.js"):
        with bundle.open(name) as stream:
            value = whole(stream)
        for one in value if isinstance(value, list) else ():
            found = one.get("account") if isinstance(one, dict) else None
            if isinstance(found, dict):
                native, handle = found.get("accountId"), found.get("username")
                return Owner(
                    native=native if isinstance(native, str) and native.isdecimal() else "",
                    handle=handle if isinstance(handle, str) else "",
                )
    return Owner()


def read(bundle: Bundle, account: Account, *, own: str, at: datetime) -> Iterator[Capture | Finding]:
    """Posts, then deleted posts (one that is among the posts too, in any version, is there), then messages."""
    lost = _Lost()
    notes = _Notes(bundle, lost)
    files = _files_by_item(bundle)
    taken: set[str] = set(notes.names)
    standing: set[int] = set()

    def capture(listing: str, group: list[Any]) -> Capture:
        return Capture(
            endpoint=f"export:{fields.NAME}",
            parameters={"items": len(group)},
            status=200,
            at=at,
            body=group,
            listing=listing,
            context={"own": own, "handle": account.handle},
        )

    for listing, pattern in _LISTS:
        names = matching(bundle, pattern)
        taken.update(names)
        found = notes.joined(_posts(bundle, names, files, lost))
        ordered = _edits_together(found, lost)
        marked = _remembered(ordered, standing) if listing == "posts" else _compared(ordered, standing)
        for group in grouped(marked, _GROUP):
            yield capture(listing, group)
    for group in grouped(({"note_tweet": one} for one in notes.left()), _GROUP):
        yield capture("notes", group)
    names = matching(bundle, _MESSAGES)
    taken.update(names)
    if names and account.harvest.messages:
        for group in grouped(_messages(bundle, names, files, lost), _GROUP):
            yield capture("messages", group)
    elif names:
        yield Finding(code="H140", severity="info", subject=account.name)
    yield from lost.told(account.name)
    left = [name for name in matching(bundle, r"data/[^/]+\.js") if name not in taken]
    if left:
        yield Finding(code="I110", severity="info", subject=account.name, parameters=(("count_files", len(left)),))


class _Lost:
    """What could not be had: entries by code, and damaged files."""

    def __init__(self) -> None:
        self.codes: Counter[str] = Counter()
        self.damaged: list[RefusedError] = []

    def add(self, code: str) -> None:
        """One more."""
        self.codes[code] += 1

    def told(self, subject: str) -> Iterator[Finding]:
        """As findings."""
        for error in self.damaged:
            yield damage(error, subject)
        for code, count in sorted(self.codes.items()):
            yield Finding(code=code, severity="warning", subject=subject, count=count)


def _entries(bundle: Bundle, names: Iterable[str], lost: _Lost) -> Iterator[Any]:
    """Every entry of those data files; what a damaged one has before its damage, and then the next."""

    def read(name: str) -> Iterator[Any]:
        with bundle.open(name) as stream:
            yield from items(stream, lost=lost.add)

    return each_file(names, read, lost.damaged.append)


def _posts(
    bundle: Bundle, names: Iterable[str], files: Mapping[str, list[str]], lost: _Lost
) -> Iterator[dict[str, Any]]:
    for one in _entries(bundle, names, lost):
        post = one.get("tweet", one) if isinstance(one, dict) else None
        entry: dict[str, Any] = {"tweet": post}
        number = post.get("id_str") if isinstance(post, dict) else None
        if isinstance(number, str) and number in files:
            entry["files"] = files[number]
        yield entry


def _edits_together(posts: Iterable[dict[str, Any]], lost: _Lost) -> Iterator[dict[str, Any]]:
    """The posts; those of one edit chain after each other at the end, oldest first."""
    chains: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    held = 0
    for entry in posts:
        post = entry["tweet"]
        history = history_of(post) if isinstance(post, dict) and "edit_info" in post else ()
        if len(history) < 2:
            yield entry
            continue
        chains[history[0]].append(entry)
        held += 1
        if held > _EDITS_HELD:
            lost.add("I111")
            yield from chains.pop(history[0])
    for chain in chains.values():
        yield from sorted(chain, key=_by_number)


def _ids(entry: Mapping[str, Any]) -> Iterator[int]:
    """Hashes of the ids of all versions of a post; of an archive with a million posts they take some megabytes."""
    post = entry["tweet"]
    if isinstance(post, dict):
        yield hash(str(post.get("id_str") or post.get("id")))
        if "edit_info" in post:
            yield from map(hash, history_of(post))


def _remembered(posts: Iterable[dict[str, Any]], standing: set[int]) -> Iterator[dict[str, Any]]:
    for entry in posts:
        post = entry["tweet"]
        if isinstance(post, dict) and post.get("deleted_at") is None:
            standing.update(_ids(entry))
        yield entry


def _compared(posts: Iterable[dict[str, Any]], standing: set[int]) -> Iterator[dict[str, Any]]:
    for entry in posts:
        yield {**entry, "standing": True} if not standing.isdisjoint(_ids(entry)) else entry


def _by_number(entry: Mapping[str, Any]) -> tuple[int, str]:
    number = str(entry["tweet"].get("id_str"))
    return len(number), number


def _messages(
    bundle: Bundle, names: Iterable[str], files: Mapping[str, list[str]], lost: _Lost
) -> Iterator[dict[str, Any]]:
    for one in _entries(bundle, names, lost):
        talk = one.get("dmConversation") if isinstance(one, dict) else None
        found = talk.get("messages") if isinstance(talk, dict) else None
        for message in found if isinstance(found, list) else [None]:
            entry: dict[str, Any] = {"message": message}
            made = message.get("messageCreate") if isinstance(message, dict) else None
            number = made.get("id") if isinstance(made, dict) else None
            if isinstance(number, str) and number in files:
                entry["files"] = files[number]
            yield entry


def _files_by_item(bundle: Bundle) -> dict[str, list[str]]:
    """Id of a post or message → the files in the bundle that are named by it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in bundle.names():
        match = _MEDIA.fullmatch(name) if "_media/" in name else None
        if match:
            found[match[1]].append(name)
    return found


class _Notes:
    """Long texts, waiting for their posts: their ids are not the posts', so second and beginning tell whose they are."""

    def __init__(self, bundle: Bundle, lost: _Lost) -> None:
        self.names = matching(bundle, _NOTES)
        self._lost = lost
        self._waiting: dict[int, dict[str, Any]] = {}
        self._by_second: defaultdict[datetime | None, list[int]] = defaultdict(list)
        for one in _entries(bundle, self.names, lost):
            note = one.get("noteTweet") if isinstance(one, dict) else None
            core = note.get("core") if isinstance(note, dict) else None
            if not isinstance(note, dict) or not isinstance(core, dict) or not isinstance(core.get("text"), str):
                lost.add("I108")
            elif len(self._waiting) >= _NOTES_HELD:
                lost.damaged.append(RefusedError("PATH", "…", f"it has more than {_NOTES_HELD} long texts"))
                break
            else:
                self._by_second[_second(note.get("createdAt"))].append(len(self._waiting))
                self._waiting[len(self._waiting)] = note
        self._by_second.pop(None, None)

    def joined(self, posts: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The entries of one list, each with its long text; those that may have one come last.

        A long text is a post's only if it is like that post alone, and that post like it alone.
        """
        if not self._by_second:
            yield from posts
            return
        held: list[tuple[dict[str, Any], list[int]]] = []
        for entry in posts:
            alike = self._alike(entry["tweet"])
            if alike:
                held.append((entry, alike))
            else:
                yield entry
        times = Counter(number for _, alike in held for number in alike)
        for entry, alike in held:
            if len(alike) == 1 and times[alike[0]] == 1:
                entry["note_tweet"] = self._waiting.pop(alike[0])
            yield entry

    def _alike(self, post: object) -> list[int]:
        """The long texts of the post's second that begin as it does."""
        if not isinstance(post, dict):
            return []
        numbers = self._by_second.get(_second(post.get("created_at")), ())
        text = post.get("full_text")
        if not numbers or not isinstance(text, str):
            return []
        begins = _beginnings(text)
        return [
            number
            for number in numbers
            if number in self._waiting and any(map(_packed(self._waiting[number]["core"]["text"]).startswith, begins))
        ]

    def left(self) -> Iterator[dict[str, Any]]:
        """Long texts that are no post's, or nobody can say which one's."""
        for note in self._waiting.values():
            self._lost.add("I113")
            yield note
        self._waiting.clear()


_ADDRESS = re.compile(r"https?://t\.co/\w{1,40}$")
_MENTIONS = re.compile(r"(?:@\w{1,50}\s+)+")


def _second(written: object) -> datetime | None:
    moment = moment_of(written)
    return moment.replace(microsecond=0) if moment is not None else None


def _beginnings(text: str) -> list[str]:
    """What a post shows of its long text, with and without the names of those it answers; none if that is nothing."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    whole = plain[: _end_of_text(plain)]
    found = {_packed(whole), _packed(_MENTIONS.sub("", whole, count=1) if _MENTIONS.match(whole) else whole)}
    return [one for one in found if one]


def _end_of_text(text: str) -> int:
    """Where the text ends before its dot-dot-dot and addresses; each address is passed over once."""
    end = len(text)
    while True:
        kept = text[:end].rstrip()
        kept = kept.removesuffix("…").rstrip()
        address = _ADDRESS.search(kept)
        if address is None:
            return len(kept)
        end = address.start()


def _packed(text: str) -> str:
    """The text up to its first address, which the two write differently, without white space."""
    return "".join(text.split("http", 1)[0].split())

"""Which files of the archive are read, and in what order their items come."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.exports.arrays import items, whole
from connectors.exports.naming import matching
from connectors.exports.x_archive import fields
from connectors.exports.x_archive.parsing import history_of
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import Bundle, Capture, Owner
from schemas.refusal import RefusedError

_OWN = r"data/(?:tweets?|tweets?-part\d+)\.js"
_LISTS = (
    ("deleted", r"data/deleted-tweets?(?:-part\d+)?\.js"),
    ("posts", _OWN),
    ("posts", r"data/community-tweets?(?:-part\d+)?\.js"),
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
    """Deleted posts first (they say more than the same post elsewhere), then posts, then messages."""
    lost: Counter[str] = Counter()
    notes = _Notes(bundle, lost)
    files = _files_by_item(bundle)
    taken: set[str] = set()

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

    try:
        for listing, pattern in _LISTS:
            names = matching(bundle, pattern)
            taken.update(names)
            found = _posts(bundle, names, notes, files, lost)
            for group in _groups(_edits_together(found, lost)):
                yield capture(listing, group)
        for group in _groups({"note_tweet": one} for one in notes.left()):
            yield capture("notes", group)
        names = matching(bundle, _MESSAGES)
        taken.update(names)
        if names and account.harvest.messages:
            for group in _groups(_messages(bundle, names, files, lost)):
                yield capture("messages", group)
        elif names:
            yield Finding(code="H140", severity="info", subject=account.name)
    except RefusedError:
        yield from _told(lost, account)
        raise
    yield from _told(lost, account)
    taken.update(notes.names)
    left = [name for name in matching(bundle, r"data/[^/]+\.js") if name not in taken]
    if left:
        yield Finding(code="I110", severity="info", subject=account.name, parameters=(("count_files", len(left)),))


def _told(lost: Counter[str], account: Account) -> Iterator[Finding]:
    for code, count in sorted(lost.items()):
        yield Finding(code=code, severity="warning", subject=account.name, count=count)


def _posts(
    bundle: Bundle, names: Iterable[str], notes: _Notes, files: Mapping[str, list[str]], lost: Counter[str]
) -> Iterator[dict[str, Any]]:
    for name in names:
        with bundle.open(name) as stream:
            for one in items(stream, lost=lambda code: lost.update((code,))):
                post = one.get("tweet", one) if isinstance(one, dict) else None
                if not isinstance(post, dict):
                    yield {"tweet": post}
                    continue
                number = post.get("id_str")
                entry: dict[str, Any] = {"tweet": post}
                if isinstance(number, str):
                    if number in files:
                        entry["files"] = files[number]
                    note = notes.of(post) if notes else None
                    if note is not None:
                        entry["note_tweet"] = note
                yield entry


def _edits_together(posts: Iterable[dict[str, Any]], lost: Counter[str]) -> Iterator[dict[str, Any]]:
    """The posts; those of one edit chain after each other at the end, oldest first."""
    chains: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    held = 0
    cut: RefusedError | None = None
    try:
        for entry in posts:
            post = entry["tweet"]
            history = history_of(post) if isinstance(post, dict) and "edit_info" in post else ()
            if len(history) < 2:
                yield entry
                continue
            chains[history[0]].append(entry)
            held += 1
            if held > _EDITS_HELD:
                lost["I111"] += 1
                yield from chains.pop(history[0])
    except RefusedError as error:
        cut = error
    for chain in chains.values():
        yield from sorted(chain, key=_by_number)
    if cut is not None:
        raise cut


def _by_number(entry: Mapping[str, Any]) -> tuple[int, str]:
    number = str(entry["tweet"].get("id_str"))
    return len(number), number


def _messages(
    bundle: Bundle, names: Iterable[str], files: Mapping[str, list[str]], lost: Counter[str]
) -> Iterator[dict[str, Any]]:
    for name in names:
        with bundle.open(name) as stream:
            for one in items(stream, lost=lambda code: lost.update((code,))):
                talk = one.get("dmConversation") if isinstance(one, dict) else None
                found = talk.get("messages") if isinstance(talk, dict) else None
                for message in found if isinstance(found, list) else [None]:
                    entry: dict[str, Any] = {"message": message}
                    made = message.get("messageCreate") if isinstance(message, dict) else None
                    number = made.get("id") if isinstance(made, dict) else None
                    if isinstance(number, str) and number in files:
                        entry["files"] = files[number]
                    yield entry


def _groups(entries: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    try:
        for entry in entries:
            group.append(entry)
            if len(group) >= _GROUP:
                yield group
                group = []
    except RefusedError:
        yield group
        raise
    if group:
        yield group


def _files_by_item(bundle: Bundle) -> dict[str, list[str]]:
    """Id of a post or message → the files in the bundle that are named by it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in bundle.names():
        match = _MEDIA.fullmatch(name) if "_media/" in name else None
        if match:
            found[match[1]].append(name)
    return found


class _Notes:
    """Long texts, waiting for their posts: they have ids of their own, so time and beginning tell whose they are."""

    def __init__(self, bundle: Bundle, lost: Counter[str]) -> None:
        self.names = matching(bundle, _NOTES)
        self._waiting: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        count = 0
        for name in self.names:
            with bundle.open(name) as stream:
                for one in items(stream, lost=lambda code: lost.update((code,))):
                    note = one.get("noteTweet") if isinstance(one, dict) else None
                    core = note.get("core") if isinstance(note, dict) else None
                    text = core.get("text") if isinstance(core, dict) else None
                    count += 1
                    if not isinstance(text, str) or not isinstance(note, dict):
                        lost["I108"] += 1
                    elif count > _NOTES_HELD:
                        raise RefusedError("PATH", "…", f"it has more than {_NOTES_HELD} long texts")
                    else:
                        self._waiting[_beginning(text)].append(note)

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def of(self, post: Mapping[str, Any]) -> dict[str, Any] | None:
        """The long text of this post, if it is one's."""
        text = post.get("full_text")
        key = _beginning(text) if isinstance(text, str) and len(text) >= _LONG else ""
        if len(key) < _TELLING:
            return None
        waiting = self._waiting.get(key)
        if not waiting:
            return None
        # The same beginning may have been posted twice: then the nearest in time is meant.
        number = post.get("id_str")
        nearest = min(waiting, key=lambda note: _apart(note, number))
        waiting.remove(nearest)
        if not waiting:
            del self._waiting[key]
        return nearest

    def left(self) -> Iterator[dict[str, Any]]:
        """Long texts whose posts are not in the archive."""
        for waiting in self._waiting.values():
            yield from waiting
        self._waiting.clear()


_LONG = 120
"""Characters of a post from which on it may be the beginning of a long text."""
_TELLING = 40
"""Characters that a beginning must have to tell whose it is."""


def _beginning(text: str) -> str:
    # What the post shows is cut at some 270 characters, and its addresses are shortened otherwise.
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return "".join(plain.split("http", 1)[0].split())[:80]


def _apart(note: Mapping[str, Any], number: object) -> int:
    """How far apart two ids are; ids grow with time."""
    own = note.get("noteTweetId")
    if isinstance(own, str) and isinstance(number, str) and own.isdecimal() and number.isdecimal():
        return abs(int(own[:20]) - int(number[:20]))
    return 1 << 70

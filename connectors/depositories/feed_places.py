"""Where the feed that KB fetches is written: a folder that a web server shows, or a bucket that is read over the web.

The feed is one file under one fixed name that is replaced in one step, so that whoever fetches it finds the old one or
the new one and never a half. What lies there is looked at first: the same bytes are left alone, and if somebody has
removed or changed the file, the next publication mends it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from connectors.landing import Codes, Landing, plain
from schemas.delivery import Arrival, Receiver
from schemas.deposit import FeedSettings
from schemas.neighbours import Publishing, ReceiverRefusedError
from schemas.package import plain_name
from schemas.refusal import RefusedError

CODES: Final = Codes(room="L213", right="L214", stranger="L215")
OTHER: Final = "L216"
"""Other bytes lie there than were written."""
_PUBLIC: Final = 0o644
"""Of the published file, whatever the process' mask: a web server, which is another user, has to read it."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def open_feed(feed: FeedSettings, home: Path, secret: Callable[[str], str | None]) -> Publishing:
    """Open the feed's place; nothing is asked of it yet.

    Args:
        home: what relative paths are relative to. secret: value of an environment variable, or None.

    Raises:
        RefusedError: the place is neither a folder nor a bucket, its name is not plain, or a variable is not set.
    """
    plain(feed.name, "deposit.feed.name")
    place = feed.place
    if place.kind == "folder":
        return FeedFolder(place, home)
    if place.kind != "s3":
        raise RefusedError("deposit.feed.place.kind", place.kind, 'write "folder" or "s3"')
    from connectors.depositories.feed_bucket import FeedBucket  # noqa: PLC0415 - boto3 takes half a second to load

    return FeedBucket(
        place,
        access_key=_secret("key_env", place.key_env, secret),
        secret_key=_secret("password_env", place.password_env, secret),
    )


class FeedFolder:
    """The port ``schemas.neighbours.Publishing`` over a folder that exists already; its server decides the media type."""

    def __init__(self, place: Receiver, home: Path) -> None:
        """Take the settings; a relative path is relative to the home. Nothing is opened."""
        root = home / place.path
        self._place = f"folder:{plain_name(root.name)}"
        self._landing = Landing(root, self._place, CODES)

    @property
    def place(self) -> str:
        """``folder:<the folder's own name>``."""
        return self._place

    def publish(self, name: str, data: bytes, media_type: str) -> Arrival:
        """Write or replace the file; see the port. ``media_type`` is the web server's to say, by the file's ending.

        Raises:
            ReceiverRefusedError: L213 no room, L214 no right, L215 a link, folder or device lies under the name, L216
                the disk gave other bytes back. UnreachableError: the folder is not there. RefusedError: the name.
        """
        del media_type
        plain(name, "name")
        beside = f".{name}.part"
        digest = hashlib.sha256(data).hexdigest()
        with self._landing.folder() as folder:
            found = self._landing.there(folder, name)
            if found is not None and not stat.S_ISREG(found.st_mode):
                raise self._landing.stranger()
            already = found is not None and found.st_size == len(data) and self._landing.digest(folder, name) == digest
            self._landing.remove(folder, beside)  # left by a run that was stopped
            if not already:
                self._replace(folder, beside, name, data)
            if self._landing.digest(folder, name) != digest:
                raise ReceiverRefusedError(OTHER, f"{self._place}: {OTHER}")
        return Arrival(place=self._place, name=name, size=len(data), sha256=digest, already=already)

    def _replace(self, folder: int, beside: str, name: str, data: bytes) -> None:
        try:
            descriptor = os.open(beside, _NEW, _PUBLIC, dir_fd=folder)
            with os.fdopen(descriptor, "wb") as stream:
                with suppress(OSError):  # a drive that knows no modes
                    os.fchmod(descriptor, _PUBLIC)
                stream.write(data)
                stream.flush()
                os.fsync(descriptor)
            os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError:
            with suppress(OSError):
                self._landing.remove(folder, beside)
            raise
        self._landing.settle(folder)


def _secret(field: str, variable: str, secret: Callable[[str], str | None]) -> str | None:
    if not variable:
        return None
    value = secret(variable)
    if value is None:
        raise RefusedError(
            f"deposit.feed.place.{field}", variable, "set this environment variable; the settings name it"
        )
    return value

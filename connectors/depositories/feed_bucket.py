"""The feed's place as a bucket that is read over the web: one object, replaced by one put, read back."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

import botocore.exceptions

from connectors.buckets import BucketCodes, asking, code_of, open_client
from connectors.depositories.feed_places import CODES, OTHER
from connectors.landing import plain
from schemas.delivery import Arrival, Receiver
from schemas.neighbours import ReceiverRefusedError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

_CODES = BucketCodes(room=CODES.room, right=CODES.right, refused="L217")
_UNSEEN = frozenset({"NoSuchKey", "404", "NotFound", "AccessDenied", "403"})
"""Answers to reading a key that may only mean that nothing lies there: without ListBucket it is a refusal."""
_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a feed that are looked at; ours is not larger."""


class FeedBucket:
    """The port ``schemas.neighbours.Publishing`` over a bucket. The identity needs GetObject and PutObject."""

    def __init__(
        self,
        place: Receiver,
        *,
        access_key: str | None = None,
        secret_key: str | None = None,
        connect_timeout: float = 30,
        idle_timeout: float = 60,
        attempts: int = 4,
    ) -> None:
        """Open a client; no request is made. Arguments as ``connectors.buckets.open_client``'s."""
        self._bucket = place.bucket
        self._prefix = f"{place.prefix}/" if place.prefix else ""
        self._client: S3Client = open_client(
            self.place,
            endpoint_url=place.endpoint_url,
            region=place.region,
            access_key=access_key,
            secret_key=secret_key,
            connect_timeout=connect_timeout,
            idle_timeout=idle_timeout,
            attempts=attempts,
        )

    @property
    def place(self) -> str:
        """``s3:<bucket>``."""
        return f"s3:{self._bucket}"

    def publish(self, name: str, data: bytes, media_type: str) -> Arrival:
        """Write or replace the object with its media type; see the port. Readers ask anew before they use a copy.

        Raises:
            ReceiverRefusedError: L213 no room, L214 no right, L217 refused, L216 other bytes lie there afterwards.
            UnreachableError: it does not answer. RefusedError: the name is not plain.
        """
        key = self._prefix + plain(name, "name")
        with asking(self.place, _CODES):
            already = self._there(key) == (data, media_type)
            if not already:
                # Not for security: S3's Content-MD5 finds bytes changed on the way.
                md5 = hashlib.md5(data, usedforsecurity=False).digest()
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=data,
                    ContentType=media_type,
                    ContentMD5=base64.b64encode(md5).decode("ascii"),
                    CacheControl="no-cache",
                )
                if self._read(key, len(data)) != (data, media_type):
                    raise ReceiverRefusedError(OTHER, f"{self.place}: {OTHER}")
        return Arrival(
            place=self.place,
            name=name,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            already=already,
        )

    def _there(self, key: str) -> tuple[bytes, str] | None:
        try:
            return self._read(key, _LARGEST)
        except botocore.exceptions.ClientError as error:
            if code_of(error) in _UNSEEN:
                return None
            raise

    def _read(self, key: str, size: int) -> tuple[bytes, str]:
        """The object's bytes, no more than can be equal, and its media type."""
        found = self._client.get_object(Bucket=self._bucket, Key=key)
        return found["Body"].read(size + 1), found.get("ContentType", "")

"""A receiver that is a bucket speaking S3, by boto3, with path-style addresses.

S3 shows an object when it is whole and never before, so nothing is written beside. A put is conditional
(``If-None-Match: *``); for gateways that take no notice of it, the key is looked at first. What is larger than ``ONE_PUT``
goes up in parts, and a later delivery of the same bytes sends only the parts that the unfinished upload does not hold.
A server that computes SHA-256 itself is believed; where it gives none back, the object is read and digested.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

import botocore.exceptions

from connectors.buckets import BucketCodes, asking, code_of, open_client
from connectors.landing import plain
from connectors.receivers.sidecar import SIDECAR, checked, sidecar
from schemas.delivery import Arrival, Receiver
from schemas.neighbours import ReceiverRefusedError
from schemas.refusal import RefusedError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

ONE_PUT: Final = 64 << 20
"""Bytes up to which a file goes up in one request."""

PART: Final = 32 << 20
"""Bytes of a part; larger where a file would need more than 9,000 of them (10,000 are allowed)."""

_MOST_PARTS = 9_000
_READ = 1 << 20
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
_CODES = BucketCodes(room="A232", right="A233", refused="A234")
_TAKEN = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})


class S3Receiver:
    """The port ``schemas.neighbours.Receiving`` over a bucket that exists already.

    The identity needs GetObject, PutObject, AbortMultipartUpload, ListMultipartUploadParts and
    ListBucketMultipartUploads below the prefix; with ListBucket a key that is not there says so.
    """

    def __init__(
        self,
        receiver: Receiver,
        *,
        access_key: str | None = None,
        secret_key: str | None = None,
        connect_timeout: float = 30,
        idle_timeout: float = 60,
        attempts: int = 4,
        one_put: int = ONE_PUT,
        part: int = PART,
    ) -> None:
        """Open a client; no request is made.

        Args:
            access_key, secret_key: None = boto3's chain of credentials.
            connect_timeout, idle_timeout: seconds. attempts: how often a request is made.
            one_put, part: see ``ONE_PUT`` and ``PART``.
        """
        self._bucket = receiver.bucket
        self._prefix = f"{receiver.prefix}/" if receiver.prefix else ""
        self._one_put = one_put
        self._part = part
        self._client: S3Client = open_client(
            self.place,
            endpoint_url=receiver.endpoint_url,
            region=receiver.region,
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

    def deliver(self, name: str, source: Callable[[], BinaryIO], size: int, sha256: str) -> Arrival:
        """Bring one file there; see the port.

        Raises:
            ReceiverRefusedError: A231 other bytes under that name, A232 no room, A233 no right, A234 refused, A236
                other bytes arrived. UnreachableError: it does not answer.
            RefusedError: the name is not plain, or the source does not hold the bytes it was said to.
        """
        key = self._prefix + plain(name, "name")
        with source() as stream, asking(self.place, _CODES):
            parts, composite, already = 0, "", self._size(key) is not None
            if already:
                self._compare(key, size, sha256)
            elif size <= self._one_put:
                parts, already = 1, not self._put(key, stream, size, sha256)
            else:
                parts, composite, already = self._put_parts(key, stream, size, sha256)
            read = not already and not self._vouched(key, size, sha256, composite)
            if read and self._digest(key) != sha256:
                raise self._refused("A236")
            self._lay(key + SIDECAR, sidecar(name, sha256))
        return Arrival(
            place=self.place,
            name=name,
            size=size,
            sha256=sha256,
            already=already,
            evidence=(("parts", parts), ("read_back", int(read))),
        )

    # Looking

    def _size(self, key: str) -> int | None:
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        except botocore.exceptions.ClientError as error:
            if code_of(error) in _ABSENT:
                return None
            raise

    def _compare(self, key: str, size: int, sha256: str) -> None:
        """Refuse what lies there unless it is the very same file."""
        if self._size(key) != size or (not self._vouched(key, size, sha256, "") and self._digest(key) != sha256):
            raise self._refused("A231")

    def _vouched(self, key: str, size: int, sha256: str, composite: str) -> bool:
        """The server gives the object's SHA-256 (or that of its parts' digests) itself, and it is right."""
        found = self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
        if found["ContentLength"] != size:
            raise self._refused("A236")
        shown = found.get("ChecksumSHA256", "")
        return bool(shown) and shown in {base64.b64encode(bytes.fromhex(sha256)).decode("ascii"), composite}

    def _digest(self, key: str) -> str:
        digest = hashlib.sha256()
        for chunk in self._client.get_object(Bucket=self._bucket, Key=key)["Body"].iter_chunks(_READ):
            digest.update(chunk)
        return digest.hexdigest()

    # Bringing

    def _put(self, key: str, stream: BinaryIO, size: int, sha256: str) -> bool:
        """One request; False = the same file came there meanwhile."""
        data = _exactly(stream, size + 1)
        digest = hashlib.sha256(data)
        checked(len(data), size, digest.hexdigest(), sha256)
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=data,
                IfNoneMatch="*",
                ContentMD5=base64.b64encode(_md5(data)).decode("ascii"),
                ChecksumSHA256=base64.b64encode(digest.digest()).decode("ascii"),
            )
        except botocore.exceptions.ClientError as error:
            if code_of(error) not in _TAKEN:
                raise
            self._compare(key, size, sha256)
            return False
        return True

    def _put_parts(self, key: str, stream: BinaryIO, size: int, sha256: str) -> tuple[int, str, bool]:
        """In parts, keeping those that an earlier try left; (parts, digest of their digests, it was there already)."""
        upload, held = self._begun(key)
        if upload is None:
            begun = self._client.create_multipart_upload(Bucket=self._bucket, Key=key, ChecksumAlgorithm="SHA256")
            upload = begun["UploadId"]
        whole = hashlib.sha256()
        digests: list[bytes] = []
        parts: list[CompletedPartTypeDef] = []
        step = max(self._part, -(-size // _MOST_PARTS))
        read = 0
        while data := _exactly(stream, step):
            read += len(data)
            whole.update(data)
            digests.append(hashlib.sha256(data).digest())
            shown = base64.b64encode(digests[-1]).decode("ascii")
            number = len(digests)
            md5 = _md5(data)
            if held.get(number) != md5.hex():
                held[number] = self._client.upload_part(
                    Bucket=self._bucket,
                    Key=key,
                    UploadId=upload,
                    PartNumber=number,
                    Body=data,
                    ContentMD5=base64.b64encode(md5).decode("ascii"),
                    ChecksumSHA256=shown,
                )["ETag"].strip('"')
            parts.append({"PartNumber": number, "ETag": f'"{held[number]}"', "ChecksumSHA256": shown})
        try:
            checked(read, size, whole.hexdigest(), sha256)
        except RefusedError:
            with suppress(botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload)
            raise
        composite = f"{base64.b64encode(hashlib.sha256(b''.join(digests)).digest()).decode('ascii')}-{len(digests)}"
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}, IfNoneMatch="*"
            )
        except botocore.exceptions.ClientError as error:
            if code_of(error) not in {*_TAKEN, "NoSuchUpload"}:
                raise
            self._compare(key, size, sha256)
            return len(parts), composite, True
        return len(parts), composite, False

    def _begun(self, key: str) -> tuple[str | None, dict[int, str]]:
        """The newest unfinished upload of this key, and the MD5 of the parts it holds."""
        found = self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=key).get("Uploads", [])
        own = sorted((one for one in found if one["Key"] == key), key=lambda one: one["Initiated"])
        if not own:
            return None, {}
        upload = own[-1]["UploadId"]
        pages = self._client.get_paginator("list_parts").paginate(Bucket=self._bucket, Key=key, UploadId=upload)
        return upload, {one["PartNumber"]: one["ETag"].strip('"') for page in pages for one in page.get("Parts", ())}

    def _lay(self, key: str, data: bytes) -> None:
        """A small object; the same one there already is fine."""
        if self._size(key) is not None:
            self._compare(key, len(data), hashlib.sha256(data).hexdigest())
            return
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=data,
                IfNoneMatch="*",
                ContentType="text/plain",
                ContentMD5=base64.b64encode(_md5(data)).decode("ascii"),
            )
        except botocore.exceptions.ClientError as error:
            if code_of(error) not in _TAKEN:
                raise
            self._compare(key, len(data), hashlib.sha256(data).hexdigest())

    def _refused(self, code: str) -> ReceiverRefusedError:
        return ReceiverRefusedError(code, f"{self.place}: {code}")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    """Read ``size`` bytes, fewer only at the end: a stream may give less at a time than was asked."""
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _md5(data: bytes) -> bytes:
    # Not for security: S3's Content-MD5 finds bytes changed on the way.
    return hashlib.md5(data, usedforsecurity=False).digest()

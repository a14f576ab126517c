"""A store in a bucket that speaks S3, by boto3, with path-style addresses.

A second put is refused by ``If-None-Match: *``. Gateways exist that take no notice of it (Ceph RGW 16), so every put
looks first; what is left on those is two writers of one key in the same moment, who can only write the same bytes,
because keys are digests of salted bytes or numbers given out under a lease. Those gateways ignore
``x-amz-checksum-sha256`` too; ``Content-MD5`` is checked by all, so both are sent.

Buckets with versioning keep what is deleted. ``remains`` therefore counts every version, delete marker and open
multipart upload of exactly one key, and ``destroy`` removes each by its id and looks again until nothing is left.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import boto3
import botocore.exceptions
from botocore.config import Config

from connectors.storage.prefix import safe_prefix
from connectors.storage.streams import Ranges, exactly, parts_of
from schemas.neighbours import AlreadyThereError, MissingError, ObjectInfo, Remains
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.shelf import safe_key

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

ONE_PUT = 64 << 20
"""Bytes up to which an object is written by one request; S3 itself allows 5 GiB, memory is the limit here."""

PART = 32 << 20
"""Bytes of a part of a larger one. 10,000 parts are allowed: objects up to 312 GiB."""

READ_AHEAD = 1 << 20
"""Bytes fetched at least when a part of an object is read."""

_ROUNDS = 6
"""How often ``destroy`` removes and looks again."""

_READ_TRIES = 3
_BROKEN_OFF = (
    botocore.exceptions.IncompleteReadError,
    botocore.exceptions.ReadTimeoutError,
    botocore.exceptions.ResponseStreamingError,
)
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
_LOCKED = frozenset({"AccessDenied", "ObjectLocked"})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Forms:
    """Everything found under one key: ids of versions, of delete markers and of open uploads."""

    versions: tuple[str, ...]
    markers: tuple[str, ...]
    uploads: tuple[str, ...]

    def count(self) -> Remains:
        return Remains(versions=len(self.versions), markers=len(self.markers), uploads=len(self.uploads))


class S3Store:
    """A ``schemas.neighbours.Store`` in a bucket, below a prefix. Safe for many threads and processes.

    The identity needs: GetObject, PutObject, DeleteObject, DeleteObjectVersion, AbortMultipartUpload, ListBucket,
    ListBucketVersions, ListBucketMultipartUploads; with ``bypass_governance`` also BypassGovernanceRetention.

    Every call raises UnreachableError when the place does not answer or refuses the identity. Messages name the
    place and the error's code, never addresses or credentials.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint_url: str | None = None,
        region: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        session_token: str | None = None,
        bypass_governance: bool = False,
        connect_timeout: float = 10,
        read_timeout: float = 60,
        attempts: int = 4,
    ) -> None:
        """Open a client; no request is made yet.

        Args:
            bucket: the bucket's name. prefix: beginning of all keys, without slash at its end, or empty.
            endpoint_url: the server; None = Amazon's for the region.
            region: None = from boto3's own settings.
            access_key: None = boto3's chain of credentials. secret_key, session_token: with it.
            bypass_governance: remove versions under Object Lock in governance mode.
            connect_timeout: seconds. read_timeout: seconds without a byte.
            attempts: how often a request is made before the place counts as unreachable.
        """
        if prefix:
            safe_key(prefix)
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._bypass = bypass_governance
        try:
            self._client: S3Client = boto3.session.Session().client(
                "s3",
                endpoint_url=endpoint_url,
                region_name=region,
                aws_access_key_id=access_key,
                aws_secret_access_key=secret_key,
                aws_session_token=session_token,
                config=Config(
                    s3={"addressing_style": "path"},
                    connect_timeout=connect_timeout,
                    read_timeout=read_timeout,
                    retries={"mode": "standard", "total_max_attempts": attempts},
                    max_pool_connections=16,
                    # Checksums are given by hand: boto3's own trailers are not understood by every gateway.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )
        except (ValueError, botocore.exceptions.BotoCoreError) as error:
            raise RefusedError(
                "store", self.place, f"give an endpoint address, a region and credentials ({type(error).__name__})"
            ) from None

    @property
    def place(self) -> str:
        """``s3:<bucket>/<prefix>``."""
        return f"s3:{self._bucket}/{self._prefix}".rstrip("/")

    # Reading

    def get(self, key: str) -> bytes:
        """The whole object. Raises MissingError."""
        return self._patiently(key, lambda: b"".join(self._chunks(key)))

    def open(self, key: str) -> BinaryIO:
        """The object as a seekable stream that asks for ranges as they are read. Raises MissingError."""
        with self._asking(key):
            found = self._client.head_object(Bucket=self._bucket, Key=self._full(key))
        etag = found["ETag"]

        def read(start: int, end: int) -> bytes:
            return self._patiently(key, lambda: self._range(key, start, end, etag))

        return io.BufferedReader(Ranges(read, found["ContentLength"]), READ_AHEAD)

    def head(self, key: str) -> ObjectInfo | None:
        """The object's size and time, or None."""
        try:
            with self._asking(key):
                found = self._client.head_object(Bucket=self._bucket, Key=self._full(key))
        except MissingError:
            return None
        return ObjectInfo(key=key, size=found["ContentLength"], written=found["LastModified"].astimezone(UTC))

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Every readable object whose key begins with ``prefix``, in key order, a page of 1,000 at a time."""
        for info in self._listed(safe_prefix(prefix)):
            if _safe(info.key):
                yield info

    def checksum(self, key: str) -> str:
        """SHA-256 of the object's bytes in hexadecimal, read anew. Raises MissingError."""

        def read() -> str:
            digest = hashlib.sha256()
            for chunk in self._chunks(key):
                digest.update(chunk)
            return digest.hexdigest()

        return self._patiently(key, read)

    def remains(self, key: str) -> Remains:
        """All versions, delete markers and open multipart uploads of exactly this key."""
        return self._forms(key).count()

    def unfinished(self, prefix: str) -> Iterator[str]:
        """Keys under ``prefix`` with an open multipart upload, in key order."""
        found = {key[len(self._prefix) :] for key, _ in self._uploads(self._prefix + safe_prefix(prefix))}
        yield from sorted(key for key in found if _safe(key))

    def strangers(self) -> int:
        """How many readable objects under the prefix have a key that no object of ours can have."""
        return sum(not _safe(info.key) for info in self._listed(""))

    # Changing

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """Write an object that must not exist yet; more than 64 MiB go up in parts.

        Raises:
            AlreadyThereError: there is an object under that key. Nothing was written.
            OSError: the stored object has another size than what was sent.
        """
        full = self._full(key)
        if self.head(key) is not None:
            raise self._taken(key)
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        first = exactly(source, ONE_PUT + 1)
        if len(first) <= ONE_PUT:
            digest = hashlib.sha256(first)
            size = len(first)
            self._or_ours(key, digest.digest, lambda: self._put_one(full, first, digest.digest()))
        else:
            size = self._put_parts(key, first, source)
        stored = self.head(key)
        if stored is None or stored.size != size:
            raise OSError(errno.EIO, f"{self.place}: {key}: the place does not hold what was sent", key)
        return stored

    def destroy(self, key: str) -> Remains:
        """Remove every version and delete marker by its id and abort open uploads, until nothing is observed.

        Returns:
            What was removed, of each form.

        Raises:
            GuardError: Object Lock or a policy keeps a version (``G-LOCK``); the rest has been removed.
            UnreachableError: something is still observed after several rounds.
        """
        versions = markers = uploads = 0
        for turn in range(_ROUNDS):
            if turn > 1:
                time.sleep(0.1 * 2**turn)  # a place may show for a moment what it has removed
            forms = self._forms(key)
            if forms.count().absent:
                return Remains(versions=versions, markers=markers, uploads=uploads)
            for upload in forms.uploads:
                uploads += self._abort(key, upload)
            kept = 0
            for version in forms.versions:
                gone = self._remove(key, version)
                versions += gone
                kept += not gone
            for version in forms.markers:
                gone = self._remove(key, version)
                markers += gone
                kept += not gone
            if kept:
                raise GuardError(
                    "G-LOCK",
                    f"{self.place}: {kept} versions of {key} are locked or may not be removed by this identity",
                    "wait until the lock ends, or give the store an identity with the right to bypass governance mode",
                )
        raise UnreachableError(f"{self.place}: {key} is still shown after {_ROUNDS} removals; try again later")

    # Inside: requests

    def _full(self, key: str) -> str:
        return self._prefix + safe_key(key)

    def _put_one(self, full: str, data: bytes, digest: bytes) -> None:
        self._client.put_object(
            Bucket=self._bucket,
            Key=full,
            Body=data,
            IfNoneMatch="*",
            ContentMD5=_md5(data),
            ChecksumSHA256=base64.b64encode(digest).decode("ascii"),
        )

    def _put_parts(self, key: str, first: bytes, source: BinaryIO) -> int:
        """Upload in parts; returns the size. Any failure aborts the upload, so that no part is left."""
        full = self._full(key)
        digest = hashlib.sha256()
        size = 0
        parts: list[CompletedPartTypeDef] = []
        with self._asking(key):
            upload = self._client.create_multipart_upload(Bucket=self._bucket, Key=full)["UploadId"]
        try:
            for number, part in enumerate(parts_of(first, source, PART), 1):
                digest.update(part)
                size += len(part)
                with self._asking(key):
                    answer = self._client.upload_part(
                        Bucket=self._bucket,
                        Key=full,
                        UploadId=upload,
                        PartNumber=number,
                        Body=part,
                        ContentMD5=_md5(part),
                    )
                parts.append({"PartNumber": number, "ETag": answer["ETag"]})

            def complete() -> None:
                self._client.complete_multipart_upload(
                    Bucket=self._bucket,
                    Key=full,
                    UploadId=upload,
                    MultipartUpload={"Parts": parts},
                    IfNoneMatch="*",
                )

            self._or_ours(key, digest.digest, complete)
        except BaseException:
            # The first error is the one to tell; what cannot be aborted now shows as unfinished.
            with suppress(Exception):
                self._abort(key, upload)
            raise
        return size

    def _or_ours(self, key: str, digest: Callable[[], bytes], write: Callable[[], None]) -> None:
        """Make a conditional write; a refusal after a repeated request may be our own first one's success."""
        try:
            write()
        except botocore.exceptions.ClientError as error:
            refused = self._translated(error, key)
            repeated = bool(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0))
        except botocore.exceptions.BotoCoreError as error:
            raise self._unreachable(error) from None
        else:
            return
        if not isinstance(refused, (AlreadyThereError, MissingError)) or not repeated:
            raise refused
        if self.head(key) is None or self.checksum(key) != digest().hex():
            raise refused

    def _remove(self, key: str, version: str) -> bool:
        """Remove one version or marker; False when a lock or the identity's rights keep it."""
        more: dict[str, Any] = {"BypassGovernanceRetention": True} if self._bypass else {}
        try:
            self._client.delete_object(Bucket=self._bucket, Key=self._full(key), VersionId=version, **more)
        except botocore.exceptions.ClientError as error:
            if _code(error) in _LOCKED:
                return False
            if _code(error) not in {*_ABSENT, "NoSuchVersion"}:
                raise self._translated(error, key) from None
        except botocore.exceptions.BotoCoreError as error:
            raise self._unreachable(error) from None
        return True

    def _abort(self, key: str, upload: str) -> int:
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._full(key), UploadId=upload)
        except botocore.exceptions.ClientError as error:
            if _code(error) != "NoSuchUpload":
                raise self._translated(error, key) from None
            return 0
        except botocore.exceptions.BotoCoreError as error:
            raise self._unreachable(error) from None
        return 1

    def _chunks(self, key: str) -> Iterator[bytes]:
        answer = self._client.get_object(Bucket=self._bucket, Key=self._full(key))
        read = 0
        for chunk in answer["Body"].iter_chunks(READ_AHEAD):
            read += len(chunk)
            yield chunk
        if read != answer["ContentLength"]:
            raise botocore.exceptions.IncompleteReadError(actual_bytes=read, expected_bytes=answer["ContentLength"])

    def _range(self, key: str, start: int, end: int, etag: str) -> bytes:
        answer = self._client.get_object(
            Bucket=self._bucket, Key=self._full(key), Range=f"bytes={start}-{end - 1}", IfMatch=etag
        )
        data = answer["Body"].read()
        if len(data) != end - start:
            raise botocore.exceptions.IncompleteReadError(actual_bytes=len(data), expected_bytes=end - start)
        return data

    def _listed(self, prefix: str) -> Iterator[ObjectInfo]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        for page in self._paged(pages):
            for one in page.get("Contents", ()):
                yield ObjectInfo(
                    key=one["Key"][len(self._prefix) :],
                    size=one["Size"],
                    written=one["LastModified"].astimezone(UTC),
                )

    def _uploads(self, prefix: str) -> Iterator[tuple[str, str]]:
        pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in self._paged(pages):
            for one in page.get("Uploads", ()):
                # Not every gateway filters by prefix.
                if one["Key"].startswith(prefix):
                    yield one["Key"], one["UploadId"]

    def _forms(self, key: str) -> _Forms:
        full = self._full(key)
        versions: list[str] = []
        markers: list[str] = []
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=full)
        for page in self._paged(pages):
            found = page.get("Versions", [])
            removed = page.get("DeleteMarkers", [])
            versions += [one["VersionId"] for one in found if one["Key"] == full]
            markers += [one["VersionId"] for one in removed if one["Key"] == full]
        uploads = tuple(upload for name, upload in self._uploads(full) if name == full)
        return _Forms(tuple(versions), tuple(markers), uploads)

    # Inside: errors

    def _paged(self, pages: Any) -> Iterator[Any]:
        listing = iter(pages)
        while True:
            with self._asking("list"):
                page = next(listing, None)
            if page is None:
                return
            yield page

    def _patiently(self, key: str, read: Callable[[], _T]) -> _T:
        """Read a body; boto3 repeats requests, but not the reading of an answer that breaks off."""
        for attempt in range(1, _READ_TRIES + 1):
            try:
                return read()
            except botocore.exceptions.ClientError as error:
                raise self._translated(error, key) from None
            except _BROKEN_OFF as error:
                if attempt == _READ_TRIES:
                    raise self._unreachable(error) from None
            except botocore.exceptions.BotoCoreError as error:
                raise self._unreachable(error) from None
            time.sleep(0.1 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _asking(self, key: str) -> Iterator[None]:
        """Turn boto3's errors into ours; theirs can hold addresses and are not passed on."""
        try:
            yield
        except botocore.exceptions.ClientError as error:
            raise self._translated(error, key) from None
        except botocore.exceptions.BotoCoreError as error:
            raise self._unreachable(error) from None

    def _translated(self, error: botocore.exceptions.ClientError, key: str) -> Exception:
        code = _code(error)
        if code in _ABSENT or code == "NoSuchUpload":
            return MissingError(errno.ENOENT, f"{self.place}: no object under this key", key)
        if code in {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}:
            return self._taken(key)
        if code in {"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"}:
            return UnreachableError(
                f"{self.place}: the place refuses this identity ({code}); check its key, its rights and the clock"
            )
        if code == "NoSuchBucket":
            return UnreachableError(f"{self.place}: there is no such bucket; create it or correct bevara.toml")
        return UnreachableError(f"{self.place}: the place answered with an error ({code}); try again later")

    def _unreachable(self, error: botocore.exceptions.BotoCoreError) -> UnreachableError:
        return UnreachableError(
            f"{self.place}: the place cannot be reached ({type(error).__name__}); check the network, the endpoint "
            "address and the credentials"
        )

    def _taken(self, key: str) -> AlreadyThereError:
        return AlreadyThereError(errno.EEXIST, f"{self.place}: there is an object under this key already", key)


def _md5(data: bytes) -> str:
    # Not for security: S3's Content-MD5 finds bytes changed on the way.
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode("ascii")


def _code(error: botocore.exceptions.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _safe(key: str) -> bool:
    try:
        safe_key(key)
    except RefusedError:
        return False
    return True

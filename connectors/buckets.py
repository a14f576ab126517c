"""A bucket of somebody else's that speaks S3, by boto3 with path-style addresses: the client, and its errors in our words.

Receivers of packages and the place of the feed to KB work through it; they may not know each other. The archive's own
store has a client of its own, with other patience.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import botocore.exceptions
from botocore.config import Config

from schemas.neighbours import ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

_NO_ROOM = frozenset({"QuotaExceeded", "EntityTooLarge", "XMinioStorageFull", "InsufficientStorage"})
_NO_RIGHT = frozenset(
    {"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"}
)
_LATER = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "500", "502", "503", "504"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketCodes:
    """Finding codes for a bucket that does not take what it is sent: no room, no right, any other refusal."""

    room: str
    right: str
    refused: str


def open_client(
    place: str,
    *,
    endpoint_url: str,
    region: str,
    access_key: str | None,
    secret_key: str | None,
    connect_timeout: float = 30,
    idle_timeout: float = 60,
    attempts: int = 4,
) -> S3Client:
    """Open a client; no request is made.

    Args:
        place: name for refusals. endpoint_url, region: empty = boto3's own.
        access_key, secret_key: None = boto3's chain of credentials.
        connect_timeout, idle_timeout: seconds. attempts: how often a request is made.

    Raises:
        RefusedError: address or region cannot be used.
    """
    try:
        return boto3.session.Session().client(
            "s3",
            endpoint_url=endpoint_url or None,
            region_name=region or None,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(
                s3={"addressing_style": "path"},
                connect_timeout=connect_timeout,
                read_timeout=idle_timeout,
                retries={"mode": "standard", "total_max_attempts": attempts},
                # Checksums are given by hand: boto3's own trailers are not understood by every gateway.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
    except (ValueError, botocore.exceptions.BotoCoreError) as error:
        raise RefusedError(
            "receiver", place, f"give an endpoint address and a region ({type(error).__name__})"
        ) from None


@contextmanager
def asking(place: str, codes: BucketCodes) -> Iterator[None]:
    """Turn boto3's errors into ours; theirs can hold addresses and keys and are not passed on.

    Raises:
        ReceiverRefusedError: with one of ``codes``. UnreachableError: it does not answer, or asks to come later.
    """
    try:
        yield
    except botocore.exceptions.ClientError as error:
        raise _translated(place, codes, error) from None
    except (botocore.exceptions.NoCredentialsError, botocore.exceptions.PartialCredentialsError):
        raise _refused(place, codes.right) from None
    except botocore.exceptions.BotoCoreError as error:
        raise UnreachableError(
            f"{place}: the receiver cannot be reached ({type(error).__name__}); try again later"
        ) from None


def code_of(error: botocore.exceptions.ClientError) -> str:
    """What the server calls its refusal."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _translated(place: str, codes: BucketCodes, error: botocore.exceptions.ClientError) -> Exception:
    code = code_of(error)
    if code in _NO_ROOM:
        return _refused(place, codes.room)
    if code in _NO_RIGHT:
        return _refused(place, codes.right)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _LATER or status >= 500:
        return UnreachableError(f"{place}: the receiver is not ready ({status}); try again later")
    return _refused(place, codes.refused)


def _refused(place: str, code: str) -> ReceiverRefusedError:
    return ReceiverRefusedError(code, f"{place}: {code}")

"""Where packages are delivered: one module per kind of receiver (the port ``schemas.neighbours.Receiving``).

Every one writes beside and moves in one step, takes up what was interrupted, says what it observed there afterwards,
and lays ``<name>.sha256`` beside the delivered file when it is whole. Plain FTP has a property ``warning``: a finding
code that is told whenever it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from schemas.delivery import Receiver
from schemas.neighbours import Receiving
from schemas.refusal import RefusedError


def open_receiver(receiver: Receiver, home: Path, secret: Callable[[str], str | None]) -> Receiving:
    """Open a receiver; nothing is asked of it yet.

    Args:
        home: what relative paths are relative to. secret: value of an environment variable, or None.

    Raises:
        RefusedError: a variable that the profile names is not set, or what it names cannot be used.
    """
    if receiver.kind == "folder":
        from connectors.receivers.folder import FolderReceiver  # noqa: PLC0415 - the others load much

        return FolderReceiver(receiver, home)
    key = _secret("key_env", receiver.key_env, secret)
    password = _secret("password_env", receiver.password_env, secret)
    if receiver.kind == "s3":
        from connectors.receivers.s3 import S3Receiver  # noqa: PLC0415 - boto3 takes half a second to load

        return S3Receiver(receiver, access_key=key, secret_key=password)
    if receiver.kind in {"ftp", "ftps"}:
        from connectors.receivers.ftp import FtpReceiver  # noqa: PLC0415 - only who delivers so needs it

        return FtpReceiver(receiver, password=password, ca_file=home / receiver.ca_file if receiver.ca_file else None)
    from connectors.receivers.sftp import SftpReceiver  # noqa: PLC0415 - asyncssh takes a while to load

    return SftpReceiver(receiver, key_file=None if key is None else home / key, password=password)


def _secret(field: str, variable: str, secret: Callable[[str], str | None]) -> str | None:
    if not variable:
        return None
    value = secret(variable)
    if value is None:
        raise RefusedError(f"receiver.{field}", variable, "set this environment variable; the profile names it")
    return value

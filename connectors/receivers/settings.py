"""The receiver's table of a delivery profile (``[receiver]``): which keys belong to which kind, and what they may say.

A secret never stands there: ``key_env`` and ``password_env`` name environment variables.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from schemas.delivery import Receiver
from schemas.refusal import RefusedError

_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "folder": frozenset({"kind", "path"}),
    "s3": frozenset({"kind", "bucket", "prefix", "endpoint_url", "region", "key_env", "password_env"}),
    "sftp": frozenset({"kind", "path", "host", "port", "user", "host_key", "key_env", "password_env"}),
    "ftps": frozenset({"kind", "path", "host", "port", "user", "password_env", "ca_file"}),
    "ftp": frozenset({"kind", "path", "host", "port", "user", "password_env"}),
}
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "folder": ("path",),
    "s3": ("bucket",),
    "sftp": ("host", "user", "host_key"),
    "ftps": ("host", "user", "password_env"),
    "ftp": ("host", "user", "password_env"),
}
_KINDS: Final = '"folder", "s3", "sftp", "ftps" or, open on the line, "ftp"'
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_REGION = re.compile(r"[a-z0-9-]{1,40}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39}")
_USER = re.compile(r"[A-Za-z0-9._@+\\-]{1,128}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_KEY_KIND = re.compile(r"(?:ssh|ecdsa|sk)-[A-Za-z0-9@.-]{1,60}")
_PORTS = 65_535
_SSH_PORT = 22
_FTP_PORT = 21
_LONGEST = 1_000


def read_receiver(table: str, values: Mapping[str, Any]) -> Receiver:
    """A receiver from its table.

    Args:
        table: where it stands, for refusals: ``arvika.toml: receiver``.

    Raises:
        RefusedError: a key is unknown, missing, of the wrong type, unusable, or belongs to another kind.
    """
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in _KEYS:
        raise RefusedError(f"{table}.kind", kind or "", f"write {_KINDS}")
    _check(table, kind, values)
    if kind == "s3":
        return _s3(table, values)
    if kind == "sftp":
        return _sftp(table, values)
    if kind in {"ftp", "ftps"}:
        return _ftp(table, "ftps" if kind == "ftps" else "ftp", values)
    return Receiver(kind="folder", path=values["path"])


def _check(table: str, kind: str, values: Mapping[str, Any]) -> None:
    """Refuse unknown and missing keys and wrong types."""
    for key, value in values.items():
        if key not in _KEYS[kind]:
            known = ", ".join(sorted(_KEYS[kind]))
            # The value is not shown: what is unknown here may be a password.
            raise RefusedError(f"{table}.{key}", "…", f"the keys of kind {kind} are: {known}; no secret stands here")
        if not isinstance(value, int if key == "port" else str) or isinstance(value, bool):
            raise RefusedError(f"{table}.{key}", "…", "write a whole number" if key == "port" else "write text")
        if isinstance(value, str) and (len(value) > _LONGEST or not value.isprintable()):
            raise RefusedError(f"{table}.{key}", "…", f"write at most {_LONGEST} printable characters")
    for key in _NEEDED[kind]:
        if not values.get(key):
            raise RefusedError(f"{table}.{key}", "", f"a receiver of kind {kind} needs it")
    for key in ("key_env", "password_env"):
        if values.get(key) and not _VARIABLE.fullmatch(values[key]):
            # The value is not shown: it may be the secret itself.
            raise RefusedError(f"{table}.{key}", "…", "write the name of an environment variable, never a secret")


def _s3(table: str, values: Mapping[str, Any]) -> Receiver:
    prefix = values.get("prefix", "").strip("/")
    _fits(_BUCKET, f"{table}.bucket", values["bucket"], "write the bucket's name")
    if prefix:
        _fits(_PREFIX, f"{table}.prefix", prefix, "write a path of a-z, 0-9, '.', '_' and '-', without '..'")
    if values.get("region"):
        _fits(_REGION, f"{table}.region", values["region"], "write a region such as eu-north-1")
    if bool(values.get("key_env")) != bool(values.get("password_env")):
        raise RefusedError(f"{table}.key_env", values.get("key_env", ""), "write key_env and password_env, or neither")
    return Receiver(
        kind="s3",
        bucket=values["bucket"],
        prefix=prefix,
        endpoint_url=_endpoint(f"{table}.endpoint_url", values.get("endpoint_url", "")),
        region=values.get("region", ""),
        key_env=values.get("key_env", ""),
        password_env=values.get("password_env", ""),
    )


def _endpoint(field: str, address: str) -> str:
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = None, None
    if parts is None or parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise RefusedError(field, "…", "write an address such as https://s3.example.se")
    if "@" in parts.netloc:
        raise RefusedError(field, "…", "leave out user and password; name variables in key_env and password_env")
    return address


def _server(table: str, values: Mapping[str, Any], port: int) -> None:
    """Refuse an unusable host, user, port or folder there.

    Args:
        port: the usual one.
    """
    _fits(_HOST, f"{table}.host", values["host"], "write a host name or address, without scheme and port")
    _fits(_USER, f"{table}.user", values["user"], "write the user's name on that server")
    port = values.get("port", port)
    if not 1 <= port <= _PORTS:
        raise RefusedError(f"{table}.port", port, f"write a port from 1 to {_PORTS}")
    path = values.get("path", "")
    if ".." in path.replace("\\", "/").split("/"):
        raise RefusedError(f"{table}.path", path, "write the folder there without '..'")


def _ftp(table: str, kind: Literal["ftp", "ftps"], values: Mapping[str, Any]) -> Receiver:
    """Plain FTP is open on the line; that the profile names it is enough, and every delivery tells of it (A238)."""
    _server(table, values, _FTP_PORT)
    return Receiver(
        kind=kind,
        path=values.get("path", ""),
        host=values["host"],
        port=values.get("port", _FTP_PORT),
        user=values["user"],
        password_env=values["password_env"],
        ca_file=values.get("ca_file", ""),
    )


def _sftp(table: str, values: Mapping[str, Any]) -> Receiver:
    _server(table, values, _SSH_PORT)
    if bool(values.get("key_env")) == bool(values.get("password_env")):
        raise RefusedError(
            f"{table}.key_env",
            values.get("key_env", ""),
            "write key_env (a variable with the path of our private key) or password_env, one of them",
        )
    return Receiver(
        kind="sftp",
        path=values.get("path", ""),
        host=values["host"],
        port=values.get("port", _SSH_PORT),
        user=values["user"],
        host_key=_host_key(f"{table}.host_key", values["host_key"]),
        key_env=values.get("key_env", ""),
        password_env=values.get("password_env", ""),
    )


def _host_key(field: str, text: str) -> str:
    """``ssh-ed25519 AAAA…``: kind and key as ``ssh-keyscan`` shows them; a comment behind them is left out."""
    words = text.split()
    remedy = "write the server's public key as its owner gave it: ssh-ed25519 AAAA…"
    if len(words) < 2 or not _KEY_KIND.fullmatch(words[0]):
        raise RefusedError(field, text, remedy)
    try:
        inside = base64.b64decode(words[1], validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError(field, text, remedy) from None
    if inside[4 : 4 + len(words[0])] != words[0].encode("ascii"):
        raise RefusedError(field, text, remedy)
    return f"{words[0]} {words[1]}"


def _fits(pattern: re.Pattern[str], field: str, value: str, remedy: str) -> None:
    if not pattern.fullmatch(value):
        raise RefusedError(field, value, remedy)

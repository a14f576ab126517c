"""Taking secrets out of addresses and texts before anything is kept or told.

Platforms put tokens into addresses (the Graph API's ``paging.next`` carries the access token) and sign media
addresses; neither may reach a disk, a database or a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

REMOVED = "[removed]"
"""What stands where a secret stood."""

_PLAINLY = re.compile(
    r".*(?:token|secret|password|passwd|signature|credential|session|cookie|jwt|proof).*", re.IGNORECASE
)
"""Names that mean a secret wherever they stand."""
_IN_QUERY = re.compile(r"api_?key|key|sig|hmac|code|auth|policy|key-pair-id|oh|oe|hdnts|hdnea", re.IGNORECASE)
"""Names that mean one in a query only: in a sentence they are words."""
_PREFIXES = ("x-amz-", "x-goog-", "_nc_")
_PAIR = re.compile(r"(?<![\w.-])([\w.-]{1,64})(\"?\s{0,3}[=:]\s{0,3}\"?)([^\s&\"',;<>#]+)")
_SCHEME = re.compile(r"(?i)\b(bearer|basic|dpop)\s+[\w.~+/=-]+")
_USER = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@\"']+@")
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_SHORTEST = 4
"""A secret of fewer characters is not searched for: it would blank ordinary words."""


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with known secrets, tokens, secret query parameters and users in addresses taken out.

    Args:
        text: anything that is about to be kept or told.
        secrets: secrets known to this run; found plain and percent-encoded.
    """
    for secret in sorted((one for one in secrets if len(one) >= _SHORTEST), key=len, reverse=True):
        for form in {secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}:
            text = text.replace(form, REMOVED)
    text = _USER.sub(rf"\1{REMOVED}@", text)
    text = _SCHEME.sub(rf"\1 {REMOVED}", text)
    text = _JWT.sub(REMOVED, text)
    return _PAIR.sub(_without_value, text)


def without_secrets(address: str) -> str:
    """A web address without user, password, fragment and secret query parameters; other text as ``scrub`` leaves it.

    What is left still names the same resource, but may no longer open it.
    """
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return scrub(address)
    kept = [(name, value) for name, value in pairs if not _is_secret(name, in_query=True)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def _is_secret(name: str, *, in_query: bool) -> bool:
    if len(name) > 200 or _PLAINLY.fullmatch(name):
        return True
    return in_query and (_IN_QUERY.fullmatch(name) is not None or name.lower().startswith(_PREFIXES))


def _without_value(found: re.Match[str]) -> str:
    name, sign, _ = found.groups()
    return name + sign + REMOVED if _is_secret(name, in_query="=" in sign) else found[0]

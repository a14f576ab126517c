"""Turn a long-lived grant into an access token for one run (OAuth 2.0, RFC 6749 section 6).

Some platforms' access tokens live an hour, so a nightly job cannot be given one. The environment variable then holds a
JSON object instead: ``client_id``, ``client_secret``, ``refresh_token`` and, for another server than the platform's
own, ``token_url``. The access token is kept in memory for the run and nowhere else. Grants that change at every use
are not for this: the new one would have to be stored.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from connectors.http import Budget, Http, HttpError
from schemas.neighbours import Clock

_BUDGET = Budget()
_NEEDED = ("client_id", "client_secret", "refresh_token")


def is_grant(secret: str | None) -> bool:
    """The secret is a grant and no access token."""
    return secret is not None and secret.lstrip().startswith("{")


def access_token(
    secret: str,
    token_url: str,
    *,
    name: str,
    clock: Clock,
    budget: Budget = _BUDGET,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Ask for an access token.

    Args:
        secret: the grant as JSON. token_url: the platform's own address for it.
        name: the account's name, for messages.

    Raises:
        HttpError: H101 when the grant is malformed, refused or withdrawn; the transport's code otherwise.
    """
    endpoint = "oauth.token"
    try:
        grant = json.loads(secret)
    except (ValueError, RecursionError):
        raise HttpError("H101", endpoint) from None
    if not isinstance(grant, dict) or not all(isinstance(grant.get(one), str) and grant[one] for one in _NEEDED):
        raise HttpError("H101", endpoint)
    url = grant.get("token_url", token_url)
    parts = urlsplit(url if isinstance(url, str) else "")
    form = {"grant_type": "refresh_token", **{one: grant[one] for one in _NEEDED}}
    secrets = [grant["client_secret"], grant["refresh_token"]]
    with Http(
        f"{parts.scheme}://{parts.netloc}", name=name, clock=clock, secrets=secrets, budget=budget, sleep=sleep
    ) as http:
        answer = http.post_form(parts.path, form, endpoint=endpoint, ok=(200, 400, 401, 403))
    token = answer.body.get("access_token") if isinstance(answer.body, dict) else None
    if answer.status != 200 or not isinstance(token, str) or not token:
        raise HttpError("H101", endpoint, answer.status)
    return token

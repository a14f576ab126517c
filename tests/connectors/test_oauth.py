"""Access tokens from a long-lived grant: asked for once a run, kept nowhere, refused with a remedy."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.clock import FixedClock
from connectors.http import Budget, HttpError
from connectors.oauth import access_token, is_grant
from connectors.platforms.youtube import open as open_youtube
from schemas.account import Account
from schemas.neighbours import ConnectionRefusedByPlatformError

CLOCK = FixedClock(datetime(2026, 11, 22, tzinfo=UTC))
QUICK = Budget(attempts=2, first_pause=0.001)


def grant(server: HTTPServer, **more: str) -> str:
    """A grant for a token server of the test."""
    values = {"client_id": "k", "client_secret": "hemlig-klient", "refresh_token": "1//hemligt", **more}
    return json.dumps({"token_url": server.url_for("/token"), **values})


def test_a_grant_becomes_an_access_token(httpserver: HTTPServer) -> None:
    """The form of RFC 6749 section 6 is sent, and its access token comes back."""
    asked: list[dict[str, str]] = []

    def answer(request: Request) -> Response:
        asked.append(dict(request.form))
        return Response(json.dumps({"access_token": "ya29.kort", "expires_in": 3599}), mimetype="application/json")

    httpserver.expect_request("/token", method="POST").respond_with_handler(answer)
    token = access_token(grant(httpserver), "https://example.invalid/token", name="film", clock=CLOCK, budget=QUICK)
    assert token == "ya29.kort"
    assert asked == [
        {
            "grant_type": "refresh_token",
            "client_id": "k",
            "client_secret": "hemlig-klient",
            "refresh_token": "1//hemligt",
        }
    ]
    assert is_grant(grant(httpserver))
    assert not is_grant("ya29.kort")
    assert not is_grant(None)


@pytest.mark.parametrize("secret", ["{", "[]", "{}", '{"client_id": "k", "client_secret": "h", "refresh_token": 1}'])
def test_a_malformed_grant_is_refused_without_its_content(secret: str) -> None:
    """A grant that cannot be used is H101, and the error says nothing of it."""
    with pytest.raises(HttpError) as refused:
        access_token(secret, "https://example.invalid/token", name="film", clock=CLOCK, budget=QUICK)
    assert str(refused.value) == "H101 oauth.token 0"


def test_a_withdrawn_grant_refuses_the_account(httpserver: HTTPServer) -> None:
    """A grant that the platform no longer accepts is a refusal with the remedy, not a failed night without a reason."""
    httpserver.expect_request("/token").respond_with_json({"error": "invalid_grant"}, status=400)
    account = Account(
        name="film", platform="youtube", handle="@a", authority="ks", api_base=httpserver.url_for("").rstrip("/")
    )
    session = open_youtube(account, grant(httpserver), CLOCK)
    with pytest.raises(ConnectionRefusedByPlatformError) as refused:
        session.health()
    assert refused.value.finding.code == "H101"
    session.close()

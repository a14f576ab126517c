"""Calls to Bluesky's servers: the log-in, its renewal, and where a person's records lie."""

from __future__ import annotations

from collections.abc import Mapping
from threading import RLock
from typing import Any
from urllib.parse import quote, urlsplit

from connectors import addresses
from connectors.http import Answer, Budget, Http, HttpError, Parameters
from connectors.platforms.bluesky.names import is_did
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import Clock, ConnectionRefusedByPlatformError, MediaError
from schemas.payload import UnreadableError, read

ENTRY = "https://bsky.social"
DIRECTORY = "https://plc.directory"
_ANSWERS = (200, 400, 401, 403, 404)
_EXPIRED = frozenset({"ExpiredToken", "InvalidToken"})
_DOCUMENT_LIMIT = 1_000_000
_KEPT = 8
"""So many connections to others' servers are kept open."""


class Wire:
    """One account's connections for one run, usable from several threads (attachments are fetched side by side).

    ``did`` and ``handle`` are known after ``log_in``.
    """

    def __init__(self, account: Account, secret: str | None, clock: Clock, budget: Budget) -> None:
        self._account = account
        self._secret = secret
        self._clock = clock
        self._budget = budget
        self._http = self._client(account.api_base or ENTRY)
        self._plc: Http | None = None
        self._others: dict[str, Http] = {}
        self._places: dict[str, str | None] = {}
        self._handles: dict[str, str] = {}
        self._lock = RLock()
        self._access_token = ""
        self._refresh_token = ""
        self.did = ""
        self.handle = account.handle.strip().removeprefix("@")

    @property
    def logged_in(self) -> bool:
        """Whether the AppView can be asked."""
        return self._refresh_token != ""

    def close(self) -> None:
        """Give back every connection."""
        for http in (self._http, self._plc, *self._others.values()):
            if http is not None:
                http.close()

    # -- log-in

    def log_in(self) -> None:
        """Log in once per run and make sure that the account is the one named.

        Raises:
            ConnectionRefusedByPlatformError: with the finding.
        """
        with self._lock:
            if self.did:
                return
            try:
                self._log_in()
            except HttpError as error:
                raise self._refused(error.code) from None

    def _log_in(self) -> None:
        session: dict[str, Any] = {}
        if self._secret:
            session = self._create_session(self._secret)
        did = self.handle if is_did(self.handle) else self._resolve()
        if session and session.get("did") != did:
            raise self._refused("H116")
        if not self._account.api_base:
            self._move_home(did, session)
        if session:
            handle = session.get("handle")
            self.handle = handle if isinstance(handle, str) else self.handle
            self._take(session)
        self.did = did

    def _create_session(self, secret: str) -> dict[str, Any]:
        name = "com.atproto.server.createSession"
        answer = self._http.post(
            f"xrpc/{name}", {"identifier": self.handle, "password": secret}, endpoint=name, ok=_ANSWERS
        )
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status != 200:
            gone = body.get("error") in ("AccountTakedown", "AccountDeactivated")
            raise (
                self._refused("H157")
                if gone
                else self._refused("H156", variable=self._account.credentials_env or "credentials_env")
            )
        if body.get("active") is False:
            raise self._refused("H157")
        if not all(isinstance(body.get(one), str) and body[one] for one in ("accessJwt", "refreshJwt", "did")):
            raise self._refused("H128", kind="createSession")
        return body

    def _take(self, session: dict[str, Any]) -> None:
        self._access_token, self._refresh_token = session["accessJwt"], session["refreshJwt"]
        self._http.authorize(self._access_token)

    def _renew(self, expired: str) -> None:
        """Take a new access token, unless another thread has done so meanwhile."""
        with self._lock:
            if self._access_token == expired:
                self._refresh()

    def _refresh(self) -> None:
        name = "com.atproto.server.refreshSession"
        self._http.authorize(self._refresh_token)
        answer = self._http.post(f"xrpc/{name}", None, endpoint=name, ok=_ANSWERS)
        body = answer.body
        if answer.status != 200 or not isinstance(body, dict) or body.get("did") != self.did:
            raise HttpError("H101", name, answer.status)
        if not all(isinstance(body.get(one), str) for one in ("accessJwt", "refreshJwt")):
            raise HttpError("H128", name, answer.status)
        self._take(body)

    def _resolve(self) -> str:
        name = "com.atproto.identity.resolveHandle"
        answer = self._http.get(f"xrpc/{name}", {"handle": self.handle}, endpoint=name, ok=_ANSWERS)
        did = answer.body.get("did") if isinstance(answer.body, dict) else None
        if answer.status != 200 or not is_did(did):
            raise self._refused("H158")
        return str(did)

    def _move_home(self, did: str, session: dict[str, Any]) -> None:
        """From the entry to the server that the account's own DID document names."""
        place = _pds(session.get("didDoc")) or self.home_of(did)
        if place is not None and place != ENTRY:
            self._http.close()
            self._http = self._client(place)

    def _refused(self, code: str, **parameters: str | int) -> ConnectionRefusedByPlatformError:
        return ConnectionRefusedByPlatformError(
            Finding(code=code, severity="error", subject=self._account.name, parameters=tuple(parameters.items()))
        )

    # -- calls to our own server

    def call(self, name: str, parameters: Parameters) -> Answer:
        """Ask our own server; a 400 or 404 is an answer, too. An expired log-in is renewed once.

        Raises:
            HttpError: with the finding code.
        """
        token = self._access_token
        answer = self._http.get(f"xrpc/{name}", parameters, endpoint=name, ok=_ANSWERS)
        if token and error_of(answer) in _EXPIRED:
            self._renew(token)
            answer = self._http.get(f"xrpc/{name}", parameters, endpoint=name, ok=_ANSWERS)
        if answer.status in (401, 403) or error_of(answer) in _EXPIRED:
            raise HttpError("H102" if answer.status == 403 else "H101", name, answer.status)
        return answer

    def change(self, name: str, record: Mapping[str, Any]) -> Answer:
        """Change our own repository, once; a 400 or 404 is an answer, too.

        An expired log-in is refused before anything is done, so it is renewed and the change asked for again.

        Raises:
            HttpError: as ``Http.once``; H101 and H102 for a log-in that is refused.
        """
        token = self._access_token
        answer = self._http.once("POST", f"xrpc/{name}", json=dict(record), endpoint=name, ok=_ANSWERS)
        if error_of(answer) in _EXPIRED:
            self._renew(token)
            answer = self._http.once("POST", f"xrpc/{name}", json=dict(record), endpoint=name, ok=_ANSWERS)
        if answer.status in (401, 403) or error_of(answer) in _EXPIRED:
            raise HttpError("H102" if answer.status == 403 else "H101", name, answer.status)
        return answer

    @property
    def http(self) -> Http:
        """The client of our own server, for downloads."""
        return self._http

    # -- where others' records lie

    def home_of(self, did: str) -> str | None:
        """Address of the server that holds a person's records; None when the person is gone or it is not told.

        Raises:
            HttpError: the directory could not be asked.
        """
        with self._lock:
            if did not in self._places:
                document = self._document(did)
                self._places[did] = _pds(document)
                self._handles[did] = _handle(document)
            return self._places[did]

    def handle_of(self, did: str) -> str:
        """The handle that a person's DID document names, or empty.

        Raises:
            HttpError: the directory could not be asked.
        """
        with self._lock:
            self.home_of(did)
            return self._handles.get(did, "")

    def _document(self, did: str) -> Any:
        method, _, rest = did.removeprefix("did:").partition(":")
        if method == "plc":
            # "./", for a DID by itself would be read as an address of the scheme "did".
            if self._plc is None:
                self._plc = self._client(self._account.plc_base or DIRECTORY)
            answer = self._plc.get("./" + quote(did, safe=":"), endpoint="plc.directory", ok=(200, 404, 410))
            return answer.body if answer.status == 200 else None
        if method == "web" and rest and ":" not in rest:
            return self._web_document(rest.replace("%3A", ":"))
        return None

    def _web_document(self, host: str) -> Any:
        place = f"https://{host}/.well-known/did.json"
        try:
            got = self._http.download(place, endpoint="did.json", limit=_DOCUMENT_LIMIT)
        except MediaError as error:
            raise HttpError(error.code, "did.json") from None
        with got.file as file:
            try:
                return read(file.read())
            except UnreadableError:
                return None

    def call_at(self, home: str, name: str, parameters: Parameters) -> Answer:
        """Ask another person's server, without our log-in.

        Raises:
            HttpError: with the finding code; H129 for a server inside our own network.
        """
        if home == self._http.base.rstrip("/"):
            return self.call(name, parameters)
        if home not in self._others:
            self._check(home, name)
            if len(self._others) >= _KEPT:
                self._others.pop(next(iter(self._others))).close()
            self._others[home] = self._client(home)
        return self._others[home].get(f"xrpc/{name}", parameters, endpoint=name, ok=_ANSWERS)

    def _check(self, home: str, name: str) -> None:
        """A visitor names the server that holds the visitor's records; it must not lead into our own network."""
        ours = addresses.origin(urlsplit(self._http.base))
        try:
            scheme, host, port = addresses.origin(urlsplit(home))
            addresses.checked(scheme, host, port, private_allowed=addresses.is_private(ours[1], ours[2]))
        except (addresses.ForbiddenAddressError, ValueError):
            raise HttpError("H129", name) from None

    def _client(self, base: str) -> Http:
        secrets = (self._secret,) if self._secret else ()
        return Http(base, name=self._account.name, clock=self._clock, secrets=secrets, budget=self._budget)


def error_of(answer: Answer) -> str:
    """The error's name in an answer that is not 200 (``RecordNotFound`` ...), or an empty string."""
    if answer.status == 200 or not isinstance(answer.body, dict):
        return ""
    return str(answer.body.get("error", ""))


def _pds(document: Any) -> str | None:
    """The personal data server that a DID document names (specification "DID", service ``#atproto_pds``)."""
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            place = service.get("serviceEndpoint")
            if isinstance(place, str) and place.startswith(("https://", "http://")):
                return place.rstrip("/")
    return None


def _handle(document: Any) -> str:
    """The handle in a DID document (specification "DID", ``alsoKnownAs``), or empty."""
    names = document.get("alsoKnownAs") if isinstance(document, dict) else None
    for name in names if isinstance(names, list) else ():
        if isinstance(name, str) and name.startswith("at://") and len(name) < 260:
            return name.removeprefix("at://")
    return ""

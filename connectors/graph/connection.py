"""One connection to the Graph API: how it is asked, and when not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from connectors.addresses import ForbiddenAddressError, origin
from connectors.graph import usage
from connectors.graph.cursors import cursor_of
from connectors.graph.faults import BLOCKED, Fault, GraphError, fault_of, number
from connectors.graph.versions import VERSION, is_version
from connectors.http import Answer, Budget, Http, HttpError, Parameters
from schemas.account import Account
from schemas.neighbours import Clock, MediaBytes, MediaError

HOST = "https://graph.facebook.com"
BUDGET = Budget()
"""Bounds of a run; a platform module may have its own."""
STOPPING = frozenset({"H101", "H105", "H110", "H111"})
"""Codes after which asking further is in vain in this run."""
AT_ONCE = 50
"""Objects asked for in one request."""
ATTEMPTS = 4
"""Attempts at a request that the platform itself calls transient."""
UNSTATED_BLOCK = timedelta(minutes=60)
"""How long to stay away when the platform throttles without saying until when."""
_ANSWERS = (200, 400, 401, 403, 404, 410, 429, 500)
"""Statuses whose body may be a Graph error; the others are the transport's affair."""
_UNKNOWN = (0, 100, 2500)
"""Codes with which a field may be refused."""


class Graph:
    """A connection to one version of the Graph API with one token, for one run.

    Args:
        account: ``api_base`` may end in a version; the option ``api_version`` goes before it.
        secret: the access token, or None.
        clock: the home's clock.
        host: where the interface is when the account file says nothing.
        budget: bounds of the run; the account file's ``[harvest]`` goes before them.
        sleep: how to wait.

    Attributes:
        version: the version that is asked.
    """

    def __init__(
        self,
        account: Account,
        secret: str | None,
        clock: Clock,
        *,
        host: str = HOST,
        budget: Budget = BUDGET,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        root, _, last = (account.api_base or host).rstrip("/").rpartition("/")
        in_base = is_version(last)
        chosen = account.option("api_version").strip()
        if chosen and not chosen.startswith("v"):
            chosen = f"v{chosen}"
        self.version = chosen or (last if in_base else VERSION)
        self._prefix = f"{self.version}/"
        self._ours_alone = bool(account.api_base) and not in_base and not chosen
        base = root if in_base else (account.api_base or host)
        self._http = Http(base, name=account.name, clock=clock, budget=budget.within(account.harvest), sleep=sleep)
        self._clock = clock
        self._first_pause = budget.first_pause
        self._token = secret or None
        self._in_query = False
        self._closed: HttpError | None = None
        self._slow = 0.0
        self._tiers: dict[tuple[str, ...], int] = {}
        self._batches = True
        self._http.authorize(self._token)

    @property
    def requests(self) -> int:
        """Requests made so far, repeated ones counted."""
        return self._http.requests

    @property
    def closed(self) -> HttpError | None:
        """Why nothing more may be asked in this run: throttled, nearly used up, or blocked; None = go on."""
        return self._closed

    @property
    def plainer(self) -> int:
        """How many field lists the server did not know in full."""
        return sum(tier > 0 for tier in self._tiers.values())

    @property
    def has_token(self) -> bool:
        """A token is sent."""
        return self._token is not None

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    def use(self, token: str) -> None:
        """Go on with another token, in the way that worked for the first."""
        self._token = token
        self._http.authorize(token)
        if self._in_query:
            self._http.authorize(None)

    def download(self, address: str, limit: int) -> MediaBytes:
        """Fetch an attachment to a temporary file. Raises MediaError, also where the host is not to be asked now."""
        if self._closed is not None and self._is_own(address):
            raise MediaError(self._closed.code)
        return self._http.download(address, endpoint="media", limit=limit)

    def first(self, path: str, params: Parameters | None = None, *, endpoint: str) -> Answer:
        """The first call of a run, by which is found out how this server wants to be asked.

        A refused token is tried once more as a parameter; a path that is unknown with a version, on a host of the
        account file's choosing that names none, once more without.

        Raises:
            HttpError: as ``get``; of the first attempt when no other way works.
        """
        try:
            return self.get(path, params, endpoint=endpoint)
        except GraphError as error:
            if self._prefix and self._ours_alone and self._unknown_path(error.fault):
                return self._otherwise(path, params, endpoint, error, prefix="", in_query=self._in_query)
            if self._token and not self._in_query and error.code in ("H101", "H102"):
                return self._otherwise(path, params, endpoint, error, prefix=self._prefix, in_query=True)
            raise

    def get(self, path: str, params: Parameters | None = None, *, endpoint: str) -> Answer:
        """Read one answer; what the platform calls transient is tried again.

        Args:
            path: below the version, for example ``me`` or ``123/comments``.
            params: query parameters, without the token.
            endpoint: the request's allow-listed name.

        Raises:
            GraphError: an error answer. HttpError: the transport failed, or the platform is not to be asked now.
        """
        for attempt in range(1, ATTEMPTS + 1):
            answer = self._ask(path, params, endpoint)
            fault = fault_of(answer)
            if fault is None:
                return answer
            waits = self._waits(fault, answer, attempt)
            if waits is None or attempt == ATTEMPTS:
                raise self._failed(fault, answer, endpoint)
            self._http.pause(waits, endpoint=endpoint, status=answer.status)
        raise HttpError("H106", endpoint, retryable=True)

    def change(
        self,
        method: str,
        path: str,
        *,
        endpoint: str,
        form: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Change something, once: an error that the platform calls transient is not tried again either.

        Args:
            method: ``POST`` or ``DELETE``. path, endpoint: as ``get``. form, json: the body, one of them or none.

        Raises:
            GraphError: an error answer. HttpError: as ``Http.once``; the platform is not to be asked now.
        """
        if self._closed is not None:
            raise HttpError(self._closed.code, endpoint, retryable=True, until=self._closed.until, unsent=True)
        token = {"access_token": self._token} if self._in_query and self._token is not None else None
        target = self._prefix + path.lstrip("/")
        answer = self._http.once(method, target, endpoint=endpoint, params=token, form=form, json=json, ok=_ANSWERS)
        self._mind(answer, endpoint)
        fault = fault_of(answer)
        if fault is not None:
            raise self._failed(fault, answer, endpoint)
        return answer

    def get_fields(
        self, path: str, fields: Sequence[str], params: Parameters | None = None, *, endpoint: str, first: bool = False
    ) -> Answer:
        """As ``get``, with the richest of several field lists that the server knows.

        A server refuses a whole request for one field it does not know. The first list that gave something is the one
        for the whole run: else the same item would look changed when it comes with fewer fields. Objects of a type
        that lacks a field are read with fewer, each time.

        Args:
            fields: lists of fields, the richest first. first: ask as ``first`` does.
        """
        ask = self.first if first else self.get
        name = tuple(fields)
        for tier, some in list(enumerate(fields))[self._tiers.get(name, 0) :]:
            try:
                answer = ask(path, {**(params or {}), "fields": some}, endpoint=endpoint)
            except GraphError as error:
                if not is_field_unknown(error) or tier + 1 == len(fields):
                    raise
            else:
                if not (isinstance(answer.body, dict) and answer.body.get("data") == []):
                    # An empty page proves nothing: nobody looked whether there are such fields.
                    self._tiers.setdefault(name, tier)
                return answer
        raise HttpError("H127", endpoint)

    def objects(
        self, natives: Sequence[str], fields: Sequence[str], *, endpoint: str
    ) -> Iterator[tuple[str, dict[str, Any] | HttpError]]:
        """Read single objects, many in one request where the server can; each with its body or what went wrong.

        Objects are of several types, so each is asked for with the richest of ``fields`` that it has.

        One object that is not there spoils a request for many: then its objects are asked for one by one.

        Raises:
            HttpError: nothing more can be asked in this run.
        """
        for begin in range(0, len(natives), AT_ONCE):
            some = natives[begin : begin + AT_ONCE]
            together = self._together(some, fields[0], endpoint) if len(some) > 1 and self._batches else {}
            spoilt = bool(some[1:]) and self._batches and not together
            alone = 0
            for native in some:
                if native in together:
                    yield native, together[native]
                    continue
                found = self._one(native, fields, endpoint)
                alone += not isinstance(found, HttpError)
                yield native, found
            if spoilt and alone == len(some):
                self._batches = False

    def token_ends(self) -> datetime | None:
        """When the token, or its leave to read data, ends; None when it does not or the platform does not say.

        Raises:
            HttpError: only such after which nothing more can be asked in this run.
        """
        if self._token is None:
            return None
        try:
            body = self.get("debug_token", {"input_token": self._token}, endpoint="debug_token").body
        except HttpError as error:
            if self._closed is not None or error.code in ("H110", "H111"):
                raise
            return None
        data = body.get("data") if isinstance(body, dict) else None
        ends = (
            [_instant(data.get(name)) for name in ("expires_at", "data_access_expires_at")]
            if isinstance(data, dict)
            else []
        )
        return min((one for one in ends if one is not None), default=None)

    def following(self, paging: object) -> dict[str, str] | None:
        """Parameters of the next page (see ``cursor_of``); None when there is none."""
        return cursor_of(paging, self._token)

    # -- how to ask

    def _is_own(self, address: str) -> bool:
        try:
            return origin(urlsplit(urljoin(self._http.base, address))) == origin(urlsplit(self._http.base))
        except (ForbiddenAddressError, ValueError):
            return False

    def _together(self, natives: Sequence[str], fields: str, endpoint: str) -> dict[str, dict[str, Any]]:
        try:
            body = self.get("", {"ids": ",".join(natives), "fields": fields}, endpoint=endpoint).body
        except HttpError as error:
            if self._closed is not None or error.code in STOPPING:
                raise
            # Only a missing object leaves hope for the next request of this form.
            self._batches = isinstance(error, GraphError) and error.absent and error.fault.code != 0
            return {}
        found = body if isinstance(body, dict) else {}
        return {one: found[one] for one in natives if isinstance(found.get(one), dict) and "id" in found[one]}

    def _one(self, native: str, fields: Sequence[str], endpoint: str) -> dict[str, Any] | HttpError:
        for tier, some in enumerate(fields):
            try:
                body = self.get(quote(native, safe=""), {"fields": some}, endpoint=endpoint).body
            except HttpError as error:
                if self._closed is not None or error.code in STOPPING:
                    raise
                if tier + 1 == len(fields) or not is_field_unknown(error):
                    return error
            else:
                return body if isinstance(body, dict) else HttpError("H128", endpoint, 200)
        return HttpError("H127", endpoint)

    def _ask(self, path: str, params: Parameters | None, endpoint: str) -> Answer:
        if self._closed is not None:
            raise self._closed
        if self._slow:
            self._http.pause(self._slow, endpoint=endpoint)
        asked = dict(params or {})
        if self._in_query and self._token is not None:
            asked["access_token"] = self._token
        answer = self._http.get(self._prefix + path.lstrip("/"), asked, endpoint=endpoint, ok=_ANSWERS)
        self._mind(answer, endpoint)
        return answer

    def _otherwise(
        self, path: str, params: Parameters | None, endpoint: str, error: GraphError, *, prefix: str, in_query: bool
    ) -> Answer:
        before = self._prefix, self._in_query
        self._prefix, self._in_query = prefix, in_query
        self._http.authorize(None if in_query else self._token)
        try:
            return self.first(path, params, endpoint=endpoint)
        except GraphError as again:
            if again.fault.throttled:
                raise
            self._prefix, self._in_query = before
            self._http.authorize(None if self._in_query else self._token)
            raise error from None

    @staticmethod
    def _unknown_path(fault: Fault) -> bool:
        return fault.no_path or (fault.status == 404 and not fault.code)

    def _waits(self, fault: Fault, answer: Answer, attempt: int) -> float | None:
        """Seconds before the next attempt; None when there is to be none."""
        if fault.throttled or fault.too_much:
            return None
        if fault.status == 429:
            # No word of Graph's own: a gateway that names a time is taken at its word, none is not asked again.
            stated = answer.headers.get("retry-after", "").strip()
            return float(stated) if re.fullmatch(r"\d{1,3}(\.\d{1,3})?", stated) else None
        return self._first_pause * 2.0 ** (attempt - 1) if fault.finding == "H106" else None

    def _failed(self, fault: Fault, answer: Answer, endpoint: str) -> GraphError:
        until = None
        if fault.throttled or fault.status == 429:
            until = self._clock.now() + (usage.regained(answer.headers) or UNSTATED_BLOCK)
        error = GraphError(endpoint, fault, until=until)
        if until is not None or fault.code in BLOCKED:
            self._closed = error
        return error

    def _mind(self, answer: Answer, endpoint: str) -> None:
        """Heed the usage headers: the answer itself is good, the next request waits or is not made."""
        used = usage.used(answer.headers)
        self._slow = usage.pause(used)
        if used >= usage.STOP_FROM:
            until = self._clock.now() + (usage.regained(answer.headers) or UNSTATED_BLOCK)
            self._closed = HttpError("H105", endpoint, answer.status, retryable=True, until=until)


def is_field_unknown(error: HttpError) -> bool:
    """The request was refused for what was asked for, not for whom or about what."""
    return (
        isinstance(error, GraphError)
        and error.code == "H127"
        and error.fault.code in _UNKNOWN
        and not error.fault.no_path
    )


def _instant(value: object) -> datetime | None:
    seconds = number(value) if not isinstance(value, str) else 0
    if seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None

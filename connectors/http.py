"""The only HTTP client: bounded in every direction, and silent about secrets.

What it promises to every platform module:

* one host: requests and redirects stay on the origin of ``base``; the account's headers are sent nowhere else;
* bounds: time to connect, to the next byte and in all; bytes per answer; attempts per request; requests and seconds
  of waiting per run (``Budget``). Whatever is used up is an error with a code, never a shorter answer;
* patience: connection resets, cut answers, time-outs, 408, 425, 429 and 5xx are tried again, after the time the
  platform asks for (``connectors.pacing``) or an exponential pause with jitter;
* discretion: an error's text is code, endpoint name and status. Addresses, queries and bodies are in no message.

Media may lie on other hosts: see ``connectors.addresses`` for which ones are asked, and how.
Codes and their sentences: ``schemas.codes.harvest``.
"""

from __future__ import annotations

import logging
import random
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, Self, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx2

from connectors import addresses, pacing, scrubbing
from connectors.answers import (
    LANDED,
    Answer,
    CutError,
    PageAnswer,
    TooLargeError,
    WrongTypeError,
    lower,
    to_answer,
    to_file,
    to_page,
)
from schemas.account import Cadence
from schemas.neighbours import Clock, MediaBytes, MediaError, PlatformError
from schemas.refusal import RefusedError

__all__ = ["Answer", "Budget", "Http", "HttpError", "Parameters"]

# The library writes every address it asks, and every header it gets, into the log; some carry secrets.
# A level and not ``disabled``, which configuring any logging in the same process (Prefect does) takes back.
logging.getLogger("httpx2").setLevel(logging.CRITICAL + 1)
logging.getLogger("httpcore2").setLevel(logging.CRITICAL + 1)

AGENT = "Bevara/0.1 (archive of a public body's own accounts)"
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NEVER = frozenset({501, 505, 511})
_HOPS = 5
_LONGEST_PAUSE = 30.0
_CODES = {401: "H101", 403: "H102", 404: "H103", 410: "H104", 429: "H105", 413: "H107"}

_Result = TypeVar("_Result")


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once a process: it takes longer than many a request."""
    return httpx2.create_ssl_context(trust_env=False)


Parameters = Mapping[str, str | int | Sequence[str]]
"""Query parameters; a sequence repeats the name (``id[]``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one account's run may cost.

    Attributes:
        requests: requests per run, repeated ones counted.
        attempts: attempts per request.
        first_pause: seconds before the second attempt when the platform names no time; doubled each time.
        max_wait: longest single wait, seconds. total_wait: all waits of the run together, seconds.
        connect: seconds to connect. quiet: seconds without a byte. longest: seconds for one whole answer.
        body: bytes per JSON answer, unpacked.
    """

    requests: int = 20_000
    attempts: int = 5
    first_pause: float = 1.0
    max_wait: float = 900.0
    total_wait: float = 3600.0
    connect: float = 10.0
    quiet: float = 30.0
    longest: float = 900.0
    body: int = 50_000_000

    def within(self, cadence: Cadence) -> Budget:
        """The same bounds with what the account file's ``[harvest]`` says in their place."""
        requests = cadence.requests or self.requests
        return replace(self, requests=requests, total_wait=cadence.wait_minutes * 60.0 or self.total_wait)


class HttpError(PlatformError):
    """A request failed for good.

    Attributes:
        code: finding code. status: HTTP status, 0 when there was no answer.
        endpoint: the request's allow-listed name.
        retryable: a later run may succeed without anybody doing anything.
        unsent: no request reached the platform, so that nothing was done.
        certificate: the host's certificate was not accepted.
    """

    def __init__(
        self,
        code: str,
        endpoint: str,
        status: int = 0,
        *,
        retryable: bool = False,
        until: datetime | None = None,
        unsent: bool = False,
        certificate: bool = False,
    ) -> None:
        """Keep the parts; the message holds nothing else."""
        self.endpoint = endpoint
        self.status = status
        self.retryable = retryable
        self.unsent = unsent
        self.certificate = certificate
        super().__init__(code, f"{code} {endpoint} {status}", until=until)


@dataclass(frozen=True, slots=True)
class _Again:
    """This attempt failed in a way that another may not: code for giving up, status, seconds asked for; no connection."""

    code: str
    status: int = 0
    wait: float | None = None
    unsent: bool = False
    certificate: bool = False


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    url: str
    endpoint: str
    params: Parameters | None = None
    json: object = None
    form: Mapping[str, str] | None = None
    foreign: bool = False
    """Other hosts may be asked (media)."""
    accept: str = "application/json"
    """Which types are asked for on the own host; empty = any."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """More headers for the own host."""
    alone: bool = False
    """On a connection of its own: what an earlier request left on a kept one would be read as this one's answer."""


@dataclass(slots=True)
class _Spent:
    requests: int = 0
    waited: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Http:
    """A client for one account on one platform; may be shared by threads.

    Args:
        base: address of the interface; its origin is where the headers may go.
        name: the account's or platform's name, for messages.
        clock: the home's clock; it dates the answers.
        headers: sent to the origin of ``base`` only (authorisation, version).
        secrets: what ``scrub`` must know; ``authorize`` adds to them.
        budget: bounds of the run.
        transport: another way to the network.
        sleep: how to wait.
    """

    def __init__(
        self,
        base: str,
        *,
        name: str,
        clock: Clock,
        headers: Mapping[str, str] | None = None,
        secrets: Sequence[str] = (),
        budget: Budget = Budget(),
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            self._origin = addresses.origin(urlsplit(base))
        except (addresses.ForbiddenAddressError, ValueError):
            raise RefusedError("api_base", scrubbing.without_secrets(base), "write an address with https://") from None
        self.name = name
        self.base = base.rstrip("/") + "/"
        self._clock = clock
        self._headers = dict(headers or {})
        self._secrets = list(secrets)
        self._budget = budget
        self._sleep = sleep
        self._spent = _Spent()
        self._courtesy = 0.0
        self._jitter = random.Random()  # noqa: S311  # spreads waits, guards nothing
        self._transport = transport
        self._client = self._connected()

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def requests(self) -> int:
        """Requests made so far, repeated ones counted."""
        return self._spent.requests

    @property
    def waited(self) -> float:
        """Seconds waited so far because of limits and failures."""
        return self._spent.waited

    def authorize(self, token: str | None) -> None:
        """Send this bearer token from now on (None: none), and know it as a secret."""
        self._headers = {key: value for key, value in self._headers.items() if key.lower() != "authorization"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
            self._secrets.append(token)

    def scrub(self, text: str) -> str:
        """The text without this run's secrets and without tokens and secret query parameters."""
        return scrubbing.scrub(text, self._secrets)

    def get(
        self,
        path: str,
        params: Parameters | None = None,
        *,
        endpoint: str,
        ok: Collection[int] = (200,),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Read JSON.

        Args:
            path: relative to ``base``, or an address of the same origin (a Link header's).
            params: query parameters; they replace those of the path.
            endpoint: the request's allow-listed name; the only part that messages show.
            ok: statuses that are answers; every other is an error.
            headers: more headers for this request.

        Raises:
            HttpError: with the finding code.
        """
        call = _Call("GET", self._target(path, endpoint), endpoint, params, headers=dict(headers or {}))
        return self._attempts(call, self._to_answer, ok)

    def post(self, path: str, json: object, *, endpoint: str, ok: Collection[int] = (200,)) -> Answer:
        """Send JSON and read JSON, as ``get``. Repeated like ``get``: used to log in and to read in batches only."""
        call = _Call("POST", self._target(path, endpoint), endpoint, json=json)
        return self._attempts(call, self._to_answer, ok)

    def post_form(self, path: str, form: Mapping[str, str], *, endpoint: str, ok: Collection[int] = (200,)) -> Answer:
        """Send a form and read JSON, as ``get``: how access tokens are asked for."""
        call = _Call("POST", self._target(path, endpoint), endpoint, form=form)
        return self._attempts(call, self._to_answer, ok)

    def once(
        self,
        method: str,
        path: str,
        *,
        endpoint: str,
        json: object = None,
        form: Mapping[str, str] | None = None,
        params: Parameters | None = None,
        ok: Collection[int] = (200,),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Change something on the platform: asked once and never again by itself, since it may have been done.

        Args:
            method: ``POST``, ``PUT`` or ``DELETE``.
            path, endpoint, params, ok, headers: as ``get``. json, form: the body, one of them or none.

        Raises:
            HttpError: with the finding code; ``unsent`` where it is certain that nothing was done. With any other
                H106, H107, H108 or H109 it may have been done.
        """
        url = self._target(path, endpoint)
        call = _Call(method, url, endpoint, params, json, form, headers=dict(headers or {}), alone=True)
        found = self._attempt(call, self._to_answer, ok, 1)
        if isinstance(found, _Again):
            raise HttpError(found.code, endpoint, found.status, retryable=True, unsent=found.unsent)
        return found

    def download(
        self,
        path_or_url: str,
        *,
        endpoint: str,
        limit: int,
        params: Parameters | None = None,
        same_host: bool = False,
        accept: str = "",
    ) -> MediaBytes:
        """Fetch an attachment to a temporary file, which the caller closes.

        Args:
            path_or_url: relative to ``base``, or any address; another host gets none of the account's headers.
            endpoint: as in ``get``.
            limit: bytes at most.
            params: query parameters; they replace those of the path.
            same_host: refuse other hosts.
            accept: media types asked for on the own host; empty = any.

        Raises:
            MediaError: with the finding code (H118 failed, H119 too large, or the transport's own).
            OSError: our own machine has no room for it.
        """
        try:
            url = self._resolve(path_or_url)
            call = _Call("GET", url, endpoint, params, foreign=not same_host, accept=accept)
            return self._attempts(call, lambda response: to_file(response, limit, self._budget.longest), (200,))
        except HttpError as error:
            raise MediaError("H119" if error.code == "H107" else error.code) from None
        except (ValueError, ConnectionError, TimeoutError):
            # Any other OSError is our own machine's (no space, no descriptors): no failure of the platform's.
            raise MediaError("H118") from None

    def page(self, url: str, *, endpoint: str, limit: int) -> PageAnswer:
        """Read a public page of at most ``limit`` bytes, on whatever host; see ``connectors.addresses`` for which.

        Raises:
            HttpError: with the finding code and status; ``certificate`` where the host's was not accepted.
        """
        call = _Call("GET", url, endpoint, foreign=True, accept="")
        return self._attempts(call, lambda response: to_page(response, limit, self._budget.longest), (200,))

    def pause(self, seconds: float, *, endpoint: str, status: int = 0) -> None:
        """Wait as a platform asks, within the run's budget.

        Raises:
            HttpError: H105 when it asks for too much at once, H111 when the run's waiting is used up.
        """
        if seconds > self._budget.max_wait:
            raise HttpError("H105", endpoint, status, retryable=True)
        with self._spent.lock:
            if self._spent.waited + seconds > self._budget.total_wait:
                raise HttpError("H111", endpoint, status, retryable=True)
            self._spent.waited += seconds
        if seconds > 0:
            self._sleep(seconds)

    def _connected(self) -> httpx2.Client:
        return httpx2.Client(
            transport=self._transport,
            verify=_trusted(),
            timeout=httpx2.Timeout(self._budget.quiet, connect=self._budget.connect),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    def _target(self, path: str, endpoint: str) -> str:
        try:
            url = self._resolve(path)
        except ValueError:
            raise HttpError("H112", endpoint) from None
        if not self._is_own(url):
            raise HttpError("H112", endpoint)
        return url

    def _is_own(self, url: str) -> bool:
        try:
            return addresses.origin(urlsplit(url)) == self._origin
        except (addresses.ForbiddenAddressError, ValueError):
            return False

    def _resolve(self, path: str) -> str:
        # A leading slash would drop the path that api_base may have (``/v26.0``).
        return urljoin(self.base, path if path.startswith("//") else path.lstrip("/"))

    def _attempts(self, call: _Call, take: Callable[[httpx2.Response], _Result], ok: Collection[int]) -> _Result:
        for attempt in range(1, self._budget.attempts + 1):
            failure = self._attempt(call, take, ok, attempt)
            if not isinstance(failure, _Again):
                return failure
            if attempt == self._budget.attempts:
                raise HttpError(
                    failure.code, call.endpoint, failure.status, retryable=True, certificate=failure.certificate
                )
            self.pause(failure.wait or self._own_pause(attempt), endpoint=call.endpoint, status=failure.status)
        raise HttpError("H110", call.endpoint, retryable=True)

    def _attempt(
        self, call: _Call, take: Callable[[httpx2.Response], _Result], ok: Collection[int], attempt: int
    ) -> _Result | _Again:
        """One attempt: its result, or why another may succeed. Messages of the library may show addresses."""
        status = 0
        try:
            with self._answered(call, attempt) as response:
                status = response.status_code
                if status in ok:
                    return take(response)
                return self._refused(call, response)
        except CutError:
            return _Again("H108", status)
        except (httpx2.DecodingError, httpx2.RemoteProtocolError):
            return _Again("H108" if status else "H109", status)
        except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL, UnicodeError):
            raise HttpError("H112", call.endpoint, unsent=True) from None
        except httpx2.TransportError as error:
            unsent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
            return _Again("H109", status, unsent=unsent, certificate=_of_certificate(error))
        except TooLargeError:
            raise HttpError("H107", call.endpoint, status) from None
        except WrongTypeError:
            raise HttpError("H108", call.endpoint, status) from None

    def _refused(self, call: _Call, response: httpx2.Response) -> _Again:
        status = response.status_code
        if status in _AGAIN or (status >= 500 and status not in _NEVER):
            self._courtesy = 0.0  # the wait for this refusal is the wait for its limit
            asked = pacing.retry_after(lower(response.headers), self._clock.now())
            code = "H109" if status == 408 else _CODES.get(status, "H106")
            return _Again(code, status, asked)
        raise HttpError(_CODES.get(status, "H106" if status >= 500 else "H127"), call.endpoint, status)

    def _to_answer(self, response: httpx2.Response) -> Answer:
        return to_answer(response, self._budget.body, self._budget.longest, self._clock)

    def _own_pause(self, attempt: int) -> float:
        longest = min(self._budget.first_pause * 2.0 ** (attempt - 1), _LONGEST_PAUSE)
        return longest * (0.5 + self._jitter.random() / 2)

    @contextmanager
    def _answered(self, call: _Call, attempt: int) -> Iterator[httpx2.Response]:
        """The answer after redirects, its body not read yet."""
        url, params = call.url, call.params
        for _ in range(_HOPS + 1):
            request = self._request(call, url, params, attempt)
            self._spend(call.endpoint)
            client = self._connected() if call.alone else self._client
            response = None
            try:
                response = client.send(request, stream=True)
                headers = lower(response.headers)
                if self._is_own(url):
                    self._courtesy = pacing.courtesy(headers, self._clock.now())
                if response.status_code not in _REDIRECTS:
                    # The request itself may have gone to the host's number.
                    response.extensions[LANDED] = url
                    yield response
                    return
            finally:
                if response is not None:
                    response.close()
                    _not_kept_with_more(response)
                if call.alone:
                    client.close()
            location = headers.get("location")
            if location is None or call.method != "GET":
                raise HttpError("H112", call.endpoint, response.status_code)
            url, params = self._redirected(call, url, location), None
        raise HttpError("H112", call.endpoint)

    def _redirected(self, call: _Call, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
        except ValueError:
            raise HttpError("H112", call.endpoint) from None
        if not (call.foreign or self._is_own(target)):
            raise HttpError("H112", call.endpoint)
        return target

    def _request(self, call: _Call, url: str, params: Parameters | None, attempt: int) -> httpx2.Request:
        try:
            if self._is_own(url):
                accept = {"Accept": call.accept} if call.accept else {}
                return self._client.build_request(
                    call.method,
                    url,
                    params=params or None,
                    json=call.json,
                    data=call.form,
                    headers={**accept, **self._headers, **call.headers},
                )
            if not call.foreign:
                raise HttpError("H112", call.endpoint)
            scheme, host, port = addresses.origin(urlsplit(url))
            places = addresses.checked(scheme, host, port, private_allowed=self._base_is_private)
        except (addresses.ForbiddenAddressError, ValueError):
            raise HttpError("H129", call.endpoint) from None
        # To the address that was checked; the name goes into Host and the certificate check. One connection per
        # request, since a kept one would be shared by every name at that address.
        pinned = httpx2.URL(url).copy_with(host=places[(attempt - 1) % len(places)])
        name = host if port == addresses.DEFAULT_PORTS[scheme] else f"{host}:{port}"
        return self._client.build_request(
            "GET",
            pinned,
            params=params or None,
            headers={"Host": name, "Connection": "close"},
            extensions={"sni_hostname": host},
        )

    @cached_property
    def _base_is_private(self) -> bool:
        return addresses.is_private(self._origin[1], self._origin[2])

    def _spend(self, endpoint: str) -> None:
        courtesy, self._courtesy = min(self._courtesy, self._budget.max_wait), 0.0
        if courtesy and self._spent.waited + courtesy <= self._budget.total_wait:
            self.pause(courtesy, endpoint=endpoint)
        with self._spent.lock:
            if self._spent.requests >= self._budget.requests:
                raise HttpError("H110", endpoint, retryable=True)
            self._spent.requests += 1


_TO_PARSER: Final = ("stream", "_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state")
"""From an answer to the library's parser of its connection."""


def _not_kept_with_more(response: httpx2.Response) -> None:
    """Give up the connection when more bytes came on it than the answer: the next request's answer would be read from them.

    The library sees bytes that still wait in the socket itself, and not those that it has taken in already. Bytes that come
    after the next request has been sent cannot be told from its answer.
    """
    place: Any = response
    for name in _TO_PARSER:
        place = getattr(place, name, None)
    if place is not None and place.trailing_data[0]:
        response.extensions["network_stream"].close()


def _of_certificate(error: BaseException | None) -> bool:
    """Whether a failure to connect came of the host's certificate."""
    for _ in range(_HOPS):
        if error is None or isinstance(error, ssl.SSLCertVerificationError):
            break
        error = error.__cause__ or error.__context__
    return isinstance(error, ssl.SSLCertVerificationError)

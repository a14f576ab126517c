"""KB's receipts, read from a REST address, by ``connectors.http``.

KB says that receipts on every delivery and package are published through a REST API that is asked by the external
delivery id (*leverans-id*); its address and the form of its answers are not public. Therefore everything that is
presumed here may be replaced: ``schemas.deposit.ReceiptSettings``. As it comes, an answer like this is understood:

    {"delivery": "bevara-2026-0017", "status": "rejected", "reference": "KB-4711", "message": "…",
     "packages": [{"objid": "…", "status": "accepted", "reference": "KB-4711-1"}, {"objid": "…", "status": "rejected"}]}

An answer is believed whole or not at all: a word that nobody has given a meaning, two answers about one package, or
another delivery's name refuse all of it. 404 means that KB does not know the delivery yet.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit

from connectors.addresses import ForbiddenAddressError, origin
from connectors.clock import SystemClock
from connectors.http import Budget, Http, HttpError
from connectors.landing import plain
from schemas.delivery import REFERENCE
from schemas.deposit import KbReceipt, ReceiptSettings
from schemas.finding import Finding
from schemas.neighbours import Receipts, ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError
from schemas.text import one_line, visible

BUDGET: Final = Budget(
    requests=2_000,
    attempts=3,
    first_pause=0.5,
    max_wait=60,
    total_wait=300,
    quiet=30,
    longest=120,
    body=4_000_000,
)
"""Bounds for one night's receipts: bytes of one answer, waits and repeats."""

MOST_PACKAGES: Final = 10_000
"""Packages that one answer may speak of."""

_LONGEST_ID = 200
_LONGEST_REASON = 2_000
_MARK = "{delivery}"
_ENDPOINT = "receipt"
_LATER = frozenset({"H105", "H106", "H109", "H110", "H111"})
_CLOSED = frozenset({"H101", "H102"})


def open_receipts(settings: ReceiptSettings, secret: Callable[[str], str | None]) -> Receipts:
    """Open where receipts are read; nothing is asked yet.

    Args:
        secret: value of an environment variable, or None.

    Raises:
        RefusedError: the address cannot be used, or a variable that the settings name is not set.
    """
    return RestReceipts(
        settings,
        password=_secret("password_env", settings.password_env, secret),
        token=_secret("token_env", settings.token_env, secret),
    )


class RestReceipts:
    """The port ``schemas.neighbours.Receipts`` over a REST address that answers in JSON."""

    def __init__(
        self,
        settings: ReceiptSettings,
        *,
        password: str | None = None,
        token: str | None = None,
        budget: Budget = BUDGET,
    ) -> None:
        """Take the settings; nothing is asked.

        Args:
            password: of the settings' user (HTTP Basic). token: a bearer token instead. budget: bounds.

        Raises:
            RefusedError: the address cannot be used, or a secret would go over the line in clear.
        """
        self._settings = settings
        self._findings: tuple[Finding, ...] = ()
        self._words = {
            word.casefold(): meaning
            for meaning, words in (
                ("waiting", settings.waiting),
                ("accepted", settings.accepted),
                ("rejected", settings.rejected),
            )
            for word in words
        }
        base, host = _base(settings.address, clear=password is None and token is None)
        headers = {}
        if password is not None:
            pair = base64.b64encode(f"{settings.user}:{password}".encode()).decode("ascii")
            headers["Authorization"] = f"Basic {pair}"
        self._place = f"http:{host}"
        secrets = [one for one in (password, token) if one]
        self._http = Http(base, name=self._place, clock=SystemClock(), headers=headers, secrets=secrets, budget=budget)
        if token is not None:
            self._http.authorize(token)

    @property
    def place(self) -> str:
        """``http:<host>``, whether or not the line is encrypted."""
        return self._place

    @property
    def findings(self) -> Sequence[Finding]:
        """What was left out of the last answer: L244, marks that must not stand in the ledger."""
        return self._findings

    def ask(self, delivery: str) -> Sequence[KbReceipt]:
        """What KB says of a delivery: of the whole, where it says so, then of its packages; see the port.

        Args:
            delivery: external delivery id.

        Raises:
            ReceiverRefusedError: L241 the answer cannot be understood, L242 it is about another delivery, L243 we are
                not let in. UnreachableError: it does not answer, or is too busy.
            RefusedError: the id is none of ours.
        """
        self._findings = ()
        address = self._settings.address.replace(_MARK, quote(plain(delivery, "delivery"), safe=""))
        try:
            answer = self._http.get(address, endpoint=_ENDPOINT, ok=(200, 204, 404))
        except HttpError as error:
            raise self._translated(error) from None
        if answer.status != 200:
            return ()
        if not isinstance(answer.body, dict):
            raise self._refused("L241")
        self._about(answer.body, delivery)
        found = list(self._read(answer.body, delivery))
        if not found:
            raise self._refused("L241")
        receipts, dropped = zip(*found, strict=True)
        if any(dropped):
            count = sum(dropped)
            self._findings = (
                Finding(code="L244", severity="warning", subject=delivery, parameters=(("count", count),)),
            )
        return receipts

    def _about(self, body: Mapping[str, Any], delivery: str) -> None:
        """Refuse an answer that names another delivery; one that names none was asked for by its address."""
        named = _at(body, self._settings.delivery)
        if named not in (None, "") and not isinstance(named, dict) and _scalar(named).strip() != delivery:
            raise self._refused("L242")

    def _read(self, body: Mapping[str, Any], delivery: str) -> Iterator[tuple[KbReceipt, bool]]:
        """The receipts, each with whether its mark was left out."""
        said = self._settings
        if _at(body, said.answer) is not None:
            yield self._receipt(body, delivery, "", (said.answer, said.reference, said.reason))
        entries = _at(body, said.packages)
        if entries is None:
            return
        if not isinstance(entries, list) or len(entries) > MOST_PACKAGES:
            raise self._refused("L241")
        seen: set[str] = set()
        for entry in entries:
            package = _scalar(_at(entry, said.package)).strip() if isinstance(entry, dict) else ""
            if not 0 < len(package) <= _LONGEST_ID or not package.isprintable() or package.casefold() in seen:
                raise self._refused("L241")
            seen.add(package.casefold())
            keys = (said.package_answer, said.package_reference, said.package_reason)
            yield self._receipt(entry, delivery, package, keys)

    def _receipt(
        self, body: Mapping[str, Any], delivery: str, package: str, keys: tuple[str, str, str]
    ) -> tuple[KbReceipt, bool]:
        answer, reference, reason = (_scalar(_at(body, key)) for key in keys)
        meaning = self._words.get(answer.strip().casefold())
        if meaning is None:
            raise self._refused("L241")
        mark = reference.strip()
        usable = REFERENCE.fullmatch(mark) is not None
        receipt = KbReceipt(
            delivery=delivery,
            package=package,
            answer="accepted" if meaning == "accepted" else "rejected" if meaning == "rejected" else "waiting",
            reference=mark if usable else "",
            reason=_shown(reason),
        )
        return receipt, bool(mark) and not usable

    def _translated(self, error: HttpError) -> Exception:
        if error.code in _CLOSED:
            return self._refused("L243")
        if error.code in _LATER:
            return UnreachableError(f"{self._place}: KB's receipts do not answer ({error.code}); ask again later")
        return self._refused("L241")

    def _refused(self, code: str) -> ReceiverRefusedError:
        return ReceiverRefusedError(code, f"{self._place}: {code}")


def _base(address: str, *, clear: bool) -> tuple[str, str]:
    """Origin of the address with ``/``, and its host.

    Args:
        clear: nothing secret is sent, so that plain http may do.

    Raises:
        RefusedError: no usable address.
    """
    field = "deposit.receipts.address"
    try:
        parts = urlsplit(address)
        _, host, _ = origin(parts)
    except (ForbiddenAddressError, ValueError):
        raise RefusedError(field, "…", "write an address with https:// and a host, without user") from None
    if _MARK in parts.netloc or address.count(_MARK) != 1 or parts.fragment:
        raise RefusedError(field, "…", f"write {_MARK} once, in the path or the query")
    if parts.scheme == "http" and not clear and host not in {"localhost", "127.0.0.1", "::1"}:
        raise RefusedError(field, "…", "write https://; a password is not sent in clear")
    return f"{parts.scheme}://{parts.netloc}/", host


def _secret(field: str, variable: str, secret: Callable[[str], str | None]) -> str | None:
    if not variable:
        return None
    value = secret(variable)
    if not value:
        raise RefusedError(f"deposit.receipts.{field}", variable, "set this environment variable; the settings name it")
    if field == "token_env" and not (value.isascii() and value.isprintable() and " " not in value):
        raise RefusedError(
            f"deposit.receipts.{field}", variable, "have the variable hold the token alone, without line breaks"
        )
    return value


def _at(body: object, keys: str) -> Any:
    """What stands under the keys (``delivery.status``); None where a step is missing, or there are no keys."""
    if not keys:
        return None
    for key in keys.split("."):
        if not isinstance(body, dict) or key not in body:
            return None
        body = body[key]
    return body


def _scalar(value: object) -> str:
    """Text as it is, whole numbers, true and false as JSON writes them; everything else is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) else ""


def _shown(reason: str) -> str:
    """KB's words on one line, bounded; what turns or hides text is a space, what has no encoding is shown."""
    return visible(one_line(reason[: 2 * _LONGEST_REASON]))[:_LONGEST_REASON]

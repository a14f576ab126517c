"""Fetching attachments: by the address that a run has just met, else by asking what the URN's address is now."""

from __future__ import annotations

from connectors.http import HttpError
from connectors.platforms.linkedin.media import CAPTION, captions_of, is_urn, signed_in
from connectors.platforms.linkedin.names import encoded
from connectors.platforms.linkedin.objects import pick
from connectors.platforms.linkedin.wire import UNSAID, Wire
from schemas.neighbours import MediaBytes, MediaError


class Attachments:
    """Signed addresses are kept for the time of a run and nowhere else."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._signed: dict[str, str] = {}

    def learn(self, body: object) -> None:
        """Keep the addresses of an answer."""
        self._signed.update(signed_in(body))

    def fetch(self, origin: str, limit: int) -> MediaBytes:
        """Fetch to a temporary file. Raises MediaError: H143 where LinkedIn does not give the file."""
        address = self._signed.get(origin)
        if address is None and is_urn(origin):
            address = self._asked(origin)
        return self._wire.download(address or origin, limit)

    def _asked(self, origin: str) -> str:
        urn, _, number = origin.partition(CAPTION)
        resource = f"{urn.split(':')[2]}s"
        try:
            answer = self._wire.get(f"{resource}/{encoded(urn)}", endpoint=f"{resource}.get", ok=(200, *UNSAID))
        except HttpError as error:
            raise MediaError(error.code) from None
        if number:
            captions = captions_of(answer.body)
            place = int(number) if number.isdigit() and len(number) < 4 else 0
            if 0 < place <= len(captions):
                return captions[place - 1][0]
        elif isinstance(address := pick(answer.body, "downloadUrl"), str) and address:
            return address
        raise MediaError("H143")

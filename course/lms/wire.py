"""Talking to a platform over HTTP, within bounds: no redirects, no more than so many bytes and seconds."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

WAIT = 15  # seconds for an answer
LARGEST = 2 * 2**20  # bytes of an answer


class UnreachableError(Exception):
    """No answer came: refused, timed out, cut off."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether the platform took it."""
        return 200 <= self.status < 300

    @property
    def data(self) -> Any:
        """The body as JSON; None if it is none, such as a page in HTML."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The beginning of the body, printable, for a person."""
        start = self.body[:300].decode(errors="replace")
        return "".join(c if c.isprintable() else " " for c in start)[:200]


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """An answer from elsewhere is no answer."""

    def redirect_request(self, *_anything: Any) -> None:
        return None


_opener = urllib.request.build_opener(NoRedirects)


def call(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, wait: float = WAIT
) -> Reply:
    """One request; raises UnreachableError where no answer comes."""
    if not url.startswith(("https://", "http://")):
        raise UnreachableError(f"no address for the web: {url[:100]}")
    try:
        request = urllib.request.Request(url, data=body, method=method, headers=dict(headers))  # noqa: S310 - see above
        with _opener.open(request, timeout=wait) as answer:
            return _reply(answer.status, answer)
    except urllib.error.HTTPError as error:
        return _reply(error.code, error)
    except (OSError, HTTPException, ValueError) as error:
        raise UnreachableError(str(error) or type(error).__name__) from None


def _reply(status: int, answer: Any) -> Reply:
    try:
        body = answer.read(LARGEST + 1)
    except (OSError, HTTPException) as error:
        raise UnreachableError(str(error) or type(error).__name__) from None
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(status, headers, body if len(body) <= LARGEST else b"")

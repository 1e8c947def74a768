"""The one error of the reader: what could not be read, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping

from grader.tree import Span
from grader.wording import sentence


class Unreadable(ValueError):  # noqa: N818  the word of the glossary
    """Text that is not an expression of the language.

    ``code`` and ``params`` name a message of ``grader.wording``; ``span`` counts characters of the typed
    text; ``fix`` is the whole text, mended, where there is one way to mend it.
    """

    def __init__(
        self, code: str, span: Span, params: Mapping[str, str] | None = None, fix: str | None = None
    ) -> None:
        self.code = code
        self.params = dict(params or {})
        self.span = span
        self.fix = fix
        super().__init__(code)

    def __str__(self) -> str:
        return sentence(self.code, self.params)


def mended(text: str, span: Span, new: str) -> str:
    """``text`` with ``new`` in the place of what stands at ``span``."""
    return text[: span[0]] + new + text[span[1] :]

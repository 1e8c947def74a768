"""What an author says in words: the math between backticks must be readable, or no page could show it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.expression import read
from grader.language import FUNCTIONS
from grader.matrix import read_matrix
from grader.unreadable import Unreadable

_MATH = re.compile(r"`([^`]*)`")
_RELATION = re.compile(r"[=<>]")  # as the pages split it
_NAME = re.compile(r"[A-Za-z_]\w*")


def unreadable_math(text: str) -> Iterator[str]:
    """Each piece of math in prose that cannot be read, with the reason."""
    for piece in _MATH.findall(text):
        for side in _RELATION.split(piece):
            try:
                _read(side)
            except Unreadable as error:
                yield f"the math `{piece}` cannot be read: {error}"
                break


def _read(side: str) -> None:
    names = sorted(set(_NAME.findall(side)) - set(FUNCTIONS))
    if _NAME.fullmatch(side.strip()):
        return
    if side.strip().startswith("["):
        read_matrix(side, names)
    else:
        read(side, names)

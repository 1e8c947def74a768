"""Decimal commas in a matrix: ``[0,54; 0,49]`` is two numbers in a box of 2 x 1 and four in one of 2 x 2.

A comma between two digits may be a decimal point or may part two entries; the shape that the box asks for
decides. Where several readings have that shape it is refused, with two of them. Its twin for the browser is
in course/static/js/matrix.js.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice

from grader.unreadable import Unreadable

MOST = 6  # commas of which each may be either; of more, all are the same
_COMMA = re.compile(r"(?<![\w.,])[0-9]+,(?=[0-9]+(?![\w.]|,\S))", re.ASCII)


def pointed(text: str, fits: Callable[[str], bool]) -> str:
    """The text with points for those of its commas that are decimal ones, every character in its place.

    ``fits``: whether a text has the shape that is asked. Raises Unreadable where that leaves two readings.
    """
    commas = [found.end() - 1 for found in _COMMA.finditer(text) if _parts_entries(text, found.end() - 1)]
    if not commas or fits(text):
        return text
    found = [*islice(filter(fits, _readings(text, commas)), 2)]
    if len(found) > 1:
        first, second = (" ".join(each.split()) for each in found)
        params = {"found": text.strip(), "first": first, "second": second}
        raise Unreadable("matrix-commas", (commas[0], commas[-1] + 1), params)
    return found[0] if found else text


def _readings(text: str, commas: Sequence[int]) -> Iterator[str]:
    """With points for all commas, or for some of them."""
    sizes = range(len(commas), 0, -1) if len(commas) <= MOST else (len(commas),)
    for size in sizes:
        for chosen in combinations(commas, size):
            yield "".join("." if place in chosen else sign for place, sign in enumerate(text))


def _parts_entries(text: str, place: int) -> bool:
    """Whether a comma there may stand between two entries: in no brackets but those of the matrix."""
    opened = []
    for at, sign in enumerate(text[:place]):
        if sign in "([{":
            opened.append((at, sign))
        elif sign in ")]}" and opened:
            opened.pop()
    return len(opened) == 1 or (len(opened) == 2 and opened[1][1] == "[")

"""What stands in a box: one expression, or several with equals signs between them, as working is written.

``dL/dyhat = 2*(yhat - y) = 2*(0.7 - 1) = -0.6`` is a label, which says what the box asks for and means
nothing else, and three sides; the last one is the result. Twin: course/static/js/working.js; both pass
tests/tables/working.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.expression import BOUNDS, Unreadable, read
from grader.tree import Name, Span, Tree
from grader.unreadable import mended

MOST_SIDES = 4
_BLANKS = " \t\n\r"  # what the reader skips; nothing else is
_EQUALS = re.compile(r"[=＝≈]|\\approx(?![A-Za-z])")
_DOLLARS = re.compile(r"[ \t\n\r]*(\${1,2})(?P<inner>[^$]+)\1[ \t\n\r]*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_MISNAMED = frozenset({"unknown-name", "near-name", "no-names", "unknown-derivative"})


@dataclass(frozen=True, slots=True)
class Working:
    """The sides of an answer, left to right, and where each stands in the text; the label is left out."""

    sides: tuple[Tree, ...]
    spans: tuple[Span, ...]

    @property
    def result(self) -> Tree:
        """What it comes to: the last side, which later boxes go on with."""
        return self.sides[-1]


def read_working(text: str, names: Sequence[str], own: str, *, decimal_comma: bool = True) -> Working:
    """Read what was typed into the box ``own``, over the ``names`` that it offers.

    Raises Unreadable as ``read`` does: places are of the whole text, and the fix can itself be read.

    >>> [span for span in read_working("L = (1 - 0.7)^2 = 0.09", (), "L").spans]
    [(4, 15), (18, 22)]
    """
    try:
        return _working(text, names, own, decimal_comma)
    except Unreadable as error:
        if error.fix is not None:
            error.fix = _readable(error.fix, names, own, decimal_comma)
        raise


def _readable(fix: str, names: Sequence[str], own: str, decimal_comma: bool) -> str | None:
    """The fix, mended further where another side needs it too; None if it cannot be read even so."""
    for _ in range(MOST_SIDES + 1):
        try:
            _working(fix, names, own, decimal_comma)
        except Unreadable as error:
            if error.fix is None:
                return None
            fix = error.fix
        else:
            return fix
    return None


def _working(text: str, names: Sequence[str], own: str, decimal_comma: bool) -> Working:
    signs = list(_EQUALS.finditer(text)) if len(text) <= BOUNDS.characters else []
    if not signs:
        return Working((read(text, names, decimal_comma=decimal_comma),), ((0, len(text)),))
    pieces = list(_pieces(text, [sign.span() for sign in signs]))
    if is_label(text[slice(*pieces[0])], names, own):
        del pieces[0]
    if len(pieces) > MOST_SIDES:
        span = pieces[MOST_SIDES][0], pieces[-1][1]
        raise Unreadable("too-many-sides", span, {"limit": str(MOST_SIDES)})
    return Working(tuple(_side(text, span, names, decimal_comma) for span in pieces), tuple(pieces))


def _pieces(text: str, signs: Sequence[Span]) -> Iterator[Span]:
    """What stands between the equals signs, without the blanks and dollar signs around it."""
    whole = _DOLLARS.fullmatch(text)
    start, stop = whole.span("inner") if whole else (0, len(text))
    for place, sign in enumerate([*signs, None]):
        end = sign[0] if sign else stop
        piece = text[start:end]
        if not piece.strip(_BLANKS):
            before = sign or signs[-1]
            code = "missing-before" if sign else "missing-after"
            raise Unreadable(code, before, {"found": text[slice(*before)]}, mended(text, before, ""))
        yield start + len(piece) - len(piece.lstrip(_BLANKS)), start + len(piece.rstrip(_BLANKS))
        start = signs[place][1] if sign else stop


def is_label(piece: str, names: Sequence[str], own: str) -> bool:
    """Whether it is the name of the box itself, or the old name of what the box asks anew (``w1 = ...``)."""
    labels = {own, own.removesuffix("_new")} | {re.sub("^grad_", "dL_d", own)}.difference(names)
    try:
        tree = read(piece, sorted(filter(_NAME.fullmatch, labels)))
    except Unreadable:
        return False
    return isinstance(tree, Name) and tree.name in labels


def _side(text: str, span: Span, names: Sequence[str], decimal_comma: bool) -> Tree:
    start, end = span
    try:
        return read(text[start:end], names, decimal_comma=decimal_comma)
    except Unreadable as error:
        place = start + error.span[0], start + error.span[1]
        first = _EQUALS.search(text)
        assert first is not None
        if error.code in _MISNAMED and end <= first.start() and place == span:
            rest = text[first.end() :].strip(_BLANKS).rstrip("$").strip(_BLANKS)
            raise Unreadable("equation", first.span(), {}, rest) from error
        fix = None if error.fix is None else mended(text, span, error.fix)
        raise Unreadable(error.code, place, error.params, fix) from error

"""The reader of a whole matrix: text -> rows of trees, in any of the ways in which matrices are typed.

``[[1, 2], [3, 4]]``, ``[1, 2; 3, 4]`` and LaTeX's ``\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}`` are
one matrix; ``[1; 2]`` is a column, ``[1, 2]`` a vector that is as good a column as a row. Every entry is read
by ``grader.expression``, so all its bounds hold for each; a comma is a decimal point only where the shape
that is asked says so. Its twin for the browser is course/static/js/matrix.js; both pass
tests/tables/matrices.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.expression import BOUNDS, Unreadable, read
from grader.lexer import Token, tokens
from grader.matrix_commas import pointed
from grader.tree import Span, Tree
from grader.working import is_label

MOST_ENTRIES = 100
CLOSING = {"(": ")", "[": "]", "{": "}"}
_BEGIN = re.compile(r"\\begin\{[pbBv]?matrix\}")
_END = re.compile(r"\\end\{[pbBv]?matrix\}")

Shape = tuple[int, int]  # rows and columns
Piece = tuple[int, int]  # tokens from the first of these places up to the second


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of one length. ``loose``: a single row typed without a direction, which may be a column."""

    rows: tuple[tuple[Tree, ...], ...]
    loose: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, as typed."""
        return len(self.rows), len(self.rows[0])

    def entries(self, rows: int, columns: int) -> tuple[Tree, ...] | None:
        """The entries row by row if the matrix has this shape, or may have it; else None."""
        if fits(self.shape, (rows, columns), is_loose=self.loose):
            return tuple(entry for row in self.rows for entry in row)
        return None


def read_matrix(text: str, names: Iterable[str], own: str = "", shape: Shape | None = None) -> Matrix:
    """Read a matrix whose entries are expressions over ``names``; it may be labelled, ``own = [...]``.

    ``shape``: the rows and columns that are asked; without them no comma is a decimal one.
    Raises Unreadable with a place in the whole text; what is wrong with one entry has its ``row`` and
    ``column`` among the parameters.
    """
    if not isinstance(text, str):
        raise Unreadable("not-text", (0, 0))
    if len(text) > BOUNDS.characters:
        raise Unreadable("too-long", (BOUNDS.characters, len(text)), {"limit": str(BOUNDS.characters)})
    known = tuple(names)
    plain = _without_label(_without_latex(text), known, own)
    if shape is not None and "\\begin" not in text:
        plain = pointed(plain, lambda each: _has_shape(each, shape))
    found = tokens(plain)
    if len(found) == 1:
        raise Unreadable("empty", (0, len(text)))
    partners = _partners(found, text)
    loose, rows = _rows(found, partners, text)
    _check_lengths(rows, found, text)
    read_rows = (
        tuple(
            _entry(plain, _span(found, piece), known, (row, column)) for column, piece in enumerate(pieces, 1)
        )
        for row, pieces in enumerate(rows, 1)
    )
    return Matrix(tuple(read_rows), loose)


def _has_shape(text: str, shape: Shape) -> bool:
    """Whether the text falls into this many rows and columns, whatever its entries are."""
    try:
        found = tokens(text)
        is_loose, rows = _rows(found, _partners(found, text), text)
    except Unreadable:
        return False
    return fits((len(rows), len(rows[0])), shape, is_loose=is_loose) and len({*map(len, rows)}) == 1


def fits(typed: Shape, asked: Shape, *, is_loose: bool) -> bool:
    """Whether what was typed has the shape that is asked; a row without a direction may be a column."""
    return typed == asked or (is_loose and typed == asked[::-1] == (1, asked[0]))


def _without_latex(text: str) -> str:
    """LaTeX's matrices in brackets, every character in its place."""
    if "\\begin" not in text:
        return text
    for pattern, bracket in ((_BEGIN, "["), (_END, "]")):
        text = pattern.sub(lambda match, bracket=bracket: bracket.ljust(len(match[0])), text)  # type: ignore[misc]
    return text.replace("\\\\", "; ").replace("&", ",")


def _without_label(text: str, names: Sequence[str], own: str) -> str:
    """The matrix alone where it is written behind its own name, every character in its place."""
    label, sign, matrix = text.partition("=")
    return " " * (len(label) + 1) + matrix if sign and is_label(label, names, own) else text


def _partners(found: Sequence[Token], text: str) -> dict[int, int]:
    """Opening bracket -> closing bracket; raises Unreadable where one has none."""
    partners: dict[int, int] = {}
    waiting: list[int] = []
    for place, token in enumerate(found):
        if token.kind in CLOSING:
            waiting.append(place)
        elif token.kind in CLOSING.values():
            if not waiting:
                raise Unreadable(
                    "unopened", (token.start, token.end), {"found": text[token.start : token.end]}
                )
            opened = found[waiting[-1]]
            if CLOSING[opened.kind] != token.kind:
                params = {"opened": opened.kind, "found": token.kind}
                raise Unreadable("mismatch", (token.start, token.end), params)
            partners[waiting.pop()] = place
    if waiting:
        token = found[waiting[-1]]
        raise Unreadable("unclosed", (token.start, token.end), {"found": token.kind})
    return partners


def _rows(found: Sequence[Token], partners: dict[int, int], text: str) -> tuple[bool, list[list[Piece]]]:
    """Where the entries of each row are, and whether it is one row that may be a column."""
    last = len(found) - 2
    if found[0].kind not in "[(" or partners.get(0) != last:
        raise Unreadable("matrix-brackets", (0, len(text)))
    parts = list(_split(found, partners, (1, last), ",;"))
    nested = [found[first].kind == "[" and partners[first] == stop - 1 for first, stop in parts]
    if all(nested):
        rows = [list(_split(found, partners, (first + 1, stop - 1), ",;")) for first, stop in parts]
        inner = [found[stop] for row in rows for _, stop in row[:-1]]
        if semicolon := next((token for token in inner if token.kind == ";"), None):
            raise Unreadable("matrix-rows", (semicolon.start, semicolon.end))
        return False, rows
    if any(nested):
        first, stop = parts[nested.index(False)]
        raise Unreadable("matrix-rows", _span(found, (first, stop)))
    lines = list(_split(found, partners, (1, last), ";"))
    return len(lines) == 1, [list(_split(found, partners, line, ",")) for line in lines]


def _split(found: Sequence[Token], partners: dict[int, int], piece: Piece, signs: str) -> Iterator[Piece]:
    """A piece cut at these signs, but for those inside brackets."""
    first, stop = piece
    place = first
    while place < stop:
        if found[place].kind in signs:
            yield first, place
            first = place + 1
        place = partners.get(place, place) + 1
    yield first, stop


def _check_lengths(rows: Sequence[Sequence[Piece]], found: Sequence[Token], text: str) -> None:
    width = len(rows[0])
    if sum(map(len, rows)) > MOST_ENTRIES:
        raise Unreadable("matrix-entries", (0, len(text)), {"limit": str(MOST_ENTRIES)})
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            span = found[row[0][0] - 1].end, found[row[-1][1]].start
            params = {"number": str(number), "given": str(len(row)), "first": str(width)}
            raise Unreadable("matrix-ragged", span, params)


def _span(found: Sequence[Token], piece: Piece) -> Span:
    """From behind the sign before a piece to the sign behind it."""
    return found[piece[0] - 1].end, found[piece[1]].start


def _entry(plain: str, span: Span, names: tuple[str, ...], place: tuple[int, int]) -> Tree:
    start, end = span
    where = {"row": str(place[0]), "column": str(place[1])}
    try:
        return read(plain[start:end], names, decimal_comma=False)
    except Unreadable as error:
        first, stop = error.span
        fix = None if error.fix is None or "\\" in plain else plain[:start] + error.fix + plain[end:]
        raise Unreadable(error.code, (start + first, start + stop), error.params | where, fix) from None

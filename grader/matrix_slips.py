"""Wrong rules that only a whole matrix can show, found from the formulas of its entries.

V-trans   rows and columns in each other's places; or ``W*d`` where the transpose of a square W belongs, where
          every entry is the sum of a column of W times d
V-elem    the matrix product of two vectors where they are multiplied entry by entry: the outer product, in
          either order, or the dot product
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.rewriting import factors, product, terms, times, total
from grader.tree import Tree

TRANSPOSED, MATRIX_PRODUCT = "V-trans", "V-elem"


@dataclass(frozen=True, slots=True)
class Slip:
    """What a wrong rule gives. ``entries``: row by row, each with the place of a right entry like it."""

    misconception: str
    rows: int
    columns: int
    entries: tuple[tuple[Tree, int], ...]


def slips(formulas: Sequence[Tree], rows: int, columns: int) -> Iterator[Slip]:
    """Every wrong matrix for the right one whose entries, row by row, have these formulas."""
    if len(formulas) > 1:
        turned = tuple(
            (formulas[i * columns + j], i * columns + j) for j in range(columns) for i in range(rows)
        )
        yield Slip(TRANSPOSED, columns, rows, turned)
    if columns == 1:
        yield from _unturned(formulas)
        yield from _multiplied(formulas)


def _unturned(formulas: Sequence[Tree]) -> Iterator[Slip]:
    """``W*d`` for the transpose of W times d."""
    sums = [[factors(term) for term in terms(formula)] for formula in formulas]
    size = len(sums)
    if size == 1 or any(len(row) != size or any(len(pair) != 2 for pair in row) for row in sums):
        return
    for at in (0, 1):
        shared = [pair[at] for pair in sums[0]]
        if len(set(shared)) == size and all([pair[at] for pair in row] == shared for row in sums):
            wrong = (
                (total(times(sums[j][i][1 - at], shared[j]) for j in range(size)), i) for i in range(size)
            )
            yield Slip(TRANSPOSED, size, 1, tuple(wrong))


def _multiplied(formulas: Sequence[Tree]) -> Iterator[Slip]:
    """An outer product or a dot product of two vectors that are multiplied entry by entry."""
    pairs = [factors(formula) for formula in formulas]
    size = len(pairs)
    if size == 1 or any(len(pair) != 2 for pair in pairs):
        return
    left, right = zip(*pairs, strict=True)
    if len(set(left)) < size or len(set(right)) < size:
        return  # one and the same factor everywhere: a number times a vector
    for one, other in ((left, right), (right, left)):
        outer = tuple((times(a, b), i) for i, a in enumerate(one) for b in other)
        yield Slip(MATRIX_PRODUCT, size, size, outer)
    yield Slip(MATRIX_PRODUCT, 1, 1, ((total(map(product, pairs)), 0),))

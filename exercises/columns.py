"""Formulas over columns of numbers, one row a variant; parts that are equal are worked out once.

Legend
------
place    where a part of some formula is kept; what it is made of has earlier places
column   the value of a part on every row
scope    what the names in a formula mean: a place that is known already, a definition, else a leaf
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.operations import CONSTANTS, OPERATIONS, Operation, parts
from grader.tree import Group, Name, Number, Tree

Array = NDArray[np.float64]
Part = tuple[float | str | Operation, tuple[int, ...]]  # a number, a leaf, or an operation on places
_SQUARE = Operation(np.square, (lambda a: 2 * a,))


class Columns:
    """All parts of all formulas that were put in."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._places: dict[Part, int] = {}

    def keep(self, head: float | str | Operation, operands: tuple[int, ...] = ()) -> int:
        """The place of a part, a new one if there is none like it."""
        if head is OPERATIONS["^"] and self._parts[operands[1]][0] == 2.0:
            head, operands = _SQUARE, operands[:1]
        place = self._places.setdefault((head, operands), len(self._parts))
        if place == len(self._parts):
            self._parts.append((head, operands))
        return place

    def needed(self, wanted: Iterable[int]) -> tuple[int, ...]:
        """The places that these need, themselves included, in the order of evaluation."""
        found = set(wanted)
        waiting = list(found)
        while waiting:
            new = set(self._parts[waiting.pop()][1]) - found
            found |= new
            waiting += new
        return tuple(sorted(found))

    def run(self, leaves: Mapping[str, Array], needed: Sequence[int]) -> dict[int, Array]:
        """The column of each place in ``needed``, a result of that method; KeyError names a missing leaf."""
        found: dict[int, Array] = {}
        with np.errstate(all="ignore"):
            for place in needed:
                head, operands = self._parts[place]
                if isinstance(head, Operation):
                    found[place] = head.value(*[found[operand] for operand in operands])
                else:
                    found[place] = leaves[head] if isinstance(head, str) else np.asarray(head)
        return found


class Scope:
    """Where formulas are put in that give their names the same meanings."""

    def __init__(
        self, columns: Columns, definitions: Mapping[str, Tree], known: Mapping[str, int] | None = None
    ) -> None:
        self._columns = columns
        self._definitions = definitions
        self._known = dict(known or {})

    def place(self, tree: Tree) -> int:
        """Where the value of ``tree`` is kept."""
        match tree:
            case Number(value=value):
                return self._columns.keep(float(value))
            case Name(name=name, constant=True):
                return self._columns.keep(CONSTANTS[name])
            case Name(name=name):
                return self._named(name)
            case Group(inner=inner):
                return self.place(inner)
            case _:
                operation, operands = parts(tree)
                return self._columns.keep(operation, tuple(map(self.place, operands)))

    def _named(self, name: str) -> int:
        if name not in self._known:
            meaning = self._definitions.get(name)
            self._known[name] = self._columns.keep(name) if meaning is None else self.place(meaning)
        return self._known[name]

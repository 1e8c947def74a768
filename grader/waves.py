"""The operations of a network in waves: all of one kind whose operands are known are one call of NumPy.

Legend
------
tape     every value of one forward pass, shape (rows, *variants): the leaves, the numbers that are written in
         the equations, and what each operation gives
slopes   the derivative of each equation by its parts, the names in it held, shape (places, *variants)
row      where a value stands on the tape; a name has one row, however often it is written
place    where a derivative stands among the slopes; a name has one wherever it is written; 0 is nowhere
edge     a name in an equation; its place is where it is written or, if more than once, where their sum is
code     a row or a place before the operations have theirs: ~k stands for that of operation k
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.network import Network
from grader.operations import CONSTANTS, OPERATIONS, Array, Operation, Rule, parts
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree

Indices = NDArray[np.intp]
Edges = dict[tuple[str, str], list[int]]  # (node, name in its equation): the places where it is written
SUM = OPERATIONS["+"]  # here of any number of terms; the slope by each of them is 1
NOWHERE = 0
BLOCK = 2**17  # numbers that are worked with at once


def blocks(tape: Array, rows: int) -> Iterator[Any]:
    """Indices of the tape, variant by variant or some together, so that ``rows`` of them are not too large.

    What is much larger than the cache takes several times as long.
    """
    size = max(1, BLOCK // rows)
    if tape.ndim == 1 or tape.shape[-1] <= size:
        yield ...
    else:
        yield from ((..., slice(start, start + size)) for start in range(0, tape.shape[-1], size))


def total(terms: Array) -> Array:
    """``terms[0] + terms[1] + ...``, added in this order however many variants there are.

    NumPy keeps the order where it adds rows, but not where it adds numbers.
    """
    in_order = len(terms) == 1 or terms[0].size > 1
    result: Array = np.add.reduce(terms, axis=0) if in_order else reduce(np.add, terms)
    return result


@dataclass(frozen=True, eq=False, slots=True)
class Wave:
    """Operations of one kind; column k of ``operands`` and of ``places`` belongs to the k-th of them."""

    operation: Operation
    rows: slice
    operands: Indices  # their rows
    own: slice  # the places of the operations
    places: Indices  # of the operands: NOWHERE for those without a name
    rules: tuple[tuple[Rule, Indices], ...]  # the derivative by an operand, and its places

    def forward(self, tape: Array) -> None:
        """Put on the tape what the operations give."""
        operands = tape[self.operands]
        tape[self.rows] = total(operands) if self.operation is SUM else self.operation.value(*operands)

    def backward(self, tape: Array, slopes: Array) -> None:
        """The chain rule within the equations, from each operation to its operands."""
        if self.operation is SUM:
            slopes[self.places] = slopes[self.own]
        else:
            operands, own = tape[self.operands], slopes[self.own]
            for rule, places in self.rules:
                slopes[places] = own * rule(*operands)


@dataclass(frozen=True, eq=False, slots=True)
class Program:
    """A network in waves. ``users``: of a name, the nodes that use it, the last one first, and the edges."""

    rows: Mapping[str, int]
    numbers: Sequence[float]  # in the rows behind the leaves, from ``first`` on
    first: int
    waves: tuple[Wave, ...]
    roots: Indices  # the places of whole equations
    sums: tuple[tuple[slice, Indices], ...]  # edges of names that are written several times, and where
    users: Mapping[str, Sequence[tuple[str, int]]]
    length: int  # of the tape
    places: int

    def tape(self, shape: tuple[int, ...]) -> Array:
        """A tape for variants of this shape with the numbers on it; the leaves are to be put before them."""
        tape = np.empty((self.length, *shape))
        for row, number in enumerate(self.numbers, start=self.first):
            tape[row] = number
        return tape

    def forward(self, tape: Array) -> None:
        """Work out the tape, on which the leaves are."""
        for block in blocks(tape, self.length):
            for wave in self.waves:
                wave.forward(tape[block])
        tape.flags.writeable = False

    def slopes(self, tape: Array) -> Array:
        """The derivative of every equation by all its parts, and so by each name in it."""
        found = np.zeros((self.places, *tape.shape[1:]))
        found[self.roots] = 1
        for wave in reversed(self.waves):
            wave.backward(tape, found)
        for edges, places in self.sums:
            found[edges] = total(found[places])
        return found


@lru_cache(maxsize=64)
def program(network: Network) -> Program:
    """The network in waves; they follow from its equations alone."""
    reading = _Reading(network)
    roots = [reading.equation(node) for node in network.order]
    groups = sorted(reading.groups.items(), key=lambda item: item[0].level)
    numbers = list(reading.numbers)
    order = np.argsort([operation for _, group in groups for operation in group.numbers])
    row, place = decoder(len(network.leaves) + len(numbers), order), decoder(1 + reading.written, order)
    sums, edges = _edges(reading.edges, len(place))
    users: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (node, name), where in reversed(edges.items()):
        users[name].append((node, where))
    return Program(
        rows={name: int(row[part.row]) for name, part in reading.names.items()},
        numbers=numbers,
        first=len(network.leaves),
        waves=tuple(_waves(groups, row, place)),
        roots=place[roots],
        sums=sums,
        users=dict(users),
        length=len(row),
        places=len(place) + sum(places.shape[1] for _, places in sums),
    )


def decoder(first: int, order: Indices) -> Indices:
    """An array d with d[code] = code where that is not negative, and d[~k] = first + order[k].

    >>> decoder(2, np.array([1, 0]))[[0, 1, ~0, ~1]]
    array([0, 1, 3, 2])
    """
    return np.concatenate([np.arange(first), first + order[::-1]])


class _Kind(NamedTuple):
    """What the operations of a wave have in common. Those of a level use the results of lower ones only."""

    level: int
    operation: Operation
    operands: int


class _Part(NamedTuple):
    """A part of an equation in codes; its place is NOWHERE if there is no name in it."""

    row: int
    place: int
    level: int


@dataclass(frozen=True, slots=True)
class _Group:
    """The operations of a kind: which they are, and the codes of their operands."""

    numbers: list[int] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)
    places: list[list[int]] = field(default_factory=list)


class _Reading:
    """The equations of a network, taken apart into operations."""

    def __init__(self, network: Network) -> None:
        self._equations = network.equations
        self._first_number = len(network.leaves)
        self._operations = 0
        self.names = {leaf: _Part(row, NOWHERE, 0) for row, leaf in enumerate(network.leaves)}
        self.numbers: dict[float, int] = {}  # which one of them
        self.groups: dict[_Kind, _Group] = defaultdict(_Group)
        self.edges: Edges = defaultdict(list)
        self.written = 0  # names in the equations

    def equation(self, node: str) -> int:
        """Take in an equation, behind those that it uses; the code of its place."""
        part = self.names[node] = self._part(self._equations[node], node)
        return part.place

    def _part(self, tree: Tree, node: str) -> _Part:
        match tree:
            case Group(inner=inner):
                return self._part(inner, node)
            case Number(value=value):
                return self._number(float(value))
            case Name(name=name, constant=constant):
                return self._number(CONSTANTS[name]) if constant else self._name(name, node)
            case Negative() | Binary() | Call():
                operation, operands = parts(tree)
                if operation is SUM:
                    operands = _terms(tree)
                return self._operation(operation, [self._part(operand, node) for operand in operands])

    def _number(self, value: float) -> _Part:
        which = self.numbers.setdefault(value, len(self.numbers))
        return _Part(self._first_number + which, NOWHERE, 0)

    def _name(self, name: str, node: str) -> _Part:
        self.written += 1
        self.edges[node, name].append(self.written)
        return self.names[name]._replace(place=self.written)

    def _operation(self, operation: Operation, operands: Sequence[_Part]) -> _Part:
        level = 1 + max(operand.level for operand in operands)
        group = self.groups[_Kind(level, operation, len(operands))]
        group.numbers.append(self._operations)
        group.rows.append([operand.row for operand in operands])
        group.places.append([operand.place for operand in operands])
        code = ~self._operations
        self._operations += 1
        return _Part(code, code if any(group.places[-1]) else NOWHERE, level)


def _terms(tree: Tree) -> tuple[Tree, ...]:
    """The terms of ``a + b + c``, which is read as (a + b) + c."""
    found = []
    while True:
        match tree:
            case Group(inner=inner):
                tree = inner
            case Binary(operator="+", left=left, right=right):
                found.append(right)
                tree = left
            case _:
                return (tree, *reversed(found))


def _waves(groups: Iterable[tuple[_Kind, _Group]], row: Indices, place: Indices) -> Iterable[Wave]:
    """``row`` and ``place``: from codes."""
    groups = list(groups)
    count = sum(len(group.numbers) for _, group in groups)
    ends = accumulate((len(group.numbers) for _, group in groups), initial=-count)
    for (kind, group), (start, end) in zip(groups, pairwise(ends), strict=True):
        places = place[np.array(group.places).T]
        yield Wave(
            operation=kind.operation,
            rows=slice(len(row) + start, len(row) + end),
            operands=row[np.array(group.rows).T],
            own=slice(len(place) + start, len(place) + end),
            places=places,
            rules=tuple(
                (rule, where)
                for rule, where in zip(kind.operation.slopes, places, strict=False)
                if where.any()
            ),
        )


def _edges(
    written: Edges, first: int
) -> tuple[tuple[tuple[slice, Indices], ...], dict[tuple[str, str], int]]:
    """The sums over places, from place ``first`` on, and the place of every edge."""
    places = {edge: where[0] for edge, where in written.items()}
    several: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for edge, where in written.items():
        if len(where) > 1:
            several[len(where)].append(edge)
    sums = []
    for group in several.values():
        places |= {edge: first + k for k, edge in enumerate(group)}
        sums.append((slice(first, first + len(group)), np.array([written[edge] for edge in group]).T))
        first += len(group)
    return tuple(sums), places

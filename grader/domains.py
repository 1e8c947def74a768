"""Where sides have a value at all: points inside the domains, and points at their edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader import cells, kinks
from grader.balls import Undefined, Unsure, exact, precision, run, start
from grader.case import Case
from grader.linear import TooMuch
from grader.points import Point, drawn, quick, wide
from grader.program import Node, Program
from grader.sightings import Sightings

_IN_A_CELL = 6  # points drawn within one
_BASES = 2
_EDGE_BITS = 64
_MOST_EDGES = 4  # divisors whose zeros are looked for
_INSIDE = frozenset({"root", "ln", "^"})  # ask for a positive argument
_MAY_LACK = _INSIDE | {"/", "power"}
_POSITIVE = frozenset({"exp", "cosh", "sigmoid"})
_NOT_NEGATIVE = _POSITIVE | {"abs", "relu", "root"}


def inside(case: Case, seen: Sightings, *, may_meet: bool) -> Iterator[Point]:
    """Points where roots and logarithms have a value, if there are such functions.

    ``may_meet``: whether both sides may have a value there, as far as is known; ``seen`` is told better.
    """
    arguments = _arguments(case.program)
    seen.may_meet = may_meet and bool(case.program.inputs)
    if not arguments or not case.program.inputs:
        return
    try:
        for cell in cells.explore(case):
            seen.may_meet = True
            yield from (cell.point() for _ in range(_IN_A_CELL))
    except TooMuch:
        seen.may_meet = True
    if seen.may_meet:
        bases = [*drawn(case.chance, len(case.program.variables), _BASES)]
        yield from kinks.critical(case, [*case.bends.values(), *((k, None) for k in arguments)], bases)


def _arguments(program: Program) -> tuple[int, ...]:
    """What must not be negative: the arguments of roots and logarithms, and the bases of powers."""
    return tuple(program.nodes[k][1] for k in program.used if program.nodes[k][0] in _INSIDE)


def edges(program: Program) -> tuple[Point, ...]:
    """Points at which one side may have no value: zeros of its divisors, and negative arguments.

    Empty if everything that may lack a value is in both sides.
    """
    nodes = program.nodes
    asking = [k for k in program.used if nodes[k][0] in _MAY_LACK]
    doubtful = [k for k in asking if _asks(nodes[k]) and not _is_positive(nodes, _asked(nodes[k]))]
    if not doubtful:
        return ()
    left, right = set(program.left_side), set(program.right_side)
    alone = [k for k in doubtful if not (k in left and k in right)]
    count = len(program.variables)
    found: list[Point] = []
    for place in [k for k in alone if nodes[k][0] in ("/", "power")][:_MOST_EDGES]:
        found += _zeros(program, _asked(nodes[place]))
    if any(nodes[k][0] in _INSIDE for k in alone):
        found += (*quick(count)[1:2], *wide(count)[:1])
    return tuple(dict.fromkeys(found))


def _asks(node: Node) -> bool:
    """Whether the node may have no value, of those that ever do."""
    return node[0] != "power" or node[2] <= 0


def _asked(node: Node) -> int:
    return node[2] if node[0] == "/" else node[1]


def _is_positive(nodes: Sequence[Node], place: int) -> bool:
    """Whether the node is above 0 wherever it has a value, as far as its parts tell."""
    operation, i, j = nodes[place]
    match operation:
        case "number":
            return i > 0
        case "+":
            first, second = (_is_positive(nodes, k) for k in (i, j))
            return (first and (second or _is_not_negative(nodes, j))) or (
                second and _is_not_negative(nodes, i)
            )
        case "*" | "/":
            return _is_positive(nodes, i) and _is_positive(nodes, j)
        case _:
            return operation in _POSITIVE


def _is_not_negative(nodes: Sequence[Node], place: int) -> bool:
    operation, _, j = nodes[place]
    return operation in _NOT_NEGATIVE or (operation == "power" and j % 2 == 0)


def _zeros(program: Program, divisor: int) -> Iterator[Point]:
    """Readable points at which a divisor is 0, along a variable on which it depends as a line does."""
    reached = program.reached(divisor)
    variables = [program.nodes[k][1] for k in reached if program.nodes[k][0] == "name"]
    for variable in variables:
        for base in quick(len(program.variables)):
            here = [(*base[:variable], Fraction(x), *base[variable + 1 :]) for x in (0, 1)]
            first, second = (_at(program, reached, point) for point in here)
            if first is not None and second is not None and first != second:
                place = -first / (second - first)
                if place.denominator & (place.denominator - 1) == 0:
                    yield (*base[:variable], place, *base[variable + 1 :])
                    return


def _at(program: Program, side: Sequence[int], point: Point) -> Fraction | None:
    """The value of a node where it is exact, else None."""
    with precision(_EDGE_BITS):
        try:
            value = run(program, side, start(program, {i: exact(point[i]) for i in program.inputs}))
        except (Undefined, Unsure):
            return None
        if not value.is_exact():
            return None
        digits, power = map(int, value.man_exp())
    return Fraction(digits) * Fraction(2) ** power if abs(power) <= _EDGE_BITS else None

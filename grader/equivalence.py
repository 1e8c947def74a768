"""Whether two expressions are the same function: equal, different with a counter-example, or undecided.

The procedure, after GRADING.md section 3; everything in it is deterministic and bounded by one budget.

1. Both sides become one hash-consed program; the same node is *equal*.
2. Ball arithmetic at readable points: disjoint balls are a certified counter-example, *different*.
3. Modulo two 61-bit primes, functions being opaque values: agreement is *equal*, as soon as there is a point
   at which both sides have a value; of two rational sides, disagreement is *different*.
4. More points in ball arithmetic, some of them far out.
5. High precision at drawn points, then at points within the domains: six must agree to over 100 digits.
6. Those that do are *equal* if nothing bends. Else each cell between the kinks must be proved equal modulo a
   prime, or have such a point, or be shown to be empty; a cell that was not reached is *undecided*.
7. No point with a value on both sides, but some with a value on one: *different*. Otherwise *undecided*.

Equal means: wherever both sides have a real value. Where one side has a value at fewer points, the evidence
says so. Roots and powers with exponents that are not whole have real values for positive bases only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Literal

from grader import cells, kinks, modular
from grader.balls import Ball, Undefined, Unsure, exact, precision, run, start
from grader.bends import Argument, bends
from grader.budget import Budget, cost
from grader.cells import Cell
from grader.chance import Chance
from grader.evidence import against, at
from grader.height import LEAST, agreement, height, needed
from grader.linear import TooMuch
from grader.points import Point, drawn, drawn_whole, farthest, quick, wide
from grader.program import Program, build
from grader.tree import Tree

__all__ = ["Comparison", "compare"]

_FIRST = 2  # readable points before the proof
_QUICK_BITS = (64, 256)
_WIDE_BITS = (128,)
_PROVING = 2
_AGREEING = 6
_DRAWN = 24
_MOST_BITS = 1 << 15  # to show a counter-example of two rational sides
_SIGN_BITS = 512
_IN_A_CELL = 6  # points drawn within one
_BUILDING = 2  # units of work a node, before anything is compared


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict and why: ``point`` is a counter-example, ``left`` and ``right`` the values there."""

    verdict: Literal["equal", "different", "undecided"]
    evidence: str
    point: Mapping[str, Fraction] = field(default_factory=dict)
    left: str = ""
    right: str = ""


def compare(
    left: Tree,
    right: Tree,
    variables: Sequence[str],
    definitions: Mapping[str, Tree] = MappingProxyType({}),
    budget: Budget | None = None,
) -> Comparison:
    """Whether ``left`` and ``right`` are the same function of ``variables``.

    ``definitions`` folds names (nodes of a network, earlier boxes) into variables; comparisons that belong
    together may share a ``budget``. Raises ValueError for a name that is neither, or for definitions that go
    in a circle.
    """
    program = build(left, right, variables, definitions)
    if program.left == program.right:
        return Comparison("equal", "the same expression")
    return _Search(program, budget or Budget()).verdict()


class _Search:
    """One comparison. The counts are of points at which both sides, or only one of them, have a value."""

    def __init__(self, program: Program, budget: Budget) -> None:
        self.program = program
        self.budget = budget
        self.costs = cost(program)
        self.both = 0
        self.only_left: list[tuple[Point, Ball]] = []
        self.only_right: list[tuple[Point, Ball]] = []
        self.wanted = _AGREEING if program.inputs else 1  # points
        self.identical: bool | None = None  # modulo a prime; None: no values there
        self.may_meet = bool(program.inputs)  # both sides may have a value somewhere
        self.seen: list[dict[int, int]] = []  # the signs at kinks where both sides agree closely
        budget.affords(_BUILDING * len(program.nodes))

    @cached_property
    def chance(self) -> Chance:
        return Chance(repr((self.program.nodes, self.program.left, self.program.right)))

    @cached_property
    def bends(self) -> dict[int, Argument]:
        return bends(self.program)

    def verdict(self) -> Comparison:
        readable = quick(len(self.program.variables))[: None if self.program.inputs else 1]
        return (
            self.hunt(readable[:_FIRST], _QUICK_BITS)
            or self.prove()
            or self.hunt(readable[_FIRST:], _QUICK_BITS)
            or self.hunt_wide()
            or self.conclude()
            or self.look_closely()
            or self.prove_cells()
            or self.one_sided()
        )

    def hunt(self, points: Iterable[Point], bits: Sequence[int]) -> Comparison | None:
        """A counter-example among ``points``."""
        for point in points:
            for precision_bits in bits:
                if not self.affords(precision_bits):
                    return None
                try:
                    found = self.look(point, precision_bits)
                except Unsure:
                    continue
                if found is not None:
                    return found
                break
        return None

    def look(self, point: Point, bits: int) -> Comparison | None:
        left, right, _ = self.values(point, bits)
        if left is None or right is None:
            self.note(point, left, right)
            return None
        self.both += 1
        return None if left.overlaps(right) else self.different(point, left, right)

    def note(self, point: Point, left: Ball | None, right: Ball | None) -> None:
        if left is not None:
            self.only_left.append((point, left))
        if right is not None:
            self.only_right.append((point, right))

    def values(self, point: Point, bits: int) -> tuple[Ball | None, Ball | None, list[Ball]]:
        """Both sides at a point, None for no value, and all nodes. Raises Unsure."""
        with precision(bits):
            nodes = start(self.program, {i: exact(point[i]) for i in self.program.inputs})
            left = self.side(self.program.left_side, nodes)
            return left, self.side(self.program.right_side, nodes), nodes

    def side(self, side: Sequence[int], nodes: list[Ball]) -> Ball | None:
        try:
            return run(self.program, side, nodes)
        except Undefined:
            return None

    def prove(self) -> Comparison | None:
        """Equal modulo a prime, if there is a point at which both sides have a value."""
        if not self.budget.affords(_PROVING * self.costs.modular):
            return None
        try:
            self.identical = modular.agree(self.program, self.chance, _PROVING, self.budget)
        except modular.Inapplicable:
            return None
        return self.conclude() if self.identical else None

    def hunt_wide(self) -> Comparison | None:
        """A counter-example further out."""
        if not self.program.inputs:
            return None
        count = len(self.program.variables)
        return self.hunt((*wide(count), *farthest(count)), _WIDE_BITS)

    def conclude(self) -> Comparison | None:
        """What the values modulo a prime prove, now that the points are known."""
        if self.identical and self.both:
            return self.equal(f"equal at {_PROVING} points modulo a 61-bit prime")
        if self.identical is False and self.program.is_rational:
            return self.closely_different()
        return None

    def closely_different(self) -> Comparison:
        """Two rational sides that are known to differ: with a counter-example if it can be shown."""
        bits = 512
        while bits <= _MOST_BITS and self.affords(bits):
            if found := self.hunt(quick(len(self.program.variables)), (bits,)):
                return found
            bits *= 4
        return Comparison("different", "different modulo a 61-bit prime")

    def look_closely(self) -> Comparison | None:
        """Points at high precision: drawn ones, and ones within the domains if those are missed."""
        agreed = 0
        for point in chain(self.drawn(), self.inside()):
            result = self.compare_closely(point)
            if isinstance(result, Comparison):
                return result
            agreed += result
            if found := self.conclude():
                return found
            if agreed >= self.wanted:
                where = f"at {agreed} points" if self.program.inputs else ""
                return self.all_cells(f"agree to 100 digits {where}".rstrip())
        return None

    def drawn(self) -> Iterator[Point]:
        count = len(self.program.variables)
        number = _DRAWN if self.program.inputs else 1
        return chain(drawn(self.chance, count, number), drawn_whole(self.chance, count, number))

    def inside(self) -> Iterator[Point]:
        """Points where roots and logarithms have a value, if there are such functions."""
        domains = kinks.domains(self.program)
        self.may_meet = bool(self.identical and self.program.inputs)
        if not domains or not self.program.inputs:
            return
        try:
            for cell in cells.explore(self.program, self.chance, self.budget, self.costs):
                self.may_meet = True
                yield from (cell.point(self.chance, self.budget) for _ in range(_IN_A_CELL))
        except TooMuch:
            self.may_meet = True
        if self.may_meet:
            yield from self.critical([*self.bends.values(), *((place, None) for place in domains)])

    def critical(self, arguments: Sequence[Argument]) -> Iterator[Point]:
        bases = quick(len(self.program.variables))[:_FIRST]
        return kinks.critical(self.program, arguments, bases, self.budget, self.costs)

    def all_cells(self, evidence: str) -> Comparison:
        """The verdict on sides that agree at the drawn points: whether they do so on all sides of kinks."""
        if not self.bends:
            return self.equal(evidence)
        try:
            return self.reach_all(evidence)
        except TooMuch:
            return Comparison("undecided", f"{evidence}; more kinks than can be looked at")

    def prove_cells(self) -> Comparison | None:
        """Equal if every cell is proved so; for sides that are too steep to be compared closely."""
        if not self.bends or not self.both:
            return None
        try:
            found = cells.explore(self.program, self.chance, self.budget, self.costs)
            is_proved = all(cell.is_equal for cell in found)
        except TooMuch:
            return None
        return self.equal("equal modulo a 61-bit prime on all sides of the kinks") if is_proved else None

    def reach_all(self, evidence: str) -> Comparison:
        found = cells.explore(self.program, self.chance, self.budget, self.costs)
        missed = [cell for cell in found if not cell.is_equal and not self.was_in(cell)]
        for point in self.towards(missed):
            if not missed or not self.affords(_SIGN_BITS):
                break
            here = kinks.signs(kinks.values_at(self.program, point, _SIGN_BITS), self.bends)
            if any(cell.holds(here) for cell in missed):
                result = self.compare_closely(point)
                if isinstance(result, Comparison):
                    return result
                missed = [cell for cell in missed if not self.was_in(cell)]
        if missed:
            return Comparison("undecided", f"{evidence}; {len(missed)} sides of kinks were not reached")
        return self.equal(f"{evidence}, on all sides of the kinks")

    def was_in(self, cell: Cell) -> bool:
        return any(map(cell.holds, self.seen))

    def towards(self, missed: Sequence[Cell]) -> Iterator[Point]:
        """Points that may lie in the cells that were missed."""
        yield from (cell.point(self.chance, self.budget) for cell in missed)
        yield from self.drawn()
        yield from farthest(len(self.program.variables))
        yield from self.critical([self.bends[place] for place in self.one_sided_bends()])

    def one_sided_bends(self) -> list[int]:
        """The bends that were seen from one side only; all if there are none."""
        seen = {(place, sign) for signs in self.seen for place, sign in signs.items()}
        missed = [place for place in self.bends if not {(place, 1), (place, -1)} <= seen]
        return missed or [*self.bends]

    def compare_closely(self, point: Point) -> Comparison | bool:
        """A counter-example, or whether both sides agree there as closely as can be asked."""
        bits = LEAST
        try:
            while self.affords(bits):
                left, right, nodes = self.values(point, bits)
                if left is None or right is None:
                    self.note(point, left, right)
                    return False
                if not left.overlaps(right):
                    return self.different(point, left, right)
                asked = height(self.program, nodes)
                if needed(asked) <= bits and _agree(left, right, agreement(asked), bits):
                    self.both += 1
                    self.seen.append(kinks.signs(nodes, self.bends))
                    return True
                bits = needed(asked) if bits < needed(asked) else 2 * bits
        except Unsure:
            pass
        return False

    def affords(self, bits: int) -> bool:
        """Whether one more evaluation at this precision is within the budget, which it then uses."""
        return self.budget.affords(self.costs.at(bits))

    def one_sided(self) -> Comparison:
        """The verdict where too few points have a value on both sides."""
        for found, is_left in ((self.only_right, False), (self.only_left, True)):
            if not self.both and not self.may_meet and len(found) >= self.wanted:
                point, value = found[0]
                return self.different(point, value if is_left else None, None if is_left else value)
        if self.budget.is_spent:
            return Comparison("undecided", "more work than a comparison may do")
        return Comparison("undecided", f"too few points at which both sides can be told: {self.both}")

    def equal(self, evidence: str) -> Comparison:
        for found, side in ((self.only_right, "right"), (self.only_left, "left")):
            if found:
                evidence += f"; only the {side} side has a value {at(self.program, found[0][0])}"
        return Comparison("equal", evidence)

    def different(self, point: Point, left: Ball | None, right: Ball | None) -> Comparison:
        shown = against(left, right)
        where = at(self.program, point)
        values = {self.program.variables[i]: point[i] for i in self.program.inputs}
        evidence = f"{where}: {shown.text}" if where else shown.text
        return Comparison("different", evidence, values, shown.left, shown.right)


def _agree(left: Ball, right: Ball, wanted: int, bits: int) -> bool:
    with precision(bits):
        return bool(abs(left - right) < exact(Fraction(1, 1 << wanted)))

"""What both sides of a comparison are worth at points, as far as it was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from grader import kinks
from grader.balls import Ball, Undefined, Unsure, exact, precision, run, start
from grader.case import Case
from grader.evidence import Comparison, against, at
from grader.height import LEAST, agreement, height, needed
from grader.points import Point

_NOWHERE = "both have one on the edges of domains at most"


class Sightings:
    """The points of one comparison: where both sides have a value, or only one of them."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.program = case.program
        self.both: list[Point] = []
        self.may_meet = bool(case.program.inputs)  # there may be more points for that
        self.only_left: list[tuple[Point, Ball]] = []
        self.only_right: list[tuple[Point, Ball]] = []
        self.signs: list[dict[int, int]] = []  # at kinks, where both sides agree closely

    def hunt(self, points: Iterable[Point], bits: Sequence[int]) -> Comparison | None:
        """A counter-example among ``points``, each looked at with more and more ``bits`` until it tells."""
        for point in points:
            for precision_bits in bits:
                if not self.case.affords(precision_bits):
                    return None
                try:
                    found = self._look(point, precision_bits)
                except Unsure:
                    continue
                if found is not None:
                    return found
                break
        return None

    def _look(self, point: Point, bits: int) -> Comparison | None:
        left, right, _ = self._values(point, bits)
        if left is None or right is None:
            self._note(point, left, right)
            return None
        self.both.append(point)
        return None if left.overlaps(right) else self._different(point, left, right)

    def agree_closely(self, point: Point) -> Comparison | bool:
        """A counter-example, or whether both sides agree there as closely as can be asked."""
        bits = LEAST
        try:
            while self.case.affords(bits):
                left, right, nodes = self._values(point, bits)
                if left is None or right is None:
                    self._note(point, left, right)
                    return False
                if not left.overlaps(right):
                    return self._different(point, left, right)
                asked = height(self.program, nodes)
                if needed(asked) <= bits and _agree(left, right, agreement(asked), bits):
                    self.both.append(point)
                    self.signs.append(kinks.signs(nodes, self.case.bends))
                    return True
                bits = needed(asked) if bits < needed(asked) else 2 * bits
        except Unsure:
            pass
        return False

    def _note(self, point: Point, left: Ball | None, right: Ball | None) -> None:
        if left is not None:
            self.only_left.append((point, left))
        if right is not None:
            self.only_right.append((point, right))

    def _values(self, point: Point, bits: int) -> tuple[Ball | None, Ball | None, list[Ball]]:
        """Both sides at a point, None for no value, and all nodes. Raises Unsure."""
        with precision(bits):
            nodes = start(self.program, {i: exact(point[i]) for i in self.program.inputs})
            left = self._side(self.program.left_side, nodes)
            return left, self._side(self.program.right_side, nodes), nodes

    def _side(self, side: Sequence[int], nodes: list[Ball]) -> Ball | None:
        try:
            return run(self.program, side, nodes)
        except Undefined:
            return None

    def one_sided(self) -> Comparison | None:
        """Different, where one side has a value at enough points and the two together on edges at most."""
        for found, is_left in ((self.only_right, False), (self.only_left, True)):
            if not (self.both or self.may_meet) and len(found) >= self.case.wanted:
                point, value = found[0]
                result = self._different(point, value if is_left else None, None if is_left else value)
                return replace(result, evidence=f"{result.evidence}; {_NOWHERE}")
        return None

    def equal(self, evidence: str) -> Comparison:
        """Equal, with a point at which only one side has a value, if one was met."""
        for found, side in ((self.only_right, "right"), (self.only_left, "left")):
            if found:
                evidence += f"; only the {side} side has a value {at(self.program, found[0][0])}"
        return Comparison("equal", evidence)

    def apart(self, point: Point, why: str) -> Comparison:
        """Different at a point at which both sides have a value, by less than can be shown."""
        left, right, _ = self._values(point, LEAST)
        shown = against(left, right, why)
        return self._told(point, shown.left, shown.right, shown.text)

    def _different(self, point: Point, left: Ball | None, right: Ball | None) -> Comparison:
        return self._told(point, *against(left, right))

    def _told(self, point: Point, left: str, right: str, text: str) -> Comparison:
        where = at(self.program, point)
        values = {self.program.variables[i]: point[i] for i in self.program.inputs}
        return Comparison("different", f"{where}: {text}" if where else text, values, left, right)


def _agree(left: Ball, right: Ball, wanted: int, bits: int) -> bool:
    with precision(bits):
        return bool(abs(left - right) < exact(Fraction(1, 1 << wanted)))

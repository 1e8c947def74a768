"""One comparison to be decided: the two sides as a program, and what may be spent on them."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from functools import cached_property

from grader.balls import Ball, Undefined, Unsure, exact, precision, run, start
from grader.bends import Argument, bends
from grader.budget import Budget, Cost, cost
from grader.chance import Chance
from grader.program import BINARY, LEAVES, Program
from grader.survey import UNITS, Survey

COARSE = 64  # bits at which no operation takes more than six units
SMALL = 80  # nodes
_CONSTANT_BITS = 256
AGREEING = 6  # points that show more than chance


class Case:
    """A program, the budget that its comparison may use, and what follows from the program alone."""

    def __init__(self, program: Program, budget: Budget) -> None:
        self.program = program
        self.budget = budget
        self.wanted = AGREEING if program.inputs else 1  # points at which both sides must have a value

    @cached_property
    def chance(self) -> Chance:
        """Random numbers that nobody can foresee, and that are the same whenever these sides are compared."""
        return Chance(repr((self.program.nodes, self.program.left, self.program.right)))

    @cached_property
    def costs(self) -> Cost:
        """What one evaluation costs."""
        return cost(self.program)

    @cached_property
    def bends(self) -> dict[int, Argument]:
        """What bends, and where."""
        return bends(self.program)

    @cached_property
    def survey(self) -> Survey:
        """Both sides at many points, roughly."""
        is_paid = self.budget.affords(UNITS * len(self.program.used))
        return Survey(self.program, self.chance if is_paid else None)

    @cached_property
    def constants(self) -> dict[int, Ball]:
        """The nodes without variables that have a value."""
        nodes, found = self.program.nodes, dict[int, Ball]()
        if not self.affords(_CONSTANT_BITS):
            return found
        with precision(_CONSTANT_BITS):
            values = start(self.program, dict.fromkeys(self.program.inputs, exact(Fraction(0))))
            for place in self.program.used:
                operation, *operands = nodes[place]
                parts = operands[: 2 if operation in BINARY else operation not in LEAVES]
                if operation != "name" and all(part in found for part in parts):
                    with suppress(Undefined, Unsure):
                        found[place] = run(self.program, (place,), values)
        return found

    def constant(self, place: int, other: int | None = None) -> int:
        """The sign of a node without variables, or of what it is more than another; 0 if it is not known."""
        if place not in self.constants or not (other is None or other in self.constants):
            return 0
        with precision(_CONSTANT_BITS):
            value = self.constants[place] - (0 if other is None else self.constants[other])
        return bool(value > 0) - bool(value < 0)

    def affords(self, bits: int) -> bool:
        """Whether one more evaluation at this precision is within the budget, which it then uses."""
        return self.budget.affords(self.rough if bits <= COARSE and self.is_small else self.costs.at(bits))

    def affords_residues(self) -> bool:
        """Whether one more evaluation modulo a prime is within the budget, which it then uses."""
        return self.budget.affords(self.rough if self.is_small else self.costs.modular)

    @property
    def is_small(self) -> bool:
        """Whether the cost of a rough evaluation need not be counted: it is ``rough`` units at most."""
        return len(self.program.used) <= SMALL

    @property
    def rough(self) -> float:
        """A bound, found at once, of the units of an evaluation modulo a prime or at ``COARSE`` bits."""
        return 40 + 8.0 * len(self.program.used)

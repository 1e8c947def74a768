"""One comparison to be decided: the two sides as a program, and what may be spent on them."""

from __future__ import annotations

from functools import cached_property

from grader.bends import Argument, bends
from grader.budget import Budget, Cost, cost
from grader.chance import Chance
from grader.program import Program

COARSE = 64  # bits at which no operation takes more than six units
SMALL = 80  # nodes
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

"""The work that one comparison may do, counted before it is done: a unit takes less than a microsecond."""

from __future__ import annotations

from typing import NamedTuple

from grader.program import Program

MOST = 25_000.0  # units of a comparison, or of several that belong together
OF_A_SUBMISSION = 40_000.0  # units of all work that marking one submission takes
PART = 0.25  # of what is left: the first box has 10,000 units, the tenth of ten hungry ones 750
SHORT = 12  # nodes of an answer that is worked out without being counted
OF_A_NODE = 2.0  # units to work out one node of a longer one
OF_A_REASON = 1_500.0  # units to look for what explains a wrong answer
_ROUND = 864  # bits at which the costs below were measured
_FINEST = 1 << 20  # bits; nothing is worked out more finely
_SQUARED = 1 << 16  # whole powers above it take a logarithm and an exponential
_PRODUCTS = {"*": 1.0, "/": 1.5, "power": 2.0}  # times the cost of a product
_FUNCTIONS = {"^": 2.0, "sinh": 2.0, "cosh": 2.0, "power": 2.2, "root": 2.2}  # times the cost of exp
_LIGHT = frozenset({"+", "-", "negative", "abs", "relu", "max", "min", "number", "name", "pi"})


class Budget:
    """Units that are left. ``is_spent``: whether something was not done for want of them."""

    def __init__(self, units: float = MOST, whole: Budget | None = None) -> None:
        self.left = units
        self.whole = whole
        self.is_spent = False

    def affords(self, units: float) -> bool:
        """Whether so much is left, which is then taken, of the ``whole`` too."""
        if units > self.left:
            self.is_spent = True
            return False
        self.left -= units
        if self.whole is not None:
            self.whole.left -= units
        return True

    def part(self) -> Budget:
        """A part for one question of many, so that none leaves the others with nothing."""
        return Budget(self.left * PART, self)


class Cost(NamedTuple):
    """What one evaluation of a program costs: nodes, products and functions of it."""

    nodes: int
    products: float
    functions: float

    def at(self, bits: int) -> float:
        """The units of an evaluation in ball arithmetic at a precision."""
        if bits > _FINEST:
            return float("inf")
        scale = bits / _ROUND
        products = self.products * (0.1 + 0.35 * float(scale**1.3))
        return 5 + 0.4 * self.nodes + products + self.functions * (1 + 3.3 * float(scale**1.6))

    @property
    def modular(self) -> float:
        """The units of an evaluation modulo a prime, the terms of arguments not counted."""
        return 40 + 0.6 * self.nodes + 0.3 * self.products + 12 * self.functions


def cost(program: Program) -> Cost:
    """The cost of evaluating both sides."""
    products = functions = 0.0
    nodes = program.nodes
    for place in program.used:
        operation, _, j = nodes[place]
        if operation in _LIGHT:
            continue
        if operation in _PRODUCTS and abs(j) <= _SQUARED:
            products += _PRODUCTS[operation]
            if operation == "power":
                products += 1.5 * j.bit_length()
        else:
            functions += _FUNCTIONS.get(operation, 1.2)
    return Cost(len(program.used), products, functions)

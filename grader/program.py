"""Two expressions as one hash-consed postfix program: the same subexpression is one node.

Legend
------
node    ``(operation, i, j)``; ``i`` and ``j`` are earlier nodes, except
        ``number``  the fraction i/j              ``name``  variable number i
        ``power``   node i to the whole number j  ``root``  the j-th root of node i
        and j means nothing where an operation takes one operand
side    the nodes that one of the two expressions needs, in the order of evaluation
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt
from typing import NamedTuple

from grader.expression import unfold
from grader.language import DEFINITIONS
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree, names

Node = tuple[str, int, int]

_Polynomial = Mapping[tuple[tuple[int, int], ...], Fraction]

LEAVES = frozenset({"number", "name", "pi"})
BINARY = frozenset({"+", "-", "*", "/", "^", "max", "min"})
RATIONAL = frozenset({"number", "name", "+", "-", "*", "/", "negative", "power"})

_DEEPEST = 8  # definitions inside one another that are built as they are met
MOST_BITS = 4096  # of a number that is worked out while the program is built
_FOLDED: Mapping[str, Callable[..., Fraction]] = {
    "abs": abs,
    "relu": lambda a: max(a, Fraction(0)),
    "max": max,
    "min": min,
}


class Parts(NamedTuple):
    """The nodes that the left result needs, the right one, either; and the numbers of their variables."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    used: tuple[int, ...]
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """``left`` and ``right`` are the nodes that hold the two results."""

    nodes: tuple[Node, ...]
    left: int
    right: int
    variables: tuple[str, ...]

    @cached_property
    def parts(self) -> Parts:
        """What is needed for what."""
        needing = _needing(self.nodes, ((self.left, _LEFT), (self.right, _RIGHT)))
        used = tuple([k for k, sides in enumerate(needing) if sides])
        left = tuple([k for k in used if needing[k] & _LEFT])
        right = tuple([k for k in used if needing[k] & _RIGHT])
        inputs = sorted([self.nodes[k][1] for k in used if self.nodes[k][0] == "name"])
        return Parts(left, right, used, tuple(inputs))

    @property
    def left_side(self) -> tuple[int, ...]:
        """The nodes that the left result needs, itself the last."""
        return self.parts.left

    @property
    def right_side(self) -> tuple[int, ...]:
        """The nodes that the right result needs, itself the last."""
        return self.parts.right

    @property
    def used(self) -> tuple[int, ...]:
        """The nodes that either result needs."""
        return self.parts.used

    @property
    def inputs(self) -> tuple[int, ...]:
        """The numbers of the variables that either side uses."""
        return self.parts.inputs

    @property
    def is_rational(self) -> bool:
        """Whether both sides are quotients of polynomials."""
        return all(self.nodes[k][0] in RATIONAL for k in self.used)

    @cached_property
    def definite(self) -> dict[tuple[int, int | None], int]:
        """Signs of sums that were looked for so far, by what ``definite.sign`` was asked."""
        return {}

    @cached_property
    def factored(self) -> dict[tuple[int, int | None], tuple[int, tuple[_Polynomial, ...]]]:
        """Sums taken apart so far, by what ``factors.factors`` was asked."""
        return {}

    def reached(self, root: int) -> tuple[int, ...]:
        """The nodes that a node needs, itself the last."""
        return tuple(k for k, sides in enumerate(_needing(self.nodes, ((root, _LEFT),))) if sides)


_LEFT, _RIGHT = 1, 2


def _needing(nodes: Sequence[Node], roots: Sequence[tuple[int, int]]) -> bytearray:
    """For each node the marks of the roots that need it."""
    needing = bytearray(max(root for root, _ in roots) + 1)
    for root, mark in roots:
        needing[root] |= mark
    for k in range(len(needing) - 1, -1, -1):
        if marks := needing[k]:
            operation, i, j = nodes[k]
            if operation in BINARY:
                needing[i] |= marks
                needing[j] |= marks
            elif operation not in LEAVES:
                needing[i] |= marks
    return needing


def build(
    left: Tree, right: Tree, variables: Sequence[str], definitions: Mapping[str, Tree] | None = None
) -> Program:
    """The program of two trees over ``variables``, with ``definitions`` (name -> tree) folded in.

    Raises ValueError for a name that is neither, or for definitions that go in a circle.
    """
    builder = _Builder(variables, definitions or {})
    first, second = builder.tree(left), builder.tree(right)
    return Program(tuple(builder.index), first, second, tuple(variables))


def _needed(name: str, definitions: Mapping[str, Tree]) -> list[str]:
    """The definitions that one uses at any distance, each after those that it uses itself; it is the last."""
    done: dict[str, None] = {}
    opened: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting[-1]
        missing = [n for n in sorted(names(definitions[name])) if n in definitions and n not in done]
        if name in done or not missing:
            done.setdefault(waiting.pop())
        elif name in opened:
            raise ValueError(f"the definition of '{name}' uses '{name}' itself")
        else:
            opened.add(name)
            waiting.extend(missing)
    return list(done)


class _Builder:
    """Makes nodes, each once. ``known``: a name -> its node."""

    def __init__(self, variables: Sequence[str], definitions: Mapping[str, Tree]) -> None:
        self.definitions = definitions
        self.opened: list[str] = []  # definitions that are being built
        self.index: dict[Node, int] = {}
        self.known: dict[str, int] = {}
        self.variables = {name: place for place, name in enumerate(variables)}
        self.numbers: dict[int, Fraction] = {}
        self.extremes: dict[tuple[str, int], set[int]] = {}  # a max or min -> what it is of

    def node(self, operation: str, i: int = 0, j: int = 0) -> int:
        return self.index.setdefault((operation, i, j), len(self.index))

    def number(self, value: Fraction) -> int:
        place = self.node("number", value.numerator, value.denominator)
        self.numbers[place] = value
        return place

    def tree(self, tree: Tree) -> int:
        match tree:
            case Binary():
                return self.binary(tree.operator, self.tree(tree.left), self.tree(tree.right))
            case Name():
                place = None if tree.constant else self.known.get(tree.name)
                return self.name(tree) if place is None else place
            case Number():
                return self.number(tree.value)
            case Group():
                return self.tree(tree.inner)
            case Negative():
                return self.negative(self.tree(tree.operand))
            case Call(function=function) if function in DEFINITIONS:
                return self.tree(unfold(tree))
            case Call():
                return self.call(tree.function, [self.tree(argument) for argument in tree.arguments])

    def name(self, tree: Name) -> int:
        """A constant, or a name that is met for the first time."""
        if tree.constant:
            return self.node("pi") if tree.name == "pi" else self.node("exp", self.number(Fraction(1)))
        if tree.name in self.definitions:
            self.define(tree.name)
        elif tree.name in self.variables:
            self.known[tree.name] = self.node("name", self.variables[tree.name])
        else:
            raise ValueError(f"'{tree.name}' is neither a variable nor defined")
        return self.known[tree.name]

    def define(self, name: str) -> None:
        """Make the node of a definition, those that it uses first; a long chain of them without recursion."""
        if name in self.opened:
            raise ValueError(f"the definition of '{name}' uses '{name}' itself")
        self.opened.append(name)
        for each in [name] if len(self.opened) < _DEEPEST else _needed(name, self.definitions):
            self.known[each] = self.tree(self.definitions[each])
        self.opened.pop()

    def call(self, function: str, operands: list[int]) -> int:
        if function == "sqrt":
            return self.root(operands[0], 2)
        numbers = [self.numbers[k] for k in operands if k in self.numbers]
        if function in _FOLDED and len(numbers) == len(operands):
            return self.number(_FOLDED[function](*numbers))
        if function in ("max", "min"):
            return self.extreme(function, operands)
        return self.node(function, *operands)

    def extreme(self, function: str, operands: list[int]) -> int:
        """max(a, max(b, c)): the same node in any order, and with any part written twice."""
        parts = {part for operand in operands for part in self.extremes.get((function, operand), {operand})}
        first, *rest = sorted(parts)
        for part in rest:
            first = self.node(function, first, part)
        self.extremes[function, first] = parts
        return first

    def negative(self, operand: int) -> int:
        value = self.numbers.get(operand)
        return self.node("negative", operand) if value is None else self.number(-value)

    def binary(self, operator: str, left: int, right: int) -> int:
        if operator == "^":
            return self.power(left, right)
        if left in self.numbers and right in self.numbers:
            value = _combined(operator, self.numbers[left], self.numbers[right])
            if value is not None:
                return self.number(value)
        if operator == "-" and left == right:
            operator, left = "*", self.number(Fraction(0))  # 0 wherever it has a value
        if operator == "*" and left == right:
            return self.whole_power(left, 2)
        if operator in "+*" and left > right:
            left, right = right, left
        return self.index.setdefault((operator, left, right), len(self.index))

    def power(self, base: int, exponent: int) -> int:
        if base == self.index.get(("exp", self.index.get(("number", 1, 1), -1), 0)):
            return self.node("exp", exponent)
        value = self.numbers.get(exponent)
        if value is None or max(abs(value.numerator), value.denominator).bit_length() > 64:
            return self.node("^", base, exponent)
        root = base if value.denominator == 1 else self.root(base, value.denominator)
        return self.whole_power(root, value.numerator)

    def root(self, base: int, degree: int) -> int:
        value = self.numbers.get(base)
        if value is not None and value >= 0 and degree == 2:
            found = Fraction(isqrt(value.numerator), isqrt(value.denominator))
            if found * found == value:
                return self.number(found)
        return self.node("root", base, degree)

    def whole_power(self, base: int, exponent: int) -> int:
        if exponent == 1:
            return base
        value = self.numbers.get(base)
        if value and _bits(value) * abs(exponent) <= MOST_BITS:
            return self.number(value**exponent)
        return self.node("power", base, exponent)


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _combined(operator: str, a: Fraction, b: Fraction) -> Fraction | None:
    """The value of ``a operator b``; None if there is none or if it is too long to work out here."""
    if _bits(a) + _bits(b) > MOST_BITS:
        return None
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case _:
            return a / b if b else None

"""What the formulas of boxes mean: every name that they use, as an expression and as a number.

Legend
------
definition    the expression that a name stands for: a node's equation, a derivative, an earlier box's formula
quantities    the numbers that the names stand for at a variant's values, worked out when they are asked for
total         ``total A B``, a name that cannot be typed: the derivative of node A by B over all ways
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType

from grader.expression import read
from grader.language import LEAKY_SLOPE
from grader.network import Network
from grader.numbers import value
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree, names

DERIVATIVE = re.compile(r"(?<![A-Za-z0-9_])(?:d[A-Za-z0-9_]+?_d[A-Za-z]\w*|grad_\w+)")
_LEAKY_SLOPE = Number(Fraction(LEAKY_SLOPE), LEAKY_SLOPE)
ZERO, ONE = Number(Fraction(0), "0"), Number(Fraction(1), "1")

# Function -> its derivative by each argument, in the language itself.
SLOPES: Mapping[str, tuple[str, ...]] = {
    "exp": ("exp(z)",),
    "ln": ("1/z",),
    "sqrt": ("1/(2*sqrt(z))",),
    "abs": ("abs(z)/z",),
    "sin": ("cos(z)",),
    "cos": ("-sin(z)",),
    "tan": ("1 + tan(z)^2",),
    "sinh": ("cosh(z)",),
    "cosh": ("sinh(z)",),
    "tanh": ("tanh'(z)",),
    "sigmoid": ("sigmoid'(z)",),
    "relu": ("relu'(z)",),
    "leaky": ("leaky'(z, s)", "(z - abs(z))/2"),
    "max": ("(1 + abs(z - s)/(z - s))/2", "(1 - abs(z - s)/(z - s))/2"),
    "min": ("(1 - abs(z - s)/(z - s))/2", "(1 + abs(z - s)/(z - s))/2"),
    "relu'": ("0",),
    "leaky'": ("0", "(1 - abs(z)/z)/2"),
    "sigmoid'": ("sigmoid'(z)*(1 - 2*sigmoid(z))",),
    "tanh'": ("-2*tanh(z)*tanh'(z)",),
}


class Quantities(dict[str, Fraction]):
    """Name -> number. Leaves are given; what ``definitions`` define is worked out when asked for."""

    def __init__(self, given: Mapping[str, Fraction], definitions: Mapping[str, Tree]) -> None:
        super().__init__(given)
        self.definitions = definitions

    def __missing__(self, name: str) -> Fraction:
        self[name] = value(self.definitions[name], self)
        return self[name]


@lru_cache(maxsize=512)
def definitions_of(network: Network, derivatives: frozenset[str]) -> Mapping[str, Tree]:
    """The definitions of all nodes and of these derivatives; a name that is no derivative is left out."""
    found = dict(network.equations)
    for name in derivatives:
        if ends := _ends(network, name):
            found[name] = _derivative(network, *ends, found, is_total=name.startswith("grad_"))
    return MappingProxyType(found)


def _ends(network: Network, name: str) -> tuple[str, str] | None:
    if name.startswith("grad_") and name[5:] in network.roles:
        return network.loss, name[5:]
    for split in re.finditer("_d", name):
        output, input_ = name[1 : split.start()], name[split.end() :]
        if name[0] == "d" and output in network.equations and input_ in network.roles:
            return output, input_
    return None


def _derivative(
    network: Network, output: str, input_: str, found: dict[str, Tree], *, is_total: bool
) -> Tree:
    """A link if ``input_`` is an operand of ``output``; else, or where asked, the total derivative."""
    equation = network.equations[output]
    if not is_total and input_ in network.uses(output) and input_ in network.inner:
        return partial(equation, input_)
    if not is_total and input_ in network.operands(output):
        return partial(fold(equation, network), input_)
    return _total(network, output, input_, found)


def fold(tree: Tree, network: Network) -> Tree:
    """``tree`` with the network's inner nodes put in."""
    inner = names(tree) & set(network.inner)
    return substitute(tree, {name: fold(network.equations[name], network) for name in inner})


def _total(network: Network, output: str, input_: str, found: dict[str, Tree]) -> Tree:
    """Over every operand of ``output``: its local derivative times the operand's own total derivative."""
    if output == input_:
        return ONE
    result: Tree = ZERO
    for used in network.uses(output):
        if used == input_ or input_ in network.ancestors(used):
            slope = partial(network.equations[output], used)
            result = _plus(result, _times(slope, _total_name(network, used, input_, found)))
    return result


def _total_name(network: Network, output: str, input_: str, found: dict[str, Tree]) -> Tree:
    if output == input_:
        return ONE
    name = f"total {output} {input_}"
    if name not in found:
        found[name] = _total(network, output, input_, found)
    return Name(name)


def partial(tree: Tree, name: str) -> Tree:
    """The derivative of ``tree`` by ``name``, every other name held."""
    match tree:
        case Negative(operand=operand):
            slope = partial(operand, name)
            return ZERO if slope == ZERO else Negative(slope)
        case Group(inner=inner):
            return partial(inner, name)
        case Binary(operator=operator, left=left, right=right):
            return _partial_binary(operator, left, right, name)
        case Call(function=function, arguments=arguments):
            result: Tree = ZERO
            put = dict(zip(("z", "s"), (*arguments, _LEAKY_SLOPE), strict=False))
            for at, argument in enumerate(arguments):
                if (inner_slope := partial(argument, name)) != ZERO:
                    result = _plus(result, _times(substitute(_slope(function, at), put), inner_slope))
            return result
        case _:
            return ONE if isinstance(tree, Name) and tree.name == name and not tree.constant else ZERO


def _partial_binary(operator: str, left: Tree, right: Tree, name: str) -> Tree:
    by_left, by_right = partial(left, name), partial(right, name)
    if by_left == by_right == ZERO:
        return ZERO
    match operator:
        case "+":
            return _plus(by_left, by_right)
        case "-":
            return Negative(by_right) if by_left == ZERO else _minus(by_left, by_right)
        case "*":
            return _plus(_times(by_left, right), _times(left, by_right))
        case "/":
            first = ZERO if by_left == ZERO else Binary("/", by_left, right)
            second = _times(Binary("/", left, Binary("^", right, Number(Fraction(2), "2"))), by_right)
            return _minus(first, second)
        case _:
            lower = Binary("^", left, _minus(right, ONE))
            by_base = _times(_times(right, lower), by_left)
            grown = Binary("*", Binary("^", left, right), Call("ln", (left,)))
            return _plus(by_base, _times(grown, by_right))


def _plus(left: Tree, right: Tree) -> Tree:
    if ZERO in (left, right):
        return right if left == ZERO else left
    return Binary("+", left, right)


def _minus(left: Tree, right: Tree) -> Tree:
    if isinstance(left, Number) and isinstance(right, Number) and left.value >= right.value:
        return Number(left.value - right.value, str(left.value - right.value))
    return left if right == ZERO else Binary("-", left, right)


def _times(left: Tree, right: Tree) -> Tree:
    if ZERO in (left, right):
        return ZERO
    if ONE in (left, right):
        return right if left == ONE else left
    return Binary("*", left, right)


@cache
def _slope(function: str, argument: int) -> Tree:
    return read(SLOPES[function][argument], ("z", "s"))


def substitute(tree: Tree, put: Mapping[str, Tree]) -> Tree:
    """``tree`` with the names in ``put`` replaced, all at once."""
    match tree:
        case Name(name=name, constant=False):
            return put.get(name, tree)
        case Negative(operand=operand):
            return replace(tree, operand=substitute(operand, put))
        case Group(inner=inner):
            return replace(tree, inner=substitute(inner, put))
        case Binary(left=left, right=right):
            return replace(tree, left=substitute(left, put), right=substitute(right, put))
        case Call(arguments=arguments):
            return replace(tree, arguments=tuple(substitute(argument, put) for argument in arguments))
        case _:
            return tree

"""Trees changed for the wrong rules of ``misconceptions``: parts left out, exchanged, added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache

from grader.expression import read
from grader.formula import ONE, ZERO, substitute
from grader.language import LEAKY_SLOPE
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree, names, walk

TWO = Number(Fraction(2), "2")
_LEAKY_SLOPE = Number(Fraction(LEAKY_SLOPE), LEAKY_SLOPE)

# The slope of an activation -> what is answered in its place: the activation, one less it, the slope taken
# at the activation, and the slope's form in the activation taken at the sum.
_SLIPS: Mapping[str, Mapping[str, str]] = {
    "relu'": {"value": "relu(z)", "rest": "1 - relu(z)", "at-value": "relu'(relu(z))"},
    "leaky'": {"value": "leaky(z, s)", "rest": "1 - leaky(z, s)", "at-value": "leaky'(leaky(z, s), s)"},
    "sigmoid'": {
        "value": "sigmoid(z)",
        "rest": "1 - sigmoid(z)",
        "at-value": "sigmoid'(sigmoid(z))",
        "at-sum": "z*(1 - z)",
    },
    "tanh'": {
        "value": "tanh(z)",
        "rest": "1 - tanh(z)",
        "at-value": "tanh'(tanh(z))",
        "at-sum": "1 - z^2",
    },
}


def plus(left: Tree, right: Tree) -> Tree:
    """The sum; nothing is added to 0."""
    return right if left == ZERO else left if right == ZERO else Binary("+", left, right)


def times(left: Tree, right: Tree) -> Tree:
    """The product; nothing is multiplied by 1."""
    return right if left == ONE else left if right == ONE else Binary("*", left, right)


def product(factors: Iterable[Tree]) -> Tree:
    """All factors multiplied; of none, 1."""
    result: Tree = ONE
    for factor in factors:
        result = times(result, factor)
    return result


def total(terms: Iterable[Tree]) -> Tree:
    """All terms added; of none, 0."""
    result: Tree = ZERO
    for term in terms:
        result = plus(result, term)
    return result


def difference(left: Tree, right: Tree) -> Tree:
    """``left - (right)``."""
    return Binary("-", left, right)


def factors(tree: Tree) -> list[Tree]:
    """The factors of a product, or the tree itself."""
    return _parts(tree, "*")


def terms(tree: Tree) -> list[Tree]:
    """The terms of a sum, or the tree itself."""
    return _parts(tree, "+")


def _parts(tree: Tree, operator: str) -> list[Tree]:
    match tree:
        case Group(inner=inner):
            return _parts(inner, operator)
        case Binary(operator=found, left=left, right=right) if found == operator:
            return [*_parts(left, operator), *_parts(right, operator)]
        case _:
            return [tree]


def rebuilt(tree: Tree, change: Callable[[Tree], Tree | None]) -> Tree:
    """``tree`` with every part replaced for which ``change`` has something else, from the outside in."""
    changed = change(tree)
    if changed is not None:
        return changed
    match tree:
        case Negative(operand=operand):
            return replace(tree, operand=rebuilt(operand, change))
        case Group(inner=inner):
            return replace(tree, inner=rebuilt(inner, change))
        case Binary(left=left, right=right):
            return replace(tree, left=rebuilt(left, change), right=rebuilt(right, change))
        case Call(arguments=arguments):
            return replace(tree, arguments=tuple(rebuilt(each, change) for each in arguments))
        case _:
            return tree


def slopes_in(tree: Tree) -> tuple[Tree, ...]:
    """The slopes of activations in ``tree``."""
    return tuple(part for part in walk(tree) if isinstance(part, Call) and part.function in _SLIPS)


def unsloped(tree: Tree) -> Tree:
    """``tree`` without the slopes of activations."""
    cut = rebuilt(tree, lambda part: ONE if isinstance(part, Call) and part.function in _SLIPS else None)
    return product(factor for factor in factors(cut) if factor != ONE)


def with_slopes(tree: Tree, slip: str) -> Tree:
    """``tree`` with another quantity for every slope; a slope without that slip stays."""

    def change(part: Tree) -> Tree | None:
        if not isinstance(part, Call) or slip not in _SLIPS.get(part.function, ()):
            return None
        put = dict(zip(("z", "s"), (*part.arguments, _LEAKY_SLOPE), strict=False))
        return Group(substitute(_slip(part.function, slip), put))

    return rebuilt(tree, change)


@cache
def _slip(function: str, slip: str) -> Tree:
    return read(_SLIPS[function][slip], ("z", "s"))


def unactivated(tree: Tree) -> Tree:
    """What enters the activation of a unit; the tree itself where it has none."""
    match tree:
        case Group(inner=inner):
            return unactivated(inner)
        case Call(arguments=(argument, *_)):
            return argument
        case _:
            return tree


def added(tree: Tree) -> Tree:
    """Every product turned into a sum."""
    match tree:
        case Binary(operator="*", left=left, right=right):
            return plus(added(left), added(right))
        case Binary(left=left, right=right):
            return replace(tree, left=added(left), right=added(right))
        case Group(inner=inner):
            return replace(tree, inner=added(inner))
        case Call(arguments=arguments):
            return replace(tree, arguments=tuple(map(added, arguments)))
        case _:
            return tree


def exchanged(tree: Tree, one: str, other: str) -> Tree:
    """``tree`` with two names in each other's places."""
    return substitute(tree, {one: Name(other), other: Name(one)})


def squared(tree: Tree) -> bool:
    """Whether something is squared in ``tree``."""
    return any(isinstance(part, Binary) and part.operator == "^" and part.right == TWO for part in walk(tree))


def uses(tree: Tree, wanted: Iterable[str]) -> list[str]:
    """Those of ``wanted`` that ``tree`` names, in their order."""
    found = names(tree)
    return [name for name in wanted if name in found]

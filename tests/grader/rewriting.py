"""One expression written in many ways: laws that hold wherever both sides have a value, applied at random.

Shares nothing with the engine but the tree. ``RULES`` maps the name of a law to what it makes of a tree, None
where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random

from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree, children, walk

MOST_PARTS = 150

Rule = Callable[[Tree, Random], Tree | None]


def number(value: int | Fraction) -> Tree:
    """A number, as a quotient if it is a fraction."""
    exact = Fraction(value)
    above = Number(Fraction(abs(exact.numerator)), str(abs(exact.numerator)))
    below = Number(Fraction(exact.denominator), str(exact.denominator))
    tree: Tree = above if exact.denominator == 1 else Binary("/", above, below)
    return Negative(tree) if exact < 0 else tree


ONE, TWO = number(1), number(2)


def op(operator: str, left: Tree, right: Tree) -> Tree:
    """An operation."""
    return Binary(operator, left, right)


def call(function: str, *arguments: Tree) -> Tree:
    """A function of trees."""
    return Call(function, arguments)


def minus(tree: Tree) -> Tree:
    """The negative of a tree."""
    return Negative(tree)


SLOPE = Number(Fraction(1, 5), "0.2")


def bare(tree: Tree) -> Tree:
    """A tree without brackets around it."""
    return bare(tree.inner) if isinstance(tree, Group) else tree


def _binary(sign: str, make: Callable[[Tree, Tree], Tree]) -> Rule:
    """A law for trees ``a sign b``."""

    def rule(tree: Tree, random: Random) -> Tree | None:
        fits = isinstance(tree, Binary) and tree.operator == sign
        return make(tree.left, tree.right) if fits else None

    return rule


def _called(function: str, *makes: Callable[..., Tree]) -> Rule:
    """Laws for a function, one of which is chosen."""

    def rule(tree: Tree, random: Random) -> Tree | None:
        fits = isinstance(tree, Call) and tree.function == function
        return random.choice(makes)(*tree.arguments) if fits else None

    return rule


def _always(make: Callable[[Tree], Tree]) -> Rule:
    return lambda tree, random: None if isinstance(tree, Group) else make(tree)


def _spread(tree: Tree, random: Random) -> Tree | None:
    """a*(b + c) = a*b + a*c."""
    if isinstance(tree, Binary) and tree.operator in "*/":
        inner = bare(tree.left)
        if isinstance(inner, Binary) and inner.operator in "+-":
            parts = (op(tree.operator, part, tree.right) for part in (inner.left, inner.right))
            return op(inner.operator, *parts)
    return None


def _gather(tree: Tree, random: Random) -> Tree | None:
    """a*b + a*c = a*(b + c)."""
    match tree:
        case Binary("+" | "-" as sign, Binary("*", a, b), Binary("*", other, c)) if a == other:
            return op("*", a, op(sign, b, c))
    return None


def _square(tree: Tree, random: Random) -> Tree | None:
    """a^2 = a*a, or multiplied out."""
    if isinstance(tree, Binary) and tree.operator == "^" and bare(tree.right) == Number(Fraction(2), "2"):
        inner = bare(tree.left)
        if isinstance(inner, Binary) and inner.operator in "+-" and random.random() < 0.7:
            a, b = inner.left, inner.right
            ends = op("+", op("^", a, TWO), op("^", b, TWO))
            return op(inner.operator, ends, op("*", TWO, op("*", a, b)))
        return op("*", tree.left, tree.left)
    return None


def _split_number(tree: Tree, random: Random) -> Tree | None:
    if isinstance(tree, Number):
        part = Fraction(random.randrange(1, 9), random.choice((1, 2, 4, 5)))
        return op("+", number(part), number(tree.value - part))
    return None


def _shifted_exp(tree: Tree, random: Random) -> Tree | None:
    """exp(a) = exp(a - 1)*e and exp(a + b) = exp(a)*exp(b)."""
    if isinstance(tree, Call) and tree.function == "exp":
        inner = bare(tree.arguments[0])
        if isinstance(inner, Binary) and inner.operator in "+-":
            sign = "*" if inner.operator == "+" else "/"
            return op(sign, call("exp", inner.left), call("exp", inner.right))
        return op("*", call("exp", op("-", inner, ONE)), Name("e", constant=True))
    return None


def _of_exps(sign: str, z: Tree) -> Tree:
    return op(sign, call("exp", z), call("exp", minus(z)))


RULES: Mapping[str, Rule] = {
    "a + b = b + a": _binary("+", lambda a, b: op("+", b, a)),
    "a*b = b*a": _binary("*", lambda a, b: op("*", b, a)),
    "a - b = -(b - a)": _binary("-", lambda a, b: minus(op("-", b, a))),
    "a - b = a + (-b)": _binary("-", lambda a, b: op("+", a, minus(b))),
    "a*b = -(-a)*b": _binary("*", lambda a, b: minus(op("*", minus(a), b))),
    "a/b = a*(1/b)": _binary("/", lambda a, b: op("*", a, op("/", ONE, b))),
    "a*b = a/(1/b)": _binary("*", lambda a, b: op("/", a, op("/", ONE, b))),
    "a + b = (a - b) + 2b": _binary("+", lambda a, b: op("+", op("-", a, b), op("*", TWO, b))),
    "a = 2a/2": _always(lambda a: op("/", op("*", TWO, a), TWO)),
    "a = 0.5a + a/2": _always(
        lambda a: op("+", op("*", Number(Fraction(1, 2), "0.5"), a), op("/", a, TWO))
    ),
    "a = -(-a)": _always(lambda a: minus(minus(a))),
    "a = a*1 + 0": _always(lambda a: op("+", op("*", a, ONE), number(0))),
    "a(b + c) = ab + ac": _spread,
    "ab + ac = a(b + c)": _gather,
    "a^2 = aa": _square,
    "n = m + (n - m)": _split_number,
    "exp(a + b) = exp(a)exp(b)": _shifted_exp,
    "sigmoid": _called(
        "sigmoid",
        lambda z: op("/", ONE, op("+", ONE, call("exp", minus(z)))),
        lambda z: op("/", call("exp", z), op("+", ONE, call("exp", z))),
        lambda z: op("/", op("+", ONE, call("tanh", op("/", z, TWO))), TWO),
        lambda z: op("-", ONE, call("sigmoid", minus(z))),
    ),
    "tanh": _called(
        "tanh",
        lambda z: op("-", op("*", TWO, call("sigmoid", op("*", TWO, z))), ONE),
        lambda z: op("/", _of_exps("-", z), _of_exps("+", z)),
        lambda z: op("/", call("sinh", z), call("cosh", z)),
        lambda z: op("-", ONE, op("/", TWO, op("+", call("exp", op("*", TWO, z)), ONE))),
    ),
    "sigmoid'": _called(
        "sigmoid'",
        lambda z: op("*", call("sigmoid", z), op("-", ONE, call("sigmoid", z))),
        lambda z: op("/", call("exp", minus(z)), op("^", op("+", ONE, call("exp", minus(z))), TWO)),
    ),
    "tanh'": _called(
        "tanh'",
        lambda z: op("-", ONE, op("^", call("tanh", z), TWO)),
        lambda z: op("/", ONE, op("^", call("cosh", z), TWO)),
    ),
    "relu": _called(
        "relu",
        lambda z: op("/", op("+", z, call("abs", z)), TWO),
        lambda z: call("max", z, number(0)),
        lambda z: call("max", number(0), z),
        lambda z: minus(call("min", minus(z), number(0))),
    ),
    "relu'": _called("relu'", lambda z: op("/", call("relu", z), z)),
    "abs": _called(
        "abs",
        lambda z: call("max", z, minus(z)),
        lambda z: call("sqrt", op("^", z, TWO)),
        lambda z: op("+", call("relu", z), call("relu", minus(z))),
    ),
    "max": _called(
        "max",
        lambda a, b: op("/", op("+", op("+", a, b), call("abs", op("-", a, b))), TWO),
        lambda a, b: op("+", b, call("relu", op("-", a, b))),
        lambda a, b: minus(call("min", minus(a), minus(b))),
    ),
    "leaky": _called(
        "leaky",
        lambda z, s=SLOPE: op("-", call("relu", z), op("*", s, call("relu", minus(z)))),
    ),
    "ln": _called("ln", lambda z: op("/", call("ln", op("*", z, z)), TWO)),
    "cos": _called("cos", lambda z: op("-", ONE, op("*", TWO, op("^", call("sin", op("/", z, TWO)), TWO)))),
    "sqrt": _called("sqrt", lambda z: op("^", z, op("/", ONE, TWO))),
}  # fmt: skip


def rewritten(tree: Tree, definitions: Mapping[str, Tree], times: int, random: Random) -> Tree:
    """``tree`` after so many laws, or names written out, at random places; it stays below ``MOST_PARTS``."""
    for _ in range(times):
        places = [part for part in walk(tree) if not isinstance(part, Group)]
        chosen = random.choice(places)
        made = _opened(chosen, definitions) or _by_a_law(chosen, random)
        if made is not None:
            changed = _put(tree, chosen, made)
            if sum(1 for _ in walk(changed)) <= MOST_PARTS:
                tree = changed
    return tree


def _opened(tree: Tree, definitions: Mapping[str, Tree]) -> Tree | None:
    """What a name stands for, if it is a node and no leaf."""
    return definitions.get(tree.name) if isinstance(tree, Name) else None


def _by_a_law(tree: Tree, random: Random) -> Tree | None:
    made = [each for rule in RULES.values() if (each := rule(tree, random)) is not None]
    return random.choice(made) if made else None


def _put(tree: Tree, old: Tree, new: Tree) -> Tree:
    """``tree`` with that very part of it replaced."""
    if tree is old:
        return new
    parts = tuple(_put(part, old, new) for part in children(tree))
    match tree:
        case Binary():
            return replace(tree, left=parts[0], right=parts[1], implicit=False)
        case Negative():
            return replace(tree, operand=parts[0])
        case Group():
            return replace(tree, inner=parts[0])
        case Call():
            return replace(tree, arguments=parts)
        case _:
            return tree

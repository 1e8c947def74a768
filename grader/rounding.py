"""Rounded too early: a wrong number that is right for intermediate results cut to few digits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from grader.closeness import closeness
from grader.job import Outcome
from grader.paper import Asked, World
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree

PLACES = (3, 2, 1)  # decimals to which a student may have rounded on the way


class _NothingLeft(ValueError):  # noqa: N818  a finding about a rounding, not a fault
    """An intermediate result has no value, or none after rounding."""


def rounded_early(answer: Tree, asked: Asked, world: World) -> bool:
    """Whether ``answer``, wrong in ``world``, is right once intermediate results are rounded there.

    They are the earlier boxes alone, or every step of the formula. A rounding that leaves nothing of one, or
    that gives the right answer, explains nothing.
    """
    return any(
        closeness(answer, given, asked, world) is Outcome.CORRECT
        and closeness(asked.formula, given, asked, world) is Outcome.WRONG
        for given in _rounded_on_the_way(asked, world)
    )


def _rounded_on_the_way(asked: Asked, world: World) -> Iterator[Number]:
    """What the box comes to with rounded boxes before it, then with rounded steps."""
    form = asked.symbolic if asked.symbolic and isinstance(asked.formula, Name) else asked.formula
    for places in PLACES:
        try:
            short = {name: _cut(Name(name), world, places).value for name in asked.earlier}
            given = world.with_numbers(short).quantity(asked.formula) if short else None
            if given is not None:
                yield Number(given, "")
            if not isinstance(form, Name):
                yield Number(_value(_in_steps(form, world, places), world), "")
        except _NothingLeft:
            continue


def _in_steps(tree: Tree, world: World, places: int) -> Tree:
    """``tree`` with each of its parts that had to be worked out rounded."""
    match tree:
        case Binary(left=left, right=right):
            return replace(tree, left=_part(left, world, places), right=_part(right, world, places))
        case Call(arguments=arguments):
            return replace(tree, arguments=tuple(_part(each, world, places) for each in arguments))
        case Group(inner=inner) | Negative(operand=inner):
            stepped = _in_steps(inner, world, places)
            return Negative(stepped) if isinstance(tree, Negative) else stepped
        case _:
            return tree


def _part(tree: Tree, world: World, places: int) -> Tree:
    """A part, rounded unless it is given: a number, a constant or a leaf, with whatever sign."""
    match tree:
        case Group(inner=inner):
            return _part(inner, world, places)
        case Negative(operand=operand):
            return Negative(_part(operand, world, places))
        case Name(name=name, constant=constant) if not constant and name not in world.values:
            return _cut(tree, world, places)
        case Binary() | Call():
            return _cut(_in_steps(tree, world, places), world, places)
        case _:
            return tree


def _cut(tree: Tree, world: World, places: int) -> Number:
    """Its value to that many decimals, halves away from 0; raises _NothingLeft."""
    number = _value(tree, world)
    units = int(abs(number) * 10**places + Fraction(1, 2))
    if number and not units:
        raise _NothingLeft
    return Number(Fraction(units if number > 0 else -units, 10**places), "")


def _value(tree: Tree, world: World) -> Fraction:
    number = world.quantity(tree)
    if number is None:
        raise _NothingLeft
    return number

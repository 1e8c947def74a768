"""A tree in words, as a screen reader says it: what is heard is what was read, bracket by bracket.

The twin of ``words`` in reader.js, which says them as the student types; both pass tests/tables/reading.json.
"""

from __future__ import annotations

import re

from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree

_DERIVATIVE = re.compile(r"d([A-Za-z]\w*?)_d(\w+)", re.ASCII)
_NAME = re.compile(r"([A-Za-z]+?)(hat)?_?([0-9]+)?(_new)?")
_BETWEEN = {"+": "plus", "-": "minus", "*": "times", "/": "over"}


def words(tree: Tree) -> str:
    """The words of a tree that was read; two such trees share them only where a product has lost its sign.

    >>> words(Binary("^", Name("yhat_new"), Number(Fraction(2), "2")))
    'y hat new squared'
    """
    match tree:
        case Number(text=text):
            return text
        case Name(name=name):
            return _name(name)
        case Group(inner=inner):
            return f"open bracket {words(inner)} close bracket"
        case Negative(operand=operand):
            return f"minus {words(operand)}"
        case Call():
            return _call(tree)
        case Binary(operator="^"):
            return _power(tree)
        case _:
            return f"{words(tree.left)} {_BETWEEN[tree.operator]} {words(tree.right)}"


def _name(name: str) -> str:
    if name.startswith("grad_"):
        return f"d L by d {_name(name[5:])}"
    if pair := _DERIVATIVE.fullmatch(name):
        return f"d {_name(pair[1])} by d {_name(pair[2])}"
    if not (parts := _NAME.fullmatch(name)):
        return name
    letter, hat, index, new = parts.groups()
    return " ".join(filter(None, (letter, hat, index, new and "new")))


def _power(tree: Binary) -> str:
    base = _call(tree.left, is_base=True) if isinstance(tree.left, Call) else words(tree.left)
    is_square = isinstance(tree.right, Number) and tree.right.text == "2"
    return f"{base} squared" if is_square else f"{base} to the power {words(tree.right)}"


def _call(tree: Call, *, is_base: bool = False) -> str:
    """The end of a call is said wherever it could be missed: exp(x)^2 is not exp(x^2)."""
    name = tree.function.replace("'", " prime")
    is_plain = not is_base and all(isinstance(part, Number | Name | Group) for part in tree.arguments)
    values = " and ".join(map(words, tree.arguments))
    return f"{name} of {values}" if is_plain else f"{name} of {values}, end of {name}"

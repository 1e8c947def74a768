"""The reader: text typed by a student or an author -> a small bounded tree, and back.

The text never reaches ``eval`` or SymPy's parser. Whatever the input, ``read`` returns a tree or raises
``Unreadable``; every bound (``BOUNDS``) is checked before the work that it bounds. The language is that of
docs/language.md; its table of examples is tests/tables/reading.json, and reader.js is its twin.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from grader.language import BOUNDS, DEFINITIONS, FUNCTIONS, LEAKY_SLOPE, Bounds
from grader.lexer import tokens
from grader.numerals import settled
from grader.parser import POWER, SIGN, STRENGTH, Parser
from grader.spelling import spelled, vocabulary
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree
from grader.unreadable import Unreadable

__all__ = ["BOUNDS", "Bounds", "Unreadable", "canonical", "read", "show", "unfold"]

_ALL_FUNCTIONS = frozenset(FUNCTIONS)
_ATOM = POWER + 1
_FIX_ROUNDS = 4


def read(
    text: str,
    names: Iterable[str],
    *,
    decimal_comma: bool = True,
    percent: bool = False,
    functions: frozenset[str] = _ALL_FUNCTIONS,
) -> Tree:
    """Read an expression over ``names`` (an exercise's canonical names).

    Raises Unreadable, with a place in ``text`` as typed; its ``fix`` can itself be read.

    >>> show(read("2(ŷ−y)·w_{3}", ["yhat", "y", "w3"]))
    '2 (yhat - y)*w3'
    """
    try:
        return _tree(text, tuple(names), decimal_comma, percent, functions)
    except Unreadable as error:
        if error.fix is not None:
            error.fix = _readable_fix(error.fix, tuple(names), decimal_comma, percent, functions)
        raise


def _tree(
    text: str, names: tuple[str, ...], decimal_comma: bool, percent: bool, functions: frozenset[str]
) -> Tree:
    if not isinstance(text, str):
        raise Unreadable("not-text", (0, 0))
    if len(text) > BOUNDS.characters:
        raise Unreadable("too-long", (BOUNDS.characters, len(text)), {"limit": str(BOUNDS.characters)})
    found = spelled(tokens(text), vocabulary(names, functions), text)
    found = settled(found, text, decimal_comma=decimal_comma, percent=percent)
    return Parser(text, found).whole()


def _readable_fix(
    fix: str, names: tuple[str, ...], decimal_comma: bool, percent: bool, functions: frozenset[str]
) -> str | None:
    """The fix, mended further where it needs to be; None if it cannot be read even so."""
    candidate: str | None = fix
    for _ in range(_FIX_ROUNDS):
        if candidate is None:
            return None
        try:
            _tree(candidate, names, decimal_comma, percent, functions)
        except Unreadable as error:
            candidate = error.fix
        else:
            return candidate
    return None


def show(tree: Tree) -> str:
    """Print a tree in the language; reading that gives the same tree again.

    Brackets that the tree does not hold are added where the meaning needs them.
    """
    match tree:
        case Number(text=text):
            return text
        case Name(name=name):
            return name
        case Group(inner=inner):
            return f"({show(inner)})"
        case Negative(operand=operand):
            return f"-{_inside(operand, SIGN)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(show, arguments))})"
        case _:
            return _shown_binary(tree)


def _shown_binary(tree: Binary) -> str:
    if tree.operator == "^":
        return f"{_inside(tree.left, _ATOM)}^{_inside(tree.right, SIGN)}"
    strength = STRENGTH[tree.operator]
    sign = " " if tree.implicit else f" {tree.operator} " if strength == 1 else tree.operator
    return f"{_inside(tree.left, strength)}{sign}{_inside(tree.right, strength + 1)}"


def _inside(tree: Tree, needed: int) -> str:
    """A part of an expression, in brackets if it would fall apart there."""
    text = show(tree)
    return text if _strength(tree) >= needed else f"({text})"


def _strength(tree: Tree) -> int:
    match tree:
        case Binary(operator=operator):
            return STRENGTH[operator]
        case Negative():
            return SIGN
        case _:
            return _ATOM


@cache
def _definition(function: str) -> Tree:
    return read(DEFINITIONS[function], ("z", "s"))


def unfold(tree: Tree) -> Tree:
    """The same expression with every function of ``language.DEFINITIONS`` written out in the others."""
    if not (isinstance(tree, Call) and tree.function in DEFINITIONS):
        return _mapped(tree, unfold)
    inner, *slope = map(unfold, tree.arguments)
    values: dict[str, Tree] = {"z": Group(inner), "s": Group(slope[0] if slope else read(LEAKY_SLOPE, ()))}
    return Group(_filled(_definition(tree.function), values))


def _filled(tree: Tree, values: dict[str, Tree]) -> Tree:
    if isinstance(tree, Name):
        return values.get(tree.name, tree)
    return _mapped(tree, lambda part: _filled(part, values))


def _mapped(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The tree with each of its direct parts changed."""
    match tree:
        case Call(arguments=arguments):
            return replace(tree, arguments=tuple(map(change, arguments)))
        case Binary(left=left, right=right):
            return replace(tree, left=change(left), right=change(right))
        case Negative(operand=operand):
            return replace(tree, operand=change(operand))
        case Group(inner=inner):
            return replace(tree, inner=change(inner))
        case _:
            return tree


_OVERRIDES = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


def canonical(text: str) -> str:
    """The one form in which free text is stored: lines end in ``\\n``, and nothing harmful is left.

    Raises Unreadable for half characters (lone surrogates), control characters and marks that turn the
    direction of the text around them.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for place, character in enumerate(plain):
        if character in "\n\t" or (character.isprintable() and character not in _OVERRIDES):
            continue
        category = unicodedata.category(character)
        found = {"found": f"U+{ord(character):04X}"}
        if category == "Cs":
            raise Unreadable("surrogate", (place, place + 1), found)
        if category == "Cc" or character in _OVERRIDES:
            raise Unreadable("control", (place, place + 1), found)
    return plain

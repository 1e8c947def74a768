"""The tree that every expression becomes: immutable, bounded, with the span of text it was read from.

Brackets are kept (``Group``) because the echo and the form check show what the student typed; they mean
nothing to a value. ``span`` is not part of equality: two trees are equal when they read the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Number:
    """A literal: its exact value, and its text as typed (digits matter for 'rounded' answers)."""

    value: Fraction
    text: str
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the exercise in its canonical spelling, or one of the constants ``pi`` and ``e``."""

    name: str
    constant: bool = False
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    operand: Tree
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """One of ``+ - * / ^``. ``implicit``: a product written without a sign."""

    operator: str
    left: Tree
    right: Tree
    implicit: bool = False
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language, under its canonical name (``log`` is ``ln``)."""

    function: str
    arguments: tuple[Tree, ...]
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """A pair of brackets."""

    inner: Tree
    span: Span = field(default=(0, 0), compare=False)


Tree = Number | Name | Negative | Binary | Call | Group


def children(tree: Tree) -> tuple[Tree, ...]:
    """The direct parts of a tree, left to right."""
    match tree:
        case Negative(operand=inner) | Group(inner=inner):
            return (inner,)
        case Binary(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments
        case _:
            return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """Every node of a tree, parents first."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def names(tree: Tree) -> frozenset[str]:
    """The names that a tree uses, constants left out; kept for a while, as they are asked for often."""
    return _seen(tree)[1]


def size(tree: Tree) -> int:
    """How many nodes a tree has."""
    return _seen(tree)[2]


_MOST_SEEN = 2000  # trees whose names are kept
_seen_trees: dict[int, tuple[Tree, frozenset[str], int]] = {}  # by identity, which holds while a tree is kept


def _seen(tree: Tree) -> tuple[Tree, frozenset[str], int]:
    """A tree with its names and its size."""
    known = _seen_trees.get(id(tree))
    if known is None:
        if len(_seen_trees) >= _MOST_SEEN:
            _seen_trees.clear()
        nodes = [*walk(tree)]
        found = frozenset([n.name for n in nodes if isinstance(n, Name) and not n.constant])
        known = _seen_trees[id(tree)] = (tree, found, len(nodes))
    return known

"""Two expressions in the names that both of them use, which need not be written out to see that they agree.

``w4_new*leaky(w3_new*z)`` is ``leaky(z*w3_new)*w4_new`` whatever the new weights are made of. What holds for
all values of such a name holds for those that its definition takes; that two sides differ proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from grader.program import Program, build
from grader.tree import Tree, names

_MOST_ROUNDS = 40  # names of a long chain of definitions that are written out one after the other


def in_shared_names(
    left: Tree, right: Tree, variables: Sequence[str], definitions: Mapping[str, Tree]
) -> Program | None:
    """The two sides with the defined names that are in both left as they are; None if there are none.

    Raises ValueError for a name that is neither a variable nor defined.
    """
    kept, opened = _kept(left, right, definitions)
    if not kept:
        return None
    return build(left, right, (*variables, *kept), {name: definitions[name] for name in opened})


def _kept(left: Tree, right: Tree, definitions: Mapping[str, Tree]) -> tuple[list[str], set[str]]:
    """The defined names that both sides use once those that only one uses are written out; and these."""
    opened: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        first, second = (_used(side, definitions, opened) - opened for side in (left, right))
        alone = (first ^ second) & definitions.keys()
        if not alone:
            return sorted(first & second & definitions.keys()), opened
        within = set().union(*(_used(definitions[name], definitions, definitions.keys()) for name in alone))
        opened |= (alone - within) or alone
    return [], opened


def _used(tree: Tree, definitions: Mapping[str, Tree], opened: AbstractSet[str]) -> set[str]:
    """The names in a tree, and those in what ``opened`` ones stand for."""
    found: set[str] = set()
    waiting = [*names(tree)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += names(definitions[name]) if name in opened else ()
    return found

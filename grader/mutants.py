"""What the wrong rules of ``misconceptions`` make of a box: its mutants, by one slip or by two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product

from grader.expression import read
from grader.formula import DERIVATIVE, definitions_of, substitute
from grader.misconceptions import ROLES, RULES, SECOND
from grader.network import Network, NetworkError
from grader.paper import Asked
from grader.roles import kind_and_roles
from grader.tree import Tree, names, walk

MOST_TRIED = 200  # mutants of one box by one slip, and by two
MOST_PARTS = 6000  # of all mutants of a box
BOTH = "+"  # between the ids of two slips

Mutants = tuple[tuple[str, Tree], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Wrong:
    """What is tried on a box: mutants by misconception, and what the names in them mean."""

    mutants: Mutants
    definitions: Mapping[str, Tree]


@lru_cache(maxsize=1024)
def single(asked: Asked, network: Network) -> Wrong:
    """All mutants by one slip; none for a box without rules, or with more chains than are counted."""
    kind, roles, more = _cast(asked, network)
    tried = (
        (misconception, mutant)
        for misconception, templates in RULES.get(kind, {}).items()
        for template in templates
        for mutant in _mutants(_template(template), roles)
    )
    return _wrong(tried, network, more)


@lru_cache(maxsize=1024)
def double(asked: Asked, network: Network) -> Wrong:
    """All mutants by two slips in different places, each called by both ids: ``G-sign+H-noact``."""
    kind, roles, more = _cast(asked, network)
    tried = (
        (f"{second}{BOTH}{first}", mutant)
        for second, (template, firsts) in SECOND.get(kind, {}).items()
        for first, slip in single(asked, network).mutants
        if first in firsts
        for mutant in _mutants(_template(template), {**roles, "slip": [slip]})
    )
    return _wrong(tried, network, more)


def _cast(asked: Asked, network: Network) -> tuple[str, Mapping[str, Sequence[Tree]], dict[str, Tree]]:
    """The kind of a box, who plays which role in it, and what only they mean."""
    more: dict[str, Tree] = {}
    try:
        return *kind_and_roles(asked, network, more), more
    except NetworkError:
        return "", {}, {}


def _wrong(tried: Iterable[tuple[str, Tree]], network: Network, more: Mapping[str, Tree]) -> Wrong:
    mutants = tuple(_affordable(dict.fromkeys(islice(tried, MOST_TRIED))))
    used = (*(mutant for _, mutant in mutants), *more.values())
    derivatives = {name for tree in used for name in names(tree) if DERIVATIVE.fullmatch(name)}
    return Wrong(mutants, {**definitions_of(network, frozenset(derivatives)), **more})


def _affordable(tried: Iterable[tuple[str, Tree]]) -> Iterator[tuple[str, Tree]]:
    """The first of them, as long as they have few parts all together."""
    left = MOST_PARTS
    for misconception, mutant in tried:
        left -= sum(1 for _ in walk(mutant))
        if left >= 0:
            yield misconception, mutant


def _mutants(template: Tree, roles: Mapping[str, Sequence[Tree]]) -> Iterator[Tree]:
    """Every way to put this box's players for the roles of a template; none if a role has nobody."""
    used = sorted(names(template))
    for chosen in product(*(roles.get(role, ()) for role in used)):
        yield substitute(template, dict(zip(used, chosen, strict=True)))


def read_templates() -> None:
    """Read every wrong rule, so that no answer has to wait for it."""
    single_slips = (text for rules in RULES.values() for texts in rules.values() for text in texts)
    for text in (*single_slips, *(text for slips in SECOND.values() for text, _ in slips.values())):
        _template(text)


@cache
def _template(text: str) -> Tree:
    return read(text, ROLES)

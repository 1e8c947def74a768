"""The update rule as equations: plain gradient descent, momentum, or whatever an author writes.

Legend
------
w g      in the equations: a weight and its gradient; ``alpha`` is the learning rate
state    what the optimiser keeps for each weight: a left-hand side other than ``w``. On its own right-hand
         side it is the old value, in later equations the new one; of ``w3``: ``v_w3``, then ``v_w3_new``
rate     a further number of the rule, such as ``beta``
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from exercises.structure import substitute
from grader.expression import Unreadable, read, show
from grader.network import RATE, Network
from grader.tree import Binary, Name, Tree, names

WEIGHT, GRADIENT = "w", "g"
PLAIN: Mapping[str, str] = MappingProxyType({WEIGHT: f"{WEIGHT} - {RATE}*{GRADIENT}"})
_WORD = re.compile(r"[A-Za-z]\w*")


def problems(rule: Mapping[str, str], network: Network) -> Iterator[tuple[str, str]]:
    """(equation, what is wrong with it) in words."""
    if list(rule)[-1:] != [WEIGHT]:
        yield (next(iter(rule), WEIGHT)), f"the last equation of the update must be that of '{WEIGHT}'"
    for name, text in rule.items():
        if name != WEIGHT and (not re.fullmatch("[a-z]", name) or name == GRADIENT):
            yield name, f"'{name}' cannot be kept by the optimiser; use one small letter other than w and g"
        try:
            tree = _read(text)
        except Unreadable as error:
            yield name, f"the update of '{name}', character {error.span[0] + 1}: {error}"
            continue
        if taken := (names(tree) - {WEIGHT, GRADIENT, RATE, *rule}) & set(network.roles):
            yield name, f"'{min(taken)}' is a name of the network; give the number of the rule another one"
    if GRADIENT not in {word for text in rule.values() for word in _WORD.findall(text)}:
        yield WEIGHT, f"the update never uses the gradient, '{GRADIENT}'"


def _read(text: str) -> Tree:
    return read(text, sorted(set(_WORD.findall(text))), functions=frozenset(), decimal_comma=False)


def states(rule: Mapping[str, str]) -> tuple[str, ...]:
    """What the optimiser keeps, in order; nothing for plain gradient descent."""
    return tuple(name for name in rule if name != WEIGHT)


def rates(rule: Mapping[str, str]) -> tuple[str, ...]:
    """The further numbers of the rule, in reading order."""
    known = {WEIGHT, GRADIENT, RATE, *rule}
    words = (word for text in rule.values() for word in _WORD.findall(text))
    return tuple(dict.fromkeys(word for word in words if word not in known))


def extras(rule: Mapping[str, str], network: Network) -> dict[str, str]:
    """Each number that the rule needs besides the leaves and alpha, and the group that it is drawn from."""
    kept = {f"{state}_{weight}": "states" for state in states(rule) for weight in network.weights}
    return {**dict.fromkeys(rates(rule), "rates"), **kept}


def moved(rule: Mapping[str, str], weight: str) -> dict[str, str]:
    """Name of each new quantity of ``weight`` -> its formula, in the order in which they are worked out.

    >>> moved({"v": "beta*v + g", "w": "w - alpha*v"}, "w3")
    {'v_w3_new': 'beta*v_w3 + grad_w3', 'w3_new': 'w3 - alpha*v_w3_new'}
    """
    put: dict[str, Tree] = {GRADIENT: Name(f"grad_{weight}"), WEIGHT: Name(weight)}
    put |= {state: Name(f"{state}_{weight}") for state in states(rule)}
    found: dict[str, str] = {}
    for name, text in rule.items():
        new = f"{weight}_new" if name == WEIGHT else f"{name}_{weight}_new"
        found[new] = show(substitute(_read(text), put))
        put[name] = Name(new)
    return found


def step(rule: Mapping[str, str], weight: str) -> Tree:
    """How far the weight moves down: ``alpha*grad_w3`` for ``w3 - alpha*grad_w3``; else new minus old."""
    match written_out(rule, weight):
        case Binary(operator="-", left=Name(name=name), right=down) if name == weight:
            return down
        case new:
            return Binary("-", new, Name(weight))


def written_out(rule: Mapping[str, str], weight: str) -> Tree:
    """The new weight with everything before it put in: ``w3 - alpha*(beta*v_w3 + grad_w3)``."""
    put: dict[str, Tree] = {GRADIENT: Name(f"grad_{weight}"), WEIGHT: Name(weight)}
    put |= {state: Name(f"{state}_{weight}") for state in states(rule)}
    for name, text in rule.items():
        put[name] = substitute(_read(text), put)
    return put[WEIGHT]

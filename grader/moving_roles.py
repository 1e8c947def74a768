"""The roles of the update: what a weight is moved by, and what the rule keeps between steps.

Legend
------
gradient   what the learning rate is multiplied with: the gradient, or what the rule has made of it
plain old  where the rule keeps something: the gradient itself, and what was kept before this step
kept       of what is kept, the part that comes from before; ``unshared``: with every further rate left out
"""

from __future__ import annotations

import re

from grader.backward_roles import Found
from grader.formula import ONE, ZERO, substitute
from grader.network import RATE, Network
from grader.rewriting import factors, product
from grader.tree import Binary, Name, Tree, names

_GRADIENT = re.compile(r"grad_(?P<weight>.+)")


def moved_roles(weight: str, formula: Tree) -> Found:
    """Of ``w - alpha*g``: g; of a rule that keeps something, also the gradient and what was kept before."""
    moved_by = _moved_by(weight, formula)
    gradient = Name(f"grad_{weight}")
    if moved_by is None or moved_by == gradient:
        return {"gradient": [gradient]}
    news = sorted(name for name in names(moved_by) if name.endswith("_new"))
    old = [substitute(moved_by, {new: Name(new[:-4])}) for new in news]
    return {"gradient": [moved_by], "plain": [gradient], "old": old}


def _moved_by(weight: str, formula: Tree) -> Tree | None:
    match formula:
        case Binary(operator="-", left=Name(name=name), right=step) if name == weight:
            parts = factors(step)
            rest = [part for part in parts if part != Name(RATE)]
            return product(rest) if len(rest) == len(parts) - 1 else None
        case _:
            return None


def kept_roles(name: str, formula: Tree, network: Network) -> Found:
    """Of ``beta*v_w3 + grad_w3``: the gradient, the old value, ``beta*v_w3``, and all without beta."""
    used = names(formula)
    gradients = [each for each in sorted(used) if _GRADIENT.fullmatch(each)]
    if len(gradients) != 1 or name not in used:
        return {}
    rates = used - {name, *gradients} - network.roles.keys()
    return {
        "gradient": [Name(gradients[0])],
        "old": [Name(name)],
        "kept": [substitute(formula, {gradients[0]: ZERO})],
        "unshared": [substitute(formula, dict.fromkeys(rates, ONE))] if rates else [],
    }

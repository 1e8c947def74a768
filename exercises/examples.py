"""A batch: the equations of one example, written out for several, with the mean of their losses.

The weights are shared; inputs, targets and every node get a letter for their example: ``x1_a``, ``yhat_b``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import TypeVar

from exercises.structure import network_of, substitute
from grader.expression import show
from grader.network import Network
from grader.tree import Name

MOST_EXAMPLES = 4
Value = TypeVar("Value")


def letters(count: int) -> tuple[str, ...]:
    """What tells the examples of a batch apart: a, b, c ..."""
    return tuple(ascii_lowercase[:count])


def batch(equations: Mapping[str, str], count: int) -> dict[str, str]:
    """The network of ``count`` examples whose loss is the mean of theirs; raises NetworkError.

    >>> batch({"yhat": "w*x", "L": "(y - yhat)^2"}, 2)["L_b"]
    '(y_b - yhat_b)^2'
    """
    network = network_of(equations)
    found = {
        f"{node}_{letter}": show(substitute(network.equations[node], _named(network, letter)))
        for letter in letters(count)
        for node in network.order
    }
    losses = " + ".join(f"{network.loss}_{letter}" for letter in letters(count))
    return found | {network.loss: f"({losses})/{count}"}


def _named(network: Network, letter: str) -> dict[str, Name]:
    own = (name for name in network.roles if name not in network.weights)
    return {name: Name(f"{name}_{letter}") for name in own}


def spread(
    network: Network, given: Mapping[str, Value | Sequence[Value]], count: int
) -> tuple[dict[str, Value], list[str]]:
    """Numbers by the names of the batch, from one list for all examples; and what is wrong, in words.

    ``network``: of one example. ``{"x": [0.5, 0.2], "w": 2}`` is ``{"x_a": 0.5, "x_b": 0.2, "w": 2}``.
    """
    found: dict[str, Value] = {}
    problems = []
    for name, value in given.items():
        own = name in network.given and name not in network.weights
        if not isinstance(value, list | tuple):
            if own:
                problems.append(f"'{name}' needs a list of {count} numbers, one for each example")
            else:
                found[name] = value  # type: ignore[assignment]
        elif not own:
            problems.append(f"'{name}' is the same for all examples, so it is one number")
        elif len(value) != count:
            problems.append(f"'{name}' has {len(value)} numbers for {count} examples")
        else:
            found |= {f"{name}_{letter}": each for letter, each in zip(letters(count), value, strict=True)}
    return found, problems

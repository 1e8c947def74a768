"""What bends, and where: relu, abs, max, min and roots of even powers, at the zeros of an argument."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.program import Node, Program

Argument = tuple[int, int | None]  # the node that changes its sign, or the two whose difference does

UNARY = frozenset({"abs", "relu"})
BINARY = frozenset({"max", "min"})
WITHIN = frozenset({"root", "ln", "^"})  # have a value for positive arguments
_RISING = frozenset({"exp", "ln", "sigmoid", "tanh", "sinh", "root"})


def bends(program: Program) -> dict[int, Argument]:
    """What bends, and where: at the zeros of an argument.

    The key is the node, or a number below 0 for a factor v as in sqrt(v^2*u): there the side changes too.
    """
    found: dict[int, Argument] = {}
    for place in program.used:
        operation, i, j = program.nodes[place]
        if operation in UNARY:
            found[place] = _innermost(program.nodes, i, None)
        elif operation in BINARY:
            found[place] = _innermost(program.nodes, i, j)
        elif operation == "root" and j % 2 == 0 and _is_even_power(program.nodes[i]):
            found[place] = (program.nodes[i][1], None)
        elif operation in WITHIN:
            found |= {-1 - k: (k, None) for k in even_factors(program.nodes, i)}
    return found


def _innermost(nodes: Sequence[Node], i: int, j: int | None) -> Argument:
    """The simplest argument with the same sign: f(u) - f(v) has that of u - v where f rises."""
    first, second = (nodes[i][1:] if nodes[i][0] == "-" else (i, i)) if j is None else (i, j)
    if first == second:
        return i, j
    found: Argument = (i, j)
    while nodes[first][::2] == nodes[second][::2] and nodes[first][0] in _RISING | {"negative"}:
        is_falling = nodes[first][0] == "negative"
        first, second = nodes[first][1], nodes[second][1]
        found = first, second = (second, first) if is_falling else (first, second)
    return found


def _is_even_power(node: Node) -> bool:
    return node[0] == "power" and node[2] % 2 == 0


def even_factors(nodes: Sequence[Node], place: int) -> Iterator[int]:
    """What a product holds in an even power, so that the product does not show its sign."""
    waiting = [place]
    while waiting:
        operation, i, j = nodes[waiting.pop()]
        if _is_even_power((operation, i, j)):
            yield i
        elif operation in ("*", "/"):
            waiting += (i, j)
        elif operation in ("negative", "power"):
            waiting.append(i)

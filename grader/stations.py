"""Chains over chosen stations: links that are total derivatives, each over all ways between its two ends.

``dL_do2 * do2_dw5`` takes the loss to the score ``o2`` in one link, whatever lies between, and so reuses what
backpropagation keeps; ``dL_dL_a * dL_a_dw3 + dL_dL_b * dL_b_dw3`` asks for each example's gradient first.

A link ``dA_dB`` is the derivative over *all* ways from A to B. The sum over the chains is therefore the
gradient only if no way from a station to the next one leads through a third: this is checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from grader.network import MOST_CHAINS, Chain, Link, Network, NetworkError


def chains_through(network: Network, weight: str, stations: Collection[str]) -> tuple[Chain, ...]:
    """The chains from the loss to ``weight`` whose links join neighbours among the stations.

    Raises NetworkError where a station is no node between the two, or where a link would count a way twice.
    """
    for station in stations:
        if station not in network.equations or station == network.loss:
            raise NetworkError(f"'{station}' is not a node between the loss and a weight")
        if weight not in network.ancestors(station):
            raise NetworkError(f"'{station}' does not depend on '{weight}', so no way leads through it")
    ends = {*stations, weight}
    found = tuple(islice(_chains(network, network.loss, weight, ends), MOST_CHAINS + 1))
    if len(found) > MOST_CHAINS:
        raise NetworkError(f"more than {MOST_CHAINS} chains lead over these stations; choose fewer")
    return tuple(map(Chain, found))


def _chains(network: Network, node: str, weight: str, ends: set[str]) -> Iterator[tuple[Link, ...]]:
    following = _next(network, node, weight, ends)
    for station in following:
        nearer = {*following, *(network.operands(node) if station in network.operands(node) else ())}
        if other := next((one for one in nearer if station in network.ancestors(one)), None):
            raise NetworkError(
                f"'{node}' reaches '{station}' in one link and through '{other}' too, which would be "
                f"counted twice or not at all; choose other stations"
            )
        if station == weight:
            yield (Link(node, station),)
        else:
            for rest in _chains(network, station, weight, ends):
                yield (Link(node, station), *rest)


def _next(network: Network, node: str, weight: str, ends: set[str]) -> list[str]:
    """The first ends on all ways from ``node`` back to ``weight``, in reading order."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(network.operands(node))
    while waiting:
        name = waiting.pop(0)
        if name in seen or (name != weight and weight not in network.ancestors(name)):
            continue
        seen.add(name)
        if name in ends:
            found[name] = None
        else:
            waiting[:0] = network.operands(name)
    return list(found)


def between(network: Network, link: Link) -> list[str]:
    """The nodes on all ways of a link, its output first, inner ones among them."""
    before = network.ancestors(link.output)
    behind = [node for node in reversed(network.order) if link.input in network.ancestors(node)]
    return [link.output, *(node for node in behind if node in before)]

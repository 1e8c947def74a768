"""The roles of a slope that is worked out from the slopes behind it: ``dL_dz1 = dL_dh1*dh1_dz1``.

Legend
------
term      of such a sum: a slope that was worked out before, ``dL_dh1``, times a link, ``dh1_dz1``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from grader.backward_roles import MOST_WAYS, SLIPS, Found, Gradient, is_local, link_of, meaning, rivals
from grader.formula import substitute
from grader.network import Link, Network
from grader.rewriting import difference, factors, slopes_in, terms, times, total, unsloped, uses, with_slopes
from grader.tree import Name, Tree

Term = tuple[Name, Link]
Change = Callable[[Tree], Tree]


def recursion_roles(link: Link, formula: Tree, network: Network) -> Found:
    """What is made of the sum of terms that ``formula`` is; nothing if it is another formula."""
    found = [_term(link, term, network) for term in terms(formula)]
    parts = [part for part in found if part is not None]
    if not parts or len(parts) < len(found):
        return {}
    ways = [times(before, Name(last.name)) for before, last in parts]
    sloped = any(slopes_in(meaning(last, network)) for _, last in parts)
    return {
        "bare": [_sum(parts, network, unsloped)] if sloped else [],
        **{
            role: [_sum(parts, network, _slipped(kind)) for kind in kinds] if sloped else []
            for role, kinds in SLIPS.items()
        },
        "forward": [] if sloped else [total(times(before, Name(last.input)) for before, last in parts)],
        "rewired": list(islice(_rewired(parts, network), MOST_WAYS)),
        "way": ways if len(ways) > 1 else [],
        "ways": [difference(total(ways), way) for way in ways] if len(ways) > 1 else [],
    }


def _term(link: Link, term: Tree, network: Network) -> Term | None:
    match factors(term):
        case [Name(name=before) as first, Name(name=last)]:
            earlier, local = link_of(before, network), link_of(last, network)
            if earlier and local and (earlier.output, local.input) == (link.output, link.input):
                return (first, local) if earlier.input == local.output and is_local(local, network) else None
    return None


def _sum(parts: list[Term], network: Network, change: Change) -> Tree:
    """The terms with something made of every link."""
    return total(times(before, change(meaning(last, network))) for before, last in parts)


def _slipped(kind: str) -> Change:
    return lambda written: with_slopes(written, kind)


def _rewired(parts: list[Term], network: Network) -> Iterator[Tree]:
    """Another weight where the way back crosses an edge."""
    for at, (before, last) in enumerate(parts):
        written = meaning(last, network)
        rest = [times(one, Name(other.name)) for place, (one, other) in enumerate(parts) if place != at]
        for weight in uses(unsloped(written), network.weights):
            for other in rivals(weight, last.output, network):
                yield total([*rest, times(before, substitute(written, {weight: Name(other)}))])


def without_slope(gradient: Gradient) -> list[Tree]:
    """A gradient over a sum, ``dL_dz1*dz1_dw1``, with the slope left out before: ``dL_dh1*dz1_dw1``."""
    network, first = gradient.network, gradient.chains[0][0]
    units = [node for node in network.order if first.input in network.uses(node)]
    if not gradient.is_single or first.input not in network.inner or len(units) != 1:
        return []
    return [times(Name(f"d{first.output}_d{units[0]}"), Name(link.name)) for link in gradient.chains[0][1:]]

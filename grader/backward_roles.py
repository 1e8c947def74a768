"""The roles of a gradient and of a link: chains with a link left out, exchanged, or taken at a wrong place.

Legend
------
chain     the links of one way from the loss to the weight, as the box names them; opened ones included
meaning   a link written out: ``relu'(w1*x1)*x1`` for ``dh1_dw1``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from grader.formula import ONE, ZERO, definitions_of, substitute
from grader.network import LOSS, RATE, Link, Network
from grader.paper import Asked
from grader.rewriting import (
    difference,
    factors,
    product,
    slopes_in,
    terms,
    times,
    total,
    unsloped,
    uses,
    with_slopes,
)
from grader.tree import Name, Tree

Found = dict[str, Sequence[Tree]]
Chain = tuple[Link, ...]
MOST_CHAINS = 8  # of a gradient whose wrong chains are tried
MOST_LINKS = 12  # of such a chain
MOST_WAYS = 20  # to go wrong between the first link and the last
MOST_WEIGHTS = 24  # of a network in which every weight is tried in the place of every other

SLIPS = {"valued": ("value", "rest"), "misplaced": ("at-value", "at-sum")}


@dataclass(frozen=True, slots=True)
class Gradient:
    """The derivative of ``start`` by ``weight`` as the sum over its chains; ``weight`` may be any name."""

    network: Network
    weight: str
    chains: tuple[Chain, ...]

    @property
    def start(self) -> str:
        """Where the chains begin: the loss, or that of one example."""
        return self.chains[0][0].output

    @property
    def is_single(self) -> bool:
        """Whether one way only leads to the weight."""
        return len(self.chains) == 1

    def sum(self, change: Callable[[Link], Tree]) -> Tree:
        """The gradient with something else for every link."""
        return total(product(map(change, chain)) for chain in self.chains)

    def inner_links(self) -> list[Link]:
        """Every link that is neither the first of its chain nor the last, once."""
        return list(dict.fromkeys(link for chain in self.chains for link in chain[1:-1]))


def gradient_of(
    weight: str, network: Network, asked: Asked | None = None, start: str = LOSS
) -> Gradient | None:
    """The gradient by ``weight``, in the links that ``asked`` names; None if its chains are many or long.

    ``start``: what is differentiated, if it is not the loss.
    """
    named = _chains_in(asked.formula, network) if asked else None
    chains = named or tuple(chain.links for chain in network.chains(weight, start))
    if not chains or len(chains) > MOST_CHAINS or max(map(len, chains)) > MOST_LINKS:
        return None
    return Gradient(network, weight, chains)


def _chains_in(formula: Tree, network: Network) -> tuple[Chain, ...] | None:
    chains = tuple(
        tuple(link_of(part.name, network) if isinstance(part, Name) else None for part in factors(term))
        for term in terms(formula)
    )
    found = tuple(tuple(link for link in chain if link) for chain in chains)
    return found if found == chains and all(len(chain) > 1 for chain in found) else None


def link_of(name: str, network: Network) -> Link | None:
    """The link with this name, local or over several nodes; None if it is another name."""
    for output in network.order:
        if name.startswith(f"d{output}_d"):
            input_ = name[len(output) + 3 :]
            if input_ in network.ancestors(output):
                return Link(output, input_)
    return None


def is_local(link: Link, network: Network) -> bool:
    """Whether a link is a derivative of one equation, its inner nodes folded in or not."""
    return link.input in network.operands(link.output) or link.input in network.uses(link.output)


def meaning(link: Link, network: Network) -> Tree:
    """A local link written out; one over several nodes is left as a name."""
    if not is_local(link, network):
        return Name(link.name)
    return definitions_of(network, frozenset([link.name]))[link.name]


def gradient_roles(gradient: Gradient) -> Found:
    """What is made of the whole sum, and of a single chain its parts."""
    network = gradient.network
    slips = {role: [_slipped(gradient, each) for each in kinds] for role, kinds in SLIPS.items()}
    sloped = [link for chain in gradient.chains for link in chain if slopes_in(meaning(link, network))]
    found: Found = {
        "first": [_name(gradient.chains[0][0])],
        "rest": [gradient.sum(lambda link: ONE if link.output == gradient.start else _name(link))],
        "bare": list(_bare(gradient, sloped)),
        "later": [sequential(gradient)] if gradient.inner_links() else [],
        **(slips if sloped else {}),
    }
    if not gradient.is_single:
        ways = [product(map(_name, chain)) for chain in gradient.chains]
        others = [difference(gradient.sum(_name), way) for way in ways]
        return found | {"way": ways, "ways": others}
    return found | _single(gradient.chains[0], network)


def _bare(gradient: Gradient, sloped: Sequence[Link]) -> Iterator[Tree]:
    """Without any slope; and, where there are several, without one of them."""
    network = gradient.network
    if sloped:
        yield gradient.sum(lambda link: unsloped(meaning(link, network)) if link in sloped else _name(link))
    if len(set(sloped)) > 1:
        for one in islice(dict.fromkeys(sloped), MOST_WAYS):
            cut = unsloped(meaning(one, network))
            yield gradient.sum(lambda link, one=one, cut=cut: cut if link == one else _name(link))  # type: ignore[misc]


def _slipped(gradient: Gradient, slip: str) -> Tree:
    def change(link: Link) -> Tree:
        written = meaning(link, gradient.network)
        return with_slopes(written, slip) if slopes_in(written) else _name(link)

    return gradient.sum(change)


def sequential(gradient: Gradient) -> Tree:
    """The gradient with the weights on the way back already moved."""
    network, weights = gradient.network, set(gradient.network.weights) - {gradient.weight}
    inner = gradient.inner_links()

    def change(link: Link) -> Tree:
        written = meaning(link, network)
        moved = {name: rule(name) for name in uses(unsloped(written), weights)}
        return substitute(written, moved) if link in inner and moved else _name(link)

    return gradient.sum(change)


def rule(weight: str) -> Tree:
    """``w - alpha*grad_w``."""
    return difference(Name(weight), times(Name(RATE), Name(f"grad_{weight}")))


def _single(chain: Chain, network: Network) -> Found:
    """The parts of a single chain: its first link, those between, and what is left from the last unit on."""
    between, last = _parted(chain, network)
    written = product(meaning(link, network) for link in last)
    slopes = product(slopes_in(written))
    return {
        "between": [product(map(_name, between))],
        "last": [product(map(_name, last))],
        "last_bare": [unsloped(written)],
        "last_slope": [slopes],
        "all_added": list(_sums(chain, between, last)),
        "shortened": [product(map(_name, _without(between, link))) for link in between[:MOST_WAYS]],
        "forward": [_carried(between, link) for link in between[:MOST_WAYS]],
        "rewired": list(islice(_rewired(between, network), MOST_WAYS)),
        "everywhere": list(_everywhere(chain, network)),
    }


def _parted(chain: Chain, network: Network) -> tuple[Chain, Chain]:
    """The links between, and the last one with the slope in front of it if that is a link of its own."""
    at = len(chain) - 1
    while at > 1 and chain[at - 1].input in network.inner:
        at -= 1
    return chain[1:at], chain[at:]


def _sums(chain: Chain, between: Chain, last: Chain) -> Iterator[Tree]:
    yield total([*map(_name, (chain[0], *between)), product(map(_name, last))])
    if len(last) > 1:
        yield total(map(_name, chain))


def _without(links: Chain, left_out: Link) -> Chain:
    return tuple(link for link in links if link != left_out)


def _carried(between: Chain, link: Link) -> Tree:
    """A value of the forward pass where a link is asked."""
    return times(product(map(_name, _without(between, link))), Name(link.input))


def _rewired(between: Chain, network: Network) -> Iterator[Tree]:
    """Another weight where the way back crosses an edge."""
    for link in between:
        written = meaning(link, network)
        rest = product(map(_name, _without(between, link)))
        for weight in uses(unsloped(written), network.weights):
            for other in rivals(weight, link.output, network):
                yield times(rest, substitute(written, {weight: Name(other)}))


def rivals(weight: str, unit: str, network: Network) -> list[str]:
    """The weights that may be taken for this one; in a large network, those that enter the same unit."""
    near = network.weights if len(network.weights) <= MOST_WEIGHTS else network.operands(unit)[:MOST_WEIGHTS]
    return [name for name in near if name in network.weights and name != weight]


def _everywhere(chain: Chain, network: Network) -> Iterator[Tree]:
    """The sum over all units of a layer, where the way to the weight leads through one of them."""
    if len(chain) < 3 or chain[1].output not in network.predictions:
        return
    prediction = chain[1].output
    units = [name for name in network.operands(prediction) if name in network.equations]
    if len(units) < 2 or chain[1].input not in units:
        return
    edges = [Link(prediction, unit) for unit in units]
    yield total(times(_name(edge), _slope_of(edge.input, network)) for edge in edges)


def _slope_of(unit: str, network: Network) -> Tree:
    """The slope of a unit's activation."""
    entering = Link(unit, network.operands(unit)[0])
    return product(slopes_in(meaning(entering, network))[:1])


def link_roles(link: Link, network: Network) -> Found:
    """A link with its slope left out or exchanged; of a bias, what it does not meet."""
    written = meaning(link, network)
    found: Found = {
        role: [with_slopes(written, slip) for slip in kinds] if slopes_in(written) else []
        for role, kinds in SLIPS.items()
    }
    return found | {"bare": [unsloped(written)] if slopes_in(written) else []}


def bias_roles(link: Link, network: Network) -> Found:
    """``nothing`` and ``met`` where the last link leads to a bias: a weight that meets no value."""
    if link.input not in network.weights or unsloped(meaning(link, network)) != ONE:
        return {}
    values = [name for name in network.operands(link.output) if name not in network.weights]
    return {"nothing": [ZERO], "met": [Name(name) for name in values]}


def slopes_behind(units: Iterable[str], network: Network) -> list[Tree]:
    """The slopes of these units' activations."""
    hidden = [unit for unit in units if unit in network.equations and network.operands(unit)]
    return [slope for unit in hidden if (slope := _slope_of(unit, network)) != ONE]


def _name(link: Link) -> Tree:
    return Name(link.name)

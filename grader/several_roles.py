"""The roles where there are several examples or several classes.

Legend
------
share     what one example's loss counts in the loss: ``dL_dL_a``
summed    the gradient of the sum of the losses, where their mean is asked
averaged  made from averages over the examples, where the examples have to be taken one by one
pooled    the gradients of all biases of a layer, added
own       of a score the probability of its own class; ``diagonal``: the way through that alone
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader.backward_roles import Found, Gradient, bias_roles, gradient_of
from grader.formula import ONE, ZERO, fold, substitute
from grader.network import Link, Network
from grader.rewriting import product, times, total
from grader.tree import Binary, Name, Number, Tree


def parts_of(loss: str, network: Network) -> list[str]:
    """The losses of single examples that a loss is the mean of; none for any other loss."""
    return [name for name in network.operands(loss) if name in network.losses]


def mean_loss_roles(loss: str, network: Network) -> Found:
    """The mean of the losses as their sum, of one example alone, or as the loss of the average example."""
    parts = parts_of(loss, network)
    share = [Name(Link(loss, parts[0]).name)]
    rows = [network.operands(part) for part in parts]
    found: Found = {
        "share": share,
        "summed": [total(map(Name, parts))],
        "one_term": [Name(part) for part in parts],
        "without_one": [times(share[0], Name(part)) for part in parts],
    }
    if len({len(row) for row in rows}) > 1:
        return found
    means = {names[0]: _mean([Name(name) for name in names]) for names in zip(*rows, strict=True)}
    return found | {"averaged": [substitute(fold(network.equations[parts[0]], network), means)]}


def _mean(parts: Sequence[Tree]) -> Tree:
    return Binary("/", total(parts), Number(Fraction(len(parts)), str(len(parts))))


def batch_roles(gradient: Gradient) -> Found:
    """The gradient of a mean: as that of the sum, divided twice, from averages, or pooled over units."""
    network, start = gradient.network, gradient.start
    parts = parts_of(start, network)
    if not parts:
        return {}
    return {
        "share": [Name(Link(start, parts[0]).name)],
        "summed": [gradient.sum(lambda link: ONE if link.output == start else Name(link.name))],
        "averaged": list(_averaged(gradient.weight, start, parts, network)),
        "pooled": list(_pooled(gradient.weight, start, network)),
    }


def _averaged(weight: str, start: str, parts: Sequence[str], network: Network) -> Iterator[Tree]:
    """Averages multiplied; the average first link with all else of one example."""
    ways = [gradient_of(weight, network, start=part) for part in parts]
    chains = [way.chains[0] for way in ways if way and way.is_single]
    if len(chains) < len(parts) or len({len(chain) for chain in chains}) > 1:
        return
    share = Name(Link(start, parts[0]).name)
    means = [times(share, total(Name(link.name) for link in links)) for links in zip(*chains, strict=True)]
    yield product(means)
    for chain in chains:
        yield product([means[0], *(Name(link.name) for link in chain[1:])])


def _pooled(weight: str, start: str, network: Network) -> Iterator[Tree]:
    """The gradients of all biases that are as far from the loss as this one, added."""
    length = _bias_length(weight, start, network)
    if length is None:
        return
    layer = [other for other in network.weights if _bias_length(other, start, network) == length]
    if len(layer) > 1:
        yield total(Name(f"grad_{other}") for other in layer)


def _bias_length(weight: str, start: str, network: Network) -> int | None:
    """How many links lead to a bias; None for a weight that is none."""
    gradient = gradient_of(weight, network, start=start)
    if gradient is None or not bias_roles(gradient.chains[0][-1], network):
        return None
    return len(gradient.chains[0])


def example_roles(gradient: Gradient, right: Tree) -> Found:
    """The gradient of one example's loss: that of another one, with another one's values, divided already."""
    network, start = gradient.network, gradient.start
    whole = next((loss for loss in network.losses if start in parts_of(loss, network)), None)
    if whole is None:
        return {}
    others = [part for part in parts_of(whole, network) if part != start]
    names = [Link(other, gradient.weight).name for other in others]
    found: Found = {"share": [Name(Link(whole, start).name)], "others": [Name(name) for name in names]}
    ways = [gradient_of(gradient.weight, network, start=other) for other in others]
    first = Name(gradient.chains[0][0].name)
    mixed = [
        times(first, product(Name(link.name) for link in way.chains[0][1:]))
        for way in ways
        if way and way.is_single and gradient.is_single
    ]
    return found | {"mixed": mixed, "right": [right]}


def own_class(score: str, network: Network) -> str | None:
    """The prediction of this score alone; of several over the same scores, the one that begins with it."""
    for prediction in network.predictions:
        operands = network.operands(prediction)
        if operands == (score,) or (operands[:1] == (score,) and _family(prediction, network)):
            return prediction
    return None


def _family(prediction: str, network: Network) -> list[str]:
    """The other predictions that share all operands with this one, as the classes of a softmax do."""
    mine = set(network.operands(prediction))
    return [
        other for other in network.predictions if other != prediction and set(network.operands(other)) == mine
    ]


def class_roles(gradient: Gradient) -> Found:
    """The derivative of the loss by a score: its own class, and the way through that alone."""
    own = own_class(gradient.weight, gradient.network)
    if own is None:
        return {}
    through = [chain for chain in gradient.chains if any(link.output == own for link in chain)]
    several = len(gradient.chains) > 1
    return {
        "own": [Name(own)],
        "diagonal": [product(Name(link.name) for link in chain) for chain in through] if several else [],
    }


def cross_roles(link: Link, network: Network) -> Found:
    """``nothing`` where a probability depends on the score of another class."""
    own = own_class(link.input, network)
    crossed = own is not None and own != link.output and link.output in _family(own, network)
    return {"nothing": [ZERO]} if crossed else {}


def quotient_roles(right: Tree) -> Found:
    """A probability without its denominator."""
    match right:
        case Binary(operator="/", left=above):
            return {"numerator": [above]}
        case _:
            return {}

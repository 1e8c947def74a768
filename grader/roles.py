"""Who plays which role in a box: what the rules of ``misconceptions`` are tried on. Legend: see there."""

from __future__ import annotations

from grader.backward_roles import (
    Found,
    Gradient,
    bias_roles,
    gradient_of,
    gradient_roles,
    link_of,
    link_roles,
    meaning,
    rivals,
    sequential,
    slopes_behind,
)
from grader.formula import fold
from grader.forward_roles import Meanings, after_roles, loss_roles, prediction_roles, unit_roles
from grader.network import RATE, Link, Network
from grader.paper import Asked
from grader.rewriting import TWO, squared, unsloped
from grader.tree import Name, names


def kind_and_roles(asked: Asked, network: Network, more: Meanings) -> tuple[str, Found]:
    """The kind of a box and who plays which role in it; ``""`` for a box without rules.

    ``more`` gets what names mean that the players use and nobody else does. Raises NetworkError where a
    weight has more chains than a network counts.
    """
    box = asked.box.id
    if box.startswith("grad_") and box[5:] in network.weights:
        kind, found = _gradient(box[5:], asked, network)
    elif box.endswith("_new"):
        kind, found = _after(box[:-4], network, more)
    elif box in network.equations:
        kind, found = _value(box, network, more)
    elif link := link_of(box, network):
        kind, found = _link(link, network)
    else:
        return "", {}
    return kind, {"right": [asked.formula]} | _always(network) | found


def _always(network: Network) -> Found:
    """Roles that are the same in every box."""
    return {
        "loss": [Name(network.loss)],
        "prediction": [Name(network.prediction)],
        "target": [Name(network.target)],
        "slope": [Name(f"d{network.loss}_d{network.prediction}")],
        "two": [TWO] if squared(fold(network.equations[network.loss], network)) else [],
        RATE: [Name(RATE)],
    }


def _value(node: str, network: Network, more: Meanings) -> tuple[str, Found]:
    if node == network.loss:
        return "loss", loss_roles(network, Name(network.prediction))
    if node == network.prediction:
        return "prediction", prediction_roles(network, more)
    return "hidden", unit_roles(node, network)


def _gradient(weight: str, asked: Asked, network: Network) -> tuple[str, Found]:
    gradient = gradient_of(weight, network, asked)
    if gradient is None:
        return "paths", {"weight": [Name(weight)]}
    found = gradient_roles(gradient)
    if not gradient.is_single:
        return "paths", found | {"weight": [Name(weight)]}
    kind = "two-factor" if len(gradient.chains[0]) == 2 else "three-factor"
    return kind, found | _near(_end(gradient), network)


def _end(gradient: Gradient) -> Link:
    """The last link of a single chain, from a unit to the weight."""
    units = [link.output for link in gradient.chains[0] if link.output not in gradient.network.inner]
    return Link(units[-1], gradient.weight)


def _link(link: Link, network: Network) -> tuple[str, Found]:
    if link.output == network.loss:
        return "first-link", {}
    if link.input in network.inner:
        return "slope-link", link_roles(link, network)
    found = _near(link, network) | link_roles(link, network)
    if link.input not in network.weights:
        return "unit-link", found
    return ("weight-link" if _behind(link, network) else "input-link"), found


def _behind(link: Link, network: Network) -> list[str]:
    """The units that enter the unit at which a link starts."""
    return [name for name in network.operands(link.output) if name in network.equations]


def _near(link: Link, network: Network) -> Found:
    """The two ends of a link, and who else is near them."""
    operands = [name for name in network.operands(link.output) if name not in network.weights]
    met = names(unsloped(meaning(link, network)))
    partners = [name for name in operands if name in met]
    neighbours = [name for name in operands if name not in (link.input, *partners)]
    entering = [name for unit in partners for name in network.operands(unit) if name not in network.weights]
    return {
        "unit": [Name(link.output)],
        "weight": [Name(link.input)],
        "neighbour": [Name(name) for name in neighbours] if partners else [],
        "entering": [Name(name) for name in dict.fromkeys(entering)],
        "other_weight": [Name(name) for name in rivals(link.input, link.output, network) if name not in met],
        "slope_behind": slopes_behind(partners, network),
        **bias_roles(link, network),
    }


def _after(name: str, network: Network, more: Meanings) -> tuple[str, Found]:
    """A weight, the prediction or the loss after the step."""
    if name in (network.loss, network.prediction):
        kind = "loss-after" if name == network.loss else "prediction-after"
        return kind, after_roles(network, name, more)
    if name not in network.weights:
        return "", {}
    gradient = gradient_of(name, network)
    unit = next(node for node in network.order if name in network.operands(node))
    return "new", {
        "weight": [Name(name)],
        "gradient": [Name(f"grad_{name}")],
        "other_gradient": [Name(f"grad_{other}") for other in rivals(name, unit, network)],
        "later": [sequential(gradient)] if gradient and gradient.inner_links() else [],
    }

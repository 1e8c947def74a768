"""Who plays which role in a box: what the rules of ``misconceptions`` are tried on. Legend: see there."""

from __future__ import annotations

from grader.backward_roles import (
    Found,
    Gradient,
    bias_roles,
    gradient_of,
    gradient_roles,
    is_local,
    link_of,
    link_roles,
    meaning,
    rivals,
    sequential,
    slopes_behind,
)
from grader.formula import fold
from grader.forward_roles import Meanings, after_roles, loss_roles, prediction_roles, unit_roles
from grader.moving_roles import kept_roles, moved_roles
from grader.network import RATE, Link, Network
from grader.paper import Asked
from grader.recursion_roles import recursion_roles, without_slope
from grader.rewriting import TWO, squared, unsloped
from grader.several_roles import (
    batch_roles,
    class_roles,
    cross_roles,
    example_roles,
    mean_loss_roles,
    parts_of,
    quotient_roles,
)
from grader.tree import Name, names


def kind_and_roles(asked: Asked, network: Network, more: Meanings) -> tuple[str, Found]:
    """The kind of a box and who plays which role in it; ``""`` for a box without rules.

    ``more`` gets what names mean that the players use and nobody else does. Raises NetworkError where a
    weight has more chains than a network counts.
    """
    box, start = asked.box.id, network.loss
    if box.startswith("grad_") and box[5:] in network.weights:
        kind, found = _gradient(box[5:], asked, network)
    elif box.endswith("_new"):
        kind, found = _after(box[:-4], asked, network, more)
    elif box in network.equations:
        kind, found = _value(box, network, more)
        start = box if kind == "loss" else start
    elif link := link_of(box, network):
        kind, found = _link(link, asked, network)
        start = link.output if link.output in network.losses else start
    else:
        return "", {}
    return kind, {"right": [asked.formula]} | _always(start, network) | found


def _always(loss: str, network: Network) -> Found:
    """Roles that are the same in every box about this loss."""
    known = network.ancestors(loss)
    predictions = [name for name in network.predictions if name in known]
    return {
        "loss": [Name(loss)],
        "prediction": [Name(name) for name in predictions],
        "target": [Name(name) for name in network.targets if name in known],
        "slope": [Name(f"d{loss}_d{name}") for name in predictions],
        "two": [TWO] if _is_squared(loss, network) else [],
        RATE: [Name(RATE)],
    }


def _is_squared(loss: str, network: Network) -> bool:
    """Whether a loss squares something, or those of its examples do."""
    own = (loss, *parts_of(loss, network))
    return any(squared(fold(network.equations[each], network)) for each in own)


def _value(node: str, network: Network, more: Meanings) -> tuple[str, Found]:
    if node in network.losses:
        if parts_of(node, network):
            return "mean-loss", mean_loss_roles(node, network)
        return "loss", loss_roles(node, network, {name: Name(name) for name in network.predictions})
    if node in network.predictions:
        right = fold(network.equations[node], network)
        return "prediction", prediction_roles(node, network, more) | quotient_roles(right)
    return "hidden", unit_roles(node, network)


def _gradient(weight: str, asked: Asked, network: Network) -> tuple[str, Found]:
    gradient = gradient_of(weight, network, asked)
    if gradient is None:
        return "paths", {"weight": [Name(weight)]}
    kind, found = _product(gradient)
    return kind, found | ({"bare": bare} if (bare := without_slope(gradient)) else {})


def _product(gradient: Gradient) -> tuple[str, Found]:
    """The kind and the roles of a product of links, or of a sum of such products."""
    found = gradient_roles(gradient) | batch_roles(gradient) | class_roles(gradient)
    if not gradient.is_single:
        return "paths", found | {"weight": [Name(gradient.weight)]}
    kind = "two-factor" if len(gradient.chains[0]) == 2 else "three-factor"
    return kind, found | _near(_end(gradient), gradient.network)


def _end(gradient: Gradient) -> Link:
    """The last link of a single chain, from a unit to the weight."""
    units = [link.output for link in gradient.chains[0] if link.output not in gradient.network.inner]
    return Link(units[-1], gradient.weight)


def _link(link: Link, asked: Asked, network: Network) -> tuple[str, Found]:
    if link.input in network.losses:
        return "mean-link", {}
    if not is_local(link, network):
        return _long_link(link, asked, network)
    if link.output in network.losses:
        return "first-link", {"prediction": [Name(link.input)]}
    if link.input in network.inner:
        return "slope-link", link_roles(link, network)
    found = _near(link, network) | link_roles(link, network) | cross_roles(link, network)
    if link.input not in network.weights:
        return "unit-link", found
    return ("weight-link" if _behind(link, network) else "input-link"), found


def _long_link(link: Link, asked: Asked, network: Network) -> tuple[str, Found]:
    """A link over several nodes is a product of links itself."""
    if found := recursion_roles(link, asked.formula, network):
        return "recursion", found
    gradient = gradient_of(link.input, network, start=link.output)
    if gradient is None:
        return "", {}
    kind, found = _product(gradient)
    to_node = kind == "paths" and link.input not in network.weights
    return "paths-to-node" if to_node else kind, found | example_roles(gradient, asked.formula)


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


def _after(name: str, asked: Asked, network: Network, more: Meanings) -> tuple[str, Found]:
    """A weight, a prediction or the loss after the step; or what the update rule keeps of a weight."""
    if name in (network.loss, *network.predictions):
        kind = "loss-after" if name == network.loss else "prediction-after"
        return kind, after_roles(network, name, more)
    if name not in network.weights:
        return "kept", kept_roles(name, asked.formula, network)
    gradient = gradient_of(name, network)
    unit = next(node for node in network.order if name in network.operands(node))
    return "new", {
        "weight": [Name(name)],
        "other_gradient": [Name(f"grad_{other}") for other in rivals(name, unit, network)],
        "later": [sequential(gradient)] if gradient and gradient.inner_links() else [],
        **moved_roles(name, asked.formula),
    }

"""The roles of a value: of a unit, of the prediction and the loss, and of these after the step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice

from grader.backward_roles import MOST_WEIGHTS, Found, gradient_of, rule, sequential
from grader.formula import ONE, ZERO, fold, substitute
from grader.network import RATE, Network
from grader.rewriting import (
    added,
    difference,
    exchanged,
    product,
    terms,
    times,
    total,
    unactivated,
    uses,
)
from grader.tree import Binary, Call, Group, Name, Tree, names, walk

Meanings = dict[str, Tree]  # of names that only mutants use
MOST_PAIRS = 10
MOST_ALONE = 8  # weights of a network of which one at a time is left old, or moved after the others


def unit_roles(unit: str, network: Network) -> Found:
    """A hidden unit, or the prediction, with its sum or its activation done otherwise."""
    right = fold(network.equations[unit], network)
    return {
        "raw": [unactivated(right)] if unactivated(right) != right else [],
        "sums": list(dict.fromkeys([added(right), added(unactivated(right))])),
        "one_term": [_around(right, term) for term in _terms(right)],
        "without_one": [_around(right, total(rest)) for rest in _all_but_one(_terms(right))],
        "flipped": [_around(right, each) for each in _flipped(_terms(right))],
        "crossed": list(_crossed(right, network.inputs)),
        "unit": [Name(node) for node in network.order if network.roles[node] == "unit" and node != unit],
    }


def prediction_roles(prediction: str, network: Network, more: Meanings) -> Found:
    """A prediction with what comes before it done otherwise."""
    right = fold(network.equations[prediction], network)
    hidden = uses(right, [node for node in network.order if network.roles[node] == "unit"])
    summed = {unit: added(unactivated(fold(network.equations[unit], network))) for unit in hidden}
    found = unit_roles(prediction, network)
    if not hidden:
        return found
    plain = _copied(prediction, "plain", {}, network, more, straight=True)
    return found | {
        "raw": [*found["raw"], plain],
        "sums": [substitute(each, put) for each in found["sums"] for put in ({}, summed)],
        "crossed": list(_crossed_inputs(prediction, network, more)),
        "skipped": list(_skipping(right, hidden, network)),
        "unweighted": list(_unweighted(right, network)),
        "exchanged": list(_crossed(right, uses(right, network.weights))),
        "activated": list(_activated(right, hidden, network)),
    }


def _terms(tree: Tree) -> Sequence[Tree]:
    """The terms of a unit's sum, if there are several."""
    found = terms(unactivated(tree))
    return found if len(found) > 1 else ()


def _around(tree: Tree, inside: Tree) -> Tree:
    """``inside`` under the activation of ``tree``."""
    match tree:
        case Group(inner=inner):
            return _around(inner, inside)
        case Call(function=function, arguments=(_, *more)):
            return Call(function, (inside, *more))
        case _:
            return inside


def _all_but_one(parts: Sequence[Tree]) -> Iterator[list[Tree]]:
    for left_out in range(len(parts)):
        yield [part for place, part in enumerate(parts) if place != left_out]


def _flipped(parts: Sequence[Tree]) -> Iterator[Tree]:
    """One term of the sum taken away instead of added."""
    for place, rest in enumerate(_all_but_one(parts)):
        yield difference(total(rest), parts[place])


def _crossed(tree: Tree, among: Sequence[str]) -> Iterator[Tree]:
    """Two of these names in each other's places; one of them may have had no place here."""
    pairs = (pair for pair in combinations(among, 2) if uses(tree, pair))
    for one, other in islice(pairs, MOST_PAIRS):
        yield exchanged(tree, one, other)


def _crossed_inputs(prediction: str, network: Network, more: Meanings) -> Iterator[Tree]:
    """The prediction with two inputs in each other's places."""
    for one, other in islice(combinations(network.inputs, 2), MOST_PAIRS):
        put: dict[str, Tree] = {one: Name(other), other: Name(one)}
        yield _copied(prediction, f"{one} {other}", put, network, more)


def _copied(
    node: str, mark: str, put: Mapping[str, Tree], network: Network, more: Meanings, *, straight: bool = False
) -> Tree:
    """The equation of ``node`` with ``put`` put in, there and in copies of the nodes before it (in ``more``).

    ``straight``: those have no activation. A copy is called ``h1 mark``, which nobody can type.
    """
    written = fold(network.equations[node], network)
    copies: dict[str, Tree] = {}
    for before in uses(written, network.order):
        copies[before] = Name(f"{before} {mark}")
        if f"{before} {mark}" not in more:
            copy = _copied(before, mark, put, network, more, straight=straight)
            more[f"{before} {mark}"] = unactivated(copy) if straight else copy
    return substitute(written, {**put, **copies})


def _skipping(right: Tree, hidden: Sequence[str], network: Network) -> Iterator[Tree]:
    """For each unit the value that enters it: its only one, or the one in the same place."""
    entering = [[name for name in network.operands(unit) if name not in network.weights] for unit in hidden]
    if all(entering):
        chosen = [values[place % len(values)] for place, values in enumerate(entering)]
        yield substitute(right, dict(zip(hidden, map(Name, chosen), strict=True)))


def _unweighted(tree: Tree, network: Network) -> Iterator[Tree]:
    """The values that enter, added as they are; a bias stays, or goes too."""
    parts = [sorted(names(term) - set(network.weights)) for term in terms(tree)]
    values = [product(map(Name, part)) for part in parts if part]
    if values:
        yield total(values)
        if len(values) < len(parts):
            loose = [term for term, part in zip(terms(tree), parts, strict=True) if not part]
            yield total([*values, *loose])


def _activated(right: Tree, hidden: Sequence[str], network: Network) -> Iterator[Tree]:
    """The activation of the hidden units at a prediction that has none."""
    if isinstance(right, Call):
        return
    calls = [fold(network.equations[unit], network) for unit in hidden]
    parts = (part for call in calls for part in walk(call) if isinstance(part, Call))
    for function in dict.fromkeys(part.function for part in parts if len(part.arguments) == 1):
        yield Call(function, (right,))


def loss_roles(loss: str, network: Network, at: Mapping[str, Tree]) -> Found:
    """A loss with its definition changed; ``at``: what stands for each prediction."""
    written = fold(network.equations[loss], network)
    targets = [name for name in network.targets if name in network.operands(loss)]
    seen = [at[name] for name in at if name in network.operands(loss)]
    pairs = list(zip(map(Name, targets), seen, strict=False))  # each class has a target and a prediction
    found: Found = {
        "targetless": [substitute(written, {name: value, **at}) for name in targets for value in (ZERO, ONE)],
        "gap": [each for pair in pairs for each in (difference(*pair), difference(*reversed(pair)))],
    }
    match written:
        case Binary(operator="^", left=Group(inner=Binary(operator="-", left=one, right=other)), right=power):
            squares = [substitute(Binary("^", side, power), at) for side in (one, other)]
            found["of_squares"] = [difference(*squares), difference(*reversed(squares))]
    return found


def after_roles(network: Network, node: str, more: Meanings) -> Found:
    """A prediction or the loss after the step, with some weights old or moved otherwise."""
    if len(network.weights) > MOST_WEIGHTS:
        return {}
    moved: dict[str, Tree] = {weight: Name(f"{weight}_new") for weight in network.weights}
    more |= {f"{weight}_new": rule(weight) for weight in moved}
    for prediction in network.predictions:
        more[f"{prediction}_new"] = _copied(prediction, "new", moved, network, more)
    gradients = [Name(f"grad_{weight}") for weight in network.weights]
    squares: Found = {"squares": [total(times(each, each) for each in gradients)]}
    if node in network.predictions:
        return _after(node, moved, network, more) | (squares if len(network.predictions) == 1 else {})
    each = {prediction: _after(prediction, moved, network, more) for prediction in network.predictions}
    loss, roles = down_to_predictions(network, node), next(iter(each.values()))
    at: Found = {role: [substitute(loss, put) for put in _together(each, role)] for role in roles}
    new = {prediction: Name(f"{prediction}_new") for prediction in network.predictions}
    return at | squares | loss_roles(node, network, new)


def _together(each: Mapping[str, Found], role: str) -> Iterator[dict[str, Tree]]:
    """All predictions by the same slip."""
    for trees in zip(*(found[role] for found in each.values()), strict=False):
        yield dict(zip(each, trees, strict=True))


def down_to_predictions(network: Network, loss: str) -> Tree:
    """A loss with the losses of single examples, and inner nodes, put in."""
    written = fold(network.equations[loss], network)
    parts = uses(written, network.losses)
    return substitute(written, {part: Group(down_to_predictions(network, part)) for part in parts})


def _after(prediction: str, moved: Mapping[str, Tree], network: Network, more: Meanings) -> Found:
    """One prediction after the step."""
    right = fold(network.equations[prediction], network)
    last = uses(right, moved)
    stale = substitute(right, {weight: moved[weight] for weight in last})
    uphill = {weight: _uphill(weight) for weight in moved}
    slope = Name(f"d{network.loss}_d{prediction}")
    return {
        "stale": [stale],
        "half": [stale, *_partly(prediction, moved, last, network, more)],
        "uphill": [_copied(prediction, "uphill", uphill, network, more)],
        "sequential": list(_sequentially(prediction, network, more)),
        "pushed": [difference(Name(prediction), times(Name(RATE), slope))],
    }


def _partly(
    prediction: str, moved: Mapping[str, Tree], last: Sequence[str], network: Network, more: Meanings
) -> Iterator[Tree]:
    """All but the last layer moved; all weights but one."""
    for old in (last, *((weight,) for weight in moved)) if len(last) < len(moved) else ():
        put = {weight: new for weight, new in moved.items() if weight not in old}
        yield _copied(prediction, f"without {' '.join(old)}", put, network, more)


def _uphill(weight: str) -> Tree:
    return Binary("+", Name(weight), times(Name(RATE), Name(f"grad_{weight}")))


def _sequentially(prediction: str, network: Network, more: Meanings) -> Iterator[Tree]:
    """Every weight moved by a gradient in which the weights behind it have moved already."""
    put: dict[str, Tree] = {}
    if len(network.weights) > MOST_ALONE:
        return
    for weight in network.weights:
        gradient = gradient_of(weight, network)
        if gradient is None:
            return
        step = sequential(gradient) if gradient.inner_links() else Name(f"grad_{weight}")
        put[weight] = difference(Name(weight), times(Name(RATE), step))
    yield _copied(prediction, "sequential", put, network, more)

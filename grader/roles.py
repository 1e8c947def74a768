"""Who plays which role in a box: what the rules of ``misconceptions`` are tried on. Legend: see there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from grader.formula import ONE, definitions_of, fold, substitute
from grader.network import RATE, Network
from grader.paper import Asked, World
from grader.tree import Binary, Call, Group, Name, Negative, Tree, names

Roles = Mapping[str, tuple[Tree, ...]]

_SLOPES = {"relu'": "relu", "leaky'": "leaky", "sigmoid'": "sigmoid", "tanh'": "tanh"}


def kind_and_roles(asked: Asked, own: World, network: Network) -> tuple[str, Roles, World]:
    """The kind of a box, its roles, and the student's own world with every gradient in it."""
    kind, ends = _kind(asked, network)
    gradients = [f"grad_{weight}" for weight in network.weights]
    slope = f"d{network.loss}_d{network.prediction}"
    rules = {f"{weight}_new": _rule(weight) for weight in network.weights}
    known = definitions_of(network, frozenset([*gradients, slope]))
    world = World({**known, **rules, **own.definitions}, own.values)
    right = asked.symbolic or asked.formula
    roles: dict[str, tuple[Tree, ...]] = {
        "R": (asked.formula,),
        "L": (Name(network.loss),),
        "P": (Name(network.prediction),),
        "Y": (Name(network.target),),
        "D": (Name(slope),),
        "alpha": (Name(RATE),),
        "N": (_slopes(right, "out"),),
        "V": (_slopes(right, "value"),),
        "C": (_slopes(right, "at-value"),),
        "S": (reduce(_plus, [_times(Name(each), Name(each)) for each in gradients]),),
    }
    if ends:
        roles |= _around(*ends, network)
    return kind, roles | _of_kind(kind, asked, network), world


def _kind(asked: Asked, network: Network) -> tuple[str, tuple[str, str] | None]:
    """What a box asks for, and the two ends of its last link."""
    box = asked.box.id
    if box.startswith("grad_"):
        weight = box[5:]
        links = [chain.links for chain in network.chains(weight)] if weight in network.roles else []
        if len(links) != 1:
            return "paths", None
        last = links[0][-1]
        return ("two-factor" if len(links[0]) == 2 else "three-factor"), (last.output, last.input)
    if box.endswith("_new"):
        name = box[:-4]
        after = {network.loss: "loss-after", network.prediction: "prediction-after"}
        return after.get(name, "new"), (network.prediction, name)
    if box in network.equations:
        named = {network.loss: "loss", network.prediction: "prediction"}
        return named.get(box, "hidden"), (box, box)
    return _kind_of_link(box, network)


def _kind_of_link(box: str, network: Network) -> tuple[str, tuple[str, str] | None]:
    for output in network.order:
        for input_ in (*network.operands(output), *network.uses(output)):
            if box == f"d{output}_d{input_}":
                return _link(output, input_, network), (output, input_)
    return "", None


def _link(output: str, input_: str, network: Network) -> str:
    if output == network.loss:
        return "first-link"
    if input_ in network.inner:
        return "slope-link"
    if input_ not in network.weights:
        return "unit-link"
    partners = set(network.operands(output)) - set(network.weights)
    return "input-link" if partners <= set(network.inputs) else "weight-link"


def _around(output: str, input_: str, network: Network) -> dict[str, tuple[Tree, ...]]:
    """The ends of a link, and who else is near them."""
    operands = [name for name in network.operands(output) if name not in network.weights]
    entering = [name for unit in operands for name in network.operands(unit) if name in network.inputs]
    weights = [weight for weight in network.weights if weight != input_]
    return {
        "A": (Name(output),),
        "B": (Name(input_),),
        "n": tuple(Name(name) for name in operands if name != input_),
        "i": tuple(Name(name) for name in dict.fromkeys(entering)),
        "u": tuple(map(Name, weights)),
        "g": (Name(f"grad_{input_}"),) if input_ in network.weights else (),
        "G": tuple(Name(f"grad_{weight}") for weight in weights),
    }


def _of_kind(kind: str, asked: Asked, network: Network) -> dict[str, tuple[Tree, ...]]:
    """Roles that mean something else, or something at all, in one kind of box only."""
    match kind:
        case "two-factor" | "three-factor":
            return _chain(_factors(asked.formula), asked, network)
        case "paths" | "prediction":
            return _sum(_terms(asked.formula), network)
        case "hidden":
            return {"N": (_without_activation(asked.formula),)}
        case "prediction-after":
            return {"T": (_stale(network),)}
        case "loss-after":
            return {
                "T": (substitute(network.equations[network.loss], {network.prediction: _stale(network)}),)
            }
        case _:
            return {}


def _chain(factors: list[Tree], asked: Asked, network: Network) -> dict[str, tuple[Tree, ...]]:
    """The first link, what lies between, and the last."""
    if len(factors) < 2:
        return {}
    last = _slopes_of_last(asked, network)
    found: dict[str, tuple[Tree, ...]] = {"F": (factors[0],), "Z": (factors[-1],), **last}
    if len(factors) > 2:
        found["M"] = (reduce(_times, factors[1:-1]),)
    return found


def _slopes_of_last(asked: Asked, network: Network) -> dict[str, tuple[Tree, ...]]:
    """N, V and C for the last link of a chain alone."""
    last = network.chains(asked.box.id[5:])[0].links[-1]
    right = definitions_of(network, frozenset([last.name]))[last.name]
    return {role: (_slopes(right, how),) for role, how in (("N", "out"), ("V", "value"), ("C", "at-value"))}


def _sum(terms: list[Tree], network: Network) -> dict[str, tuple[Tree, ...]]:
    """Each term alone; the sum without its weights; and, of two terms, the weights exchanged."""
    found = {"T": tuple(terms)} if len(terms) > 1 else {}
    pairs = [_factors(term) for term in terms]
    if len(terms) != 2 or any(len(pair) != 2 or not isinstance(pair[0], Name) for pair in pairs):
        return found
    (w1, h1), (w2, h2) = pairs
    if not {*names(w1), *names(w2)} <= set(network.weights):
        return found
    return found | {"M": (_plus(h1, h2),), "C": (_plus(_times(w2, h1), _times(w1, h2)),)}


def _stale(network: Network) -> Tree:
    """The prediction with its own weights new, and what enters it old."""
    folded = fold(network.equations[network.prediction], network)
    return substitute(folded, {name: Name(f"{name}_new") for name in names(folded) & set(network.weights)})


def _without_activation(tree: Tree) -> Tree:
    match tree:
        case Group(inner=inner):
            return _without_activation(inner)
        case Call(arguments=(argument, *_)):
            return argument
        case _:
            return tree


def _slopes(tree: Tree, how: str) -> Tree:
    """``tree`` with every activation's slope left out, replaced by the activation, or taken at its value."""
    match tree:
        case Call(function=function, arguments=arguments) if function in _SLOPES:
            activation: Tree = Call(_SLOPES[function], arguments)
            return {
                "out": ONE,
                "value": activation,
                "at-value": Call(function, (activation, *arguments[1:])),
            }[how]
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator, _slopes(left, how), _slopes(right, how))
        case Negative(operand=operand):
            return Negative(_slopes(operand, how))
        case Group(inner=inner):
            return Group(_slopes(inner, how))
        case _:
            return tree


def _rule(weight: str) -> Tree:
    return Binary("-", Name(weight), _times(Name(RATE), Name(f"grad_{weight}")))


def _plus(left: Tree, right: Tree) -> Tree:
    return Binary("+", left, right)


def _times(left: Tree, right: Tree) -> Tree:
    return Binary("*", left, right)


def _factors(tree: Tree) -> list[Tree]:
    match tree:
        case Group(inner=inner):
            return _factors(inner)
        case Binary(operator="*", left=left, right=right):
            return [*_factors(left), *_factors(right)]
        case _:
            return [tree]


def _terms(tree: Tree) -> list[Tree]:
    match tree:
        case Group(inner=inner):
            return _terms(inner)
        case Binary(operator="+", left=left, right=right):
            return [*_terms(left), *_terms(right)]
        case _:
            return [tree]

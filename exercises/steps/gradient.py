"""Steps 3 and 4, gradient: how the loss reacts to one weight, link by link, at any depth."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from exercises.asked import AskedGradient
from exercises.bank import Exercise
from exercises.prose import note, spoken
from exercises.question import Field, Question
from exercises.steps.scene import Scene, answer_field, compose, tolerance
from exercises.structure import biases, chains, definition, named_in, network_of, outer, straight
from grader.expression import show
from grader.job import AnswerBox
from grader.network import Link as NodeLink
from grader.network import Network
from grader.stations import between

Link = tuple[str, str]


def boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """One box a link, from the loss to the weight, then the product of the links (summed over the ways)."""
    network = network_of(exercise.network)
    known = (*network.given, *outer(network), *_stations(exercise))
    asked = links(exercise)
    factors = tuple(
        AnswerBox(id=named(link), role="link", formula=named(link), names=known, tolerance=tolerance())
        for link in asked
    )
    product = AnswerBox(
        id=f"grad_{exercise.weight}",
        role="product",
        formula=chain_rule(exercise),
        names=(*known, *map(named, asked)),
        tolerance=tolerance(),
    )
    return (*factors, product)


def named(link: Link) -> str:
    """``dA_dB``."""
    return f"d{link[0]}_d{link[1]}"


def paths(exercise: Exercise) -> tuple[tuple[str, ...], ...]:
    """The ways from the loss back to the asked weight."""
    asked = exercise.asked
    assert isinstance(asked, AskedGradient)
    return chains(network_of(exercise.network), asked.weight, opened=asked.opened, through=asked.through)


def links(exercise: Exercise) -> tuple[Link, ...]:
    """The links of all ways, each once, from the loss on."""
    return tuple(dict.fromkeys(link for path in paths(exercise) for link in pairwise(path)))


def chain_rule(exercise: Exercise) -> str:
    """``dL_dyhat*dyhat_dw3``; several ways are added."""
    return " + ".join("*".join(map(named, pairwise(path))) for path in paths(exercise))


def question(scene: Scene) -> Question:
    """How does the loss react to this weight?"""
    exercise, network = scene.exercise, scene.network
    weight = scene.boxes[-1].id.removeprefix("grad_")
    several = len(paths(exercise)) > 1
    total = answer_field(scene, scene.boxes[-1].id, "paths" if several else "product", weight=weight)
    stations = list(dict.fromkeys(node for link in links(exercise) for node in _on(network, link)))
    return compose(
        scene,
        fields=(*_link_fields(scene), total),
        palette=_palette(network, stations),
        given=scene.shown(*outer(network), *_stations(exercise)),
        definitions=tuple(_definition(network, node, _stations(exercise)) for node in stations),
        fill={"weight": weight, "gradient": scene.text(total.id)}
        | {"direction": "raise" if scene.values[total.id] < 0 else "lower"},
        intro="intro_paths" if several else "intro",
        remarks=_remarks(scene),
        meaning="meaning" if scene.values[total.id] else "meaning_zero",
        formula=f"{total.id} = {chain_rule(exercise)}",
        marks=_marks(exercise),
        weight=weight,
    )


def _link_fields(scene: Scene) -> list[Field]:
    return [
        answer_field(
            scene,
            named((output, input)),
            _kind(scene.network, output, input),
            link=number,
            number=number,
            output=output,
            input=input,
            spoken_output=spoken(output),
            spoken_input=spoken(input),
        )
        for number, (output, input) in enumerate(links(scene.exercise), start=1)
    ]


def _marks(exercise: Exercise) -> dict[Link, int]:
    """Where each link is drawn: one from or to an inner node lies on the unit that the node is part of."""
    network = network_of(exercise.network)
    inner = network.inner
    numbers = {link: number for number, link in enumerate(links(exercise), start=1)}
    marks: dict[Link, int] = {}
    for path in paths(exercise):
        unit = path[0]
        for output, input in pairwise(path):
            unit = unit if output in inner else output
            for node, operand in _steps(network, unit, input):
                marks[node, operand] = numbers[output, input]
    return marks


def _steps(network: Network, output: str, input: str) -> Iterator[Link]:
    """The lines of the drawing that a link goes over."""
    if _is_local(network, output, input):
        yield output, input
        return
    ways = _on(network, (output, input))
    for node in ways:
        yield from ((node, operand) for operand in network.operands(node) if operand in (*ways, input))


def _is_local(network: Network, output: str, input: str) -> bool:
    return input in network.operands(output) or input in network.uses(output)


def _on(network: Network, link: Link) -> list[str]:
    """The nodes whose equations a link is made of: its output, and what lies between where it skips some."""
    if _is_local(network, *link):
        return [link[0]]
    return [node for node in between(network, NodeLink(*link)) if node not in network.inner]


def _kind(network: Network, output: str, input: str) -> str:
    """Which texts a link gets."""
    if input in network.losses:
        return "mean_link"
    if not _is_local(network, output, input):
        return "total_link"
    if output in network.losses:
        return "first_link"
    if input in network.inner:
        return "slope_link"
    if input not in network.weights:
        return "node_link"
    return "bias_link" if input in biases(network) else "weight_link"


def _stations(exercise: Exercise) -> list[str]:
    """The inner nodes that are stations of their own, because an activation is opened."""
    inner = network_of(exercise.network).inner
    return list(dict.fromkeys(input for _, input in links(exercise) if input in inner))


def _definition(network: Network, node: str, stations: list[str]) -> str:
    """The equation of a node on the path, folded except for the stations."""
    if node in stations or set(network.uses(node)) & set(stations):
        return f"{node} = {show(network.equations[node])}"
    return definition(network, node)


def _palette(network: Network, stations: list[str]) -> tuple[str, ...]:
    """The names in the equations along the path, from the loss on."""
    opened = [node for node in stations if node in network.inner]
    met = [name for node in stations for name in named_in(network, node)]
    return tuple(dict.fromkeys([*met, *opened]))


def _remarks(scene: Scene) -> list[str]:
    """Where a relu is on, its slope is 1; where an activation is opened, its slope is a box."""
    network, remarks = scene.network, []
    for output, input in links(scene.exercise):
        if input in network.inner:
            remarks.append(note("opened", output=output, input=input))
            continue
        on = [node for node in _on(network, (output, input)) if straight(network, node)]
        remarks += [note("slope_is_one", output=node) for node in on if scene.values[node] > 0]
    return list(dict.fromkeys(remarks))

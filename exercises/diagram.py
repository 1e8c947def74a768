"""The drawing of any network: inputs, hidden layers, prediction and loss in columns, the path marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from exercises.prose import in_prose, spoken, texts
from exercises.question import Diagram, Edge, Node
from exercises.structure import biases, edges, outer
from grader.network import Network

Marks = Mapping[tuple[str, str], int]


def draw(
    network: Network, given: Mapping[str, str], marks: Marks = MappingProxyType({}), asked: str | None = None
) -> Diagram:
    """The network with the printed values in ``given``; what is not in it is asked, an empty one is left out.

    ``marks``: (unit, what it is differentiated by) -> number of that link, from the loss on; ``asked``: the
    weight at the end of the chain.
    """
    drawn = tuple(
        Edge(source, target, weight, marks.get((target, source)) or marks.get((target, weight or "")))
        for source, target, weight in edges(network)
    )
    return Diagram(
        nodes=_nodes(network, given, drawn, marks),
        edges=drawn,
        values=dict(given),
        asked=asked,
        words=" ".join(_sentences(network, given, drawn, marks)),
    )


def columns(network: Network) -> dict[str, int]:
    """The column of each drawn quantity: the longest way from an input; one target stands under its loss."""
    column, drawn = dict.fromkeys(network.inputs, 0), edges(network)
    for node in outer(network):
        before = [column[source] for source, target, _ in drawn if target == node and source in column]
        column[node] = 1 + max(before, default=0)
    beside = 1 if len(network.targets) > 1 else 0  # several stand in a column of their own
    for name in network.targets:
        column[name] = beside + next(
            column[node] for node in network.losses if name in network.operands(node)
        )
    return column


def _nodes(
    network: Network, given: Mapping[str, str], drawn: Sequence[Edge], marks: Marks
) -> tuple[Node, ...]:
    column, added = columns(network), biases(network)
    inside = {unit: number for (unit, inner), number in marks.items() if inner in network.inner}
    path = {end for edge in drawn if edge.link for end in (edge.source, edge.target)}
    nodes = []
    for name, place in column.items():
        same = [other for other, at in column.items() if at == place and other not in network.targets]
        below = [other for other in network.targets if column[other] == place]
        rows = [*same, *below]
        row = rows.index(name) - (len(same or below) - 1) / 2
        nodes.append(
            Node(
                name=name,
                column=place,
                row=row,
                kind=_kind(network, name),
                value=given.get(name),
                on_path=name in path,
                biases=tuple(bias for bias, node in added.items() if node == name),
                link=inside.get(name),
            )
        )
    return tuple(nodes)


def _kind(network: Network, name: str) -> str:
    kinds = {"input": network.inputs, "output": network.predictions, "target": network.targets}
    kinds |= {"loss": network.losses}
    return next((kind for kind, members in kinds.items() if name in members), "hidden")


def _sentences(
    network: Network, given: Mapping[str, str], drawn: Sequence[Edge], marks: Marks
) -> Iterator[str]:
    says = texts("steps")["diagram"]

    def told(name: str) -> str:
        return f"{spoken(name)}{_equals(given.get(name))}"

    yield says["inputs"].format(inputs=_and([told(name) for name in network.inputs]))
    for edge in drawn:
        if edge.target not in network.losses:
            kind = "edge" if edge.weight else "plain_edge"
            weight = told(edge.weight) if edge.weight else ""
            yield says[kind].format(source=spoken(edge.source), target=told(edge.target), weight=weight)
    for bias, node in biases(network).items():
        yield says["bias"].format(bias=told(bias), target=spoken(node))
    for loss in network.losses:
        seen = {name: told(name) for name in network.operands(loss)}
        predictions = [seen[name] for name in network.predictions if name in seen]
        targets = [seen[name] for name in network.targets if name in seen]
        if predictions and targets:
            yield says["loss"].format(loss=told(loss), prediction=_and(predictions), target=_and(targets))
    if marks:
        path = dict.fromkeys(name for link in marks for name in link)
        yield says["asked"].format(path=", then ".join(map(spoken, path)))


def _equals(value: str | None) -> str:
    return f" = {in_prose(value)}" if value else ""


def _and(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)

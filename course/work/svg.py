"""The network as a picture, printed with plain Python strings (a template costs a hundred times as much).

The asked path is drawn in the colours of its links; a dashed arrow with the number of the link shows the way
back from the loss. Every part carries ``data-name`` or ``data-link``, by which the page lights it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, sin

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from course.work.mathml import COLOURS, GREEK, colour, indexed
from exercises.question import Diagram, Edge, Node

COLUMN, ROW = 148.0, 116.0  # distance between columns and rows
PLAIN, CROSSING = (1.0, 1.0), (1.16, 1.34)  # where edges cross, they need so much more room
DENSE, EMPTY = 1.65, 0.9  # columns with many crossing weights, and then the others
ELSEWHERE = 0.25, 0.35, 0.2, 0.4, 0.6, 0.7  # shares of an edge at which its weight may stand too
RADIUS = 27.0
ADDED = "+ "  # before a bias
BELOW = -18.0, RADIUS + 9  # from a node's middle to the badge of the link inside it, clear of its value
FITS = 5  # characters of a value in a node; longer ones are set smaller
MARGIN = 34.0
ARC = 52.0  # how far a backward arrow bends away from its line
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram on its canvas: where each node is, and where the weight of each edge is written."""

    diagram: Diagram
    places: Mapping[str, Point]
    middles: Mapping[Edge, Point]

    @classmethod
    def of(cls, diagram: Diagram) -> Drawing:
        """Put the nodes of a diagram on a canvas in pixels, and every weight where it covers nothing."""
        across, higher = _columns(diagram)
        places = {node.name: (across[node.column], node.row * ROW * higher) for node in diagram.nodes}
        return cls(diagram, places, _middles(diagram, places))

    def middle(self, edge: Edge) -> Point:
        """Where the weight of an edge is written."""
        return self.middles[edge]

    def crosses(self, edge: Edge) -> bool:
        """Whether another edge runs between the same columns to another target from another source."""
        return _crosses(edge, self.diagram, self.places)


def _crosses(edge: Edge, diagram: Diagram, places: Mapping[str, Point]) -> bool:
    start, end = places[edge.source], places[edge.target]
    for other in diagram.edges:
        first, last = places[other.source], places[other.target]
        if (first[0], last[0]) == (start[0], end[0]) and (first[1] - start[1]) * (last[1] - end[1]) < 0:
            return True
    return False


def _columns(diagram: Diagram) -> tuple[dict[float, float], float]:
    """Where each column stands, and how much higher the rows are: weights on crossing edges need room."""
    grid = {node.name: (node.column, node.row) for node in diagram.nodes}
    crossing = [edge for edge in diagram.edges if _crosses(edge, diagram, grid)]
    wide = CROSSING if crossing else PLAIN
    busy = {grid[edge.target][0] for edge in crossing if edge.weight}
    dense = {column for column in busy if sum(at == column for at, _ in grid.values()) > 2}
    across: dict[float, float] = {}
    at = 0.0
    for column in sorted({column for column, _ in grid.values()}):
        share = DENSE if column in dense else EMPTY if dense else wide[0]
        at += COLUMN * share if across else 0.0
        across[column] = at
    return across, wide[1]


def _middles(diagram: Diagram, places: Mapping[str, Point]) -> dict[Edge, Point]:
    """Halfway, on crossing edges nearer to the source; elsewhere on the edge if that would cover another."""
    found: dict[Edge, Point] = {}
    taken: list[tuple[Point, float]] = []
    for edge in diagram.edges:
        (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
        best = 0.5 if y1 == y2 or not _crosses(edge, diagram, places) else 0.3
        spots = [(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share) for share in (best, *ELSEWHERE)]
        half = _half(diagram, edge.weight or "")
        found[edge] = next((spot for spot in spots if _is_free(spot, half, taken)), spots[0])
        if edge.weight:
            taken.append((found[edge], half))
    return found


def _is_free(spot: Point, half: float, taken: Sequence[tuple[Point, float]]) -> bool:
    """Whether a pill here covers no other."""
    return all(abs(spot[1] - at[1]) > 28 or abs(spot[0] - at[0]) > half + other for at, other in taken)


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


def _label(name: str) -> str:
    """A name as SVG text: letter, lowered index."""
    letters, number, more = indexed(name)
    index = number + more
    shown = "ŷ" if letters == "yhat" else escape(GREEK.get(letters, letters))
    return f'{shown}<tspan class="sub" dy="4">{index}</tspan>' if index else shown


def _value(text: str) -> str:
    return escape(text.replace("-", "−"))


def _node(node: Node, place: Point) -> str:
    """A node: circle for units, box for loss and target, the value below the name."""
    x, y = place
    half = RADIUS
    shape = f'<circle r="{_n(RADIUS)}"/>'
    if node.kind in {"loss", "target"}:
        shape = (
            f'<rect x="{_n(-half)}" y="{_n(-half)}" width="{_n(2 * half)}" height="{_n(2 * half)}" rx="11"/>'
        )
    over = len(node.value or "") - FITS
    small = " longest" if over > 1 else " long" if over > 0 else ""
    shown = f'<text class="v{small}" y="16">{_value(node.value)}</text>' if node.value else ""
    name = 6 if node.value == "" else -3  # alone it stands in the middle
    asked = '<text class="v ask" y="16">?</text>' if node.value is None else ""
    classes = f"node {node.kind}" + (" on" if node.on_path else "")
    return (
        f'<g class="{classes}" data-name="{escape(node.name)}" transform="translate({_n(x)} {_n(y)})">'
        f'{shape}<text y="{name}">{_label(node.name)}</text>{shown}{asked}</g>'
    )


def _edge(edge: Edge, drawing: Drawing, kinds: Mapping[str, str]) -> str:
    (x1, y1), (x2, y2) = drawing.places[edge.source], drawing.places[edge.target]
    dash = " dash" if "target" in (kinds[edge.source], kinds[edge.target]) else ""
    link = f' data-link="{edge.link}"' if edge.link else ""
    name = escape(edge.weight or f"{edge.source}-{edge.target}")
    return (
        f'<path class="e {colour(edge.link)}{dash}" data-name="{name}"{link} '
        f'd="M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}"/>'
    )


def _pill(name: str, place: Point, drawing: Drawing, link: int | None, sign: str = "") -> str:
    """A weight or a bias with its value, in a pill; the asked one is ringed in the colour of its link."""
    value = drawing.diagram.values.get(name)
    half = _half(drawing.diagram, name, sign)
    text = (
        sign
        + _label(name)
        + (f'<tspan class="n" dy="-4"> = {_value(value)}</tspan>' if value is not None else "")
    )
    asked = f" ask {colour(link)}" if name == drawing.diagram.asked else ""
    x, y = map(_n, place)
    return (
        f'<g class="wlab{asked}" data-name="{escape(name)}" transform="translate({x} {y})">'
        f'<rect x="{_n(-half)}" y="-14" width="{_n(2 * half)}" height="28" rx="14"/>'
        f'<text y="5">{text}</text></g>'
    )


def _half(diagram: Diagram, name: str, sign: str = "") -> float:
    """Half the width of a pill."""
    value = diagram.values.get(name)
    return 24 + (4.4 * len(value) if value is not None else 0) + 8 * len(sign)


def _pills(drawing: Drawing) -> str:
    """The weights on their edges, the biases below the units where they are added."""
    weights = [(edge.weight, edge) for edge in drawing.diagram.edges if edge.weight is not None]
    pills = [_pill(weight, drawing.middle(edge), drawing, edge.link) for weight, edge in weights]
    taken = [(drawing.middle(edge), _half(drawing.diagram, weight)) for weight, edge in weights]
    last = max((edge.link for edge in drawing.diagram.edges if edge.link), default=0) + 1
    for node in drawing.diagram.nodes:
        for index, bias in enumerate(node.biases):
            place = _clear(drawing.places[node.name], index, _half(drawing.diagram, bias, ADDED), taken)
            pills.append(_pill(bias, place, drawing, last, ADDED))
    return "".join(pills)


def _clear(node: Point, index: int, half: float, taken: list[tuple[Point, float]]) -> Point:
    """A place below a unit, to either side if need be, where a bias covers no weight."""
    y = node[1] + RADIUS + 17 + 30 * index
    for x in (node[0], node[0] + half, node[0] - half):
        if _is_free((x, y), half, taken):
            return x, y
    return node[0], y


def _arc(start: Point, end: Point, up: float) -> tuple[str, Point]:
    """A curve from rim to rim that bends away from the line; its path and its middle."""
    angle = atan2(end[1] - start[1], end[0] - start[0])
    side = up * (-1 if cos(angle) > 0 else 1)
    near = hypot(end[0] - start[0], end[1] - start[1]) < COLUMN * 0.75
    lift, bend, rim = (ARC * 0.8, 1.35, RADIUS + 3) if near else (ARC, 0.95, RADIUS + 5)
    leave, arrive = angle + side * bend, angle - side * bend
    a = (start[0] + rim * cos(leave), start[1] + rim * sin(leave))
    b = (end[0] - rim * cos(arrive), end[1] - rim * sin(arrive))
    control_a = (a[0] + lift * cos(leave), a[1] + lift * sin(leave))
    control_b = (b[0] - lift * cos(arrive), b[1] - lift * sin(arrive))
    middle = tuple((p + 3 * q + 3 * r + s) / 8 for p, q, r, s in zip(a, control_a, control_b, b, strict=True))
    points = " ".join(f"{_n(x)} {_n(y)}" for x, y in (control_a, control_b, b))
    return f"M{_n(a[0])} {_n(a[1])}C{points}", (middle[0], middle[1])


def _way_back(drawing: Drawing) -> Iterator[tuple[int, str, Point]]:
    """The numbered backward arrows: link, path, place of the number."""
    for edge in drawing.diagram.edges:
        if edge.link is None:
            continue
        start = drawing.places[edge.target]
        end = drawing.places[edge.source]
        if edge.weight is not None and edge.weight == drawing.diagram.asked:
            end = drawing.middle(edge)
        low = (start[1] + end[1]) / 2 > ROW / 8  # below the row of the prediction
        inwards = edge.weight == drawing.diagram.asked and drawing.crosses(edge)  # other weights lie outside
        path, place = _arc(start, end, -1 if low != inwards else 1)
        yield edge.link, path, place


def _arrows(drawing: Drawing) -> tuple[str, str]:
    """The arrows, and the number of every link: on its arrow, or on the unit that it lies in."""
    arrows, badges = [], []
    for link, path, place in _way_back(drawing):
        k = colour(link)
        arrows.append(f'<path class="b {k}" data-link="{link}" marker-end="url(#a-{k})" d="{path}"/>')
        badges.append(_badge(link, place))
    for node in drawing.diagram.nodes:
        if node.link is not None:
            x, y = drawing.places[node.name]
            badges.append(_badge(node.link, (x + BELOW[0], y + BELOW[1])))
    return "".join(arrows), "".join(badges)


def _badge(link: int, place: Point) -> str:
    x, y = map(_n, place)
    return (
        f'<g class="tag {colour(link)}" data-link="{link}" transform="translate({x} {y})">'
        f'<circle r="12.5"/><text y="5">{link}</text></g>'
    )


_MARKERS = "".join(
    f'<marker id="a-k{k}" viewBox="0 0 10 10" refX="8" refY="5" markerUnits="userSpaceOnUse" '
    f'markerWidth="13" markerHeight="13" orient="auto-start-reverse">'
    f'<path class="m k{k}" d="M0 0 10 5 0 10z"/></marker>'
    for k in range(1, COLOURS + 1)
)


def _frame(drawing: Drawing) -> str:
    """The viewBox: all nodes with room for arrows above and below."""
    xs = [x for x, _ in drawing.places.values()]
    room = MARGIN + (42 if any(edge.link for edge in drawing.diagram.edges) else 0)
    left, top = min(xs) - MARGIN, min(y for _, y in drawing.places.values()) - room
    below = max(drawing.places[node.name][1] + 30 * len(node.biases) for node in drawing.diagram.nodes)
    return f"{_n(left)} {_n(top)} {_n(max(xs) + MARGIN - left)} {_n(below + MARGIN + 6 - top)}"


def draw(diagram: Diagram, *, title: str) -> SafeString:
    """The whole picture as one ``<svg role="img">`` with a title and a description in words."""
    drawing = Drawing.of(diagram)
    kinds = {node.name: node.kind for node in diagram.nodes}
    ordered = sorted(diagram.edges, key=lambda edge: edge.link is not None)
    edges = "".join(_edge(edge, drawing, kinds) for edge in ordered)
    nodes = "".join(_node(node, drawing.places[node.name]) for node in diagram.nodes)
    arrows, badges = _arrows(drawing)
    return mark_safe(  # noqa: S308 - every name and value is escaped above
        f'<svg id="net" viewBox="{_frame(drawing)}" role="img" aria-labelledby="net-t net-d">'
        f'<title id="net-t">{escape(title)}</title><desc id="net-d">{escape(diagram.words)}</desc>'
        f"<defs>{_MARKERS}</defs><g>{edges}</g><g>{_pills(drawing)}</g><g>{nodes}</g>"
        f'<g class="back">{arrows}</g><g class="tags">{badges}</g></svg>'
    )

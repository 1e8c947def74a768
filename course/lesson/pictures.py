"""The seed network as the lesson and the landing page draw it."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from course.work.mathml import equation, math, plain
from course.work.svg import draw
from exercises.diagram import draw as lay_out
from exercises.lesson import numbers, seed
from exercises.structure import chains, definition, network_of, outer


def _links(asked: str) -> dict[tuple[str, str], int]:
    """The links from the loss back to ``asked``, numbered from 1."""
    path = chains(network_of(seed().network), asked)[0]
    return {link: number for number, link in enumerate(pairwise(path), start=1)}


@cache
def picture(asked: str | None, later: tuple[str, ...] = ()) -> SafeString:
    """The seed network with its values but those in ``later``; ``asked``: with that weight's path."""
    network = network_of(seed().network)
    drawn = {*network.leaves, *outer(network)} - set(later)
    shown = {name: text for name, text in numbers().items() if name in drawn}
    title = (
        _("The network, with the path from `{weight}` to `L`").format(weight=asked)
        if asked
        else _("The network")
    )
    return draw(lay_out(network, shown, _links(asked) if asked else {}, asked), title=plain(title))


@cache
def formula(asked: str) -> SafeString:
    """The chain of ``asked`` as a formula, each link in its colour."""
    links = {f"d{output}_d{given}": number for (output, given), number in _links(asked).items()}
    return equation(f"grad_{asked} = {'*'.join(links)}", links)


@cache
def definitions() -> tuple[SafeString, ...]:
    """The equations of the seed network, inner nodes folded in."""
    network = network_of(seed().network)
    return tuple(math(definition(network, node)) for node in outer(network))

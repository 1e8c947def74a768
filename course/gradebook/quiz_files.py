"""Questions as Moodle XML and as GIFT, which many systems read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from xml.etree import ElementTree

from course.gradebook.taking import Choice, Number, Taken

SPECIAL = re.compile(r"[~=#{}:\\]")
FRACTION = Decimal("0.00001")  # Moodle knows 33.33333, not 33.3
Writer = Callable[[str, Iterable[Taken]], Iterator[str]]


def moodle_xml(category: str, questions: Iterable[Taken]) -> Iterator[str]:
    """A Moodle question bank, a question at a time."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    top = ElementTree.Element("question", type="category")
    _text(top, "category", f"$course$/{_in_path(category)}")
    yield _printed(top)
    for one in questions:
        yield _printed(_question(one))
    yield "</quiz>\n"


def _in_path(name: str) -> str:
    return name.replace("/", "//")  # a single slash begins a category of its own


def _question(one: Taken) -> ElementTree.Element:
    is_number = isinstance(one.answer, Number)
    element = ElementTree.Element("question", type="numerical" if is_number else "multichoice")
    _text(element, "name", one.name)
    _text(element, "questiontext", one.html, format="html")
    for tag, text in (
        ("defaultgrade", "1"),
        ("penalty", "0.3333333"),
        ("hidden", "0"),
        ("idnumber", one.name),
    ):
        ElementTree.SubElement(element, tag).text = text
    if isinstance(one.answer, Number):
        _answer(element, one.answer.right, Decimal(100), "", "moodle_auto_format", one.answer.tolerance)
    else:
        for tag, text in (("single", "false" if one.answer.many else "true"), ("shuffleanswers", "true")):
            ElementTree.SubElement(element, tag).text = text
        for text, part, why in one.answer.options:
            _answer(element, text, part, why, "plain_text")
    return element


def _answer(
    element: ElementTree.Element, text: str, part: Decimal, why: str, form: str, tolerance: str | None = None
) -> None:
    answer = _text(element, "answer", text, fraction=percent(part), format=form)
    _text(answer, "feedback", why, format="plain_text")
    if tolerance is not None:
        ElementTree.SubElement(answer, "tolerance").text = tolerance


def _text(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, tag, attributes)
    ElementTree.SubElement(element, "text").text = text
    return element


def _printed(element: ElementTree.Element) -> str:
    return ElementTree.tostring(element, encoding="unicode") + "\n"


def percent(part: Decimal) -> str:
    """A part of the points as Moodle writes it."""
    return f"{part.quantize(FRACTION).normalize():f}"


def gift(category: str, questions: Iterable[Taken]) -> Iterator[str]:
    """The same in GIFT: plain text, a blank line between two questions."""
    yield f"$CATEGORY: $course$/{_in_path(category)}\n\n"
    for one in questions:
        text = escaped(one.html.replace("\n", ""))
        yield f"::{escaped(one.name)}::[html]{text}{{{_in_gift(one.answer)}}}\n\n"


def _in_gift(answer: Number | Choice) -> str:
    if isinstance(answer, Number):
        return f"#{answer.right}:{answer.tolerance}"
    return " ".join(_option(answer, *option) for option in answer.options)


def _option(answer: Choice, text: str, part: Decimal, why: str) -> str:
    mark = f"~%{percent(part)}%" if answer.many else "=" if part else "~"
    return f"{mark}{escaped(text)}{f'#{escaped(why)}' if why else ''}"


def escaped(text: str) -> str:
    """Text in GIFT: what means something there has a backslash in front."""
    return SPECIAL.sub(lambda match: f"\\{match[0]}", text)


FORMATS: dict[str, tuple[str, Writer]] = {"xml": ("Moodle XML", moodle_xml), "gift": ("GIFT", gift)}
SUFFIXES = {"xml": "xml", "gift": "gift.txt"}

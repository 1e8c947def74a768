"""Exercises as Moodle XML and GIFT, read back and held against the grader."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from course.gradebook.quiz_files import gift, moodle_xml
from course.gradebook.taking import Choice, Number, Taken, take, written
from course.work.models import Item
from exercises.bank import load
from exercises.publishing import derived
from exercises.steps import job, question
from exercises.variants import variant
from grader.job import AnswerBox, Outcome
from grader.marking import mark

Read = dict[str, tuple[str, object]]  # name -> text, answer
CHOSEN = ("seed-prediction", "seed-w1", "seed-update", "seed-trap")


def read_xml(text: str) -> Read:
    """A Moodle question bank, strictly."""
    found: Read = {}
    for one in ElementTree.fromstring(text):
        if one.get("type") == "category":
            continue
        name, shown = one.findtext("name/text"), one.findtext("questiontext/text")
        assert name is not None
        assert shown is not None
        assert name not in found
        assert one.findtext("idnumber") == name
        answers = [
            (
                found_one.findtext("text") or "",
                Decimal(found_one.get("fraction", "")),
                found_one.findtext("tolerance"),
            )
            for found_one in one.findall("answer")
        ]
        if one.get("type") == "numerical":
            [(right, part, tolerance)] = answers
            assert part == 100
            assert tolerance is not None
            found[name] = (shown, (Decimal(right), Decimal(tolerance)))
        else:
            assert one.findtext("single") in {"true", "false"}
            assert round(sum(part for _text, part, _tolerance in answers if part > 0)) == 100
            found[name] = (shown, [(text, part) for text, part, _tolerance in answers])
    return found


def read_gift(text: str) -> Read:
    """GIFT as its manual has it: a question a paragraph, a backslash before what is meant as it stands."""
    found: Read = {}
    for paragraph in text.split("\n\n")[1:-1]:
        match = re.fullmatch(
            r"::((?:\\.|[^\\:])*)::\[html\]((?:\\.|[^\\{}~=#:])*)\{((?:\\.|[^\\{}])*)\}", paragraph
        )
        assert match, paragraph
        name, shown, inside = match.groups()
        if inside.startswith("#"):
            right, tolerance = inside[1:].split(":")
            answer: object = (Decimal(right), Decimal(tolerance))
        else:
            answer = [_gift_option(part) for part in re.findall(r"[=~](?:\\.|[^\\=~])*", inside)]
        found[plain(name)] = (plain(shown), answer)
    return found


def _gift_option(text: str) -> tuple[str, Decimal]:
    mark, rest = text[0], text[1:]
    part = Decimal(100) if mark == "=" else Decimal(0)
    if percent := re.match(r"%(-?[\d.]+)%", rest):
        part, rest = Decimal(percent[1]), rest[percent.end() :]
    return plain(re.split(r"(?<!\\)#", rest)[0]).strip(), part


def plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def bank(slug: str, variants: int = 2) -> list[Taken]:
    return list(take(derived(load()[slug]), f"{slug} v1", variants))


@pytest.mark.parametrize("slug", CHOSEN)
def test_both_formats_say_the_same(slug: str) -> None:
    questions = bank(slug)
    in_xml = read_xml("".join(moodle_xml("A/B", questions)))
    in_gift = read_gift("".join(gift("A/B", questions)))
    assert list(in_xml) == list(in_gift) == [one.name for one in questions]
    for name, (shown, answer) in in_xml.items():
        assert in_gift[name] == (shown.replace("\n", ""), answer)
        assert "`" not in shown


@pytest.mark.parametrize(
    "slug", ["seed-w1", "seed-update", "batch-update", "biases-w1", "classes-w1", "momentum-update"]
)
def test_a_tolerance_is_that_of_the_grader(slug: str) -> None:
    published = derived(load()[slug])
    numbers = variant(published, 2)
    asked = question(published, numbers)
    taken = {one.name.split(" ")[-1]: one.answer for one in take(published, slug, 1)}
    for box in asked.boxes:
        answer = taken.get(box.id)
        if not isinstance(box, AnswerBox) or not isinstance(answer, Number):
            continue
        right, tolerance = Fraction(answer.right), Fraction(answer.tolerance)
        for share, outcome in ((Fraction(999, 1000), True), (Fraction(1001, 1000), False)):
            for sign in (1, -1):
                typed = written(right + sign * share * tolerance)
                marked = mark(job(asked, published, numbers, {box.id: typed}))
                [verdict] = [one for one in marked.boxes if one.id == box.id]
                assert (verdict.outcome is Outcome.CORRECT) is outcome, (box.id, typed)


def test_names_are_the_same_each_time_and_no_two_are_alike() -> None:
    names = [one.name for one in bank("seed-w1", 3)]
    assert names == [one.name for one in bank("seed-w1", 3)]
    assert len(set(names)) == len(names) == 12


NOT_IN_XML = {"exclude_categories": ["Cc", "Cs"], "exclude_characters": "\ufffe\uffff\u2028\u2029"}
special = some.sampled_from("~=#{}:\\<>&\"'%\n]$")
odd = some.text(some.one_of(special, some.characters(codec="utf-8", **NOT_IN_XML)), max_size=20)  # type: ignore[arg-type]
one_line = odd.map(lambda text: " ".join(text.split()))
filled = one_line.map(lambda text: text or "x")
options = some.tuples(filled, some.just(Decimal(0)), one_line)


@given(filled, odd, some.lists(options, min_size=1, max_size=3))
def test_whatever_a_text_holds_it_is_read_back(
    name: str, html: str, wrong: list[tuple[str, Decimal, str]]
) -> None:
    html = html.replace("\n", "").replace("\r", "") or "x"
    answer = Choice((("right", Decimal(100), ""), *wrong), many=False)
    questions: Iterable[Taken] = [Taken(name, html, answer)]
    told = [(text, part) for text, part, _why in answer.options]
    assert read_xml("".join(moodle_xml("A", questions))) == {name: (html, told)}
    assert read_gift("".join(gift("A", questions))) == {
        name: (html, [(text.strip(), part) for text, part in told])
    }


def test_picking_several_has_parts_that_add_up() -> None:
    questions = [
        one for slug, exercise in load().items() if exercise.step.value == "trap" for one in bank(slug, 1)
    ]
    many = [one for one in questions if isinstance(one.answer, Choice) and one.answer.many]
    assert many
    assert read_xml("".join(moodle_xml("A", many)))


def test_the_page_gives_a_file(student: Client, browser_of: object, items: dict[str, Item]) -> None:
    browser = browser_of("observer")  # type: ignore[operator]
    assert "seed-w1" in browser.get("/c/backprop/takeaway/").content.decode()
    number = items["seed-w1"].exercise_id
    reply = browser.get(f"/c/backprop/takeaway/file?exercise={number}&variants=2&format=gift")
    assert len(read_gift(b"".join(reply.streaming_content).decode())) == 8


@pytest.mark.parametrize(
    "query", ["", "variants=0", "variants=x", "variants=501", "format=qti", "exercise=x"]
)
def test_what_cannot_be_taken_along_is_refused(
    query: str, browser_of: object, items: dict[str, Item]
) -> None:
    browser = browser_of("observer")  # type: ignore[operator]
    extra = "" if query.startswith("exercise") or not query else f"&exercise={items['seed-w1'].exercise_id}"
    assert browser.get(f"/c/backprop/takeaway/file?{query}{extra}").status_code == 400

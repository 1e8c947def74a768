"""Math and pictures: printed from trees, escaped, in the colours of the links."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.work.mathml import equation, math, plain, prose, typeset
from course.work.svg import draw
from exercises.bank import load
from exercises.diagram import draw as lay_out
from exercises.question import Diagram, Node
from exercises.structure import network_of
from grader.expression import read

CHAIN = "grad_w1 = dL_dyhat * dyhat_dh1 * dh1_dw1"
LINKS = {"dL_dyhat": 1, "dyhat_dh1": 2, "dh1_dw1": 3}


def text_of(html: str) -> str:
    return "".join(ElementTree.fromstring(html).itertext())


def test_a_chain_shows_each_link_in_its_colour_and_with_its_number() -> None:
    links = re.findall(r'class="f (k\d)" data-link="(\d)"', equation(CHAIN, LINKS))
    assert links == [("k1", "1"), ("k2", "2"), ("k3", "3")]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("w3*h1", "w3\u2062h1"),
        ("2*(yhat - y)", "2\u2062(yˆ−y)"),
        ("-0.6*2*0.5", "−0.6⋅2⋅0.5"),
        ("w1_new = w1 - alpha*grad_w1", "w1′=w1−α⋅∂L∂w1"),
        ("dL_dw > 0", "∂L∂w>0"),
        ("relu", "relu"),
        ("abs(z1)", "|z1|"),
    ],
)
def test_math_is_shown_in_the_order_in_which_it_was_written(typed: str, shown: str) -> None:
    assert text_of(math(typed)) == shown


def test_every_equation_of_the_bank_is_well_formed_markup() -> None:
    for exercise in load().values():
        for node, right in exercise.network.items():
            ElementTree.fromstring(math(f"{node} = {right}"))


@given(st.text(alphabet="wxh12()+-*/^ .yat", max_size=20))
def test_whatever_can_be_read_is_shown_as_well_formed_markup(text: str) -> None:
    try:
        tree = read(text, ["w1", "h1", "x1", "yhat", "y"])
    except ValueError:
        return
    ElementTree.fromstring(typeset(tree))


def test_prose_is_escaped_and_its_math_is_typeset() -> None:
    html = prose("Is 1 < 2, and how does <b> react to `w1`?")
    assert "1 &lt; 2" in html
    assert "&lt;b&gt;" in html
    assert "<msub><mi>w</mi><mn>1</mn></msub>" in html


def test_a_full_stop_stays_with_the_math_before_it() -> None:
    assert re.search(r'<span class="nb"><math.*</math>\.</span>', prose("It is `w1`."))


def test_plain_text_has_real_subscripts_and_signs() -> None:
    assert plain("raise `w1`: `grad_w1 = -0.6`") == "raise w₁: ∂L/∂w₁ = −0.6"


def picture(exercise: str, asked: str | None = None, marks: dict[tuple[str, str], int] | None = None) -> str:
    return draw(
        lay_out(network_of(load()[exercise].network), {"w1": "-1.2", "h1": "0.6"}, marks or {}, asked),
        title="T",
    )


def test_the_picture_names_its_parts_and_numbers_the_way_back() -> None:
    svg = picture("seed-w1", "w1", {("L", "yhat"): 1, ("yhat", "h1"): 2, ("h1", "w1"): 3})
    assert 'role="img"' in svg
    assert re.findall(r'class="b (k\d)" data-link="(\d)"', svg) == [("k3", "3"), ("k2", "2"), ("k1", "1")]
    assert re.findall(r'class="wlab ask (k\d)" data-name="(\w+)"', svg) == [("k3", "w1")]


def test_a_link_inside_a_unit_has_its_number_on_that_unit() -> None:
    svg = picture("tanh-w1", "w1", {("L", "yhat"): 1, ("yhat", "h1"): 2, ("h1", "z1"): 3, ("h1", "w1"): 4})
    assert sorted(re.findall(r'class="tag (k\d)" data-link="(\d)"', svg)) == [
        (f"k{link}", str(link)) for link in range(1, 5)
    ]


def test_values_in_the_picture_have_real_minus_signs_and_unknown_ones_a_question_mark() -> None:
    svg = picture("seed-w1")
    assert "= −1.2" in svg
    assert svg.count(">?<") == 6  # x1, x2, h2, yhat, L, y


@pytest.mark.parametrize("exercise", sorted(name for name, one in load().items() if one.network))
def test_every_network_of_the_bank_is_drawn_inside_its_frame(exercise: str) -> None:
    svg = ElementTree.fromstring(picture(exercise))
    left, top, width, height = map(float, svg.attrib["viewBox"].split())
    places = [
        tuple(map(float, re.findall(r"-?[\d.]+", part.attrib["transform"])))
        for part in svg.iter()
        if "transform" in part.attrib
    ]
    assert all(left < x < left + width and top < y < top + height for x, y in places)


def test_no_name_or_title_breaks_out_of_the_picture() -> None:
    evil = '"><script>alert(1)</script>'
    diagram = Diagram((Node(evil, 0, 0, "input", evil),), (), {}, None, evil)
    assert "<script" not in draw(diagram, title=evil)


def test_pictures_and_math_carry_no_inline_style() -> None:
    assert "style=" not in picture("seed-w1") + equation(CHAIN, LINKS)

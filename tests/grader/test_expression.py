"""The reader against its table of examples, its bounds, and whatever else can be typed."""

from __future__ import annotations

import contextlib
import json
import math
import re
import sys
import time
from operator import add, mul, sub, truediv
from pathlib import Path
from typing import Any

import pytest

from grader.expression import BOUNDS, Unreadable, canonical, read, show, unfold
from grader.language import DEFINITIONS, FUNCTIONS
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree, children, names, walk
from grader.wording import MESSAGES, READING, sentence
from grader.words import words

TABLE = json.loads((Path(__file__).parents[1] / "tables" / "reading.json").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = TABLE["rows"]
NAMES: list[str] = TABLE["names"]


def _label(row: dict[str, Any]) -> str:
    return row["text"][:30].encode("ascii", "backslashreplace").decode() or "nothing"


def _read(row: dict[str, Any], text: str | None = None) -> Tree:
    return read(
        row["text"] if text is None else text,
        row.get("names", NAMES),
        decimal_comma=row.get("decimal_comma", True),
        percent=row.get("percent", False),
    )


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


CALLS: dict[str, Any] = {
    **{name: getattr(math, name) for name in ["exp", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"]},
    "ln": math.log,
    "abs": abs,
    "max": max,
    "min": min,
    "sigmoid": _sigmoid,
    "relu": lambda z: max(z, 0),
    "leaky": lambda z, s=0.2: z if z > 0 else s * z,
    "sigmoid'": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "tanh'": lambda z: 1 / math.cosh(z) ** 2,
    "relu'": lambda z: 1 if z > 0 else 0,
    "leaky'": lambda z, s=0.2: 1 if z > 0 else s,
}


SIGNS: dict[str, Any] = {"+": add, "-": sub, "*": mul, "/": truediv, "^": pow}


def _value(tree: Tree, numbers: dict[str, float]) -> float:
    parts = [_value(part, numbers) for part in children(tree)]
    match tree:
        case Number(value=value):
            return float(value)
        case Name(name=name, constant=constant):
            return {"pi": math.pi, "e": math.e}[name] if constant else numbers[name]
        case Call(function=function):
            return float(CALLS[function](*parts))
        case Binary(operator=operator):
            return float(SIGNS[operator](*parts))
        case _:
            return -parts[0] if isinstance(tree, Negative) else parts[0]


@pytest.mark.parametrize("row", [row for row in ROWS if "tree" in row], ids=_label)
def test_what_can_be_read_has_one_tree(row: dict[str, Any]) -> None:
    tree = _read(row)

    assert (show(tree), words(tree)) == (row["tree"], row["words"])
    assert read(show(tree), row.get("names", NAMES)) == tree
    if "value" in row:
        assert _value(tree, TABLE["numbers"]) == pytest.approx(row["value"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("row", [row for row in ROWS if "error" in row], ids=_label)
def test_what_cannot_be_read_is_named_with_its_place(row: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as caught:
        _read(row)

    error = caught.value
    assert (error.code, list(error.span), error.fix) == (row["error"], row["span"], row.get("fix"))
    assert "%" not in re.sub(re.escape(row["text"]), "", str(error)) or error.code.startswith("percent")
    if error.fix is not None:
        _read(row, error.fix)


@pytest.mark.parametrize("row", [row for row in ROWS if "tree" in row], ids=_label)
def test_every_part_of_a_tree_knows_where_it_was_typed(row: dict[str, Any]) -> None:
    tree = _read(row)

    for part in walk(tree):
        start, end = part.span
        assert 0 <= start < end <= len(row["text"])
        assert all(start <= inner.span[0] and inner.span[1] <= end for inner in children(part))


def test_no_row_of_the_table_leaves_a_column_out() -> None:
    columns = {frozenset(row) - {"text", "names", "decimal_comma", "percent", "value", "fix"} for row in ROWS}

    assert columns == {frozenset({"tree", "words"}), frozenset({"error", "span"})}
    assert sum("value" in row for row in ROWS) > 250


def test_the_table_meets_every_message_of_the_reader() -> None:
    raised = {row["error"] for row in ROWS if "error" in row}
    elsewhere = {"not-text", "surrogate", "control"}

    assert raised | elsewhere >= {code for code in MESSAGES if code in _codes_of_the_reader()}


def _codes_of_the_reader() -> set[str]:
    source = "".join(
        (Path(sys.modules["grader"].__path__[0]) / f"{name}.py").read_text(encoding="utf-8")
        for name in ("lexer", "spelling", "numerals", "parser", "complaints", "expression")
    )
    return {code for code in MESSAGES if f'"{code}"' in source}


def test_a_yhat_is_never_a_y() -> None:
    for typed in ("ŷ", "y\u0302", r"\hat{y}", "yhat", "y_hat", "y hat", r"\hat y"):
        with pytest.raises(Unreadable):
            read(typed, ["y"])


def test_a_name_of_the_exercise_wins_over_a_constant_and_a_function() -> None:
    assert read("e", ["e"]) == Name("e")
    assert read("e", ["x"]) == Name("e", constant=True)
    assert names(read("max*2", ["max"])) == {"max"}


def test_an_ambiguous_product_offers_two_readings_that_can_be_read() -> None:
    for typed in ("a/bc", "1/2x", "x^ab", "e^2x", "a/b c b"):
        with pytest.raises(Unreadable) as caught:
            read(typed, NAMES)
        first, second = (read(caught.value.params[which], NAMES) for which in ("first", "second"))
        assert first != second


def test_a_place_counts_the_characters_that_were_typed() -> None:
    typed = r"\hat{y}·w₁ + ŷ − q"

    with pytest.raises(Unreadable) as caught:
        read(typed, NAMES)

    assert typed[slice(*caught.value.span)] == "q"


HOSTILE = [
    "(" * 1_000_000,
    "a" * 1_000_000,
    "\ud800" * 1500,
    "\x00" * 1500,
    "\u202e" * 1500,
    "9" * 1500,
    "1e" * 750,
    "0," * 750,
    "max(" * 375,
    "max(0,5," * 187,
    "w1" * 750,
    "w1x1" * 375,
    "w_{1}" * 300,
    "yyhat" * 300,
    "|" * 1500,
    "-" * 1500,
    "2^" * 750,
    "a/" * 750,
    "a b " * 375,
    "\\frac{" * 250,
    "\\frac{a}{" * 160,
    "dL/d" * 375,
    "\u0302" * 1500,
    "y\u0302" * 750,
    "^{new}" * 250,
    "_" * 1500,
    "$" * 1500,
    "\\" * 1500,
    "exp" * 500,
    "(a)2" * 375,
    "²" * 1500,
    "٣" * 1500,
    "😀" * 1500,
    "\\hat" * 375,
    " " * 1500,
    "a" + " " * 1498 + "b",
    "9^9^9^9^9^9^9^9^9",
    "q" * 1500,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:8]) + f"x{len(text)}")
def test_no_text_whatever_takes_long_or_breaks_the_reader(text: str) -> None:
    def seconds() -> float:
        start = time.process_time()
        with contextlib.suppress(Unreadable):
            read(text, NAMES)
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.05


@pytest.mark.parametrize("thing", [None, 3, 0.5, b"w1", ["w1"], {}])
def test_only_text_is_read(thing: Any) -> None:
    with pytest.raises(Unreadable, match="has to be text"):
        read(thing, NAMES)


def test_the_largest_expressions_fit_and_the_next_ones_do_not() -> None:
    def fits(text: str) -> bool:
        try:
            read(text, NAMES)
        except Unreadable:
            return False
        return True

    half = BOUNDS.nodes // 2
    assert (fits("+".join(["a"] * half)), fits("+".join(["a"] * (half + 1)))) == (True, False)
    assert (fits("(" * 32 + "a" + ")" * 32), fits("(" * 33 + "a" + ")" * 33)) == (True, False)
    assert (fits("a" + " " * 1499), fits("a" + " " * 1500)) == (True, False)
    assert (fits("9" * 20), fits("9" * 21)) == (True, False)
    assert (fits("1e-30"), fits("1e-31")) == (True, False)
    assert (fits("x^10000"), fits("x^10001")) == (True, False)


def test_the_deepest_expression_is_read_far_down_the_stack() -> None:
    def down(levels: int) -> Tree:
        return down(levels - 1) if levels else read("(" * 32 + "a" + ")" * 32, ["a"])

    assert isinstance(down(500), Group)


def test_functions_can_be_left_out_of_the_language() -> None:
    with pytest.raises(Unreadable, match="sigmoid"):
        read("sigmoid(a)", ["a"], functions=frozenset({"exp"}))


@pytest.mark.parametrize("function", sorted(DEFINITIONS))
@pytest.mark.parametrize("z", [-1.5, -0.25, 0.5, 2.0])
def test_a_defined_function_means_its_definition(function: str, z: float) -> None:
    written_out = unfold(read(f"2*{function}(a)", ["a"]))

    assert not {part.function for part in walk(written_out) if isinstance(part, Call)} & set(DEFINITIONS)
    assert _value(written_out, {"a": z}) == pytest.approx(2 * CALLS[function](z))


def test_a_leaky_slope_can_be_given() -> None:
    tree = unfold(read("-(leaky(a, 0.1) + exp(b)/2)", ["a", "b"]))

    assert _value(tree, {"a": -3.0, "b": 0.0}) == pytest.approx(-0.2)


def test_brackets_are_added_where_a_built_tree_needs_them() -> None:
    a, b, c = (Name(letter) for letter in "abc")

    assert show(Binary("*", Binary("+", a, b), c)) == "(a + b)*c"
    assert show(Binary("/", a, Binary("*", b, c))) == "a/(b*c)"
    assert show(Binary("^", Negative(a), Binary("^", b, c))) == "(-a)^b^c"
    assert show(Binary("-", a, Binary("-", b, c))) == "a - (b - c)"


def test_every_message_is_one_sentence_with_its_parameters() -> None:
    for code, template in READING.items():
        parameters = re.findall(r"%\((\w+)\)s", template)
        text = sentence(code, dict.fromkeys(parameters, "x"))
        assert template[0].isupper() or template[0] in "“%", code
        assert text[-1] in ".?", code


def test_every_function_can_be_read_and_printed() -> None:
    for function, (fewest, most) in FUNCTIONS.items():
        for count in (fewest, most):
            text = f"{function}({', '.join(['a'] * count)})"
            assert show(read(text, ["a"])) == text


def test_free_text_is_kept_as_it_is_but_for_its_line_ends() -> None:
    assert canonical("ŷ is\r\n not y\rbut\t🎓 \u200fعربي") == "ŷ is\n not y\nbut\t🎓 \u200fعربي"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a\ud800b", "surrogate", 1),
        ("\x00", "control", 0),
        ("ab\x1b[0m", "control", 2),
        ("a\u202eb", "control", 1),
        ("\x7f", "control", 0),
        ("\x85", "control", 0),
    ],
)
def test_text_that_cannot_be_stored_is_refused_with_its_place(text: str, code: str, place: int) -> None:
    with pytest.raises(Unreadable) as caught:
        canonical(text)

    assert (caught.value.code, caught.value.span) == (code, (place, place + 1))

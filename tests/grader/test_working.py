"""Equals signs in an answer: labels, sides and their places. The browser passes the same table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.expression import Unreadable, read, show
from grader.working import MOST_SIDES, Working, read_working

TABLE = json.loads((Path(__file__).parents[1] / "tables" / "working.json").read_text(encoding="utf-8"))
NAMES = TABLE["names"]
PIECES = st.sampled_from(
    [*"()$*-+/^ =≈12w", "w1", "yhat", "0.5", "=", " = ", "q", "dL/dyhat", "\\approx", "\u200b"]
)


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: row["text"][:30])
def test_answers_are_read_side_by_side(row: dict[str, Any]) -> None:
    names = row.get("names", NAMES)
    if "error" in row:
        with pytest.raises(Unreadable) as caught:
            read_working(row["text"], names, row["own"])
        error = caught.value
        assert (error.code, list(error.span), error.fix) == (row["error"], row["span"], row.get("fix"))
    else:
        found = read_working(row["text"], names, row["own"])
        assert [show(side) for side in found.sides] == row["sides"]
        assert [list(span) for span in found.spans] == row["spans"]
        assert found.result == found.sides[-1]


def test_a_comma_is_a_decimal_point_only_where_the_course_has_it_so() -> None:
    assert show(read_working("1,26 = 1,26", NAMES, "L").result) == "1.26"
    with pytest.raises(Unreadable, match="comma"):
        read_working("1.26 = 1,26", NAMES, "L", decimal_comma=False)


def attempt(text: str) -> Working | Unreadable:
    try:
        return read_working(text, NAMES, "dL_dyhat")
    except Unreadable as error:
        return error


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_whatever_is_typed_is_read_or_refused_at_a_place_with_a_readable_fix(text: str) -> None:
    found = attempt(text)
    if isinstance(found, Unreadable):
        assert 0 <= found.span[0] <= found.span[1] <= len(text)
        assert found.fix is None or isinstance(attempt(found.fix), Working)
    else:
        assert 1 <= len(found.sides) <= MOST_SIDES
        whole = zip(found.sides, found.spans, strict=True)
        assert all(read(text[slice(*span)], NAMES) == side for side, span in whole)

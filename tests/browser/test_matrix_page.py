"""A matrix in one box: read in the browser as in the grader, shown as it was read, marked entry by entry."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from grader.wording import MESSAGES
from tests.browser.answers import fill
from tests.browser.conftest import DESKTOP, NARROW, PHONE, Site
from tests.browser.test_pages import assert_accessible, assert_fits
from tests.browser.test_reader_table import ROOT, blank  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Address = Callable[[str], str]
TABLE = json.loads((ROOT / "tests" / "tables" / "matrices.json").read_text(encoding="utf-8"))
READ = """async (json) => {
  const { show } = await import("./reader.js");
  const { readMatrix } = await import("./matrix.js");
  const { names, own, texts } = JSON.parse(json);
  return JSON.stringify(texts.map(([text, shape]) => {
    try {
      const { rows, loose } = readMatrix(text, names, own, shape);
      return { rows: rows.map((row) => row.map(show)), loose };
    } catch (error) {
      if (!error.code) return { crash: String(error.stack) };
      const { row, column, ...params } = error.params;
      return { code: error.code, span: error.span, params, fix: error.fix, cell: row ? [row, column] : null };
    }
  }));
}"""
RIGHT = {
    "dL_dyhat": "-1.7464",
    "dL_dh": "[-2.4449; 1.3971]",
    "dL_dz": "[-1.8507, 1.1089]",
    "grad_W": "[[-0.9254, -1.4806, -0.5552], [0.5544, 0.8871, 0.3327]]",
}


def in_browser(page: Page, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    texts = [(row["text"], row.get("shape")) for row in rows]
    found: list[dict[str, object]] = json.loads(page.evaluate(READ, json.dumps({**TABLE, "texts": texts})))
    return found


def test_both_readers_agree_on_every_matrix_of_the_table(blank: Page) -> None:  # noqa: F811
    for row, seen in zip(TABLE["read"], in_browser(blank, TABLE["read"]), strict=True):
        assert seen == {"rows": row["rows"], "loose": row.get("loose", False)}, row


def test_both_readers_agree_on_what_is_no_matrix(blank: Page) -> None:  # noqa: F811
    rows = TABLE["refused"]
    for row, seen in zip(rows, in_browser(blank, rows), strict=True):
        assert [seen["code"], seen["span"], seen["fix"], seen["cell"]] == [
            row["code"],
            row["span"],
            row.get("fix"),
            row.get("cell"),
        ], row
        assert row.get("params", seen["params"]) == seen["params"]
        assert row["code"] in MESSAGES


@pytest.fixture
def page(marking_site: Site, address: Address) -> Page:
    tab = marking_site.tab(as_="student")
    tab.goto(address("matrix-w"))
    return tab


def test_a_matrix_is_shown_as_it_was_read_with_its_shape(page: Page) -> None:
    page.fill("#b-grad_W", "[1, w11; 3, -0.5*x1]")
    echo = page.locator("#e-grad_W")
    expect(echo.locator("mtr")).to_have_count(2)
    expect(echo.locator("mtd")).to_have_count(4)
    expect(echo).to_contain_text("2 × 2")
    expect(page.locator("#live")).to_contain_text("2 by 2: 1, w 11; 3, minus 0.5 times x 1")


def test_a_slip_in_an_entry_is_named_with_its_place(page: Page) -> None:
    page.fill("#b-dL_dz", "[0.5; 0.5 tanh 2]")
    expect(page.locator("#e-dL_dz")).to_contain_text("Row 2, column 1: The function tanh needs brackets")
    page.locator("#e-dL_dz .fix").click()
    expect(page.locator("#b-dL_dz")).to_have_value("[0.5; 0.5 tanh(2)]")


def test_brackets_are_inserted_around_the_caret(page: Page) -> None:
    page.click("#b-dL_dz")
    page.click(".palette [data-insert='[]']")
    page.keyboard.type("1")
    page.click(".palette [data-insert='; ']")
    page.keyboard.type("2")
    expect(page.locator("#b-dL_dz")).to_have_value("[1; 2]")


def test_the_entries_that_hold_are_marked_in_their_places(page: Page) -> None:
    fill(page, RIGHT | {"grad_W": "[-0.9254, -1.4806, -0.5552; 0.5544, -0.8871, 0.3327]"})
    page.click("#check")
    marks = page.locator("#v-grad_W .entries td")
    expect(marks).to_have_count(6)
    expect(marks.nth(4)).to_have_attribute("data-mark", "bad")
    expect(page.locator("#v-grad_W")).to_contain_text("Row 2, column 2:")
    fill(page, RIGHT)
    page.click("#check")
    expect(page.locator("#verdict")).to_contain_text("That is right.")


@pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROW], ids=["desktop", "phone", "narrow"])
def test_the_page_of_a_matrix_is_accessible_before_and_after_a_verdict(
    marking_site: Site, address: Address, size: tuple[int, int]
) -> None:
    tab = marking_site.tab(size, as_="student")
    tab.goto(address("matrix-w"))
    fill(
        tab,
        RIGHT | {"dL_dz": "[-1.8507; 1]", "grad_W": "[-0.9254, 0.5544; -1.4806, 0.8871; -0.5552, 0.3327]"},
    )
    tab.click("#check")
    expect(tab.locator("#v-grad_W")).to_contain_text("Rows and columns")
    assert_fits(tab, "after the verdict")
    assert_accessible(tab, address("matrix-w"))

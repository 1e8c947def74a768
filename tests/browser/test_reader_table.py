"""The reader in the browser passes the same table as the reader in the grader."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from grader.expression import Unreadable, read, show
from grader.wording import MESSAGES
from grader.words import words
from tests.grader.fuzz_texts import texts

ROOT = Path(__file__).parents[2]
TABLE = json.loads((ROOT / "tests" / "tables" / "reading.json").read_text(encoding="utf-8"))
READ_ALL = """async (json) => {
  const { read, show, value, words, setMessages, message } = await import("./reader.js");
  const { names, numbers, rows, templates } = JSON.parse(json);
  setMessages(templates);
  const place = (text, end) => [...text.slice(0, end)].length;
  return JSON.stringify(rows.map((row) => {
    const options = { decimalComma: row.decimal_comma ?? true, percent: row.percent ?? false };
    try {
      const tree = read(row.text, row.names ?? names, options);
      const again = show(read(show(tree), row.names ?? names));
      return { tree: show(tree), again, value: value(tree, numbers), words: words(tree) };
    } catch (error) {
      if (!error.code) return { crash: String(error.stack) };
      const span = error.span.map((end) => place(row.text, end));
      return { error: error.code, span, fix: error.fix, says: message(error) };
    }
  }));
}"""
TYPESET = """async ([text, names]) => {
  const { read, mathml } = await import("./reader.js");
  return mathml(read(text, names)).outerHTML;
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def blank(chromium: Browser) -> Iterator[Page]:
    """An empty page beside the scripts, under a policy that forbids eval and markup from text."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Quiet, directory=str(ROOT / "course" / "static" / "js"))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    page = chromium.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/theme.js")
    yield page
    page.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
def test_both_readers_agree_on_every_row_of_the_table(blank: Page) -> None:
    found = json.loads(blank.evaluate(READ_ALL, json.dumps({**TABLE, "templates": MESSAGES})))

    assert len(found) == len(TABLE["rows"])
    for row, seen in zip(TABLE["rows"], found, strict=True):
        if "error" in row:
            assert (seen["error"], seen["span"], seen["fix"]) == (
                row["error"],
                row["span"],
                row.get("fix"),
            ), row
            assert seen["says"] == _sentence(row)
        else:
            assert (seen["tree"], seen["again"], seen["words"]) == (row["tree"], row["tree"], row["words"]), (
                row
            )
            assert "value" not in row or seen["value"] == pytest.approx(row["value"], rel=1e-9, abs=1e-12), (
                row
            )


@pytest.mark.browser
def test_both_readers_agree_on_what_nobody_would_think_of(blank: Page) -> None:
    options = [{"decimal_comma": place % 4 != 0, "percent": place % 3 == 0} for place in range(3000)]
    rows = [{"text": text, **option} for text, option in zip(texts(31, 3000), options, strict=True)]
    found = json.loads(blank.evaluate(READ_ALL, json.dumps({**TABLE, "rows": rows, "templates": MESSAGES})))

    for row, seen in zip(rows, found, strict=True):
        assert {key: seen[key] for key in seen if key != "value"} == _on_the_server(row), ascii(row)


def _on_the_server(row: dict[str, Any]) -> dict[str, Any]:
    text, *options = row.values()
    try:
        tree = read(text, TABLE["names"], decimal_comma=options[0], percent=options[1])
    except Unreadable as error:
        return {"error": error.code, "span": [*error.span], "fix": error.fix, "says": str(error)}
    return {"tree": show(tree), "again": show(read(show(tree), TABLE["names"])), "words": words(tree)}


def _sentence(row: dict[str, Any]) -> str:
    options = {key: row[key] for key in ("decimal_comma", "percent") if key in row}
    with pytest.raises(Unreadable) as caught:
        read(row["text"], row.get("names", TABLE["names"]), **options)
    return str(caught.value)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ŷ", '<mover accent="true"><mi>y</mi><mo stretchy="false">ˆ</mo></mover>'),
        ("w3_new", "<msubsup><mi>w</mi><mn>3</mn><mo>′</mo></msubsup>"),
        ("alpha*w1", "<mi>α</mi><mo>\u2062</mo><msub><mi>w</mi><mn>1</mn></msub>"),
        ("h1*2", "<msub><mi>h</mi><mn>1</mn></msub><mo>⋅</mo><mn>2</mn>"),
        ("(a+b)/c", "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>"),
        ("x^(a)", "<msup><mi>x</mi><mi>a</mi></msup>"),
        ("-a - b", "<mrow><mo>−</mo><mi>a</mi></mrow><mo>−</mo><mi>b</mi>"),
        ("sqrt(a)", "<msqrt><mi>a</mi></msqrt>"),
        ("|a|", '<mo stretchy="false">|</mo><mi>a</mi><mo stretchy="false">|</mo>'),
        ("dL/dyhat", "<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mover"),
        ("grad_w1", "<mrow><mo>∂</mo><msub><mi>w</mi><mn>1</mn></msub></mrow></mfrac>"),
        ("relu'(a)", "<msup><mi>relu</mi><mo>′</mo></msup><mo>\u2061</mo>"),
        ("max(a; b)", "<mi>a</mi><mo>,</mo><mi>b</mi>"),
    ],
)
def test_an_expression_is_typeset_as_it_was_typed(blank: Page, text: str, parts: str) -> None:
    assert parts in blank.evaluate(TYPESET, [text, TABLE["names"]])


WORKING = json.loads((ROOT / "tests" / "tables" / "working.json").read_text(encoding="utf-8"))
READ_WORKING = """async (json) => {
  const { show } = await import("./reader.js");
  const { readWorking } = await import("./working.js");
  const { names, rows } = JSON.parse(json);
  return JSON.stringify(rows.map((row) => {
    const points = ([start, end]) => [start, end].map((place) => [...row.text.slice(0, place)].length);
    try {
      const { sides, spans } = readWorking(row.text, row.names ?? names, row.own);
      return { sides: sides.map(show), spans: spans.map(points) };
    } catch (error) {
      if (!error.code) return { crash: String(error.stack) };
      return { error: error.code, span: points(error.span), fix: error.fix };
    }
  }));
}"""


@pytest.mark.browser
def test_both_readers_agree_on_answers_with_equals_signs(blank: Page) -> None:
    found = json.loads(blank.evaluate(READ_WORKING, json.dumps(WORKING)))
    for row, seen in zip(WORKING["rows"], found, strict=True):
        expected = {key: row[key] for key in row.keys() & {"sides", "spans", "error", "span", "fix"}}
        assert seen == expected | ({"fix": row.get("fix")} if "error" in row else {}), row

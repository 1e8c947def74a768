"""A CSV file as rows of cells: any common encoding, separator and quoting. Knows nothing of people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_BYTES = 2 * 2**20
MOST_ROWS = 5_000
MOST_COLUMNS = 100
SEPARATORS = ",;\t"
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how XLSX and XLS begin
MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
QUOTED = re.compile(r'[ \u00a0]*"([^"]*(?:""[^"]*)*)"[ \u00a0]*')
NEWLINE = re.compile(r"\r\n|\r|\n")


class FileProblem(Exception):  # noqa: N818 - it is an answer, not a fault of the program
    """The whole file cannot be read: why, and in which line if it is one's."""

    def __init__(self, words: str, line: int | None = None) -> None:
        super().__init__(words)
        self.words, self.line = words, line

    def __str__(self) -> str:
        return _("Line %(line)d: %(words)s") % vars(self) if self.line else self.words


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and the line of the file on which it begins (the first line is 1)."""

    line: int
    cells: tuple[str, ...]


def read_table(raw: bytes | str) -> list[Row]:
    """The rows that are not empty, the header's first. Raises FileProblem."""
    if len(raw) > MOST_BYTES:
        raise FileProblem(_("The file is larger than %(limit)d MB.") % {"limit": MOST_BYTES // 2**20})
    text = (decode(raw) if isinstance(raw, bytes) else raw).removeprefix("\ufeff")
    if "\0" in text:
        raise FileProblem(_("This is no text."), text.count("\n", 0, text.index("\0")) + 1)
    text, first = _without_hint(text)
    rows = list[Row]()
    for row in _rows(text, separator_of(text), first):
        if len(rows) > MOST_ROWS:
            raise FileProblem(_("The file has more than %(limit)d people.") % {"limit": MOST_ROWS}, row.line)
        rows.append(row)
    if not rows:
        raise FileProblem(_("There is nothing in it."))
    return rows


def decode(raw: bytes) -> str:
    """The text of UTF-8 or UTF-16, with or without its mark. Raises FileProblem with the line."""
    if raw.startswith(SPREADSHEETS):
        raise FileProblem(_("This is a spreadsheet's own file. Save it as CSV (UTF-8), and take that file."))
    mark = next((mark for mark in MARKS if raw.startswith(mark)), b"")
    try:
        return raw[len(mark) :].decode(MARKS.get(mark) or _unmarked(raw))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FileProblem(_("This is no UTF-8 or UTF-16. Save the file as CSV UTF-8."), line) from None


def _unmarked(raw: bytes) -> str:
    """In UTF-16 every second byte of plain letters is zero."""
    head = raw[:200]
    if len(head) > 3 and head.count(0) * 3 > len(head):
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return "utf-8"


def _without_hint(text: str) -> tuple[str, int]:
    """Without the line ``sep=;`` that some spreadsheets write first, and the number of the first line."""
    found = re.match(r"sep=.(\r\n|\r|\n)", text)
    return (text[found.end() :], 2) if found else (text, 1)


def separator_of(text: str) -> str:
    """The separator that the header has most often, outside quotation marks; a comma if it has none."""
    header = next((line for line in NEWLINE.split(text) if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", header)
    return max(SEPARATORS, key=bare.count)


def _rows(text: str, separator: str, line: int) -> Iterator[Row]:
    plain = re.compile(f"[^{separator}\r\n]*")
    at, begun, cells = 0, line, list[str]()
    while True:
        cell, at, line = _cell(text, at, line, plain, separator)
        cells.append(cell)
        if len(cells) > MOST_COLUMNS:
            raise FileProblem(_("There are more than %(limit)d columns.") % {"limit": MOST_COLUMNS}, begun)
        if text[at : at + 1] == separator:
            at += 1
            continue
        if any(cell.strip() for cell in cells):
            yield Row(begun, tuple(cells))
        if at >= len(text):
            return
        at += len(NEWLINE.match(text, at)[0])  # type: ignore[index]  # nothing else can stand here
        line += 1
        begun, cells = line, []


def _cell(text: str, at: int, line: int, plain: re.Pattern[str], separator: str) -> tuple[str, int, int]:
    """The cell that begins at this place, the place after it, and the line there."""
    quoted = QUOTED.match(text, at)
    if quoted is None:
        found = plain.match(text, at)
        assert found is not None  # it matches nothing too
        if found[0].lstrip().startswith('"'):
            raise FileProblem(_("A quotation mark is opened here and never closed."), line)
        return found[0], found.end(), line
    end = quoted.end()
    if text[end : end + 1] not in {"", separator, "\r", "\n"}:
        raise FileProblem(_("Text follows a closing quotation mark. Write a quotation mark twice."), line)
    inside = quoted[1].replace('""', '"')
    return inside, end, line + len(NEWLINE.findall(inside))

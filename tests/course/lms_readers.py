"""Strict readers of what learning management systems import, written from their own sources and from trials.

They share no code with the site. Each raises Refusal where the system would refuse, lose or delete something.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from decimal import Decimal

Scores = dict[str, dict[str, Decimal | str]]


class Refusal(Exception):  # noqa: N818
    """The system would not take this file, or would do harm with it."""


def lines(data: bytes, separator: str) -> list[list[str]]:
    """RFC 4180 with a constant number of columns."""
    text = data.decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    if len({len(line) for line in found}) != 1:
        raise Refusal("number of columns is not constant")
    return found


def once(names: Collection[str]) -> None:
    """No head and no student twice."""
    if len({name.casefold() for name in names}) != len(names) or "" in names:
        raise Refusal("twice or blank")


def canvas(data: bytes) -> Scores:
    """gradebook_importer.rb."""
    first = data.decode("utf-8-sig").splitlines()[:3]
    counts = {mark: {line.count(mark) for line in first} for mark in ";,"}
    separator = ";" if len(counts[";"]) == 1 and counts[";"] != {0} else ","
    head, points, *rows = lines(data, separator)
    if "Student" not in head[0] or "ID" not in head[1] or len(head) <= 3:
        raise Refusal("Invalid header row")
    if head[2:5] != ["SIS User ID", "SIS Login ID", "Section"] or "Points Possible" not in points[0]:
        raise Refusal("Invalid header row")
    once(head)
    found: Scores = {}
    for row in rows:
        who = row[1] or row[2] or row[3]
        if not who or not row[0] or who in found:
            raise Refusal(f"a missing student: {row}")
        found[who] = {title: _canvas_number(text) for title, text in zip(head[5:], row[5:], strict=True)}
    return found


def _canvas_number(text: str) -> Decimal | str:
    if text == "EX":
        return text
    if text in {"", "-"}:
        raise Refusal("no score: the old one is lost")
    places = max(text.rfind(","), text.rfind("."))
    whole = re.sub(r"[.,]", "", text[:places]) if places >= 0 else text
    return Decimal(f"{whole}.{text[places + 1 :]}" if places >= 0 else whole)


def moodle(
    data: bytes,
    key: str,
    known: Collection[str],
    *,
    most: Decimal = Decimal(100),
    comma: bool = False,
    separator: str = ",",
) -> Scores:
    """grade/import/csv of Moodle 4.5, by what it was seen to do: one bad row and nothing is written."""
    head, *rows = lines(data, separator)
    once(head)
    if key not in head or "Last downloaded from this course" in head:
        raise Refusal("map from")
    users = {name.casefold() for name in known} if key == "email" else set(known)
    place, found = head.index(key), Scores()
    for row in rows:
        who = row[place].casefold() if key == "email" else row[place]
        if who not in users:
            raise Refusal("user not found")
        found[row[place]] = {
            title: _moodle_number(text, most, comma=comma)
            for title, text in zip(head, row, strict=True)
            if title != key
        }
    return found


def _moodle_number(text: str, most: Decimal, *, comma: bool) -> Decimal:
    if text in {"", "-"}:
        raise Refusal("deletes the existing grade")
    sign = "," if comma else r"\."
    if not re.fullmatch(rf"-?\d+({sign}\d+)?(e\d+)?", text, re.ASCII):
        raise Refusal("Supplied grade is invalid")
    number = Decimal(text.replace(",", "."))
    if not 0 <= number <= most:
        raise Refusal("larger than the allowed grade maximum")
    return round(number, 5)


def brightspace(data: bytes) -> Scores:
    """Identifiers with a hash in front, "Points Grade" behind each title, a hash at the end of each line."""
    head, *rows = lines(data, ",")
    if head[0] not in {"OrgDefinedId", "Username"} or head[-1] != "End-of-Line Indicator":
        raise Refusal("head")
    if not all(title.endswith(" Points Grade") for title in head[1:-1]) or {row[-1] for row in rows} - {"#"}:
        raise Refusal("columns")
    once(head)
    return {
        row[0].removeprefix("#"): {
            title.removesuffix(" Points Grade"): _plain(text)
            for title, text in zip(head[1:-1], row[1:-1], strict=True)
        }
        for row in rows
    }


def blackboard(data: bytes) -> Scores:
    """Tabs, every cell quoted, a column's number at the end of its heading; other columns become texts."""
    for line in data.decode().splitlines():
        if not all(re.fullmatch(r'"[^"]*(?:""[^"]*)*"', cell) for cell in line.split("\t")):
            raise Refusal("every field is quoted")
    head, *rows = lines(data, "\t")
    columns = [re.fullmatch(r"(.*) \[Total Pts: [\d.]+ Score\] \|(\d+)", title) for title in head[1:]]
    if head[0] != "Username" or not all(columns):
        raise Refusal("a column without an id becomes text worth 0 points")
    once(head)
    return {
        row[0]: {column[2]: _plain(text) for column, text in zip(columns, row[1:], strict=True) if column}
        for row in rows
    }


def sakai(data: bytes, *, comma: bool = False) -> Scores:
    """ImportGradesHelper.java."""
    head, *rows = lines(data, ";" if comma else ",")
    once(head)
    once([row[0] for row in rows])
    titles = [re.fullmatch(r"([^*#\[\]][^\[\]]*?)(?: \[\d+(?:[.,]\d\d?)?\])?", title) for title in head[2:]]
    if not all(titles):
        raise Refusal("a comment or an ignored column")
    return {
        row[0]: {
            title[1]: _plain(text.replace(",", ".") if comma else text)
            for title, text in zip(titles, row[2:], strict=True)
            if title
        }
        for row in rows
    }


def chamilo(data: bytes) -> Scores:
    """example_csv.html."""
    head, *rows = lines(data, ";")
    if head != ["username", "score"]:
        raise Refusal("head")
    return {row[0]: {"score": _plain(row[1])} for row in rows}


def _plain(text: str) -> Decimal:
    if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        raise Refusal(f"no number: {text!r}")
    return Decimal(text)

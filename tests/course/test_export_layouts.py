"""Files for other systems, read back by strict readers that know what those systems do."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from course.gradebook.book import Student
from course.gradebook.identifying import IDENTIFIERS, harmless, plain, problem
from course.gradebook.layouts import LAYOUTS, Scored, titles
from course.gradebook.machine import Writing, bytes_of
from course.gradebook.options import Options
from tests.course import lms_readers as lms

TEN = Decimal(10)
KNOWN = ("alice", "bob", "carl")
READERS: dict[str, Callable[[bytes], lms.Scores]] = {
    "canvas": lms.canvas,
    "brightspace": lms.brightspace,
    "blackboard": lms.blackboard,
    "sakai": lms.sakai,
    "chamilo": lms.chamilo,
}


def student(username: str = "alice", **more: str) -> Student:
    facts = {"first_name": "", "last_name": "", "email": "", "number": "", "lms_id": "", "section": ""}
    return Student(1, 1, username=username, **(facts | more))


def written(
    layout: str, columns: list[Scored], rows: list[tuple[Student, list[str | None]]], **options: object
) -> Writing:
    """The files of these rows, as an export writes them."""
    asked = Options(layout, **{"key": "username"} | options)  # type: ignore[arg-type]
    chosen = LAYOUTS[layout]
    writing = Writing(chosen, asked, titles(chosen, columns))
    for one, cells in rows:
        if why := problem(IDENTIFIERS[asked.key], one, frozenset(), numeric=asked.key in chosen.numeric):
            writing.leave_out(one, why)
        else:
            writing.put(one, cells)
    return writing


def only(writing: Writing) -> bytes:
    [sheet] = writing.finish(()).sheets
    return b"".join(bytes_of(sheet))


@pytest.mark.parametrize(
    ("case", "reads"),
    [
        ("\ufeffusername,Quiz\r\nalice,7\r\n", True),  # BOM and CRLF
        ("username,Quiz\nalice,7\n", True),
        ("username,Quiz\r\nalice,1e1\r\n", True),
        ("username,Quiz\r\nalice,7.123456789\r\n", True),
        ("username,Quiz\r\nalice,7\r\nalice,8\r\n", True),  # the last one wins
        ("username,Quiz\r\nalice,\r\n", False),  # deletes
        ("username,Quiz\r\nalice,-\r\n", False),
        ("username,Quiz\r\nalice,7\r\neve,8\r\nbob,9\r\n", False),  # unknown in row 2 of 3
        ("username,Quiz\r\nalice,101\r\n", False),
        ("username,Quiz\r\nalice,-1\r\n", False),
        ('username,Quiz\r\nalice,"7,5"\r\n', False),
        ("username,Quiz\r\nalice,75%\r\n", False),
        ("username,Quiz\r\nalice,75 %\r\n", False),
        ("username,Quiz\r\nalice,'7\r\n", False),
        ("username,Quiz\r\n'alice,7\r\n", False),
        ("username,Quiz\r\nalice,7,8\r\n", False),
        ("username,Last downloaded from this course\r\nalice,7\r\n", False),
    ],
)
def test_the_reader_does_what_moodle_was_seen_to_do(case: str, reads: bool) -> None:
    if reads:
        assert lms.moodle(case.encode(), "username", KNOWN)["alice"]["Quiz"] in {
            Decimal(7),
            Decimal(8),
            Decimal(10),
            Decimal("7.12346"),
        }
    else:
        with pytest.raises(lms.Refusal):
            lms.moodle(case.encode(), "username", KNOWN)


@pytest.mark.parametrize(
    ("key", "facts", "head"),
    [
        ("username", {}, "alice"),
        ("email", {"email": "Alice@Example.org"}, "Alice@Example.org"),
        ("number", {"number": "00123"}, "00123"),
        ("lms", {"lms_id": "42"}, "42"),
    ],
)
@pytest.mark.parametrize("bom", [False, True])
def test_moodle_reads_each_identifier(key: str, facts: dict[str, str], head: str, bom: bool) -> None:
    rows = [(student(**facts), ["7.13"])]
    data = only(written("moodle", [Scored("Quiz", TEN)], rows, key=key, bom=bom))
    named = LAYOUTS["moodle"].heads[key]
    assert data.startswith(b"\xef\xbb\xbf") is bom
    assert lms.moodle(data, named, {head.casefold() if key == "email" else head}) == {
        head: {"Quiz": Decimal("7.13")}
    }


def test_decimal_commas_come_with_semicolons() -> None:
    rows = [(student(), ["7,13"])]
    data = only(written("moodle", [Scored("Quiz, 1", TEN)], rows, comma=True))
    read = lms.moodle(data, "username", KNOWN, comma=True, separator=";")
    assert read == {"alice": {"Quiz, 1": Decimal("7.13")}}
    assert lms.sakai(only(written("sakai", [Scored("Quiz", TEN)], rows, comma=True)), comma=True)
    assert lms.canvas(only(written("canvas", [Scored("Quiz", TEN)], rows, comma=True)))["alice"][
        "Quiz"
    ] == Decimal("7.13")


@pytest.mark.parametrize("layout", READERS)
def test_each_system_reads_its_layout(layout: str) -> None:
    columns = [Scored("Quiz", TEN, "71"), Scored("Homework, “1”", TEN, "72")]
    if LAYOUTS[layout].single:
        columns = columns[:1]
    cells: list[str | None] = ["7.13", "0.00"][: len(columns)]
    one = student("alice", last_name="Ångström", first_name="Ada", section="Lab A")
    read = READERS[layout](only(written(layout, columns, [(one, cells)])))
    assert list(read) == ["alice"]
    assert list(read["alice"].values()) == [Decimal(text) for text in cells if text]


def test_the_exact_heads() -> None:
    columns = [Scored("Quiz", TEN, "71"), Scored("Exam", Decimal("12.500"))]

    def first_of(layout: str) -> list[str]:
        count = 1 if layout in {"chamilo", "blackboard"} else 2
        data = only(written(layout, columns[:count], [(student(), ["1.00"] * count)]))
        return data.decode().split("\r\n")

    first = {layout: first_of(layout) for layout in LAYOUTS}
    assert first["canvas"][:2] == [
        "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (71),Exam",
        "    Points Possible,,,,,10,12.5",
    ]
    assert first["moodle"][0] == "username,Quiz,Exam"
    assert first["brightspace"][:2] == [
        "Username,Quiz Points Grade,Exam Points Grade,End-of-Line Indicator",
        "#alice,1.00,1.00,#",
    ]
    assert first["blackboard"][0] == '"Username"\t"Quiz [Total Pts: 10 Score] |71"'
    assert first["sakai"][0] == "Student ID,Student Name,Quiz [10],Exam [12.5]"
    assert first["chamilo"][:2] == ["username;score", "alice;1.00"]


def test_students_without_a_score_in_a_column_have_a_file_of_their_own_and_no_cell_is_blank() -> None:
    columns = [Scored("Quiz", TEN), Scored("Exam", TEN)]
    rows: list[tuple[Student, list[str | None]]] = [
        (student("alice"), ["1.00", "2.00"]),
        (student("bob"), [None, "3.00"]),
        (student("carl"), ["4.00", "5.00"]),
        (student("dora"), [None, None]),
    ]
    made = written("moodle", columns, rows).finish(())
    read = [lms.moodle(b"".join(bytes_of(sheet)), "username", KNOWN) for sheet in made.sheets]
    assert read == [
        {"alice": {"Quiz": 1, "Exam": 2}, "carl": {"Quiz": 4, "Exam": 5}},
        {"bob": {"Exam": 3}},
    ]
    assert made.reasons == {"no score in any of the columns": 1}


def test_an_excused_student_is_excused_in_canvas_only() -> None:
    assert LAYOUTS["canvas"].excused == "EX"
    assert {layout.excused for layout in LAYOUTS.values() if layout.id != "canvas"} == {""}
    rows: list[tuple[Student, list[str | None]]] = [(student(), ["EX"])]
    assert lms.canvas(only(written("canvas", [Scored("Quiz", TEN)], rows))) == {"alice": {"Quiz": "EX"}}


@pytest.mark.parametrize(
    ("layout", "given", "head"),
    [
        ("moodle", "Last downloaded from this course", "Assignment Last downloaded from this course"),
        ("moodle", "=1+1", "Assignment =1+1"),
        ("sakai", "* Quiz", "Assignment * Quiz [10]"),
        ("sakai", "# Quiz", "Assignment # Quiz [10]"),
        ("sakai", "Quiz [2]", "Quiz (2) [10]"),
        ("canvas", "Quiz (2)", "Quiz - 2"),
        ("moodle", "Two\r\nlines", "Two lines"),
    ],
)
def test_a_title_that_a_system_would_mistake_is_changed(layout: str, given: str, head: str) -> None:
    [column] = titles(LAYOUTS[layout], [Scored(given, TEN)])
    assert LAYOUTS[layout].title(column) == head


def test_two_titles_that_are_alike_are_told_apart() -> None:
    named = titles(LAYOUTS["canvas"], [Scored("Quiz (2)", TEN), Scored("Quiz", TEN), Scored("quiz", TEN)])
    heads = [LAYOUTS["canvas"].title(one) for one in named]
    assert heads == ["Quiz - 2", "Quiz", "quiz - 3"]


odd = some.text(
    some.one_of(
        some.sampled_from("=+-@\t\r\n\0'\"|;,#*[]()%\u202e\u2028אبé漢😀<&"), some.characters(codec="utf-8")
    ),
    max_size=12,
)
people = some.builds(
    student, username=odd, last_name=odd, first_name=odd, email=odd, number=odd, lms_id=odd, section=odd
)


@given(
    some.lists(people, max_size=4),
    some.sampled_from(sorted(READERS)),
    some.lists(odd, min_size=1, max_size=3),
)
def test_whatever_people_and_assignments_are_called_a_file_can_be_read(
    found: list[Student], layout: str, named: list[str]
) -> None:
    if LAYOUTS[layout].single:
        named = named[:1]
    columns = [Scored(name, TEN, str(number)) for number, name in enumerate(named, start=50)]
    unlike = {one.username: one for one in (student(), *found)}.values()
    rows: list[tuple[Student, list[str | None]]] = [(one, ["7.13"] * len(columns)) for one in unlike]
    made = written(layout, columns, rows).finish(())
    [data] = [b"".join(bytes_of(sheet)) for sheet in made.sheets]
    read = READERS[layout](data)
    assert len(read) + made.left_out.rows == len(rows)
    assert read["alice"]
    separator = {"blackboard": "\t", "chamilo": ";"}.get(layout, ",")
    for row in csv.reader(io.StringIO(data.decode(), newline=""), delimiter=separator):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@given(odd)
def test_no_cell_for_people_begins_as_a_formula(text: str) -> None:
    cell = harmless(plain(text))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == plain(text).removeprefix("'")


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "=1", "@x", "-x", "é", "a\n", "a,b", "a'b", "x" * 200, "١٢"]
)
@pytest.mark.parametrize("key", sorted(IDENTIFIERS))
def test_an_identifier_outside_the_list_of_characters_is_left_out(key: str, text: str) -> None:
    one = student(text, email=text, number=text, lms_id=text)
    assert problem(IDENTIFIERS[key], one, frozenset())

"""Reading a roster from a CSV file: any common form of it, and each mistake named with its line."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.people.roster import table
from course.people.roster.columns import KEYS
from course.people.roster.rows import DETAILS, Person, read_roster
from course.people.roster.table import FileProblem
from course.people.roster.writing import roster_lines

PLAIN = "First name,Last name,E-mail,Student number\nAda,Stone,ada@uni.edu,100\nBen,Rivers,ben@uni.edu,101\n"


def people(raw: bytes | str) -> list[tuple[str, ...]]:
    """Line, names and e-mail of everybody; there may be no problem."""
    roster = read_roster(raw)
    assert roster.problems == ()
    return [(str(one.line), one.first_name, one.last_name, one.email) for one in roster.people]


def told(raw: bytes | str) -> list[tuple[int, str, str]]:
    """Line, field and words of each problem."""
    return [(one.line, one.field, one.words) for one in read_roster(raw).problems]


ADA_AND_BEN = [("2", "Ada", "Stone", "ada@uni.edu"), ("3", "Ben", "Rivers", "ben@uni.edu")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_separator_newline_and_encoding_reads_alike(separator: str, newline: str, code: str) -> None:
    raw = PLAIN.replace(",", separator).replace("\n", newline).encode(code)
    assert people(raw) == ADA_AND_BEN


@pytest.mark.parametrize(
    "header",
    [
        "Vorname;Nachname;E-Mail-Adresse;Matrikelnummer",
        "First Name,Surname,Email Address,ID number",
        "FIRST_NAME,Last-Name,email,sis user id",
        "Prénom;Nom;Courriel;Numéro étudiant",
        "given name\tfamily name\tMail\tStudent ID",
        '"first name", "last name", "e-mail", "OrgDefinedId"',
    ],
)
def test_common_names_of_columns_are_known(header: str) -> None:
    separator = table.separator_of(header)
    assert people(f"{header}\n" + separator.join(("Ada", "Stone", "ada@uni.edu", "100"))) == ADA_AND_BEN[:1]


def test_columns_stand_in_any_order_and_strange_ones_are_named() -> None:
    roster = read_roster("Grade,Section,E-mail,Name\n7,Lab 1,ada@uni.edu,Ada Stone\n")
    [ada] = roster.people
    assert (ada.name, ada.email, ada.section) == ("Ada Stone", "ada@uni.edu", "Lab 1")
    assert roster.unread == ("Grade",)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ada Stone", "Ada", "Stone"),
        ('"Stone, Ada"', "Ada", "Stone"),
        ("Ada Maria Stone", "Ada Maria", "Stone"),
        ("Plato", "", "Plato"),
        ('"van Beethoven, Ludwig"', "Ludwig", "van Beethoven"),
    ],
)
def test_one_name_is_split_in_two(name: str, first: str, last: str) -> None:
    [person] = read_roster(f"name,username\n{name},x\n").people
    assert (person.first_name, person.last_name) == (first, last)


def test_a_quoted_cell_may_hold_separators_quotation_marks_and_what_a_spreadsheet_marks() -> None:
    [person] = read_roster('sep=;\nName;E-mail\n"Stone; ""Ada""" ; \'-ada@uni.edu\n').people
    assert (person.line, person.last_name) == (3, '"Ada"')
    assert person.email == "-ada@uni.edu"


def test_lines_are_counted_as_the_file_has_them() -> None:
    raw = 'name,email\n\n"a,b",a@x.org\r\n,,\n"x",no\n'
    assert told(raw) == [(5, "email", "is no e-mail address")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Ada,Stone,ada@,1", (2, "email", "is no e-mail address")),
        ("Ada,Stone,,", (2, "", "needs an e-mail, a username, a student number or an LMS id")),
        ("Ada\x07,Stone,ada@uni.edu,1", (2, "first_name", "holds a character that no name has (U+0007)")),
        ("Ada\u202e,Stone,ada@uni.edu,1", (2, "first_name", "holds a character that no name has (U+202E)")),
        ('"Ada\nMaria",Stone,a@x.org,1', (2, "first_name", "holds a character that no name has (U+000A)")),
        (f"{'a' * 151},Stone,a@x.org,1", (2, "first_name", "is longer than 150 characters")),
        (f"Ada,Stone,a@x.org,{'1' * 65}", (2, "student_number", "is longer than 64 characters")),
        (
            "Ada,Stone,a@x.org,1,more",
            (2, "", "has 5 cells, and there are 4 columns; is a cell with a comma not quoted?"),
        ),
    ],
)
def test_a_line_that_is_wrong_says_in_which_field_and_why(row: str, problem: tuple[int, str, str]) -> None:
    assert told(f"First name,Last name,E-mail,Student number\n{row}\n") == [problem]


def test_a_username_may_hold_only_what_the_site_takes() -> None:
    assert told("username\nada stone\n") == [(2, "username", "may hold letters, digits and @ . + - _ only")]


def test_somebody_who_stands_twice_in_the_file_is_named_with_the_first_line() -> None:
    raw = "email,username\nada@uni.edu,ada\nADA@uni.edu,eve\nben@uni.edu,Ada\n"
    assert told(raw) == [
        (3, "email", "stands in line 2 as well"),
        (4, "username", "stands in line 2 as well"),
    ]


def test_every_problem_of_a_line_is_told_at_once() -> None:
    assert [field for _line, field, _words in told("email,username\nno,a b\n")] == ["email", "username"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"PK\x03\x04rest", "Save it as CSV"),
        ("name,email\nÄda,a@x.org\n".encode("latin-1"), "Line 2: This is no UTF-8"),
        ("", "There is nothing in it."),
        (" , \n\n", "There is nothing in it."),
        ('email\n"ada@uni.edu\nben@uni.edu', "Line 2: A quotation mark is opened here and never closed."),
        ('name,email\n"Ada" Stone,a@x.org', "Line 2: Text follows a closing quotation mark."),
        ("Name,Grade\nAda,7\n", "This one reads: Name, Grade."),
        ("ada@uni.edu\nben@uni.edu\n", "The first line names the columns"),
        ("email,E-mail\na@x.org,b@x.org\n", "Two columns are the e-mail."),
        ("email" + "," * 100 + "\n", "more than 100 columns"),
        ("email\n" + "".join(f"p{n}@x.org\n" for n in range(5001)), "Line 5002: The file has more than 5000"),
        (b"\0" * (table.MOST_BYTES + 1), "larger than 2 MB"),
    ],
)
def test_a_file_that_is_no_roster_says_why(raw: bytes | str, words: str) -> None:
    with pytest.raises(FileProblem) as caught:
        read_roster(raw)
    assert words in str(caught.value)


def test_five_thousand_people_can_be_read() -> None:
    assert len(read_roster("email\n" + "".join(f"p{n}@x.org\n" for n in range(5000))).people) == 5000


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_whatever_is_read_gives_people_and_problems_or_says_why_not(raw: bytes | str) -> None:
    try:
        read = read_roster(raw)
    except FileProblem as problem:
        read = str(problem)
    assert read


CELL = st.text(st.sampled_from("ab@.,;\"'\t\n\r =+-\u202e\x01é"), max_size=12)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, max_size=5), max_size=5), st.sampled_from(",;\t"))
def test_a_file_of_rows_is_read_line_by_line_whatever_stands_in_its_cells(
    rows: list[list[str]], separator: str
) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows([["email", "name", "section"], *rows])
    try:
        roster = read_roster(written.getvalue())
    except FileProblem as problem:
        assert "columns" in str(problem)  # noqa: PT017 - nothing else may be wrong with a well-formed file
        return
    lines = written.getvalue().count("\n") + written.getvalue().count("\r") + 1
    assert all(1 < one.line <= lines for one in (*roster.people, *roster.problems))


WORDS = st.text(st.sampled_from("aZé水ßﬁ\u0301\"'=+-@,;.|"), min_size=1, max_size=8)


@st.composite
def persons(draw: st.DrawFn) -> Person:
    """Somebody as the reader gives them back."""
    names = ("first_name", "last_name", "section", "lms_id")
    free = {name: unicodedata.normalize("NFC", draw(WORDS)) for name in names}
    number = draw(st.integers(0, 10**9))
    return Person(email=f"p{number}@uni.edu", username=f"-p{number}", student_number=f"+{number}", **free)


@settings(deadline=None)
@given(st.lists(persons(), max_size=4, unique_by=(lambda one: one.email, lambda one: one.lms_id.casefold())))
def test_what_is_written_is_read_back(written: list[Person]) -> None:
    text = "".join(roster_lines(written))
    roster = read_roster(text.encode())
    assert roster.problems == ()

    def details(one: Person) -> dict[str, Any]:
        return {name: getattr(one, name) for name in DETAILS}

    assert [details(one) for one in roster.people] == [details(one) for one in written]
    assert all(line[:1] not in "=+-@" for row in csv.reader(io.StringIO(text)) for line in row if line)


def test_every_key_has_a_column() -> None:
    assert set(KEYS) <= set(DETAILS)

"""The export's pages and command: what is in the files, who is left out, scores as of a date."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from course.gradebook.models import Column, Excuse, Gradebook
from course.management.base import NotDoneError, WrongCallError
from course.people.models import Enrolment, Section, User
from tests.course import lms_readers as lms
from tests.course.grading import Class, make_class

FILE = "/c/algebra/grades/file"


@pytest.fixture
def group(db: None) -> Class:
    """Two students with two assignments that are due; Ben has handed in nothing."""
    made = make_class()
    made.student("ada", "Stone", "Ada", student_number="S1", lms_id="11")
    made.student("ben", "Rivers", "Ben", student_number="S2")
    made.assignment("First")
    made.assignment("Second", 20)
    made.give("ada", "First", "7.125")
    return made


@pytest.fixture
def staff(group: Class) -> Client:
    user = User.objects.create(username="iris")
    Enrolment.objects.create(course=group.course, user=user, role="instructor", content=3, data=2)
    client = Client()
    client.force_login(user)
    return client


def got(client: Client, query: str = "") -> bytes:
    reply = client.get(f"{FILE}?{query}")
    assert reply.status_code == 200, reply.content.decode()[-2000:]
    blocks = reply.streaming_content
    assert isinstance(blocks, Iterable)
    return b"".join(blocks)


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_moodle_gets_rounded_points_and_zero_for_who_handed_in_nothing(staff: Client) -> None:
    read = lms.moodle(got(staff, "layout=moodle"), "username", {"ada", "ben"})
    assert read == {
        "ada": {"First": Decimal("7.13"), "Second": 0},
        "ben": {"First": 0, "Second": 0},
    }


def test_before_the_due_date_nobody_has_a_zero_unless_it_is_asked(group: Class, staff: Client) -> None:
    group.assignment("Third", days=5)
    parts = unzipped(got(staff, "layout=moodle&assignment=" + str(group.assignments["Third"].pk)))
    assert sorted(parts) == ["READ-ME.txt", "algebra-grades-moodle-left-out.csv"]
    asked = got(staff, "layout=moodle&missing=zero")
    assert lms.moodle(asked, "username", {"ada", "ben"})["ben"] == {"First": 0, "Second": 0, "Third": 0}
    skipped = unzipped(got(staff, "layout=moodle&missing=skip"))
    assert lms.moodle(skipped["algebra-grades-moodle.csv"], "username", {"ada"}) == {
        "ada": {"First": Decimal("7.13")}
    }


def test_who_cannot_be_known_is_split_off_with_the_reason(group: Class, staff: Client) -> None:
    group.student("eve", "=HYPERLINK(1)", "Eve", student_number="a b")
    group.student("fay", "Fay", student_number="S1")
    group.student("guy", "Guy")
    files = unzipped(got(staff, "layout=moodle&key=number"))
    assert list(lms.moodle(files["algebra-grades-moodle.csv"], "idnumber", {"S2"})) == ["S2"]
    assert table(files["algebra-grades-moodle-left-out.csv"])[1:] == [
        ["'=HYPERLINK(1), Eve", "eve", "the student number has characters that an LMS may not take"],
        ["Fay", "fay", "another student has the same student number"],
        ["Guy", "guy", "no student number is known"],
        ["Stone, Ada", "ada", "another student has the same student number"],
    ]
    assert "1 students" in files["READ-ME.txt"].decode()


def test_only_those_on_the_roster_of_the_lms(staff: Client) -> None:
    files = unzipped(got(staff, "layout=canvas&roster=1"))
    assert list(lms.canvas(files["algebra-grades-canvas.csv"])) == ["11"]
    assert "not on the roster" in files["algebra-grades-canvas-left-out.csv"].decode()


def test_an_excused_student_keeps_the_other_scores(group: Class, staff: Client) -> None:
    Excuse.objects.create(enrolment=group.students["ben"], assignment=group.assignments["First"])
    assert lms.canvas(got(staff, "layout=canvas"))["S2"] == {"First": "EX", "Second": 0}
    files = unzipped(got(staff, "layout=moodle"))
    assert lms.moodle(files["algebra-grades-moodle-2.csv"], "username", {"ben"}) == {"ben": {"Second": 0}}


def test_blackboard_gets_columns_whose_id_is_known(group: Class, staff: Client) -> None:
    assert "column id" in staff.get(f"{FILE}?layout=blackboard").content.decode()
    Column.objects.create(assignment=group.assignments["First"], lms_id="123")
    assert lms.blackboard(got(staff, "layout=blackboard"))["ada"] == {"123": Decimal("7.13")}


def test_chamilo_takes_one_score(group: Class, staff: Client) -> None:
    assert staff.get(f"{FILE}?layout=chamilo").status_code == 400
    one = group.assignments["First"].pk
    assert lms.chamilo(got(staff, f"layout=chamilo&assignment={one}"))["ada"] == {"score": Decimal("7.13")}


def test_the_total_can_stand_alone(staff: Client) -> None:
    assert lms.chamilo(got(staff, "layout=chamilo&total=alone"))["ada"] == {"score": Decimal("23.75")}
    alone = lms.moodle(got(staff, "layout=moodle&total=alone"), "username", {"ada", "ben"})
    assert alone == {"ada": {"Course total": Decimal("23.75")}, "ben": {"Course total": 0}}


def test_the_total_goes_along_if_it_is_asked(staff: Client) -> None:
    read = lms.moodle(got(staff, "layout=moodle&total=too"), "username", {"ada", "ben"})
    assert read["ada"]["Course total"] == Decimal("23.75")


def test_the_spreadsheet_for_people_has_no_formula(group: Class, staff: Client) -> None:
    group.student("eve", "=1+1", "@cmd")
    rows = table(got(staff, "layout=people"))
    assert rows[0][:7] == [
        *("Last name", "First name", "Username", "E-mail", "Student number", "Section", "First / 10")
    ]
    assert rows[1][:3] == ["'=1+1", "'@cmd", "eve"]
    assert rows[3][6:9] == ["7.13", "0.00", "23.75"]


def test_in_the_xlsx_texts_are_texts_and_numbers_are_numbers(group: Class, staff: Client) -> None:
    group.student("eve", "=1+1", "2")
    sheet = load_workbook(io.BytesIO(got(staff, "layout=xlsx"))).active
    assert sheet is not None
    eve, ada = [list(row) for row in sheet.iter_rows(min_row=2)][0::2]
    assert [(cell.value, cell.data_type) for cell in eve[:2]] == [("=1+1", "s"), ("2", "s")]
    assert [(cell.value, cell.data_type) for cell in ada[6:9]] == [(7.13, "n"), (0, "n"), (23.75, "n")]


def test_the_generic_file_has_a_line_for_each_score(staff: Client) -> None:
    rows = table(got(staff, "layout=generic"))
    assert rows[0] == ["identifier", "email", "assignment", "points", "possible"]
    assert ["ada", "ada@example.org", "First", "7.13", "10"] in rows
    assert len(rows) == 5


def test_everything_is_there_as_json(group: Class, staff: Client) -> None:
    sent = group.hand_in("ben", "Second", "3", override=Decimal("3.5"))
    document = json.loads(got(staff, "layout=everything"))
    assert document["course"]["slug"] == "algebra"
    assert {one["user__username"] for one in document["people"]} == {"ada", "ben", "iris"}
    assert [one["title"] for one in document["assignments"]] == ["First", "Second"]
    [submission] = document["submissions"]
    assert (submission["id"], Decimal(submission["override"])) == (str(sent.pk), Decimal("3.5"))
    by_user = {one["user_id"]: one for one in document["scores"]}
    assert by_user[group.students["ben"].user_id]["total"] == "58.33"
    assert "password" not in json.dumps(document)


def test_scores_as_of_a_day_are_those_of_its_end(group: Class, staff: Client) -> None:
    group.hand_in("ben", "Second", "1", days=4)
    group.hand_in("ben", "Second", "4")
    day = (timezone.now() - timedelta(days=3)).date()
    data = unzipped(got(staff, f"layout=moodle&as_of={day}"))["algebra-grades-moodle.csv"]
    assert lms.moodle(data, "username", {"ben"}) == {"ben": {"Second": 5}}


def test_one_section_only(group: Class, staff: Client) -> None:
    section = Section.objects.create(course=group.course, name="Lab")
    Enrolment.objects.filter(pk=group.students["ben"].pk).update(section=section)
    read = lms.moodle(got(staff, f"layout=moodle&section={section.pk}"), "username", {"ben"})
    assert list(read) == ["ben"]


@pytest.mark.parametrize(
    "query",
    [
        *(
            "layout=nothing",
            "layout=moodle&key=x",
            "as_of=yesterday",
            "as_of=2026-13-45",
            "assignment=999999",
        ),
        *("assignment=x", "decimal=x", "layout=brightspace&decimal=comma", "missing=x"),
        *("assignment=999999", "section=%00"),
        *("layout=canvas&key=email", "as_of=9999-99-99T99", "assignment=99999999999999999999"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_words(staff: Client, query: str) -> None:
    for where in (FILE, "/c/algebra/grades/export/"):
        reply = staff.get(f"{where}?{query}")
        assert reply.status_code == 400
        assert "Not understood" not in reply.content.decode()


def test_one_click_exports_in_the_layout_that_the_course_chose(group: Class, staff: Client) -> None:
    assert got(staff).decode("utf-8-sig").startswith("Last name,")
    staff.post("/c/algebra/grades/export/", {"layout": "moodle"})
    assert got(staff).startswith(b"username,First,Second\r\n")
    assert "Moodle" in staff.get("/c/algebra/grades/").content.decode()
    assert Gradebook.objects.get().layout == "moodle"


def test_the_page_says_what_a_file_would_hold(group: Class, staff: Client) -> None:
    group.student("guy", "Guy", email="")
    page = staff.get("/c/algebra/grades/export/?layout=moodle&key=email").content.decode()
    assert "File 1: 2 students" in page
    assert "1 student is in no file" in page
    assert "no e-mail address is known" in page


def test_column_ids_are_kept_if_they_are_numbers(group: Class, staff: Client) -> None:
    one = group.assignments["First"].pk
    staff.post("/c/algebra/grades/export/", {"shown": "canvas", f"column-{one}": "=1"})
    assert not Column.objects.exclude(lms_id="").exists()
    staff.post("/c/algebra/grades/export/", {"shown": "canvas", f"column-{one}": "77"})
    assert b"First (77)" in got(staff, "layout=canvas")


def test_the_command_writes_the_same_files(group: Class, staff: Client, tmp_path: Path) -> None:
    target = tmp_path / "grades.csv"
    out = io.StringIO()
    call_command("export_grades", "algebra", layout="moodle", output=str(target), stdout=out)
    assert target.read_bytes() == got(staff, "layout=moodle")
    assert "grades.csv: 2 students" in out.getvalue()
    call_command("export_grades", "algebra", layout="xlsx", output=str(tmp_path / "a.xlsx"), stdout=out)
    assert load_workbook(tmp_path / "a.xlsx").active is not None


def test_a_dry_run_writes_nothing_and_counts(group: Class, tmp_path: Path) -> None:
    group.student("guy", "Guy")
    out = io.StringIO()
    target = tmp_path / "grades.csv"
    with pytest.raises(NotDoneError, match="1 students are in no file"):
        call_command(
            *("export_grades", "algebra", "--layout", "moodle", "--key", "number", "--dry-run"),
            *("--output", str(target), "--format", "json"),
            stdout=out,
        )
    told = json.loads(out.getvalue())
    assert told["files"][0]["rows"] == 2
    assert told["left_out"] == {"no student number is known": 1}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere",),
        ("algebra", "--as-of", "soon"),
        ("algebra", "--section", "none"),
        ("algebra", "--assignment", "x"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(group: Class, arguments: tuple[str, ...]) -> None:
    with pytest.raises(WrongCallError):
        call_command("export_grades", *arguments, "--dry-run")

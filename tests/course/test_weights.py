"""The weights: read from a form, tried on everybody, saved, undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from course.gradebook.models import Category, Change, Column, Gradebook
from course.gradebook.setup import Setup, from_data, setup_of
from course.gradebook.totals import Category as Weighed
from course.gradebook.weighing import read_setup
from course.people.copying import copy_course, plan_copy
from course.people.models import Enrolment, User
from tests.course.grading import Class, make_class

WEIGHTS, UNDO = "/c/algebra/grades/weights/", "/c/algebra/grades/undo"


@pytest.fixture
def group(db: None) -> Class:
    made = make_class()
    made.student("ada", "Stone", "Ada")
    made.student("ben", "Rivers", "Ben")
    made.assignment("First")
    made.assignment("Second")
    made.give("ada", "First", 10)
    made.give("ada", "Second", 5)
    made.give("ben", "First", 5)
    made.give("ben", "Second", 5)
    return made


@pytest.fixture
def staff(group: Class) -> Client:
    user = User.objects.create(username="iris", first_name="Iris", last_name="Field")
    Enrolment.objects.create(course=group.course, user=user, role="instructor", content=3, data=2)
    client = Client()
    client.force_login(user)
    return client


def form(group: Class, staff: Client, **more: str) -> dict[str, str]:
    """First weighs 30, Second 70; letters."""
    page = staff.get(WEIGHTS).content.decode()
    first, second = (group.assignments[title].pk for title in ("First", "Second"))
    return {
        "seen": page.split('name="seen" value="')[1].split('"')[0],
        "name-0": "Homework",
        "weight-0": "30",
        "name-1": "Exam",
        "weight-1": "70",
        f"place-{first}": "0",
        f"place-{second}": "1",
        "letters": "A 70\nB 60\nF 0",
        **more,
    }


def test_a_preview_says_whose_total_changes_and_saves_nothing(group: Class, staff: Client) -> None:
    page = " ".join(staff.post(WEIGHTS, form(group, staff)).content.decode().split())
    assert "2 totals change, 0 stay. 2 letters change." in page
    assert "75.00" in page
    assert "65.00" in page
    assert "-10.00" in page
    assert "Save these weights" in page
    assert not Category.objects.exists()


def test_who_keeps_the_total_is_counted(group: Class, staff: Client) -> None:
    page = " ".join(staff.post(WEIGHTS, form(group, staff, letters="")).content.decode().split())
    assert "1 total changes, 1 stay." in page


def test_weights_are_saved_with_a_line_of_the_journal_and_undone(group: Class, staff: Client) -> None:
    staff.post(WEIGHTS, form(group, staff, act="save"))
    assert "65.00 %" in staff.get("/c/algebra/grades/").content.decode()
    change = Change.objects.get()
    assert (change.act, change.about) == ("setup", "Homework 30, Exam 70")
    staff.post(UNDO, {"change": str(change.pk)})
    assert "75.00 %" in staff.get("/c/algebra/grades/").content.decode()
    assert not Category.objects.exists()
    assert Change.objects.order_by("-pk")[0].act == "undo"
    staff.post(UNDO, {"change": str(Change.objects.order_by("-pk")[0].pk)})
    assert setup_of(group.course).letters == (("A", Decimal(70)), ("B", Decimal(60)), ("F", Decimal(0)))


def test_a_form_made_from_other_weights_saves_nothing(group: Class, staff: Client) -> None:
    stale = form(group, staff, act="save")
    staff.post(WEIGHTS, form(group, staff, act="save", **{"weight-0": "10"}))
    page = staff.post(WEIGHTS, stale).content.decode()
    assert "Somebody changed the weights meanwhile" in page
    assert Category.objects.get(name="Homework").weight == 10


def test_an_undo_after_another_change_does_nothing(group: Class, staff: Client) -> None:
    staff.post(WEIGHTS, form(group, staff, act="save"))
    first = Change.objects.get()
    staff.post(WEIGHTS, form(group, staff, act="save", **{"weight-0": "10"}))
    page = staff.post(UNDO, {"change": str(first.pk)}, follow=True).content.decode()
    assert "nothing was undone" in page
    assert Category.objects.get(name="Homework").weight == 10


def test_saving_keeps_what_else_a_column_has(group: Class, staff: Client) -> None:
    Column.objects.create(assignment=group.assignments["First"], released=False, lms_id="7")
    staff.post(WEIGHTS, form(group, staff, act="save"))
    column = Column.objects.get(assignment=group.assignments["First"])
    assert (column.released, column.lms_id) == (False, "7")
    assert column.category is not None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"weight-0": "x"}, "Homework: the weight is a number"),
        ({"weight-0": "-1"}, "Homework: the weight is a number"),
        ({"weight-0": "NaN"}, "Homework: the weight is a number"),
        ({"weight-0": "1e999999"}, "Homework: the weight is a number"),
        ({"weight-0": "0.001"}, "Homework: the weight is a number"),
        ({"drops-1": "1.5"}, "Exam: so many are dropped"),
        ({"name-1": "homework"}, "homework stands there twice"),
        ({"name-1": ""}, "Line 2 has a weight, but no name"),
        ({"weight-0": "0", "weight-1": "0"}, "All weights are 0"),
        ({"letters": "A 90\nB 95\nF 0"}, "B needs less than the line above"),
        ({"letters": "A 90\nA 10\nF 0"}, "one stands there twice"),
        ({"letters": "A 90\nB 80"}, "the last one starts at 0"),
        ({"letters": "90"}, "“90” is no letter and number"),
    ],
)
def test_what_cannot_be_is_told_and_keeps_what_was_typed(
    group: Class, staff: Client, wrong: dict[str, str], words: str
) -> None:
    reply = staff.post(WEIGHTS, form(group, staff, act="save", **wrong))
    page = reply.content.decode()
    assert reply.status_code == 400
    assert words in page
    assert 'value="70"' in page or "weight-1" in wrong or "name-1" in wrong
    assert not Category.objects.exists()


def test_control_characters_become_blanks() -> None:
    setup, errors = read_setup({"name-0": "A\0B", "weight-0": "1", "letters": "P\x00 0"}, [])
    assert errors == []
    assert setup.categories[0].name == "A B"
    assert setup.letters == (("P", Decimal(0)),)


def test_a_comma_is_as_good_as_a_point() -> None:
    setup, errors = read_setup({"name-0": "A", "weight-0": "12,5", "drops-0": "2", "equal-0": "1"}, [])
    assert errors == []
    assert setup.categories == (Weighed(0, "A", Decimal("12.5"), 2, equal=True),)


def test_a_setup_survives_its_json() -> None:
    setup = Setup((Weighed(0, "A", Decimal("12.5"), 2, equal=True),), {4: 0}, (("A", Decimal(0)),))
    assert from_data(setup.data()) == setup


def test_a_copied_course_has_the_weights_and_releases_nothing(group: Class, staff: Client) -> None:
    staff.post(WEIGHTS, form(group, staff, act="save"))
    Column.objects.filter(assignment=group.assignments["First"]).update(released=False, lms_id="7")
    Gradebook.objects.update(layout="moodle")
    plan = plan_copy(group.course, date(2027, 3, 1))
    copy = copy_course(group.course, plan, title="Again", slug="again", starts=date(2027, 3, 1), by=None)
    old, new = setup_of(group.course), setup_of(copy)
    titles = dict(copy.assignments.values_list("pk", "title"))
    assert (new.categories, new.letters) == (old.categories, old.letters)
    assert {titles[pk]: key for pk, key in new.places.items()} == {"First": 0, "Second": 1}
    assert set(Column.objects.filter(assignment__course=copy).values_list("released", "lms_id")) == {
        (None, "")
    }
    assert Gradebook.objects.get(course=copy).layout == "moodle"

"""The gradebook in a real browser: look, say how a score came to be, weigh, release, export."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from course.people.models import Course, Enrolment
from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.test_pages import assert_accessible
from tests.course import lms_readers as lms
from tests.course.grading import Class

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRADES = "/c/backprop/grades/"


@pytest.fixture
def group(site: Site, demo: Course) -> Class:
    """The demo course with two assignments that are due and one quiz; both students have done something."""
    from course.work.models import PublishedExercise

    demo.assignments.update(hidden=True)
    exercise = PublishedExercise.objects.get(slug="seed-w1")
    students = Enrolment.objects.filter(course=demo, role="student").select_related("user")
    made = Class(demo, exercise, {one.user.username: one for one in students})
    made.assignment("First set")
    made.assignment("Second set", 20)
    made.assignment("A quiz", kind="exam")
    made.hand_in("student", "First set", "3", days=2)
    made.hand_in("student", "Second set", "4", days=2)
    made.hand_in("student2", "First set", "4", days=2)
    made.hand_in("student2", "A quiz", "2", days=2)
    return made


def weigh(page: Page) -> None:
    """Homework 50, the lowest dropped; exam 50."""
    page.get_by_role("link", name="Weights").click()
    for line, (name, weight, drops) in enumerate((("Homework", "50", "1"), ("Exam", "50", "")), start=1):
        category = page.get_by_role("group", name=f"Category {line}", exact=True)
        category.get_by_label("Name").fill(name)
        category.get_by_label("Weight").fill(weight)
        category.get_by_label("Lowest dropped").fill(drops)
    for title, line in (("First set", 1), ("Second set", 1), ("A quiz", 2)):
        page.get_by_label(title, exact=True).select_option(label=f"new category in line {line}")
    page.get_by_role("button", name="Show whose total changes").click()


def test_an_instructor_looks_weighs_releases_and_exports(site: Site, group: Class, tmp_path: Path) -> None:
    page = site.tab(as_="instructor")
    page.goto(GRADES)
    row = page.get_by_role("row", name="Stone, Ada")
    expect(row).to_contain_text("68.75 %")  # 27.5 of 40
    row.get_by_role("link", name="7.5 / 10").click()
    expect(page.get_by_role("row", name="How does the loss react")).to_contain_text("3 / 4 × 10 = 7.5")
    page.get_by_role("link", name="Grades", exact=True).first.click()

    weigh(page)
    changes = page.get_by_role("region", name="Totals that change")
    expect(changes.get_by_role("row", name="Stone, Ada")).to_contain_text("-18.75")
    page.get_by_role("button", name="Save these weights").click()
    expect(page.get_by_text("The weights are saved")).to_be_visible()
    page.get_by_role("link", name="Grades", exact=True).first.click()
    expect(page.get_by_role("row", name="Stone, Ada")).to_contain_text("50.00 %")

    page.get_by_role("link", name=re.compile("not released.*A quiz")).click()
    page.get_by_role("button", name="Release the scores").click()
    expect(page.get_by_text("Students see their scores in A quiz")).to_be_visible()

    page.get_by_role("link", name="Other layouts").click()
    page.get_by_role("link", name="Moodle").click()
    expect(page.get_by_text("File 1: 2 students")).to_be_visible()
    page.get_by_role("button", name="Make this the button's layout").click()
    page.goto(GRADES)
    with page.expect_download() as told:
        page.get_by_role("link", name=re.compile("Export.*Moodle")).click()
    told.value.save_as(tmp_path / "grades.csv")
    read = lms.moodle((tmp_path / "grades.csv").read_bytes(), "username", {"student", "student2"})
    assert {name: list(map(float, scores.values())) for name, scores in read.items()} == {
        "student": [7.5, 20, 0],
        "student2": [10, 0, 5],
    }


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_the_gradebook_is_accessible(site: Site, group: Class, size: tuple[int, int]) -> None:
    page = site.tab(size, as_="instructor")
    one, sat = group.students["student"].pk, group.assignments["First set"].pk
    for path in (
        "",
        f"s/{one}/",
        f"s/{one}/{sat}/",
        f"release/{sat}/",
        "weights/",
        "export/?layout=canvas",
        "journal/",
    ):
        assert_accessible(page, GRADES + path)
    assert_accessible(page, "/c/backprop/takeaway/")
    ada = site.tab(size, as_="student")
    for path in ("/c/backprop/scores/", f"/c/backprop/scores/{sat}/"):
        assert_accessible(ada, path)

"""A course and its people in a real browser: made, a roster pasted and mended, an accommodation given."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from course.people.models import Accommodation, Course, Enrolment, RosterImport, Section
from course.people.roster.applying import import_roster
from course.people.roster.rows import read_roster
from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.test_pages import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINES = [f"Person;No{n};p{n}@uni.example;{4700 + n};Lab {n % 2 + 1}" for n in range(30)]
HEADER = "First name;Last name;E-mail;Student number;Section"


def paste(page: Page, lines: list[str], button: str) -> None:
    page.get_by_label("Paste it here").fill("\n".join([HEADER, *lines]))
    page.get_by_role("button", name=button).click()


def test_an_instructor_makes_a_course_imports_thirty_people_and_gives_one_more_time(site: Site) -> None:
    page = site.tab(as_="instructor")
    page.get_by_role("link", name="New course").click()
    page.get_by_label("Title").fill("Deep learning 101")
    page.get_by_role("button", name="Make the course").click()
    expect(page.get_by_role("status")).to_contain_text("The course is there.")
    page.get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", name="There are no students yet")).to_be_visible()
    page.get_by_role("link", name="Import a roster").last.click()

    wrong = [LINES[0].replace("@", " at "), *LINES[1:29], LINES[29].replace("p29", "p3")]
    paste(page, wrong, "Look at it")
    expect(page.locator(".problems li")).to_have_count(2)
    expect(page.locator(".problems")).to_contain_text("Line 2: e-mail is no e-mail address")
    expect(page.locator(".problems")).to_contain_text("Line 31: e-mail stands in line 5 as well")
    paste(page, LINES, "Look again")
    expect(page.locator(".counts dd").first).to_have_text("30")
    expect(page.locator(".problems")).to_have_count(0)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    page.get_by_role("link", name="To the people").click()
    expect(page.locator("tbody tr")).to_have_count(31)

    page.get_by_role("link", name="Person No7", exact=True).click()
    page.get_by_label("Time factor").fill("1.5")
    page.get_by_label("Extra days").fill("2")
    page.get_by_role("button", name="Save the accommodation").click()
    expect(page.locator("#more-h + .note")).to_have_text("1.5× time and 2 more days")
    assert Accommodation.objects.get().enrolment.user.email == "p7@uni.example"

    link = page.locator(".copy-me").inner_text()
    student = site.tab(PHONE)
    student.goto(link)
    student.get_by_label("Password", exact=True).fill("uphill2026")
    student.get_by_label("The same password again").fill("uphill2026")
    student.get_by_role("button", name="Choose it and begin").click()
    expect(student.get_by_text("You have 1.5× time and 2 more days")).to_be_visible()


def test_one_of_the_staff_looks_as_a_student_and_comes_back(site: Site) -> None:
    page = site.tab(as_="assistant")
    page.goto("/c/backprop/")
    page.get_by_role("button", name="View as student").click()
    banner = page.get_by_role("complementary", name="You are viewing as a student")
    expect(banner).to_contain_text("Backpropagation")
    page.get_by_role("link", name="Begin: Forward pass").first.click()
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="Back to teaching").click()
    expect(page.get_by_role("navigation", name="Course", exact=True)).to_be_visible()
    expect(banner).to_have_count(0)


@pytest.fixture
def course(demo: Course) -> Course:
    """Some people, a section, a draft of a roster with a mistake, and an import that was done."""
    for text in (f"{HEADER}\n" + "\n".join(LINES[:5]), f"{HEADER}\n{LINES[0].replace('Person', 'Eve')}"):
        import_roster(RosterImport(course=demo), read_roster(text), None)
    RosterImport.objects.create(
        course=demo, text=f"{HEADER};Grade\nA;B;c@;1;Lab 9;7\n{LINES[1]};5\n{LINES[7]};2"
    )
    one = Enrolment.objects.get(user__email="p1@uni.example")
    Accommodation.objects.create(enrolment=one, time_factor="1.5", extra_days=2)
    return demo


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_about_people_is_accessible(site: Site, course: Course, size: tuple[int, int]) -> None:
    page = site.tab(size, as_="instructor")
    one = Enrolment.objects.get(user__email="p1@uni.example").pk
    done, draft = (
        RosterImport.objects.filter(undone_at=None).order_by("-pk").values_list("pk", flat=True)[:2][::-1]
    )
    assert Section.objects.filter(course=course).exists()
    people = "/c/backprop/people/"
    for path in [
        "/",
        "/courses/new/",
        "/c/backprop/settings/",
        "/c/backprop/copy/",
        "/c/backprop/changes/",
        people,
        f"{people}{one}/",
        f"{people}add/",
        f"{people}sections/",
        f"{people}import/",
        f"{people}import/{draft}/",
        f"{people}import/{done}/",
        f"{people}invitations/",
        "/c/backprop/as-student/forget",
    ]:
        assert_accessible(page, path)

"""Making a course, its settings, its join code, the archive, and a copy with its dates moved."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from course.gradebook.models import Category, Column, Gradebook
from course.people.copying import moved, plan_copy
from course.people.models import Course, Enrolment, Entry, Section
from course.tracking.models import NamedRule
from course.work.models import Assignment, Item

Browser = Callable[[str | None], Client]
SETTINGS, COPY = "/c/backprop/settings/", "/c/backprop/copy/"
TYPED = {"title": "Next term", "slug": "next", "began": "2026-09-07", "starts": "2027-02-01"}


@pytest.fixture
def dated(demo: Course) -> Assignment:
    """The first assignment, with all three dates."""
    first = demo.assignments.order_by("position").first()
    assert first is not None
    first.opens = datetime(2026, 9, 7, 8, tzinfo=UTC)
    first.due = datetime(2026, 9, 14, 21, 59, tzinfo=UTC)
    first.closes = datetime(2026, 9, 16, 21, 59, tzinfo=UTC)
    first.policy, first.minutes, first.password = {"hints": False}, 30, "sesame"
    first.save()
    return first


def test_a_new_course_belongs_to_who_makes_it(browser_of: Browser) -> None:
    browser = browser_of("instructor")
    reply = browser.post("/courses/new/", {"title": "Deep learning 101"})
    assert reply["Location"] == "/c/deep-learning-101/settings/"
    place = Enrolment.objects.get(course__slug="deep-learning-101")
    assert (place.user.username, place.is_staff, place.content, place.data) == ("instructor", True, 3, 2)
    assert Entry.objects.get().what == "course.created"
    assert "Deep learning 101" in browser.get("/").content.decode()


def test_a_second_course_of_a_title_gets_a_short_name_of_its_own(browser_of: Browser) -> None:
    browser = browser_of("instructor")
    places = [browser.post("/courses/new/", {"title": "Backprop"})["Location"] for _ in range(2)]
    assert places == ["/c/backprop-2/settings/", "/c/backprop-3/settings/"]
    page = browser.post("/courses/new/", {"title": "Mine", "slug": "BACKPROP"}).content.decode()
    assert "Another course has this short name." in page
    assert browser.post("/courses/new/", {"title": "水"})["Location"] == "/c/course/settings/"


def test_only_whom_the_site_lets_finds_the_button_for_a_new_course(browser_of: Browser) -> None:
    assert "/courses/new/" in browser_of("instructor").get("/").content.decode()
    assert "/courses/new/" not in browser_of("assistant").get("/").content.decode()


def test_the_title_is_changed_with_a_line_in_the_journal(browser_of: Browser) -> None:
    browser = browser_of("instructor")
    browser.post(SETTINGS, {"do": "details", "title": "Backprop II", "starts": "2026-09-07"})
    assert Course.objects.get().starts == date(2026, 9, 7)
    assert "from “Backpropagation” to “Backprop II”" in browser.get("/c/backprop/changes/").content.decode()
    page = browser.post(SETTINGS, {"do": "details", "title": ""}).content.decode()
    assert "This field is required." in page
    assert "Backprop II" in page


def test_a_new_join_code_voids_the_old_one(browser_of: Browser) -> None:
    browser = browser_of("instructor")
    assert "CHAIN-RULE" in browser.get(SETTINGS).content.decode()
    browser.post(SETTINGS, {"do": "renew"})
    new = Course.objects.get().join_code
    assert len(new) == 10
    outsider = browser_of("outsider")
    assert outsider.post("/sign-up/", {"join_code": "CHAINRULE"}).status_code == 200
    assert outsider.post("/sign-up/", {"join_code": new}).status_code == 302


def test_a_join_code_that_is_off_lets_nobody_in_until_it_is_on_again(browser_of: Browser) -> None:
    browser, outsider = browser_of("instructor"), browser_of("outsider")
    browser.post(SETTINGS, {"do": "off"})
    assert "CHAIN-RULE" not in browser.get(SETTINGS).content.decode()
    assert outsider.post("/sign-up/", {"join_code": "CHAINRULE"}).status_code == 200
    browser.post(SETTINGS, {"do": "on"})
    assert outsider.post("/sign-up/", {"join_code": "CHAINRULE"}).status_code == 302
    assert set(Entry.objects.values_list("what", flat=True)) == {
        "course.code_off",
        "course.code_on",
        "people.joined",
    }


def test_an_archived_course_stands_apart_takes_no_answers_and_can_be_taken_out(
    browser_of: Browser, items: dict[str, Item]
) -> None:
    browser, student = browser_of("instructor"), browser_of("student")
    browser.post(SETTINGS, {"do": "archive"})
    page = student.get("/").content.decode()
    assert page.index("Archived courses") < page.index("/c/backprop/")
    assert student.get("/c/backprop/").status_code == 200
    answer = f"/c/backprop/i/{items['seed-w1'].pk}/variant"
    assert student.post(answer).status_code == 409
    browser.post(SETTINGS, {"do": "open"})
    assert student.post(answer).status_code == 302


def test_an_action_that_is_none_is_refused_in_words(browser_of: Browser) -> None:
    reply = browser_of("instructor").post(SETTINGS, {"do": "explode"})
    assert reply.status_code == 400
    assert "names nothing that this page can do" in reply.content.decode()


def test_a_look_at_a_copy_shows_each_date_before_and_after_and_makes_nothing(
    browser_of: Browser, dated: Assignment
) -> None:
    page = browser_of("instructor").post(COPY, TYPED).content.decode()
    assert "Every date moves by 147 days" in page
    assert "Mon 14 Sep 2026, 21:59" in page
    assert "Mon 8 Feb 2027, 21:59" in page
    assert "1 assignment keeps its password" in page
    assert "no whole number of weeks" not in page
    assert Course.objects.count() == 1


def test_a_copy_that_moves_weekdays_says_so(browser_of: Browser, dated: Assignment) -> None:
    page = browser_of("instructor").post(COPY, TYPED | {"starts": "2027-02-03"}).content.decode()
    assert "no whole number of weeks" in page


def test_a_copy_has_the_assignments_with_all_of_theirs_and_nobodys_work(
    browser_of: Browser, dated: Assignment, items: dict[str, Item]
) -> None:
    pool = dated.pools.create(name="Warm-up", draws=2)
    dated.items.filter(position__lte=3).update(pool=pool, points="2.5", tries=3, counts="out")
    dated.exceptions.create(
        section=Section.objects.create(course=dated.course, name="Lab 1"), closes="2026-10-01T00:00Z"
    )
    reply = browser_of("instructor").post(COPY, TYPED | {"confirm": "147", "sections": "on"})
    assert reply["Location"] == "/c/next/"
    copy = Course.objects.get(slug="next")
    assert copy.assignments.count() == dated.course.assignments.count()
    new = copy.assignments.get(title=dated.title)
    assert (new.opens, new.due) == (
        datetime(2027, 2, 1, 8, tzinfo=UTC),
        datetime(2027, 2, 8, 21, 59, tzinfo=UTC),
    )
    assert (new.policy, new.minutes, new.password) == (dated.policy, 30, "sesame")
    first = new.items.order_by("position").first()
    assert first is not None
    assert (first.points, first.tries, first.counts) == (Decimal("2.5"), 3, "normal")
    assert first.pool is not None
    assert (first.pool.assignment_id, first.pool.draws) == (new.pk, 2)
    assert not new.exceptions.exists()
    assert [section.name for section in copy.sections.all()] == ["Lab 1"]
    assert [place.user.username for place in copy.enrolments.all()] == ["instructor"]
    assert copy.join_code != dated.course.join_code
    assert dated.items.count() == new.items.count() == 6


def test_a_copy_weighs_as_the_course_did_and_knows_its_named_misconceptions(
    browser_of: Browser, dated: Assignment
) -> None:
    category = Category.objects.create(course=dated.course, name="Homework", weight=60, drops=1)
    Column.objects.create(assignment=dated, category=category, released=True, lms_id="77")
    Gradebook.objects.create(course=dated.course, letters=[["A", "90"]])
    rule = {"course": dated.course, "exercise": "seed-w1", "box": "dL_dyhat", "message": "Look at the sign."}
    NamedRule.objects.create(**rule, formula="y-yhat", name="Turned round")
    NamedRule.objects.create(**rule, formula="y", name="Withdrawn", withdrawn_at="2026-10-01T00:00Z")
    browser_of("instructor").post(COPY, TYPED | {"confirm": "147"})
    copy = Course.objects.get(slug="next")
    column = Column.objects.select_related("category").get(assignment__course=copy)
    assert column.assignment.title == dated.title
    assert (column.released, column.lms_id) == (None, "")
    assert column.category is not None
    assert (column.category.course_id, column.category.weight, column.category.drops) == (copy.pk, 60, 1)
    assert copy.gradebook.letters == [["A", "90"]]
    assert [named.name for named in copy.named_rules.all()] == ["Turned round"]
    assert Category.objects.filter(course=dated.course).count() == 1


def test_a_day_that_was_changed_after_the_look_is_looked_at_again(
    browser_of: Browser, dated: Assignment
) -> None:
    typed = TYPED | {"confirm": "147", "starts": "2027-02-08"}
    page = browser_of("instructor").post(COPY, typed).content.decode()
    assert "Every date moves by 154 days" in page
    assert Course.objects.count() == 1


def test_a_copy_needs_a_first_day_and_begins_at_the_first_date_if_nothing_else_is_said(
    browser_of: Browser, dated: Assignment
) -> None:
    assert (
        "This field is required"
        in browser_of("instructor").post(COPY, TYPED | {"starts": ""}).content.decode()
    )
    assert plan_copy(dated.course, date(2026, 9, 14)).days == 7
    dated.course.starts = date(2026, 9, 1)
    assert plan_copy(dated.course, date(2026, 9, 14)).days == 13


def test_a_date_keeps_its_time_of_day_when_the_clocks_change() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        summer = datetime(2026, 9, 14, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
        winter = moved(summer, 147)
        assert (winter.hour, winter.utcoffset()) == (23, ZoneInfo("Europe/Berlin").utcoffset(winter))
        assert summer.utcoffset() != winter.utcoffset()


def test_only_an_owner_whom_the_site_lets_make_courses_may_copy_one(browser_of: Browser) -> None:
    owner = Enrolment.objects.get(user__username="assistant")
    owner.content = 3
    owner.save()
    browser = browser_of("assistant")
    assert browser.get(SETTINGS).status_code == 200
    assert "ask who runs the site" in browser.get(SETTINGS).content.decode()
    assert browser.get(COPY).status_code == 403


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("copy_course", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_moves_then_copies_for_the_owners(dated: Assignment) -> None:
    asked = ("backprop", "next", "--starts", "2027-02-01", "--began", "2026-09-07")
    told = json.loads(command(*asked, "--dry-run", "--format", "json"))
    assert (told["copied"], told["days"], told["same_weekdays"], told["passwords"]) == (False, 147, True, 1)
    assert told["assignments"][0]["dates"]["opens"][1] == "2027-02-01T08:00:00+00:00"
    assert Course.objects.count() == 1
    assert "due: Mon 2026-09-14 21:59 -> Mon 2027-02-08 21:59" in command(*asked, "--title", "Next")
    copy = Course.objects.get(slug="next")
    assert (copy.title, [place.user.username for place in copy.enrolments.all()]) == ("Next", ["instructor"])
    assert Entry.objects.filter(by=None, what="course.copied", course=copy).exists()


@pytest.mark.parametrize(
    ("slugs", "words"),
    [
        (("nowhere", "next"), "There is no course 'nowhere'"),
        (("backprop", "backprop"), "There is a course 'backprop' already"),
        (("backprop", "a b"), "'a b' is no short name"),
    ],
)
def test_the_command_refuses_what_cannot_be(demo: Course, slugs: tuple[str, str], words: str) -> None:
    with pytest.raises(CommandError, match=words) as caught:
        command(*slugs, "--starts", "2027-02-01")
    assert caught.value.returncode == 2


def test_the_command_says_how_a_day_is_written(demo: Course) -> None:
    with pytest.raises(CommandError, match="invalid day, as 2027-02-01 value: 'monday'"):
        command("backprop", "next", "--starts", "monday")

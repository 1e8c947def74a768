"""The staff plan assignments: what they may change, whom it touches, and that no work is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from course.people.models import Course, Enrolment, Entry, Section, User
from course.work.models import Assignment, Counts, DateException, Item, PublishedExercise, Result
from tests.conftest import Post

RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
ROOM = "/c/backprop/assignments/"


@pytest.fixture
def staff(browser_of: Callable[[str], Client]) -> Client:
    return browser_of("instructor")


@pytest.fixture
def assignment(items: dict[str, Item]) -> Assignment:
    return items["seed-w1"].assignment


@pytest.fixture
def worked(student: Client, items: dict[str, Item], marked: Post) -> Item:
    """An item in which the student has reached ten points."""
    item = items["seed-w1"]
    student.post(f"/c/backprop/i/{item.pk}/submit", {"key": "key-number-1", **RIGHT})
    return item


def settings_of(assignment: Assignment, **changed: object) -> dict[str, object]:
    return {"title": assignment.title, "kind": assignment.kind, **changed}


def rows_of(assignment: Assignment, item: Item, **changed: object) -> dict[str, object]:
    sent: dict[str, object] = {"do": "save"}
    for each in assignment.items.all():
        sent |= {f"i{each.pk}-points": each.points, f"i{each.pk}-counts": each.counts}
    return sent | {f"i{item.pk}-{name}": value for name, value in changed.items()}


def test_a_quiz_is_made_with_its_exercises_and_a_pool(staff: Client, demo: Course, student: Client) -> None:
    closes = (timezone.localtime() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
    form = {"title": "Quiz 1", "kind": "quiz", "minutes": "20", "closes": closes, "shuffled": "on"}
    reply = staff.post(f"{ROOM}new/", form)
    quiz = Assignment.objects.get(title="Quiz 1")
    assert reply["Location"] == f"{ROOM}{quiz.pk}/items/"
    assert quiz.position == max(demo.assignments.values_list("position", flat=True))
    here = reply["Location"]
    chosen = list(PublishedExercise.objects.order_by("slug")[:4])
    staff.post(here, {"do": "add", "exercise": [each.pk for each in chosen]})
    staff.post(here, {"do": "pool", "name": "Chains", "draws": "2"})
    pool = quiz.pools.get()
    sent = rows_of(quiz, quiz.items.first(), points="5")
    sent |= {f"i{each.pk}-pool": pool.pk for each in quiz.items.all()}
    staff.post(here, sent)
    assert list(quiz.items.values_list("exercise", "pool", "points")) == [
        (each.pk, pool.pk, 5 if place == 0 else 10) for place, each in enumerate(chosen)
    ]
    student.post(f"/c/backprop/a/{quiz.pk}/begin")
    assert len(student.get(f"/c/backprop/a/{quiz.pk}/").context["entry"]["items"]) == 2
    assert {entry.what for entry in Entry.objects.all()} == {
        "work.made",
        "work.added",
        "work.pool",
        "work.items",
    }


def test_the_form_shows_the_kinds_defaults_and_stores_what_differs(
    staff: Client, assignment: Assignment
) -> None:
    page = staff.get(f"{ROOM}new/?kind=homework").content.decode()
    assert 'placeholder="100, 90, 75"' in page
    here = f"{ROOM}{assignment.pk}/"
    staff.post(here, settings_of(assignment, kind="homework", policy_try_credit="100, 50", policy_hints="no"))
    assignment.refresh_from_db()
    assert assignment.policy == {"try_credit": ["1", "0.5"], "hints": False}
    assert 'value="100, 50"' in staff.get(here).content.decode()
    staff.post(here, settings_of(assignment, kind="homework"))
    assignment.refresh_from_db()
    assert assignment.policy == {}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"opens": "2026-12-02T10:00", "closes": "2026-12-01T10:00"}, "closes before it opens"),
        ({"due": "2026-12-02T10:00", "closes": "2026-12-01T10:00"}, "closes before it is due"),
        ({"opens": "2026-12-02T10:00", "due": "2026-12-01T10:00"}, "due before it opens"),
        ({"kind": "quiz"}, "say when it closes"),
        ({"kind": "party"}, "Select a valid choice"),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"minutes": "soon"}, "whole number"),
        ({"due": "tomorrow"}, "valid date"),
        ({"policy_try_credit": "all"}, "per cent"),
        ({"policy_tries": "99"}, "from 1 to 50"),
        ({"title": ""}, "required"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_saved(
    changed: dict[str, str], words: str, staff: Client, assignment: Assignment
) -> None:
    before = Assignment.objects.values().get(pk=assignment.pk)
    reply = staff.post(f"{ROOM}{assignment.pk}/", settings_of(assignment, **changed))
    assert words in reply.content.decode()
    assert Assignment.objects.values().get(pk=assignment.pk) == before


def test_a_change_that_moves_results_is_asked_for_once_more(
    staff: Client, worked: Item, assignment: Assignment
) -> None:
    here, due = (
        f"{ROOM}{assignment.pk}/",
        (timezone.localtime() - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
    )
    sent = settings_of(assignment, due=due, policy_late_per_day="20")
    assert "This changes <strong>1 result</strong>" in staff.post(here, sent).content.decode()
    assert Result.objects.get().points == 10
    assert staff.post(here, sent | {"confirmed": "1"}).status_code == 302
    assert Result.objects.get().points < 10
    assert Entry.objects.get().what == "work.changed"


def test_the_page_says_whom_a_change_touches(staff: Client, worked: Item, assignment: Assignment) -> None:
    assert "1 student has begun" in staff.get(f"{ROOM}{assignment.pk}/").content.decode()


def test_new_points_for_an_item_scale_what_was_reached_once_confirmed(
    staff: Client, worked: Item, assignment: Assignment
) -> None:
    here = f"{ROOM}{assignment.pk}/items/"
    sent = rows_of(assignment, worked, points="4")
    assert "This changes" in staff.post(here, sent).content.decode()
    worked.refresh_from_db()
    assert worked.points == 10
    staff.post(here, sent | {"confirmed": "1"})
    assert Result.objects.get().points == 4


def test_an_item_with_work_is_never_taken_out_but_may_stop_to_count(
    staff: Client, worked: Item, assignment: Assignment
) -> None:
    here = f"{ROOM}{assignment.pk}/items/"
    assert staff.post(here, {"do": f"remove:{worked.pk}"}).status_code == 409
    staff.post(here, rows_of(assignment, worked, counts=Counts.OUT) | {"confirmed": "1"})
    worked.refresh_from_db()
    assert (worked.counts, Result.objects.get().points) == (Counts.OUT, 10)


def test_an_item_without_work_is_taken_out_and_can_be_put_in_again(
    staff: Client, items: dict[str, Item]
) -> None:
    item = items["seed-loss"]
    here = f"{ROOM}{item.assignment_id}/items/"
    staff.post(here, {"do": f"remove:{item.pk}"})
    assert not Item.objects.filter(pk=item.pk).exists()
    hits = [hit["exercise"].pk for hit in staff.get(here, {"q": "seed-loss"}).context["hits"]]
    assert hits == [item.exercise_id]


def test_exercises_are_found_by_step_set_and_words(staff: Client, assignment: Assignment) -> None:
    here = f"{ROOM}{assignment.pk}/items/"
    everything = staff.get(here).context
    name = everything["sets"][0]
    by_set = staff.get(here, {"set": name}).context["hits"]
    assert {hit["set"] for hit in by_set} == {name}
    by_step = staff.get(here, {"step": "loss"}).context["hits"]
    assert {hit["exercise"].step for hit in by_step} == {"loss"}
    assert staff.get(here, {"q": "no such words"}).context["hits"] == []


def test_items_and_assignments_move_up_and_down_and_not_over_the_edge(
    staff: Client, assignment: Assignment
) -> None:
    here = f"{ROOM}{assignment.pk}/items/"
    first, second, *_rest = order = list(assignment.items.values_list("pk", flat=True))
    staff.post(here, {"do": f"down:{first}"})
    assert list(assignment.items.values_list("pk", flat=True))[:2] == [second, first]
    for do in (f"up:{first}", f"up:{first}", "up:x", "up:0", "fly", ""):
        assert staff.post(here, {"do": do}).status_code == 302
    assert list(assignment.items.values_list("pk", flat=True)) == order
    rows = list(Assignment.objects.values_list("pk", flat=True))
    staff.post(f"{ROOM}move", {"down": rows[0]})
    assert list(Assignment.objects.values_list("pk", flat=True))[:2] == [rows[1], rows[0]]


def test_an_assignment_is_deleted_after_asking_unless_there_is_work_in_it(
    staff: Client, worked: Item, assignment: Assignment, demo: Course
) -> None:
    other = demo.assignments.exclude(pk=assignment.pk).first()
    assert staff.post(f"{ROOM}{assignment.pk}/delete/").status_code == 409
    assert "Hide it" in staff.post(f"{ROOM}{assignment.pk}/delete/").content.decode()
    assert b"cannot be undone" in staff.get(f"{ROOM}{other.pk}/delete/").content
    staff.post(f"{ROOM}{other.pk}/delete/")
    assert set(Assignment.objects.values_list("pk", flat=True)).isdisjoint({other.pk})


@pytest.fixture
def homework(assignment: Assignment) -> Assignment:
    assignment.kind, assignment.due = "homework", timezone.now() - timedelta(hours=1)
    assignment.save()
    return assignment


def test_days_more_for_a_student_show_at_once_and_can_be_taken_back(
    staff: Client, homework: Assignment, demo: Course, student: Client
) -> None:
    place, here = Enrolment.objects.get(user__username="student"), f"{ROOM}{homework.pk}/dates/"
    staff.post(here, {"whom": f"e{place.pk}", "days": "2", "note": "was ill"})
    given = DateException.objects.get()
    assert (given.due, given.note) == (homework.due + timedelta(days=2), "was ill")
    assert "a date of your own" in student.get("/c/backprop/").content.decode()
    rules = {row["name"]: row["dates"].rule for row in staff.get(here).context["rows"]}
    assert rules["Ada Stone (student)"] == "exception for this student"
    assert rules["Ben Rivers (student2)"] == "dates of the assignment"
    staff.post(here, {"whom": f"e{place.pk}", "days": "1"})
    assert DateException.objects.get().due == homework.due + timedelta(days=3)
    staff.post(here, {"end": given.pk})
    assert DateException.objects.count() == 0
    assert list(Entry.objects.order_by("pk").values_list("what", "whom__username")) == [
        ("dates.excepted", "student"),
        ("dates.excepted", "student"),
        ("dates.exception_ended", "student"),
    ]


def test_a_section_gets_dates(staff: Client, homework: Assignment, demo: Course) -> None:
    section = Section.objects.create(course=demo, name="A")
    here = f"{ROOM}{homework.pk}/dates/"
    staff.post(here, {"whom": f"s{section.pk}", "due": "2027-01-05T18:00"})
    assert DateException.objects.get().section == section
    assert Entry.objects.get().what == "work.section_excepted"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "either days more or at least one date"),
        ({"days": "2", "due": "2027-01-05T18:00"}, "either days more or at least one date"),
        ({"opens": "2027-01-05T18:00", "closes": "2027-01-04T18:00"}, "closes before it opens"),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"whom": "e999999", "days": "1"}, "Select a valid choice"),
    ],
)
def test_an_exception_that_makes_no_sense_says_why(
    sent: dict[str, str], words: str, staff: Client, homework: Assignment
) -> None:
    place = Enrolment.objects.get(user__username="student")
    reply = staff.post(f"{ROOM}{homework.pk}/dates/", {"whom": f"e{place.pk}"} | sent)
    assert words in reply.content.decode()
    assert DateException.objects.count() == 0


def test_days_cannot_be_added_to_no_date(staff: Client, assignment: Assignment) -> None:
    place = Enrolment.objects.get(user__username="student")
    reply = staff.post(f"{ROOM}{assignment.pk}/dates/", {"whom": f"e{place.pk}", "days": "1"})
    assert "nothing to add days to" in reply.content.decode()


def test_the_page_of_dates_takes_no_more_queries_with_more_students(
    staff: Client, homework: Assignment, demo: Course, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    users = User.objects.bulk_create(User(username=f"s{number}") for number in range(60))
    Enrolment.objects.bulk_create(Enrolment(course=demo, user=user) for user in users)
    with django_assert_max_num_queries(11):
        page = staff.get(f"{ROOM}{homework.pk}/dates/")
    assert len(page.context["rows"]) == 50
    assert len(staff.get(f"{ROOM}{homework.pk}/dates/", {"q": "s59"}).context["rows"]) == 1

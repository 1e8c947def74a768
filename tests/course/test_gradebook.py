"""The gradebook's pages: the matrix, how a score came to be, release, excuses, one's own scores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from course.gradebook.book import book_of, enrolments, rows
from course.gradebook.explaining import digits
from course.gradebook.models import Category, Change, Column
from course.gradebook.totals import State
from course.people.models import Accommodation, Enrolment, Section, User
from course.work.models import DateException, Item, Pool, Result, Submission
from course.work.models import State as Fate
from tests.course.grading import Class, make_class

GRADES = "/c/algebra/grades/"


@pytest.fixture
def group(db: None) -> Class:
    """Two students; of three assignments two are due and one is not."""
    made = make_class()
    made.student("ada", "Stone", "Ada")
    made.student("ben", "Rivers", "Ben")
    made.assignment("First")
    made.assignment("Second", 20)
    made.assignment("Third", 10, days=7)
    made.give("ada", "First", "7.125")
    return made


@pytest.fixture
def staff(group: Class) -> Client:
    """The browser of one who may do everything in the course."""
    user = User.objects.create(username="iris")
    Enrolment.objects.create(course=group.course, user=user, role="instructor", content=3, data=2)
    return signed_in(user)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def row_of(group: Class, username: str) -> dict[str, tuple[State, Decimal]]:
    book = book_of(group.course)
    [row] = rows(book, list(enrolments(group.course).filter(user__username=username)))
    return {
        one.title: (row.entries[one.id].state, row.entries[one.id].score.points) for one in book.assignments
    }


def total_of(group: Class, username: str) -> Decimal | None:
    [row] = rows(book_of(group.course), list(enrolments(group.course).filter(user__username=username)))
    return row.total.percent


def test_non_starters_count_as_zero_after_the_due_date_only(group: Class) -> None:
    assert row_of(group, "ada") == {
        "First": (State.COUNTS, Decimal("7.125")),
        "Second": (State.MISSING, 0),
        "Third": (State.NOT_YET, 0),
    }
    assert total_of(group, "ada") == Decimal("23.75")  # 7.125 of 30
    assert total_of(group, "ben") == Decimal("0.00")


def test_the_due_date_is_that_of_the_student(group: Class) -> None:
    Accommodation.objects.create(enrolment=group.students["ben"], extra_days=3)
    assert row_of(group, "ben")["First"][0] is State.NOT_YET
    assert total_of(group, "ben") is None
    assert row_of(group, "ada")["Second"][0] is State.MISSING


def test_an_exception_of_a_section_holds_for_its_students(group: Class) -> None:
    section = Section.objects.create(course=group.course, name="Lab A")
    Enrolment.objects.filter(pk=group.students["ben"].pk).update(section=section)
    later = timezone.now() + timedelta(days=2)
    DateException.objects.create(assignment=group.assignments["First"], section=section, due=later)
    assert row_of(group, "ben")["First"][0] is State.NOT_YET
    assert row_of(group, "ben")["Second"][0] is State.MISSING


def test_what_waits_for_its_verdict_is_not_missing(group: Class) -> None:
    sent = group.hand_in("ben", "First", "4")
    Submission.objects.filter(pk=sent.pk).update(state=Fate.QUEUED, verdict=None, points=None, possible=None)
    sent.attempt.item.results.update(points=0, marked=0, tries=0)
    assert row_of(group, "ben")["First"][0] is State.WAITING


def test_a_hidden_assignment_counts_for_nobody(group: Class) -> None:
    group.assignment("Draft", hidden=True)
    assert total_of(group, "ada") == Decimal("23.75")


def test_an_assignment_in_no_category_does_not_count(group: Class) -> None:
    category = Category.objects.create(course=group.course, name="Homework", weight=100)
    Column.objects.create(assignment=group.assignments["First"], category=category)
    assert total_of(group, "ada") == Decimal("71.25")


def test_of_a_pool_the_drawn_items_count_only(group: Class) -> None:
    quiz = group.assignment("Quiz", 5, kind="quiz")
    pool = Pool.objects.create(assignment=quiz, name="one of three", draws=1)
    for place in (2, 3, 4):
        Item.objects.create(assignment=quiz, exercise=group.exercise, points=10, position=place, pool=pool)
    [row] = rows(book_of(group.course), list(enrolments(group.course, find="ada")))
    assert row.entries[quiz.pk].score.possible == 15
    [assigned] = [one for one in book_of(group.course).assignments if one.id == quiz.pk]
    assert assigned.possible == 15
    [item] = [line.item for line in row.entries[quiz.pk].score.lines if line.possible == 10]
    for one in quiz.items.filter(pool=pool):
        Result.objects.create(user=group.students["ada"].user, item=one, points=4, marked=1)
    [row] = rows(book_of(group.course), list(enrolments(group.course, find="ada")))
    assert row.entries[quiz.pk].score.points == 4
    assert item in {line.item for line in row.entries[quiz.pk].score.lines}


def test_the_matrix_shows_points_states_and_totals(group: Class, staff: Client) -> None:
    page = staff.get(GRADES).content.decode()
    assert page.index("Rivers, Ben") < page.index("Stone, Ada")
    assert "7.13" in page
    assert "23.75 %" in page
    assert "missing" in page
    assert "not yet" in page


def test_a_student_is_found_by_words_and_by_section(group: Class, staff: Client) -> None:
    section = Section.objects.create(course=group.course, name="Lab A")
    Enrolment.objects.filter(pk=group.students["ben"].pk).update(section=section)
    for query in ("q=ben+riv", f"section={section.pk}"):
        page = staff.get(f"{GRADES}?{query}").content.decode()
        assert "Rivers, Ben" in page
        assert "Stone, Ada" not in page
    for query in ("q=nobody", "section=999999999", "section=x", "q=%00"):
        assert staff.get(f"{GRADES}?{query}").status_code == 200


def test_the_queries_do_not_grow_with_the_students(
    group: Class, staff: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    Accommodation.objects.create(enrolment=group.students["ben"], extra_days=1)
    for number in range(30):
        group.student(f"more-{number}", f"Name {number}")
        group.give(f"more-{number}", "First", 5)
    with django_assert_max_num_queries(24):
        page = staff.get(GRADES).content.decode()
    assert page.count("<tr>") == 1 + 32


def test_a_cell_says_how_it_came_to_be(group: Class, staff: Client) -> None:
    group.hand_in("ben", "Second", "1", days=3)
    sent = group.hand_in("ben", "Second", "2", override=Decimal(3), credit=Decimal("0.9"))
    group.hand_in("ben", "Second", "1")
    where = f"{GRADES}s/{group.students['ben'].pk}/{group.assignments['Second'].pk}/"
    page = " ".join(staff.get(where).content.decode().split())
    assert f"/c/algebra/submissions/{sent.pk}/" in page
    assert "by a person, instead of 2" in page
    assert "× 90 %" in page
    assert "= 13.5" in page
    assert "late" in page
    assert "<b>13.5 / 20</b>" in page
    assert total_of(group, "ben") == Decimal("45.00")


def test_the_total_says_how_it_came_to_be(group: Class, staff: Client) -> None:
    page = " ".join(staff.get(f"{GRADES}s/{group.students['ada'].pk}/").content.decode().split())
    assert "7.125 / 10" in page
    assert "23.75 % × 100 % = <b>23.75 %</b>" in page


def test_release_asks_first_and_is_kept_in_the_journal(group: Class, staff: Client) -> None:
    quiz = group.assignment("Quiz", kind="quiz", closes=timezone.now() - timedelta(days=1))
    group.give("ada", "Quiz", 10)
    where = f"{GRADES}release/{quiz.pk}/"
    ada = signed_in(group.students["ada"].user)
    assert "2 students will see their scores" in staff.get(where).content.decode()
    assert ada.get(f"/c/algebra/scores/{quiz.pk}/").status_code == 404
    assert "Quiz" not in ada.get("/c/algebra/scores/").content.decode()
    staff.post(where, {"show": "1"})
    assert ada.get(f"/c/algebra/scores/{quiz.pk}/").status_code == 200
    assert "42.81 %" in ada.get("/c/algebra/scores/").content.decode()  # 17.125 of 40
    staff.post(where, {"show": "0"})
    assert ada.get(f"/c/algebra/scores/{quiz.pk}/").status_code == 404
    assert list(Change.objects.values_list("act", "about")) == [("hide", "Quiz"), ("release", "Quiz")]
    assert "released scores" in staff.get(f"{GRADES}journal/").content.decode()


def test_a_quiz_that_is_open_shows_its_scores_after_the_close_only(group: Class, staff: Client) -> None:
    quiz = group.assignment("Quiz", days=1, kind="quiz", closes=timezone.now() + timedelta(days=1))
    where = f"{GRADES}release/{quiz.pk}/"
    assert "only after it has closed" in staff.get(where).content.decode()
    staff.post(where, {"show": "1"})
    ada = signed_in(group.students["ada"].user)
    assert ada.get(f"/c/algebra/scores/{quiz.pk}/").status_code == 404


def test_an_excuse_leaves_a_score_out_and_can_be_taken_back(group: Class, staff: Client) -> None:
    where = f"{GRADES}s/{group.students['ada'].pk}/{group.assignments['Second'].pk}/"
    staff.post(f"{where}excuse")
    assert total_of(group, "ada") == Decimal("71.25")
    staff.post(f"{where}excuse")
    assert total_of(group, "ada") == Decimal("23.75")
    assert list(Change.objects.values_list("act", flat=True)) == ["unexcuse", "excuse"]


def test_a_student_of_another_course_has_no_row_here(group: Class, staff: Client) -> None:
    other = make_class("other").student("eve")
    assert staff.get(f"{GRADES}s/{other.pk}/").status_code == 404
    assert staff.get(f"{GRADES}s/{group.students['ada'].pk}/999999999/").status_code == 404


def test_scores_as_of_a_moment_come_from_what_was_handed_in_until_then(group: Class) -> None:
    group.hand_in("ben", "First", "1", days=5)
    group.hand_in("ben", "First", "3", days=3)
    group.hand_in("ben", "First", "4", days=1)
    for days, points in ((6, 0), (4, Decimal("2.5")), (2, Decimal("7.5")), (0, 10)):
        moment = timezone.now() - timedelta(days=days)
        book = book_of(group.course, as_of=moment)
        [row] = rows(book, list(enrolments(group.course, find="ben")))
        entry = row.entries[group.assignments["First"].pk]
        assert entry.score.points == points
        assert entry.state is (State.NOT_YET if days == 6 else State.COUNTS)


def test_digits_are_all_there_or_an_ellipsis_says_so() -> None:
    from fractions import Fraction

    written = [digits(number) for number in (Fraction(1, 3), Decimal("7.1250"), 12, Fraction(-1, 4))]
    assert written == ["0.333333333…", "7.125", "12", "-0.25"]

"""Grades on their way to an LMS: the last one arrives, once, whatever happens on the way."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.gradebook.models import Column as Shown
from course.lms import pushing, service
from course.lms.comparing import compare
from course.lms.models import Context, Deployment, Identity, LineItem, Membership, Push, Registration
from course.people.models import Course, Enrolment, User
from course.work.models import Assignment, Item, PublishedExercise, Result
from tests.course.lms.gradebook import BASE, Gradebook, Killed
from tests.course.lms.platform import ISSUER


class Clock:
    """Time that goes on by a second each time somebody looks, so that no test waits."""

    now = 1_800_000_000.0

    def time(self) -> float:
        self.now += 1
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def lms(monkeypatch: pytest.MonkeyPatch) -> Gradebook:
    """The platform's gradebook, to which everything that is sent goes."""
    found = Gradebook()
    monkeypatch.setattr(service, "call", lambda *given: found.call(*given))  # noqa: PLW0108 - tests swap it
    monkeypatch.setattr(pushing, "time", Clock())
    return found


@pytest.fixture
def context(registration: Registration, course: Course, lms: Gradebook) -> Context:
    """A connected course that sends grades, with one homework of 10 points and two students."""
    Registration.objects.update(token_url=f"{ISSUER}/token")
    exercise = PublishedExercise.objects.create(slug="x", title="X", step="loss", document={})
    homework = Assignment.objects.create(course=course, title="Homework", kind="homework")
    Item.objects.create(assignment=homework, exercise=exercise, points=10)
    made = Context.objects.create(
        deployment=Deployment.objects.get(), context_id="c-1", course=course, columns_url=BASE, sends=True
    )
    for name in ("ada", "ben"):
        user = User.objects.create_user(name)
        Enrolment.objects.create(course=course, user=user)
        identity = Identity.objects.create(registration=registration, subject=name, user=user)
        Membership.objects.create(context=made, identity=identity)
    return made


def _reach(name: str, points: str) -> None:
    found = {"points": Decimal(points), "marked": 1, "tries": 1}
    Result.objects.update_or_create(
        user=User.objects.get(username=name), item=Item.objects.get(), defaults=found
    )


def _settle(context: Context, rounds: int = 12) -> None:
    """Rounds until nothing waits, as time goes by."""
    for _round in range(rounds):
        Registration.objects.update(paused_until=None)
        compare(context)
        waiting = list(Push.objects.filter(state="waiting").values_list("pk", flat=True))
        for pk in waiting:
            Push.objects.filter(pk=pk).update(claimed_at=None)
            LineItem.objects.update(making_at=None)  # as their leases end
            pushing.push(pk)
        if not waiting:
            return


def _shown(lms: Gradebook) -> dict[str, float | None]:
    [column] = lms.columns.values()
    return {person: share and round(share * 10, 5) for person, (share, _second) in column.grades.items()}


def _state(name: str) -> str:
    return Push.objects.get(identity__subject=name).state


def test_a_grade_arrives_and_is_confirmed_by_reading_it_back(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7.125")
    _settle(context)
    push = Push.objects.get()
    assert (push.state, push.points, push.shown) == ("confirmed", Decimal("7.13"), Decimal("7.1300"))
    assert _shown(lms) == {"ada": 7.13}  # rounded half up, as in the files
    [sent] = lms.scores
    assert (sent["gradingProgress"], sent["activityProgress"]) == ("FullyGraded", "Completed")
    assert (sent["scoreGiven"], sent["scoreMaximum"]) == (7.13, 10.0)
    assert "comment" not in sent


def test_what_has_not_changed_is_not_sent_again(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    _settle(context)
    _settle(context)
    assert len(lms.scores) == 1
    assert lms.tokens == 1


def test_changes_in_between_are_never_sent(context: Context, lms: Gradebook) -> None:
    for points in ("1", "2", "3"):
        _reach("ada", points)
        compare(context)
    _settle(context)
    assert [sent["scoreGiven"] for sent in lms.scores] == [3.0]


def test_a_grade_that_goes_down_goes_down_there_too(context: Context, lms: Gradebook) -> None:
    _reach("ada", "9")
    _settle(context)
    _reach("ada", "4")
    _settle(context)
    assert _shown(lms) == {"ada": 4.0}
    new = [sent["https://canvas.instructure.com/lti/submission"]["new_submission"] for sent in lms.scores]
    assert new == [True, False]


def test_what_is_not_released_or_not_begun_stays_here(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    Shown.objects.create(assignment=Assignment.objects.get(), released=False)
    _settle(context)
    assert lms.columns == {}
    Shown.objects.update(released=True)
    _settle(context)
    assert _shown(lms) == {"ada": 7.0}


def test_zeros_are_sent_when_the_teacher_says_so(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    Assignment.objects.update(due="2020-01-01T00:00:00Z")
    _settle(context)
    assert _shown(lms) == {"ada": 7.0}
    Context.objects.update(sends_zeros=True)
    context.refresh_from_db()
    _settle(context)
    assert _shown(lms) == {"ada": 7.0, "ben": 0.0}


def test_nothing_leaves_before_sending_is_switched_on(context: Context, lms: Gradebook) -> None:
    Context.objects.update(sends=False)
    _reach("ada", "7")
    assert pushing.round_trip() == 0
    assert lms.scores == []
    Context.objects.update(sends=True)
    assert pushing.round_trip() == 1


def test_a_column_that_is_there_is_found_on_a_later_page_and_not_made_again(
    context: Context, lms: Gradebook
) -> None:
    _reach("ada", "7")
    lms.page = 1
    for name in ("other", "another"):
        lms._columns("POST", "", f'{{"resourceId": "{name}", "scoreMaximum": 1}}'.encode())
    item = LineItem.objects.create(context=context, assignment=Assignment.objects.get())
    lms._columns(
        "POST", "", f'{{"resourceId": "assignment-{item.assignment_id}", "scoreMaximum": 10}}'.encode()
    )
    _settle(context)
    assert len(lms.columns) == 3
    assert lms.columns["3"].grades["ada"][0] == 0.7


@pytest.mark.parametrize("fault", [500, 502, 503, 429, 403, 409, 401, "down"])
def test_after_a_fault_that_passes_the_grade_arrives(
    context: Context, lms: Gradebook, fault: int | str
) -> None:
    lms.headers = {"retry-after": "30"}
    _reach("ada", "7")
    compare(context)
    lms.fault = fault
    pushing.push(Push.objects.get().pk)
    lms.fault = None
    if Push.objects.get().state == "denied":  # a 403 says no: a person sends it again
        Push.objects.update(state="waiting")
    _settle(context)
    assert (_state("ada"), _shown(lms)) == ("confirmed", {"ada": 7.0})


def test_a_platform_that_is_away_is_left_alone_for_a_while_that_grows(
    context: Context, lms: Gradebook
) -> None:
    _reach("ada", "7")
    _reach("ben", "8")
    compare(context)
    lms.fault = "down"
    assert pushing.round_trip() >= 1
    registration = Registration.objects.get()
    assert registration.faults == 1
    assert registration.paused_until is not None
    assert pushing.round_trip() == 0  # the breaker is open for both


def test_a_grade_that_somebody_changed_there_is_named_and_left_alone(
    context: Context, lms: Gradebook
) -> None:
    _reach("ada", "7")
    _settle(context)
    lms.overridden.add("ada")
    [column] = lms.columns.values()
    column.grades["ada"] = (0.95, column.grades["ada"][1])
    _reach("ada", "3")
    _settle(context)
    push = Push.objects.get()
    assert (push.state, push.shown) == ("differs", Decimal("9.5000"))
    sent = len(lms.scores)
    _settle(context)
    assert len(lms.scores) == sent


def test_a_locked_grade_is_named_after_three_tries(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    lms.locked.add("ada")
    _settle(context)
    assert (_state("ada"), len(lms.scores)) == ("locked", 3)


def test_somebody_who_is_not_in_the_course_there_is_named_and_holds_up_nobody(
    context: Context, lms: Gradebook
) -> None:
    lms.absent.add("ada")
    _reach("ada", "7")
    _reach("ben", "8")
    _settle(context)
    assert (_state("ada"), _state("ben")) == ("no-person", "confirmed")


def test_a_column_that_was_deleted_is_looked_for_once_and_made_anew(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    _settle(context)
    lms.columns["9"] = lms.columns.pop("1")
    lms.columns["9"].resource = "somebody else's"
    _reach("ada", "8")
    _settle(context)
    assert _state("ada") == "confirmed"
    assert [column.grades["ada"][0] for column in lms.columns.values()] == [0.7, 0.8]


def test_a_time_ahead_of_ours_is_passed(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    _settle(context)
    [column] = lms.columns.values()
    ahead = int(pushing.time.time()) + 20
    column.grades["ada"] = (0.1, ahead)
    _reach("ada", "8")
    _settle(context, 60)
    assert _shown(lms) == {"ada": 8.0}


def test_an_lms_that_cannot_read_our_keys_is_named_with_what_to_do(context: Context, lms: Gradebook) -> None:
    lms.html = True
    _reach("ada", "7")
    compare(context)
    pushing.push(Push.objects.get().pk)
    assert "it could not read our keys" in Push.objects.get().words
    lms.html = False
    _settle(context)
    assert _state("ada") == "confirmed"


def test_a_permission_that_was_dropped_silently_is_named(context: Context, lms: Gradebook) -> None:
    lms.scope = lms.scope.replace("/score", "/other")
    _reach("ada", "7")
    compare(context)
    pushing.push(Push.objects.get().pk)
    assert "“score” is missing" in Push.objects.get().words
    assert lms.scores == []


def test_what_could_not_be_delivered_in_a_day_is_given_up_in_words(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    compare(context)
    Push.objects.update(since="2020-01-01T00:00:00Z")
    lms.fault = "down"
    pushing.push(Push.objects.get().pk)
    assert (_state("ada"), Push.objects.get().words) == ("given-up", "no answer: timed out")


def test_one_grade_is_never_in_flight_twice(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    compare(context)
    pk = Push.objects.get().pk
    second: list[bool] = []
    real = lms.call

    def meanwhile(*given: Any, **more: Any) -> Any:
        second.append(pushing.push(pk))
        return real(*given, **more)

    lms.call = meanwhile  # type: ignore[method-assign]
    assert pushing.push(pk)
    assert second
    assert not any(second)


def test_a_change_while_one_is_in_flight_is_sent_after_it(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    compare(context)
    real = lms._score

    def meanwhile(*given: Any) -> Any:
        lms._score = real  # type: ignore[method-assign]
        _reach("ada", "9")
        compare(context)
        return real(*given)

    lms._score = meanwhile  # type: ignore[method-assign]
    pushing.push(Push.objects.get().pk)
    assert (_state("ada"), _shown(lms)) == ("waiting", {"ada": 7.0})
    _settle(context)
    assert (_state("ada"), _shown(lms)) == ("confirmed", {"ada": 9.0})


FAULTS = [None, None, 409, 500, 503, 401, 429, "down", "killed before", "killed after"]
STEP = st.one_of(
    st.tuples(st.just("reach"), st.sampled_from(["ada", "ben"]), st.integers(0, 40)),
    st.tuples(st.just("compare"), st.none(), st.none()),
    st.tuples(st.just("push"), st.integers(0, 1), st.sampled_from(FAULTS)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=16))
def test_whatever_happens_on_the_way_the_last_grade_is_there_in_one_column(
    context: Context, lms: Gradebook, steps: list[tuple[str, Any, Any]]
) -> None:
    for rows in (Push, LineItem, Result):
        rows.objects.all().delete()
    lms.columns.clear()
    lms.scores.clear()
    for kind, what, how in steps:
        if kind == "reach":
            _reach(what, str(Decimal(how) / 4))
        elif kind == "compare":
            compare(context)
        else:
            _push_with(lms, what, how)
    lms.fault = None
    _settle(context, 30)
    reached = {row.user.username: float(row.points) for row in Result.objects.select_related("user")}
    ours = {name: round(points, 2) for name, points in reached.items()}
    assert len(lms.columns) == (1 if ours else 0)
    assert (_shown(lms) if ours else {}) == ours
    assert set(Push.objects.values_list("state", flat=True)) <= {"confirmed"}


def _push_with(lms: Gradebook, which: int, fault: int | str | None) -> None:
    rows = list(Push.objects.order_by("pk").values_list("pk", flat=True))
    Registration.objects.update(paused_until=None)
    lms.fault = fault
    try:
        if rows:
            pushing.push(rows[which % len(rows)])
    except Killed:
        pass  # its lease ends some time; _settle lets it


def test_the_command_says_what_it_would_send_and_sends_it(context: Context, lms: Gradebook) -> None:
    _reach("ada", "7")
    call_command("send_grades", dry_run=True, format="json", stdout=(told := StringIO()))
    assert '"to_send": {"c-1": 1}' in told.getvalue()
    assert not Push.objects.exists()
    call_command("send_grades", stdout=(said := StringIO()))
    assert said.getvalue() == "1 sent, 0 still wait\n"


def test_the_page_shows_each_grade_and_sends_what_is_stuck_again(
    context: Context, lms: Gradebook, course: Course
) -> None:
    teacher = User.objects.create_user("teacher", first_name="Iris")
    Enrolment.objects.create(course=course, user=teacher, role="instructor", content=3, data=2)
    client = Client()
    client.force_login(teacher)
    lms.absent.add("ada")
    _reach("ada", "7")
    Context.objects.update(sends=False)
    page = client.get("/c/backprop/lms/").content.decode()
    assert "1 released grade differs from what was sent." in page
    client.post("/c/backprop/lms/", {"act": "on"})
    _settle(context)
    page = client.get("/c/backprop/lms/").content.decode()
    assert "not in the LMS course" in page
    assert "7.00 / 10.00" in page
    lms.absent.clear()
    client.post("/c/backprop/lms/", {"act": "again", "push": Push.objects.get().pk})
    _settle(context)
    assert _state("ada") == "confirmed"
    client.post("/c/backprop/lms/", {"act": "off"})
    assert not Context.objects.get().sends
    assert client.get("/c/backprop/changes/").status_code == 200


@pytest.mark.parametrize(
    "sent", [{}, {"act": "x"}, {"act": "again", "push": "x"}, {"act": "again", "push": "9" * 30}]
)
def test_a_strange_post_changes_nothing(context: Context, course: Course, sent: dict[str, str]) -> None:
    teacher = User.objects.create_user("teacher")
    Enrolment.objects.create(course=course, user=teacher, role="instructor", content=3, data=2)
    client = Client()
    client.force_login(teacher)
    assert client.post("/c/backprop/lms/", sent).status_code == 302
    assert Context.objects.get().sends

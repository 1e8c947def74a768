"""Grades on their way to an LMS that is away, says no, or has been changed by somebody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.lms import pushing
from course.lms.comparing import compare
from course.lms.models import Context, LineItem, Push, Registration
from course.work.models import Result
from tests.course.lms.gradebook import Gradebook, Killed, reach, settle, shown, state


@pytest.mark.parametrize("fault", [500, 502, 503, 429, 403, 409, 401, "down"])
def test_after_a_fault_that_passes_the_grade_arrives(
    context: Context, lms: Gradebook, fault: int | str
) -> None:
    lms.headers = {"retry-after": "30"}
    reach("ada", "7")
    compare(context)
    lms.fault = fault
    pushing.push(Push.objects.get().pk)
    lms.fault = None
    if Push.objects.get().state == "denied":  # a 403 says no: a person sends it again
        Push.objects.update(state="waiting")
    settle(context)
    assert (state("ada"), shown(lms)) == ("confirmed", {"ada": 7.0})


def test_a_platform_that_is_away_is_left_alone_for_a_while_that_grows(
    context: Context, lms: Gradebook
) -> None:
    reach("ada", "7")
    reach("ben", "8")
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
    reach("ada", "7")
    settle(context)
    lms.overridden.add("ada")
    [column] = lms.columns.values()
    column.grades["ada"] = (0.95, column.grades["ada"][1])
    reach("ada", "3")
    settle(context)
    push = Push.objects.get()
    assert (push.state, push.shown) == ("differs", Decimal("9.5000"))
    sent = len(lms.scores)
    settle(context)
    assert len(lms.scores) == sent


def test_a_locked_grade_is_named_after_three_tries(context: Context, lms: Gradebook) -> None:
    reach("ada", "7")
    lms.locked.add("ada")
    settle(context)
    assert (state("ada"), len(lms.scores)) == ("locked", 3)


def test_somebody_who_is_not_in_the_course_there_is_named_and_holds_up_nobody(
    context: Context, lms: Gradebook
) -> None:
    lms.absent.add("ada")
    reach("ada", "7")
    reach("ben", "8")
    settle(context)
    assert (state("ada"), state("ben")) == ("no-person", "confirmed")


def test_a_column_that_was_deleted_is_looked_for_once_and_made_anew(context: Context, lms: Gradebook) -> None:
    reach("ada", "7")
    settle(context)
    lms.columns["9"] = lms.columns.pop("1")
    lms.columns["9"].resource = "somebody else's"
    reach("ada", "8")
    settle(context)
    assert state("ada") == "confirmed"
    assert [column.grades["ada"][0] for column in lms.columns.values()] == [0.7, 0.8]


def test_a_time_ahead_of_ours_is_passed(context: Context, lms: Gradebook) -> None:
    reach("ada", "7")
    settle(context)
    [column] = lms.columns.values()
    ahead = int(pushing.time.time()) + 20
    column.grades["ada"] = (0.1, ahead)
    reach("ada", "8")
    settle(context, 60)
    assert shown(lms) == {"ada": 8.0}


def test_an_lms_that_cannot_read_our_keys_is_named_with_what_to_do(context: Context, lms: Gradebook) -> None:
    lms.html = True
    reach("ada", "7")
    compare(context)
    pushing.push(Push.objects.get().pk)
    assert "it could not read our keys" in Push.objects.get().words
    lms.html = False
    settle(context)
    assert state("ada") == "confirmed"


def test_a_permission_that_was_dropped_silently_is_named(context: Context, lms: Gradebook) -> None:
    lms.scope = lms.scope.replace("/score", "/other")
    reach("ada", "7")
    compare(context)
    pushing.push(Push.objects.get().pk)
    assert "“score” is missing" in Push.objects.get().words
    assert lms.scores == []


def test_what_could_not_be_delivered_in_a_day_is_given_up_in_words(context: Context, lms: Gradebook) -> None:
    reach("ada", "7")
    compare(context)
    Push.objects.update(since="2020-01-01T00:00:00Z")
    lms.fault = "down"
    pushing.push(Push.objects.get().pk)
    assert (state("ada"), Push.objects.get().words) == ("given-up", "no answer: timed out")


def test_one_grade_is_never_in_flight_twice(context: Context, lms: Gradebook) -> None:
    reach("ada", "7")
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
    reach("ada", "7")
    compare(context)
    real = lms._score

    def meanwhile(*given: Any) -> Any:
        lms._score = real  # type: ignore[method-assign]
        reach("ada", "9")
        compare(context)
        return real(*given)

    lms._score = meanwhile  # type: ignore[method-assign]
    pushing.push(Push.objects.get().pk)
    assert (state("ada"), shown(lms)) == ("waiting", {"ada": 7.0})
    settle(context)
    assert (state("ada"), shown(lms)) == ("confirmed", {"ada": 9.0})


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
            reach(what, str(Decimal(how) / 4))
        elif kind == "compare":
            compare(context)
        else:
            _push_with(lms, what, how)
    lms.fault = None
    settle(context, 30)
    reached = {row.user.username: float(row.points) for row in Result.objects.select_related("user")}
    ours = {name: round(points, 2) for name, points in reached.items()}
    assert len(lms.columns) == (1 if ours else 0)
    assert (shown(lms) if ours else {}) == ours
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

"""From what people said to what a page shows of it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from course.people.models import User
from course.review.models import Override, RegradeRow
from course.review.reading import Said, box_points, said_about, settled
from course.review.standing import BoxPoints
from course.work.models import Submission
from course.work.notes import NONE, Line, Notes

RULES = {
    "out": gettext_noop("This does not count, for everyone."),
    "full": gettext_noop("Full marks here, for everyone who tried."),
}


def name_of(user: User) -> str:
    """What a person is called on a page."""
    return user.get_full_name() or user.get_username()


def shown(points: Decimal | int) -> str:
    """Points without zeros at the end, at most three decimals: ``2.5``."""
    return f"{round(Decimal(points), 3).normalize():f}"


def notes_on(submission: Submission | None, *, comments: bool = True) -> Notes:
    """What was said about a submission; without ``comments``, no query where nobody changed points."""
    if submission is None or not submission.verdict:
        return NONE
    if not comments and submission.override is None:
        return NONE
    return notes_of(submission, said_about([submission], submission.attempt.item_id)[submission.pk])


def notes_of(submission: Submission, said: Said) -> Notes:
    """The same, from what was read already."""
    read = settled(submission)
    if read is None:
        return NONE
    boxes = {box.id: box for box in box_points(*read)}
    lines: dict[str, list[Line]] = {}
    for box, effect in (said.effects or {}).items():
        lines.setdefault(box, []).append(Line("", submission.marked_at or submission.queued_at, rule(effect)))
    for one in said.overrides:
        lines.setdefault(one.box, []).append(_changed(one, boxes.get(one.box)))
    for comment in said.comments:
        lines.setdefault(comment.box, []).append(Line(name_of(comment.by), comment.at, comment.text))
    stands = said.standing(*read)
    points = f"{shown(stands.points)} / {shown(stands.possible)}" if said.spoken else ""
    whole = (*map(_again, said.again), *lines.pop("", ()))
    return Notes({box: tuple(rows) for box, rows in lines.items()}, whole, points)


def _again(row: RegradeRow) -> Line:
    """A regrade that gave another verdict, with the points before and after."""
    by, regrade = row.regrade.applied_by, row.regrade
    values = {"before": shown(row.before or 0), "after": shown(row.after or 0)}
    change = _("Marked again, from %(before)s to %(after)s points") % values
    return Line(name_of(by) if by else "", regrade.applied_at or regrade.at, regrade.why, change)


def rule(effect: str) -> str:
    """A rule for a link as the student reads it."""
    return _(RULES[effect])


def _changed(one: Override, box: BoxPoints | None) -> Line:
    values = {"before": shown(box.points) if box else "?", "after": shown(one.points)}
    change = _("Points changed from %(before)s to %(after)s") % values
    return Line(name_of(one.by), one.at, one.reason, change)

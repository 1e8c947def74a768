"""News for students: what changed in their results since they last looked."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Now

from course.people.models import Enrolment
from course.review.models import LONGEST_REASON, Notice, NoticeKind
from course.work.models import Submission
from course.work.veil import veiled_in

NEWEST = 5  # that the course page links to


def tell(submission: Submission, kind: NoticeKind, words: str) -> None:
    """Put a line before the student whose submission this is."""
    attempt = submission.attempt
    Notice.objects.create(
        user_id=attempt.user_id,
        item_id=attempt.item_id,
        submission=submission,
        kind=kind,
        words=words[:LONGEST_REASON],
    )


def tell_score(submission: Submission, words: str) -> None:
    """The points changed; ``words``: why."""
    tell(submission, NoticeKind.SCORE, words)


def notices_of(enrolment: Enrolment) -> QuerySet[Notice]:
    """All news of one student in a course, the newest first."""
    rows = Notice.objects.filter(user=enrolment.user_id, item__assignment__course=enrolment.course_id)
    rows = rows.exclude(item__assignment__in=veiled_in(enrolment)).select_related(
        "item__exercise", "item__assignment", "submission__attempt"
    )
    return rows.defer("item__exercise__document").order_by("-at", "-pk")


def see(enrolment: Enrolment) -> int:
    """All of it is seen now; how many were not. What is still hidden stays news."""
    rows = notices_of(enrolment).filter(seen_at__isnull=True).order_by()
    return Notice.objects.filter(pk__in=rows.values("pk")).update(seen_at=Now())


def news_of(enrolment: Enrolment) -> dict[str, object]:
    """For the course page: how many things are new, and the newest; one query where none is."""
    new = Notice.objects.filter(user=enrolment.user_id, seen_at__isnull=True)
    if not new.filter(item__assignment__course=enrolment.course_id).exists():
        return {"count": 0, "notices": []}
    unseen = notices_of(enrolment).filter(seen_at__isnull=True)
    newest = list(unseen[: NEWEST + 1])
    count = unseen.count() if len(newest) > NEWEST else len(newest)
    return {"count": count, "notices": list({one.item_id: one for one in reversed(newest[:NEWEST])}.values())}

"""A small class with known scores, for the tests of the gradebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from course.people.models import Course, Enrolment, User
from course.work.models import Assignment, Attempt, Item, PublishedExercise, Result, State, Submission


@dataclass
class Class:
    """A course with assignments of one exercise each, and students; points are given by name and title."""

    course: Course
    exercise: PublishedExercise
    students: dict[str, Enrolment] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)

    def student(self, username: str, last_name: str = "", first_name: str = "", **more: object) -> Enrolment:
        """A student of the course."""
        number = more.pop("email", f"{username}@example.org")
        user = User.objects.create(
            username=username, last_name=last_name, first_name=first_name, email=str(number)
        )
        made = Enrolment.objects.create(course=self.course, user=user, **more)
        self.students[username] = made
        return made

    def assignment(
        self, title: str, points: int = 10, *, days: int | None = -1, **more: object
    ) -> Assignment:
        """An assignment of one item that is due in so many ``days``; None: without a date."""
        due = None if days is None else timezone.now() + timedelta(days=days)
        place = len(self.assignments)
        made = Assignment.objects.create(
            course=self.course, title=title, due=due, position=place, **{"kind": "homework"} | more
        )
        Item.objects.create(assignment=made, exercise=self.exercise, points=points, position=1)
        self.assignments[title] = made
        return made

    def give(self, username: str, title: str, points: str | int) -> Result:
        """A result without the submission behind it."""
        item = self.assignments[title].items.order_by("position").first()
        user = self.students[username].user
        found, _new = Result.objects.update_or_create(
            user=user, item=item, defaults={"points": Decimal(points), "marked": 1, "tries": 1}
        )
        return found

    def hand_in(
        self, username: str, title: str, points: str, *, days: float = 0, **more: object
    ) -> Submission:
        """A marked submission of ``points`` out of 4, ``days`` ago; the result is kept up."""
        item = self.assignments[title].items.order_by("position").first()
        assert item is not None
        user = self.students[username].user
        attempt, _new = Attempt.objects.get_or_create(
            user=user,
            item=item,
            number=1,
            defaults={"exercise": item.exercise, "seed": 1, "generator": "1", "values": {}},
        )
        made = Submission.objects.create(
            attempt=attempt,
            number=attempt.submissions.count() + 1,
            key=uuid4().hex,
            answers={},
            digest="d",
            state=State.GRADED,
            verdict={"outcome": "partial", "boxes": []},
            points=Decimal(points),
            possible=Decimal(4),
            queued_at=timezone.now() - timedelta(days=days),
            **more,
        )
        from course.work.scoring import rescore

        rescore(user.pk, [item.pk])
        return made


def make_class(slug: str = "algebra") -> Class:
    """An empty one. Its exercise is a row without a document, so no page of an exercise can be opened."""
    exercise = PublishedExercise.objects.create(
        slug=f"of-{slug}", title="An exercise", step="loss", document={}
    )
    return Class(Course.objects.create(slug=slug, title="Algebra"), exercise)

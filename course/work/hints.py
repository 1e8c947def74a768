"""The ladder of hints on an exercise page: that of the step, or of the misconception that a verdict names."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from course.work.feedback import called
from course.work.mathml import plain, prose
from exercises.prose import texts
from exercises.question import Question
from grader.job import Verdict


def ladder(question: Question, verdict: Verdict | None) -> SafeString:
    """The hints for the first box in which ``verdict`` names a misconception; the step's if there is none."""
    told = [box for box in verdict.boxes if box.code == "misconception"] if verdict else []
    ladders = {box.id: texts("ladders").get(box.params.get("id", "")) for box in told}
    for field in question.fields:
        if hints := ladders.get(field.id):
            return _rendered(tuple(hints), called(field), get_language())
    return _rendered(question.hints, "", get_language())


@lru_cache(maxsize=1024)
def _rendered(hints: tuple[str, ...], box: str, language: str | None) -> SafeString:
    """A ladder in the ``language`` of the request; ``box``: what the box is called that it is for."""
    title = _("Hint for {box}").format(box=box) if box else _("Hint")
    words = plain(title) if "`" in title else ""
    shown = {"hints": [prose(_(hint)) for hint in hints], "title": prose(title), "words": words}
    return render_to_string("work/_hints.html", shown)

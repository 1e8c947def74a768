"""The table of attempts: a row a try, a cell a box; what changed against the try before is ringed.

Printed with plain Python strings, as it grows with every try.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from course.templatetags.icons import icon
from course.work.feedback import ICONS, STATES, WORDS
from exercises.question import Question
from grader.job import Outcome


def table(question: Question, tries: Sequence[Mapping[str, Outcome]], earlier: int) -> SafeString:
    """The rows for ``tries``, each the outcomes by box, the newest first; ``earlier`` ones are not shown."""
    rows: list[str] = []
    before: Mapping[str, Outcome] | None = None
    for number, outcomes in enumerate(tries, start=earlier + 1):
        asked = [field.id for field in question.fields if field.id in outcomes]
        cells = "".join(
            _cell(outcomes[box], before is not None and before.get(box) != outcomes[box], get_language())
            for box in asked
        )
        rows.append(f'<tr><th scope="row">{number}</th>{cells}</tr>')
        before = outcomes
    return mark_safe("".join(reversed(rows)))  # noqa: S308 - numbers, and cells that are escaped below


@lru_cache(maxsize=512)
def _cell(outcome: Outcome, moved: bool, language: str | None) -> SafeString:
    """One box of one try, in the ``language`` of the request."""
    state = STATES[outcome]
    word = _(WORDS[outcome]) + (", " + _("changed") if moved else "")
    kind = f"{state} moved" if moved else state
    return format_html('<td class="{}">{}<span class="vh">{}</span></td>', kind, icon(ICONS[state]), word)

"""What a verdict says in words: for one box, for the whole answer, and since the try before.

The grader sends codes; here they become sentences. A correct box says nothing beyond its tick, an empty one
is left out, and nothing here ever holds the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from course.work.mathml import plain, prose
from course.work.matrices import grid, place
from course.work.notes import Line
from exercises.prose import texts
from exercises.question import Field, Question
from grader.job import BoxVerdict, ChoiceBox, Outcome, Verdict
from grader.wording import MARKING, MESSAGES

State = Literal["", "ok", "bad", "warn", "unread", "wait"]

STATES: dict[Outcome, State] = {
    Outcome.CORRECT: "ok",
    Outcome.FOLLOW_THROUGH: "warn",
    Outcome.PARTIAL: "warn",
    Outcome.WRONG: "bad",
    Outcome.FEW_DIGITS: "warn",
    Outcome.UNREADABLE: "unread",
    Outcome.UNDECIDED: "wait",
    Outcome.EMPTY: "",
    Outcome.HELD_BACK: "",
}
ICONS: dict[State, str] = {
    "ok": "check",
    "bad": "x",
    "warn": "link",
    "unread": "alert",
    "wait": "clock",
    "": "minus",
}
WORDS: dict[Outcome, str] = {
    Outcome.CORRECT: gettext_noop("holds"),
    Outcome.FOLLOW_THROUGH: gettext_noop("follows"),
    Outcome.PARTIAL: gettext_noop("partly right"),
    Outcome.WRONG: gettext_noop("not yet"),
    Outcome.FEW_DIGITS: gettext_noop("too few digits"),
    Outcome.UNREADABLE: gettext_noop("not readable"),
    Outcome.UNDECIDED: gettext_noop("being looked at"),
    Outcome.EMPTY: gettext_noop("empty"),
    Outcome.HELD_BACK: gettext_noop("not marked yet"),
}
NOW: dict[Outcome, str] = {
    Outcome.CORRECT: gettext_noop("{box} now holds"),
    Outcome.FOLLOW_THROUGH: gettext_noop("{box} now follows from yours"),
    Outcome.PARTIAL: gettext_noop("{box} is now partly right"),
    Outcome.WRONG: gettext_noop("{box} no longer holds"),
}
MATH = {"name", "names", "point"}  # parameters of sentences: lists of names, or of names and their values


@dataclass(frozen=True, slots=True)
class Mark:
    """One box's verdict as the page shows it."""

    state: State
    icon: str
    word: str
    say: SafeString | str = ""
    fix: str | None = None
    read: SafeString | str = ""  # the typed text with the unreadable part marked
    value: str | None = None
    entries: SafeString | str = ""  # of a matrix, where not all entries have the same mark


@dataclass(frozen=True, slots=True)
class Panel:
    """The verdict on top of the boxes."""

    state: State
    icon: str
    heading: str
    text: SafeString | str
    points: str = ""
    since: SafeString | str = ""
    finished: bool = False
    notes: tuple[Line, ...] = ()  # what people changed, and said about the whole


def sentence(code: str, params: Mapping[str, str]) -> str:
    """The sentence of a code, in the reader's language; names of earlier boxes and points in it are math."""
    typeset = {key: _listed(text) if key in MATH else text for key, text in params.items()}
    return _(MESSAGES[code]) % (typeset if code in MARKING else params)


def _listed(names: str) -> str:
    return ", ".join(f"`{name.strip()}`" for name in names.split(","))


def _say(field: Field, verdict: BoxVerdict, typed: str) -> SafeString | str:
    """Why a box is not simply right: the named misconception, the grader's sentence, or a question."""
    if verdict.outcome in {Outcome.CORRECT, Outcome.EMPTY}:
        return ""
    if verdict.code == "misconception" and (named := _questions(verdict.params)):
        return prose(place(verdict.params) + " ".join(named))
    if verdict.code == "named":  # by this course: course/tracking/rules.py
        return prose(place(verdict.params) + verdict.params.get("say", ""))
    if verdict.code in MESSAGES:
        return prose(place(verdict.params) + sentence(verdict.code, verdict.params))
    if field.slots and verdict.outcome is Outcome.PARTIAL:
        return prose(_(field.nudge))
    if verdict.outcome is not Outcome.WRONG:
        return ""
    own = next((option.says for option in field.options if option.id == typed), "")
    return prose(_(own or field.nudge)) if own or field.nudge else ""


def _questions(params: Mapping[str, str]) -> list[str]:
    """The question that a misconception raises; of two, that of the one, and a short one of the other."""
    one, other = params.get("id", ""), params.get("and", "")
    first, second = texts("misconceptions"), texts("second")
    if other and other not in second:
        one, other = other, one
    return [_(text) for text in (first.get(one), second.get(other)) if text]


def _underlined(typed: str, span: tuple[int, int] | None) -> SafeString | str:
    if span is None:
        return ""
    start, end = span
    part = typed[start:end] or " "
    return format_html("{}<mark>{}</mark>{}", typed[:start], part, typed[end:])


def mark(field: Field, verdict: BoxVerdict, typed: str) -> Mark:
    """A box's verdict as state, icon, words and, where it could not be read, the place."""
    state = STATES[verdict.outcome]
    return Mark(
        state=state,
        icon=ICONS[state],
        word=_(WORDS[verdict.outcome]),
        say=_say(field, verdict, typed),
        fix=verdict.fix,
        read=_underlined(typed, verdict.span),
        value=verdict.value,
        entries=grid(
            verdict, {each: (STATES[each], ICONS[STATES[each]], _(word)) for each, word in WORDS.items()}
        ),
    )


def called(field: Field) -> str:
    """What a box is called in a sentence: ``link 2``, ``the product``, ``statement 3``, or its symbol."""
    if field.link:
        return _("link {number}").format(number=field.link)
    if field.product:
        return _("the product")
    name = field.words.partition(",")[0]
    return f"`{field.symbol}`" if field.symbol else name[:1].lower() + name[1:]


def _change(before: Outcome | None, now: Outcome) -> str:
    if now is Outcome.WRONG and before not in {Outcome.CORRECT, Outcome.FOLLOW_THROUGH}:
        return gettext_noop("{box} does not hold yet")
    return NOW[now]


def since(question: Question, before: Verdict, now: Verdict, number: int) -> SafeString:
    """«Since attempt 1: link 2 now holds.»"""
    earlier = {box.id: box.outcome for box in before.boxes}
    fields = {field.id: field for field in question.fields}
    changes = [
        _(_change(earlier.get(box.id), box.outcome)).format(box=called(fields[box.id]))
        for box in now.boxes
        if box.id in fields and box.outcome in NOW and earlier.get(box.id) != box.outcome
    ]
    what = ", ".join(changes) or _("nothing changed")
    return prose(_("Since attempt {number}: {what}.").format(number=number, what=what))


def _standing(question: Question, verdict: Verdict) -> str:
    """How many of the links, or of the answers, are right, and how many follow from others that are not."""
    right = {box.id for box in verdict.boxes if box.outcome is Outcome.CORRECT}
    links = [field for field in question.fields if field.link]
    counted = links or list(question.fields)
    hold = sum(field.id in right for field in counted)
    if len(counted) == 1:
        return _("Not yet.")
    if links and hold == len(links):
        return _("All links hold, the product does not yet")
    if links:
        text = ngettext("{hold} of {all} links holds", "{hold} of {all} links hold", hold)
    else:
        text = ngettext("{hold} of {all} answers is right", "{hold} of {all} answers are right", hold)
    follow = sum(box.outcome is Outcome.FOLLOW_THROUGH for box in verdict.boxes)
    if follow and not links:
        text += ", " + ngettext("{follow} follows from yours", "{follow} follow from yours", follow)
    return text.format(hold=hold, all=len(counted), follow=follow)


def _look(question: Question, verdict: Verdict) -> str:
    """Where to look first: the first box from the loss that does not hold."""
    outcomes = {box.id: box.outcome for box in verdict.boxes}
    for field in question.fields:
        if outcomes.get(field.id) in {Outcome.WRONG, Outcome.PARTIAL} and len(question.fields) > 1:
            return _("Look at {box} first.").format(box=called(field))
    left = sum(outcome in {Outcome.EMPTY, Outcome.HELD_BACK} for outcome in outcomes.values())
    return (
        ngettext("One box is still empty.", "{left} boxes are still empty.", left).format(left=left)
        if left
        else ""
    )


def points(verdict: Verdict) -> str:
    """The points of a verdict, as in ``3 / 4``."""

    def shown(number: object) -> str:
        return f"{float(str(number)):g}"

    return f"{shown(verdict.points)} / {shown(verdict.possible)}"


def _uncounted(verdict: Verdict, *, solved: bool) -> Panel | None:
    """A verdict that cost no try and says so."""
    free = _("This did not use up a try.")
    if solved:
        free += " " + _("What you have reached here stays.")
    outcomes = [box.outcome for box in verdict.boxes]
    unread = outcomes.count(Outcome.UNREADABLE)
    if unread:
        heading = ngettext("One box cannot be read yet", "{count} boxes cannot be read yet", unread)
        text = _("Nothing has been marked.") + " " + free
        return Panel("unread", ICONS["unread"], heading.format(count=unread), text)
    if Outcome.UNDECIDED in outcomes:
        text = _("It is saved and will be looked at again. You can go on meanwhile.")
        return Panel("wait", ICONS["wait"], _("This answer needs a closer look"), text)
    if verdict.outcome is Outcome.EMPTY:
        return Panel(
            "unread", ICONS["unread"], _("All boxes are empty"), _("Fill in at least one.") + " " + free
        )
    if verdict.outcome is Outcome.FEW_DIGITS:
        return Panel("warn", ICONS["warn"], _("Right so far, with too few digits"), free)
    return None


def panel(
    question: Question,
    verdict: Verdict,
    *,
    compared: SafeString | str = "",
    graded: bool = False,
    solved: bool = False,
    kept: str = "",
) -> Panel:
    """The panel over the boxes for a verdict that has come back.

    ``solved``: it was all right before; ``kept``: why not all of the points are kept, in words.
    """
    uncounted = None if verdict.counts else _uncounted(verdict, solved=solved)
    if uncounted:
        return uncounted
    credit = _("Of the points you keep: {kept}.").format(kept=kept) if kept else ""
    if verdict.outcome is Outcome.CORRECT:
        chain = any(field.link for field in question.fields)
        heading = _("The chain holds.") if chain else _("That is right.")
        text = " ".join(part for part in (question.meaning, credit) if part)
        return Panel("ok", "check", heading, prose(text), points(verdict), finished=True)
    lost = "" if graded else _("No marks lost: try again.")
    text = " ".join(part for part in (_look(question, verdict), lost, credit) if part)
    return Panel("bad", "link", _standing(question, verdict), prose(text), points(verdict), compared)


def veiled(verdict: Verdict) -> Panel:
    """The panel before the close: that it is handed in; and what was not readable, which costs nothing."""
    unread = sum(box.outcome is Outcome.UNREADABLE for box in verdict.boxes)
    if unread:
        heading = ngettext("One box cannot be read", "{count} boxes cannot be read", unread)
        text = _("This did not use up a try: mend it and hand it in again.")
        return Panel("unread", ICONS["unread"], heading.format(count=unread), text)
    return Panel("wait", "check", _("Handed in"), _("What it is worth is shown after the close."))


def waiting(state: str) -> Panel:
    """The panel of an answer that is saved and has no verdict yet (``queued``) or could not be marked."""
    if state == "failed":
        text = _("The fault is ours, not yours: it will be marked again, and no try was used.")
        return Panel("wait", "clock", _("Saved, but the marking broke"), text)
    text = _("You can keep typing, or come back later: nothing is lost.")
    return Panel("wait", "clock", _("Saved, will be marked"), text)


def marks(question: Question, verdict: Verdict, answers: Mapping[str, object]) -> dict[str, Mark]:
    """Every box of a verdict, by id. What was said of one box is not said of the next in the same words."""
    fields = {field.id: field for field in question.fields}
    said: dict[str, str] = {}
    found: dict[str, Mark] = {}
    for box in verdict.boxes:
        if box.id not in fields:
            continue
        field = fields[box.id]
        found[box.id] = one = mark(field, box, str(answers.get(box.id, "")))
        if box.outcome is Outcome.WRONG and box.code == "misconception":
            first = said.setdefault(str(one.say), called(field))
            if first != called(field):
                found[box.id] = replace(one, say=prose(_("The same as with {box}.").format(box=first)))
    return found


def table_heads(question: Question) -> list[dict[str, str]]:
    """The column heads of the table of attempts: as shown, and in words for those who listen."""
    short = {field.id for field in question.fields if field.short}
    claims = {box.id for box in question.boxes if isinstance(box, ChoiceBox) and box.needs} - short
    return [_head(_("claim") if field.id in claims else called(field)) for field in question.fields]


def _head(text: str) -> dict[str, str]:
    named = text if text.startswith("`") else text.removeprefix("the ").capitalize()
    return {"label": prose(named), "words": plain(named)}

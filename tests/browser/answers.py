"""Right and wrong answers to the demo's six steps on the lesson's numbers, and how to fill them in."""

from __future__ import annotations

from playwright.sync_api import Page

from course.people.models import Enrolment
from course.work.attempts import attempt_for
from course.work.catalogue import question_of
from course.work.models import Item
from grader.job import ChoiceBox, PickBox

NUMBERS = {
    "seed-prediction": {"h1": "0.6", "h2": "0.4", "yhat": "0.7"},
    "seed-loss": {"L": "0.09"},
    "seed-w3": {"dL_dyhat": "-0.6", "dyhat_dw3": "0.6", "grad_w3": "-0.36"},
    "seed-w1": {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"},
    "seed-update": {
        "w1_new": "1.26",
        "w2_new": "0.44",
        "w3_new": "2.036",
        "w4_new": "-1.226",
        "yhat_new": "0.8511",
        "L_new": "0.0222",
    },
}
EXPRESSIONS = {
    "seed-prediction": {"h1": "w1*x1", "h2": "w2 x2", "yhat": "w3*h1 + w4*h2"},
    "seed-loss": {"L": "(y - ŷ)^2"},
    "seed-w3": {"dL_dyhat": "2(yhat - y)", "dyhat_dw3": "h1", "grad_w3": "2*(yhat-y)*h1"},
    "seed-w1": {"dL_dyhat": "-2*(y-yhat)", "dyhat_dh1": "w3", "dh1_dw1": "x1", "grad_w1": "2*(yhat-y)*w3*x1"},
    "seed-update": {
        "w1_new": "w1 - alpha*grad_w1",
        "w2_new": "w2 - alpha*grad_w2",
        "w3_new": "w3 + 0.1*0.36",
        "w4_new": "w4 - α*(-0.24)",
        "yhat_new": "w3_new*w1_new*x1 + w4_new*w2_new*x2",
        "L_new": "(y - yhat_new)^2",
    },
}
WRONG = {
    "seed-prediction": {"yhat": "1.7"},
    "seed-loss": {"L": "0.3"},
    "seed-w3": {"dL_dyhat": "0.6"},
    "seed-w1": {"dyhat_dh1": "h1"},
    "seed-update": {"w1_new": "1.14"},
}
STEPS = (*NUMBERS, "seed-trap")


def fill(page: Page, answers: dict[str, str]) -> None:
    """Type into the boxes."""
    for box, text in answers.items():
        page.fill(f"#b-{box}", text)


def right_choices(name: str, item: Item) -> dict[str, list[str]]:
    """The right options of the trap on the student's own variant, by box."""
    question = question_of(attempt_for(Enrolment.objects.get(user__username=name), item.pk))
    found: dict[str, list[str]] = {}
    for box in question.boxes:
        assert isinstance(box, ChoiceBox | PickBox)
        found[box.id] = list(box.right) if isinstance(box, PickBox) else [box.right]
    return found


def choose(page: Page, choices: dict[str, list[str]]) -> None:
    """Tick, pick or select."""
    for box, options in choices.items():
        if page.locator(f"select[name={box}]").count():
            page.select_option(f"select[name={box}]", options[0])
            continue
        for option in page.locator(f"input[name={box}]").all():
            if option.get_attribute("value") in options:
                option.check()
            elif option.get_attribute("type") == "checkbox":
                option.uncheck()

"""A network that is chosen instead of written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from course.work.sheet import STEP_NAMES
from exercises.question import Step
from exercises.sketch import SKETCHED, Activation, Loss, Sketch, SketchError, layers_of, sketch

LONGEST_PREFIX = 20


class SketchForm(forms.Form):
    """Layers, activation, loss and steps; ``cleaned_data["text"]`` is the YAML that they make."""

    name = forms.CharField(label=_("Name of the set"), max_length=120, initial=_("My own network"))
    layers = forms.CharField(
        label=_("Units in each layer"),
        max_length=20,
        initial="2-2-1",
        help_text=_("From the inputs to the predictions, as in 2-2-1."),
    )
    activation = forms.ChoiceField(
        label=_("Activation"),
        choices=[
            (Activation.RELU, _("ReLU")),
            (Activation.LEAKY, _("leaky ReLU")),
            (Activation.TANH, _("tanh")),
            (Activation.SIGMOID, _("sigmoid")),
            (Activation.NONE, _("none: units pass their sum on")),
        ],
    )
    loss = forms.ChoiceField(
        label=_("Loss"),
        choices=[(Loss.SQUARED, _("squared error")), (Loss.CROSS_ENTROPY, _("cross-entropy of classes"))],
    )
    biases = forms.BooleanField(label=_("A bias for every unit"), required=False)
    steps = forms.MultipleChoiceField(
        label=_("What is asked"),
        choices=[(step.value, STEP_NAMES[step]) for step in SKETCHED],
        initial=[step.value for step in SKETCHED if step is not Step.TRAP],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """The choices with the ``text`` that they make; what makes no network is an error of ``layers``."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        name = data["name"]
        try:
            wanted = Sketch(
                name=name,
                prefix=slugify(name)[:LONGEST_PREFIX].strip("-").replace("_", "-") or "own",
                layers=layers_of(data["layers"]),
                activation=Activation(data["activation"]),
                loss=Loss(data["loss"]),
                biases=data["biases"],
                steps=tuple(step for step in Step if step.value in data["steps"]),
            )
            return data | {"text": sketch(wanted)}
        except SketchError as error:
            self.add_error("layers", str(error))
            return data

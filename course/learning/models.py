"""What students bought in the lab."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from course.work.models import Attempt


class Reading(models.Model):
    """An instrument of the lab that a student has read on a variant. What it shows is worked out anew."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="readings")
    instrument = models.CharField(_("instrument"), max_length=60)
    cost = models.PositiveSmallIntegerField(_("cost"))
    taken_at = models.DateTimeField(_("taken"), db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "instrument"], name="reading_once"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="reading_cost"),
        ]
        verbose_name, verbose_name_plural = _("reading"), _("readings")

    def __str__(self) -> str:
        return f"{self.attempt}, {self.instrument}"

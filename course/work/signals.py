"""What other rooms may listen to: each is sent inside the transaction that wrote the row."""

from django.dispatch import Signal

marked = Signal()  # a submission got its verdict: ``submission`` (with its new fields), ``verdict``
rescored = (
    Signal()
)  # a student's result in an item was worked out anew: ``user`` and ``item`` (their numbers)
alive = Signal()  # the grader answered: whatever was sent to it before ``since`` has left its queue

"""Find the broken link: training loops with one fault, and the instruments to find it (TEACHING.md 5).

``faults``       what can be broken, as data over roles
``roles``        which links of a network play these roles
``trainer``      one training loop with a switch for the fault; all faults of a network run side by side
``instruments``  what a student may look at, to the digits that are shown
``triage``       the order to look in, as a solver that sees the shown digits only
``cases``        broken loops from a seed, none of which looks like another
"""

"""Who may open what, a file for each room of the site: ``MATRIX`` has a row for every address and method.

A row is the status for each of ``CAST``, in that order. In addresses, the names in braces are filled by
``places`` of tests/course/test_access.py. A new file here is found by itself.
"""

CAST = ("nobody", "outsider", "student", "student2", "instructor", "assistant", "observer")

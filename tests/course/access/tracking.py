"""Tracking: who sees the students' work sees its figures; naming a misconception takes an editor.

{learner} is the student, {item} one of the demo's exercises, {sent} the student's right submission.
"""

WHO_SEES_WORK = (302, 404, 403, 403, 200, 200, 403)
NOBODY = (302, 404, 404, 404, 404, 404, 404)
EDITORS_FIND_NOTHING = (302, 404, 403, 403, 404, 403, 403)  # nothing is wrong, nothing is named
MATRIX = {
    "GET /c/backprop/progress/": WHO_SEES_WORK,
    "GET /c/backprop/progress.csv": WHO_SEES_WORK,
    "GET /c/backprop/progress/{learner}/{item}/": WHO_SEES_WORK,
    "GET /c/other/progress/{learner}/{item}/": NOBODY,
    "GET /c/backprop/mistakes/": WHO_SEES_WORK,
    "GET /c/backprop/mistakes.csv": WHO_SEES_WORK,
    "GET /c/backprop/mistakes/addresses?m=G-sign": WHO_SEES_WORK,
    "GET /c/backprop/mistakes/name?sample={sent}&box=grad_w1": EDITORS_FIND_NOTHING,
    "POST /c/backprop/mistakes/name?sample={sent}&box=grad_w1": EDITORS_FIND_NOTHING,
    "GET /c/backprop/mistakes/named/1": EDITORS_FIND_NOTHING,
    "POST /c/backprop/mistakes/named/1": EDITORS_FIND_NOTHING,
    "GET /c/backprop/statistics/": WHO_SEES_WORK,
    "GET /c/backprop/chain.csv": WHO_SEES_WORK,
    "GET /c/backprop/statistics.csv": WHO_SEES_WORK,
}

"""The gradebook and the students' own scores. {member} is the student's enrolment, {sat} an assignment."""

SEES_WORK = (302, 404, 403, 403, 200, 200, 403)
NOBODY = (302, 404, 404, 404, 404, 404, 404)
MARKS = (302, 404, 403, 403, 302, 302, 403)
EDITS = (302, 404, 403, 403, 200, 403, 403)
STAFF = (302, 404, 403, 403, 200, 200, 200)
MEMBERS = (302, 404, 200, 200, 200, 200, 200)
GRADES = "/c/backprop/grades/"
MATRIX = {
    f"GET {GRADES}": SEES_WORK,
    f"GET {GRADES}s/{{member}}/": SEES_WORK,
    f"GET {GRADES}s/{{member}}/{{sat}}/": SEES_WORK,
    f"POST {GRADES}s/{{member}}/{{sat}}/excuse": MARKS,
    f"GET {GRADES}release/{{sat}}/": SEES_WORK,
    f"POST {GRADES}release/{{sat}}/": MARKS,
    f"GET {GRADES}journal/": SEES_WORK,
    f"GET {GRADES}weights/": EDITS,
    f"POST {GRADES}weights/": EDITS,
    f"POST {GRADES}undo": (302, 404, 403, 403, 302, 403, 403),
    f"GET {GRADES}export/": SEES_WORK,
    f"POST {GRADES}export/": MARKS,
    f"GET {GRADES}file": SEES_WORK,
    "GET /c/other/grades/file?layout=everything": NOBODY,
    "GET /c/other/grades/": NOBODY,
    "GET /c/other/grades/s/{member}/{sat}/": NOBODY,
    "GET /c/backprop/takeaway/": STAFF,
    "GET /c/backprop/takeaway/file": (302, 404, 403, 403, 400, 400, 400),
    "GET /c/backprop/scores/": MEMBERS,
    "GET /c/backprop/scores/{sat}/": MEMBERS,
    "GET /c/other/scores/{sat}/": NOBODY,
}

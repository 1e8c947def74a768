"""Authoring: a course's own exercise sets. {document} belongs to the course, {foreign} to another one."""

LOOK = (302, 404, 403, 403, 200, 200, 200)
WRITE = (302, 404, 403, 403, 200, 403, 403)
NOBODY = (302, 404, 404, 404, 404, 404, 404)
WRITTEN = (302, 404, 403, 403, 302, 403, 403)
MATRIX = {
    "GET /c/backprop/exercises/": LOOK,
    "GET /c/backprop/exercises/new/": WRITE,
    "POST /c/backprop/exercises/new/": (302, 404, 403, 403, 400, 403, 403),
    "POST /c/backprop/exercises/copy": WRITTEN,
    "GET /c/backprop/exercises/import/": WRITE,
    "POST /c/backprop/exercises/import/": (302, 404, 403, 403, 400, 403, 403),
    "GET /c/backprop/exercises/export.zip": LOOK,
    "GET /c/backprop/exercises/{document}/": LOOK,
    "POST /c/backprop/exercises/{document}/": WRITTEN,
    "POST /c/backprop/exercises/{document}/problems": LOOK,
    "POST /c/backprop/exercises/{document}/look": LOOK,
    "GET /c/backprop/exercises/{document}/student/": LOOK,
    "GET /c/backprop/exercises/{document}/check": (302, 404, 403, 403, 302, 302, 302),
    "POST /c/backprop/exercises/{document}/check": WRITTEN,
    "POST /c/backprop/exercises/{document}/publish": (302, 404, 403, 403, 409, 403, 403),
    "GET /c/backprop/exercises/{document}/history/": LOOK,
    "POST /c/backprop/exercises/{document}/history/": (302, 404, 403, 403, 400, 403, 403),
    "GET /c/backprop/exercises/{document}/file.yaml": LOOK,
    "POST /c/backprop/exercises/{document}/away": WRITTEN,
    "GET /c/backprop/exercises/{foreign}/": (302, 404, 403, 403, 404, 404, 404),
    "GET /c/other/exercises/{foreign}/": NOBODY,
    "GET /schema/exercises.json": (200,) * 7,
}

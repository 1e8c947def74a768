"""The staff's pages of assignments: editors change, lookers look; the dates of students need both rights."""

EDITORS = (302, 404, 403, 403, 200, 403, 403)
MATRIX = {
    "GET /c/backprop/assignments/": (302, 404, 403, 403, 200, 200, 200),
    "GET /c/other/assignments/": (302, 404, 404, 404, 404, 404, 404),
    "GET /c/backprop/assignments/new/": EDITORS,
    "POST /c/backprop/assignments/new/": EDITORS,
    "POST /c/backprop/assignments/move": (302, 404, 403, 403, 302, 403, 403),
    "GET /c/backprop/assignments/{assignment}/": EDITORS,
    "GET /c/backprop/assignments/{assignment}/items/": EDITORS,
    "POST /c/backprop/assignments/{assignment}/items/": (302, 404, 403, 403, 302, 403, 403),
    "GET /c/backprop/assignments/{assignment}/dates/": (302, 404, 403, 403, 200, 200, 403),
    "POST /c/backprop/assignments/{assignment}/dates/": (302, 404, 403, 403, 200, 403, 403),
    "GET /c/backprop/assignments/{assignment}/delete/": EDITORS,
    "POST /c/backprop/assignments/{assignment}/delete/": (302, 404, 403, 403, 409, 403, 403),
}

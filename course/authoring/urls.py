"""Addresses of authoring: a course's own exercise sets."""

from django.urls import path

from course.authoring import exchange, history, proving, views

ROOM = "c/<slug:slug>/exercises/"
SET = f"{ROOM}<row:document>/"
urlpatterns = [
    path(ROOM, views.sets, name="sets"),
    path(f"{ROOM}new/", views.new, name="new-set"),
    path(f"{ROOM}copy", views.copy, name="copy-set"),
    path(f"{ROOM}import/", exchange.import_sets, name="import-sets"),
    path(f"{ROOM}export.zip", exchange.export, name="export-sets"),
    path(SET, views.edit, name="set"),
    path(f"{SET}problems", views.problems, name="set-problems"),
    path(f"{SET}look", views.look, name="set-look"),
    path(f"{SET}student/", views.student, name="set-student"),
    path(f"{SET}check", proving.check, name="set-check"),
    path(f"{SET}publish", proving.publish_set, name="publish-set"),
    path(f"{SET}history/", history.history, name="set-history"),
    path(f"{SET}file.yaml", history.file, name="set-file"),
    path(f"{SET}away", history.put_away, name="put-set-away"),
    path("schema/exercises.json", exchange.json_schema, name="exercises-schema"),
]

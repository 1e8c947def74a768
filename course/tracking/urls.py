"""Addresses of tracking: what was handed in, as the staff see it."""

from django.urls import path

from course.tracking import views, views_mistakes, views_progress, views_statistics, views_timeline

urlpatterns = [
    path("c/<slug:slug>/progress/", views_progress.progress, name="progress"),
    path("c/<slug:slug>/progress.csv", views_progress.progress_csv, name="progress-csv"),
    path("c/<slug:slug>/progress/<row:user>/<row:item>/", views_timeline.timeline, name="timeline"),
    path("c/<slug:slug>/mistakes/", views_mistakes.mistakes_page, name="mistakes"),
    path("c/<slug:slug>/mistakes.csv", views_mistakes.mistakes_csv, name="mistakes-csv"),
    path("c/<slug:slug>/mistakes/addresses", views_mistakes.addresses, name="addresses"),
    path("c/<slug:slug>/mistakes/name", views_mistakes.name, name="name-mistake"),
    path("c/<slug:slug>/mistakes/named/<row:rule>", views_mistakes.relabel, name="relabel"),
    path("c/<slug:slug>/statistics/", views_statistics.statistics, name="statistics"),
    path("c/<slug:slug>/chain.csv", views_statistics.chain_csv, name="chain-csv"),
    path("c/<slug:slug>/statistics.csv", views_statistics.statistics_csv, name="statistics-csv"),
    path("c/<slug:slug>/submissions/", views.submissions, name="submissions"),
    path("c/<slug:slug>/submissions/<uuid:submission>/", views.submission, name="submission"),
]

"""Addresses of the kit itself: search, appearance, language, the institution's accent, the gallery."""

from django.urls import path
from django.views.i18n import set_language

from rollbook.core.web import gallery, views

app_name = "web"

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("appearance/", views.appearance, name="appearance"),
    path("language/", set_language, name="language"),
    path("brand/<str:colour>.css", views.accent, name="accent"),
    path("brand/<str:colour>.svg", views.favicon, name="favicon"),
    path("staff/components/", gallery.overview, name="gallery"),
    path("staff/components/progress/<int:step>/", gallery.progress_step, name="gallery_progress"),
    path("staff/components/<slug:section>/", gallery.section, name="gallery_section"),
]

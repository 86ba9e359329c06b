"""Every address of the installation; each room brings its own list."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("rollbook.core.web.urls")),
    path("", include("rollbook.shared.monitoring.urls")),
]

handler400 = "rollbook.core.web.errors.bad_request"
handler403 = "rollbook.core.web.errors.not_allowed"
handler404 = "rollbook.core.web.errors.not_found"
handler500 = "rollbook.core.web.errors.failed"

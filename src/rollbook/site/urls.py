"""Every address of the installation; each room brings its own list."""

from django.urls import URLPattern, URLResolver, include, path

from rollbook.core.api.docs import docs_urls
from rollbook.site import pages
from rollbook.site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    # First, because programs and busy screens ask it most and every line above it would be tried before.
    path("api/v1/", api.urls),
    path("", pages.home, name="home"),
    path("", include("rollbook.core.web.urls")),
    path("", include("rollbook.core.identity.urls")),
    path("roles/", include("rollbook.core.permissions.urls")),
    path("people/", include("rollbook.shared.people.urls")),
    path("files/", include("rollbook.shared.files.urls")),
    path("documents/", include("rollbook.shared.documents.urls")),
    path("verify/", include("rollbook.shared.documents.verify_urls")),
    path("audit/", include("rollbook.core.audit.urls")),
    path("approvals/", include("rollbook.core.approvals.urls")),
    path("settings/", include("rollbook.core.policies.urls")),
    path("", include("rollbook.systems.college.catalogue.urls")),
    path("", include("rollbook.systems.college.records.urls")),
    path("", include("rollbook.systems.college.scheduling.urls")),
    path("", include("rollbook.systems.college.enrolment.urls")),
    path("", include("rollbook.systems.college.grading.urls")),
    path("", include("rollbook.systems.college.exams.urls")),
    path("", include("rollbook.systems.college.fees.urls")),
    path("", include("rollbook.systems.college.credentials.urls")),
    path("apply/", include("rollbook.systems.college.admission.apply_urls")),
    path("apply/", include("rollbook.shared.admissions.apply_urls")),
    path("admissions/", include("rollbook.systems.college.admission.urls")),
    path("admissions/", include("rollbook.shared.admissions.urls")),
    path("reports/", include("rollbook.shared.analytics.urls")),
    path("notices/", include("rollbook.shared.messaging.urls")),
    path("operations/webhooks/", include("rollbook.shared.webhooks.urls")),
    path("operations/providers/", include("rollbook.shared.gateways.urls")),
    path("operations/jobs/", include("rollbook.shared.jobs.urls")),
    path("operations/launch/", include("rollbook.shared.launch.urls")),
    path("api/", include(docs_urls(api))),
    path("", include("rollbook.shared.monitoring.urls")),
]

handler400 = "rollbook.core.web.errors.bad_request"
handler403 = "rollbook.core.web.errors.not_allowed"
handler404 = "rollbook.core.web.errors.not_found"
handler500 = "rollbook.core.web.errors.failed"

from django.apps import AppConfig


class AdmissionConfig(AppConfig):
    name = "rollbook.systems.college.admission"
    label = "college_admission"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares settings and who may act, and lets the college take applications.
        from rollbook.shared.admissions.scheme import register_scheme
        from rollbook.systems.college.admission import permissions, policies  # noqa: F401
        from rollbook.systems.college.admission.scheme import CollegeScheme

        register_scheme(CollegeScheme())

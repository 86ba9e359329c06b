from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "rollbook.core.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares the settings that this room asks for.
        from rollbook.core.audit import policies  # noqa: F401

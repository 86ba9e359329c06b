from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "rollbook.systems.college.catalogue"
    label = "college_catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares what this room permits, and the settings that it asks for.
        from rollbook.systems.college.catalogue import permissions, policies  # noqa: F401

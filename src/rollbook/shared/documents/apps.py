from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "rollbook.shared.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares the permissions and the bucket of this room, and verifies its own papers.
        from rollbook.shared.documents import own_papers, permissions  # noqa: F401

"""The web kit as a Django application: its templates, static files and template tags."""

from django.apps import AppConfig
from django.conf.locale import LANG_INFO


class WebConfig(AppConfig):
    """Components, tables, forms and the shell around every page."""

    name = "rollbook.core.web"
    label = "web"
    verbose_name = "Web kit"

    def ready(self) -> None:
        # Django ships no Filipino of its own and so does not know its name.
        LANG_INFO.setdefault("fil", {"bidi": False, "code": "fil", "name": "Filipino", "name_local": "Filipino"})

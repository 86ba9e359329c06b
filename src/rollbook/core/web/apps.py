"""The web kit as a Django application: its templates, static files and template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Components, tables, forms and the shell around every page."""

    name = "rollbook.core.web"
    label = "web"
    verbose_name = "Web kit"

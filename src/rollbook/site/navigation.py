"""The navigation of the house: its groups in order, and the places and searches that the rooms declare.

A room declares them in its `navigation.py`, which is found here by itself.
"""

from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_group, register_navigation
from rollbook.core.web.permissions import VIEW_GALLERY

register_group("work", _("Work"))
register_group("records", _("Records"))
register_group("house", _("The house"))
register_group("staff", _("Staff"))

register_navigation(
    NavigationItem(_("Components"), "web:gallery", "layout-grid", VIEW_GALLERY, group="staff", order=90, in_rail=False),
)

for config in apps.get_app_configs():
    if (
        config.name.startswith("rollbook.")
        and config.name != "rollbook.site"
        and module_has_submodule(config.module, "navigation")
    ):
        import_module(f"{config.name}.navigation")

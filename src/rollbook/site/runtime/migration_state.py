"""Applies migrations without rendering models again that a migration did not touch.

After every model or field that a migration adds, Django renders that model anew and with it all models that are
related to it by any number of steps, because an operation might ask any of them what points at it. Here everything is
related to the organisation: a fresh database would render sixteen thousand models and take half a minute for two
seconds of SQL. What only adds asks nobody what points at it, so that one model is enough; whatever alters, renames or
removes renders all as ever, and a migration that runs Python gets every model fresh (`is_delayed` sees to both).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState


class GrowingState(ProjectState):
    """The models as they stand after each operation; additions render one model."""

    _only_adds = False

    @contextmanager
    def _adding(self) -> Iterator[None]:
        self._only_adds = True
        try:
            yield
        finally:
            self._only_adds = False

    def add_model(self, model_state: ModelState) -> None:
        with self._adding():
            super().add_model(model_state)

    def add_field(self, *arguments: Any, **named: Any) -> None:
        with self._adding():
            super().add_field(*arguments, **named)

    def add_index(self, *arguments: Any, **named: Any) -> None:
        with self._adding():
            super().add_index(*arguments, **named)

    def add_constraint(self, *arguments: Any, **named: Any) -> None:
        with self._adding():
            super().add_constraint(*arguments, **named)

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        if not self._only_adds:
            super().reload_model(app_label, model_name, delay)
        elif "apps" in self.__dict__:
            self.is_delayed = True
            with self.apps.bulk_update():
                self.apps.unregister_model(app_label, model_name)
            self.apps.render_multiple([self.models[app_label, model_name]])


def present_state(loader: MigrationLoader) -> GrowingState:
    """The models as the migrations that a database has seen left them."""
    seen = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    return GrowingState(loader.project_state(seen).models, loader.unmigrated_apps)

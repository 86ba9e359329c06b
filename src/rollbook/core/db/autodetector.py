"""`makemigrations` for tenant tables: the isolating operations come by themselves."""

from typing import Any

from django.apps import apps
from django.db.migrations import AddField, CreateModel
from django.db.migrations.autodetector import MigrationAutodetector

from rollbook.core.db.operations import FreezeColumns, IsolateTable, MakeAppendOnly, _is_tenant_reference

#: The migration that makes the trigger functions.
GUARDS = ("rollbook_db", "0001_guards")


class TenantAutodetector(MigrationAutodetector):
    """Appends `IsolateTable`, `MakeAppendOnly` and `FreezeColumns` to what Django detects."""

    def _detect_changes(self, convert_apps: Any = None, graph: Any = None) -> dict[str, list[Any]]:
        changes: dict[str, list[Any]] = super()._detect_changes(convert_apps, graph)  # type: ignore[misc]  # not in the stubs
        for app_label, migrations in changes.items():
            for migration in migrations:
                guards = _guards(app_label, migration.operations)
                migration.operations += guards
                if guards and GUARDS not in migration.dependencies:
                    migration.dependencies.append(GUARDS)
        return changes


def _guards(app_label: str, operations: list[Any]) -> list[Any]:
    guards: list[Any] = []
    for operation in operations:
        if isinstance(operation, CreateModel):
            guards += _guards_of(app_label, operation.name)
        elif isinstance(operation, AddField) and _is_tenant_reference(operation.field):
            model = apps.get_model(app_label, operation.model_name)
            isolate = IsolateTable(model.__name__, restricted_as=getattr(model, "restricted_as", ""))
            if isolate.name not in {guard.name for guard in guards}:
                guards.append(isolate)
    return guards


def _guards_of(app_label: str, name: str) -> list[Any]:
    model = apps.get_model(app_label, name)
    guards: list[Any] = []
    if getattr(model, "belongs_to_organisation", False):
        guards.append(IsolateTable(name, restricted_as=model.restricted_as))
    if getattr(model, "append_only", False):
        guards.append(MakeAppendOnly(name))
    if getattr(model, "frozen_fields", ()):
        guards.append(FreezeColumns(name, fields=list(model.frozen_fields)))
    return guards

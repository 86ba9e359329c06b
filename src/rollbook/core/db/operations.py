"""Migration operations for tenant tables. `makemigrations` appends them by itself."""

from typing import Any

from django.db import models
from django.db.migrations.operations.base import Operation

from rollbook.core.db import sql


class _TableOperation(Operation):
    """Something done to one model's table in plain SQL."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, name: str) -> None:
        self.name = name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The state Django keeps does not change."""

    def references_model(self, name: str, app_label: str) -> bool:
        return name.lower() == self.name.lower()

    def statements(self, model: type[models.Model]) -> list[str]:
        raise NotImplementedError(f"{type(self).__name__} says no statements")

    def undo(self, table: str) -> list[str]:
        return []

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in self.statements(model):
                schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in self.undo(model._meta.db_table):
                schema_editor.execute(statement, params=None)

    @property
    def migration_name_fragment(self) -> str:
        return f"{type(self).__name__.lower()}_{self.name.lower()}"


class IsolateTable(_TableOperation):
    """Key, references and row policies of a tenant table: no row can be seen from, or point into, another tenant."""

    def __init__(self, name: str, restricted_as: str = "") -> None:
        super().__init__(name)
        self.restricted_as = restricted_as

    def statements(self, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        made = [sql.composite_key(table)]
        for field in model._meta.local_concrete_fields:
            if _is_tenant_reference(field):
                remote = field.remote_field.model._meta.db_table  # type: ignore[union-attr]
                made += [sql.composite_key(remote), sql.same_tenant_reference(table, str(field.column), remote)]
        return [*made, sql.row_policies(table, self.restricted_as)]

    def describe(self) -> str:
        return f"Isolate the rows of {self.name} by organisation"


class MakeAppendOnly(_TableOperation):
    """Refuse every change and removal of rows."""

    def statements(self, model: type[models.Model]) -> list[str]:
        return [sql.append_only(model._meta.db_table, model._meta.label_lower)]

    def undo(self, table: str) -> list[str]:
        return [f'DROP TRIGGER append_only_rows ON "{table}"; DROP TRIGGER append_only_table ON "{table}";']

    def describe(self) -> str:
        return f"Make {self.name} append-only"


class FreezeColumns(_TableOperation):
    """Refuse removal of rows, and changes of the named fields."""

    def __init__(self, name: str, fields: list[str]) -> None:
        super().__init__(name)
        self.fields = fields

    def statements(self, model: type[models.Model]) -> list[str]:
        columns = [str(model._meta.get_field(field).column) for field in self.fields]  # type: ignore[union-attr]
        return [sql.frozen_columns(model._meta.db_table, model._meta.label_lower, columns)]

    def undo(self, table: str) -> list[str]:
        return [f'DROP TRIGGER {name} ON "{table}"' for name in ("frozen_columns", "kept_rows", "kept_table")]

    def describe(self) -> str:
        return f"Keep {', '.join(self.fields)} of {self.name} as recorded"


def _is_tenant_reference(field: Any) -> bool:
    # By path, not by class: a migration imports no product code but this package.
    path: str = field.deconstruct()[1]
    return path == "rollbook.core.tenancy.fields.TenantForeignKey"

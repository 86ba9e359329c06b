"""The connection class that settings name as ENGINE = "rollbook.core.db.backend"."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db.backends.postgresql import base, features, operations
from psycopg.types.numeric import Int8


def is_tenant_model(model: Any) -> bool:
    """Tell whether rows of a model belong to one organisation each."""
    return bool(getattr(model, "belongs_to_organisation", False))


class DatabaseFeatures(features.DatabaseFeatures):
    def allows_group_by_selected_pks_on_model(self, model: Any) -> bool:
        # `id` is not the primary key of a tenant table for PostgreSQL, so grouping by it is not enough.
        if is_tenant_model(model):
            return False
        return super().allows_group_by_selected_pks_on_model(model)


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "rollbook.core.db.backend.compiler"

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        # What was sent names its parameters by number; tests and debug logs want to read them.
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class PreparedCursor(base.CursorMixin, psycopg.Cursor[Any]):
    """Sends parameters apart from the statement, so that the server can keep its plan.

    Where the connection has no `prepare_threshold`, nothing is prepared and all else is the same.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> "PreparedCursor":
        if isinstance(params, Mapping):
            params = {name: _one_type(value) for name, value in params.items()}
        elif params is not None:
            params = [_one_type(value) for value in params]
        super().execute(query, params, prepare=True, **options)
        return self


def _one_type(value: Any) -> Any:
    # A whole number travels in the smallest type that holds it, and each type would have a plan of its own.
    return Int8(value) if type(value) is int else value


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    def prepared_cursor(self) -> Any:
        """A cursor for statements that the server prepares once for each connection."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PreparedCursor(self.connection))  # type: ignore[attr-defined] # not in the stubs

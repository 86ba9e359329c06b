"""SQL compilers: a DELETE on a tenant table always names the organisation, an INSERT of many rows returns them."""

from typing import Any

from django.db.backends.postgresql.compiler import SQLInsertCompiler as PostgresInsertCompiler
from django.db.models import Q
from django.db.models.sql import compiler
from django.db.models.sql.compiler import SQLAggregateCompiler, SQLCompiler, SQLUpdateCompiler

from rollbook.core.db.backend.base import is_tenant_model

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]


class SQLDeleteCompiler(compiler.SQLDeleteCompiler):
    def as_sql(self) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]  # so in Django's own
        if is_tenant_model(self.query.model):
            # Imported here: the backend is loaded before the tenancy room can be.
            from rollbook.core.tenancy.scope import CurrentOrganisation

            self.query.add_q(Q(organisation=CurrentOrganisation()))
        return super().as_sql()


class SQLInsertCompiler(PostgresInsertCompiler):
    def as_sql(self) -> list[tuple[str, Any]]:  # type: ignore[override]  # so in Django's own
        statements: list[tuple[str, Any]] = super().as_sql()
        if self.returning_fields or not is_tenant_model(self.query.model):
            return statements
        # `bulk_create` selects from arrays; a database spread by organisation takes that only with RETURNING.
        return [
            (f"{statement} RETURNING 1" if "SELECT * FROM UNNEST(" in statement else statement, values)
            for statement, values in statements
        ]

"""SQL compilers: a DELETE on a tenant table always names the organisation."""

from typing import Any

from django.db.backends.postgresql.compiler import SQLInsertCompiler
from django.db.models import Q
from django.db.models.sql import compiler
from django.db.models.sql.compiler import SQLAggregateCompiler, SQLCompiler, SQLUpdateCompiler

from rollbook.core.db.backend.base import is_tenant_model

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]


class SQLDeleteCompiler(compiler.SQLDeleteCompiler):
    def as_sql(self) -> tuple[str, tuple[Any, ...]]:
        if is_tenant_model(self.query.model):
            # Imported here: the backend is loaded before the tenancy room can be.
            from rollbook.core.tenancy.scope import CurrentOrganisation

            self.query.add_q(Q(organisation=CurrentOrganisation()))
        return super().as_sql()

"""The connection class that settings name as ENGINE = "rollbook.core.db.backend"."""

from typing import Any

from django.db.backends.postgresql import base, features, operations


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


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

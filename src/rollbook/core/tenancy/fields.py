"""Fields that carry the organisation: the tenant column and references between tenant tables."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND, WhereNode

from rollbook.core.tenancy.scope import ScopeError, current_organisation_id


class OrganisationField(models.ForeignKey):  # type: ignore[type-arg]
    """The tenant column. It fills itself from the scope and refuses any other organisation."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["to"] = "tenancy.Organisation"
        kwargs["on_delete"] = models.DO_NOTHING
        kwargs["related_name"] = "+"
        kwargs["db_index"] = False
        kwargs["editable"] = False
        # No constraint to the organisation's row: every writer would share a lock on it. The row policy
        # admits no other value than the scope's, and organisations are never deleted.
        kwargs["db_constraint"] = False
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for derived in ("to", "on_delete", "related_name", "db_index", "editable", "db_constraint"):
            kwargs.pop(derived, None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        organisation_id = current_organisation_id()
        if organisation_id is None:
            raise ScopeError(f"{type(model_instance).__name__} can only be saved inside a tenant scope.")
        present = getattr(model_instance, self.attname)
        if present is None:
            setattr(model_instance, self.attname, organisation_id)
        elif present != organisation_id:
            raise ScopeError(f"{type(model_instance).__name__} belongs to another organisation.")
        return organisation_id


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference between two tenant tables.

    Joins compare the organisation too; the database constraint on (organisation_id, x_id) is made by
    the migration operation `IsolateTable`.
    """

    def __init__(self, to: Any, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("on_delete", None)
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        kwargs.setdefault("related_name", "+")
        super().__init__(to, on_delete=models.DO_NOTHING, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("on_delete", None)
        kwargs.pop("db_constraint", None)
        kwargs["db_index"] = self.db_index  # type: ignore[attr-defined]  # Django sets it
        return name, path, args, kwargs

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> WhereNode | None:
        if alias is None or related_alias is None:
            return None
        remote: Any = self.remote_field.model._meta.get_field("organisation")
        local: Any = self.model._meta.get_field("organisation")
        same: Any = Exact(remote.get_col(alias), local.get_col(related_alias))
        return WhereNode([same], connector=AND)

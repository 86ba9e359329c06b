"""API tokens: keys that let a programme act for a member, within less than the member's own permissions."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rollbook.core.identity.models.users import Membership
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class ApiToken(TenantModel):
    """A token of one member. Its secret is shown once; only the digest is kept."""

    membership = TenantForeignKey(Membership)
    name = models.CharField(max_length=100, help_text="What it is for, in the owner's words.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of a 256-bit secret.")
    ending = models.CharField(max_length=4, help_text="The last characters, so that the owner can tell two apart.")
    scopes = ArrayField(models.CharField(max_length=100), default=list)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="identity_apitoken_digest_unique", fields=["organisation", "digest"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="identity_apitoken_of", fields=["organisation", "membership"]),
        ]

    def __str__(self) -> str:
        return self.name


class TokenUse(TenantModel):
    """When a token was last used. Apart from the token: nothing refers to it, and it is written often."""

    token = TenantForeignKey(ApiToken)
    last_used_at = models.DateTimeField(null=True)
    last_used_ip = models.GenericIPAddressField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="identity_tokenuse_token_unique", fields=["organisation", "token"]),
        ]

    def __str__(self) -> str:
        return f"use of {self.token_id}"

"""Users of the installation and their memberships in organisations."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from rollbook.core import clock, ids
from rollbook.core.tenancy.models import TenantModel


class UserManager(BaseUserManager["User"]):
    """Finds users by their address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who can sign in. Small and rarely written, because many rows refer to it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    email = models.EmailField(
        max_length=254,
        unique=True,
        null=True,
        blank=True,
        help_text="Lower case; empty for those who sign in by number.",
    )
    display_name = models.CharField(max_length=200)
    language = models.CharField(max_length=16, blank=True)
    is_active = models.BooleanField(default=True)
    #: Staff developers and operators of the installation; not a role in any organisation.
    is_platform_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    # Kept in login events instead: this row is rarely written.
    last_login = None

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="identity_user_email_is_lower", condition=models.Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        return self.is_platform_staff

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used: the actor's are."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Membership(TenantModel):
    """A user's place in one organisation: which roles, which person on the roll, which login name."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: How this organisation calls the user. Another organisation's name for the same user stays its own.
    name = models.CharField(max_length=200, blank=True)
    roles = ArrayField(models.CharField(max_length=50), default=list)
    person_id = models.UUIDField(null=True, blank=True, help_text="The person on the roll that this user is.")
    login_name = models.CharField(max_length=60, null=True, blank=True, help_text="A student or employee number.")
    is_active = models.BooleanField(default=True)
    #: Set for good: the address went, and nobody signs in with it again.
    forgotten_at = models.DateTimeField(null=True, help_text="When the account was anonymised with its person.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="identity_membership_user_unique", fields=["organisation", "user"]),
            models.UniqueConstraint(name="identity_membership_login_unique", fields=["organisation", "login_name"]),
            models.CheckConstraint(
                name="identity_membership_login_name_is_lower",
                condition=models.Q(login_name=Lower("login_name")),
            ),
            models.CheckConstraint(
                name="identity_membership_forgotten_stays_out",
                condition=models.Q(forgotten_at__isnull=True) | models.Q(is_active=False, login_name__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="identity_membership_by_name", fields=["organisation", "name", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organisation_id}"

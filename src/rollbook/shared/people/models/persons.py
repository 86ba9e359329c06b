"""A person, the numbers they carry, and the words by which they are found."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.people import rules

NAME_LENGTH = rules.NAME_LENGTH


class Person(TenantModel):
    """Somebody on the roll. People with a single name have it as their given name."""

    class Sex(models.TextChoices):
        FEMALE = "F", _("Female")
        MALE = "M", _("Male")
        OTHER = "X", _("Other")

    family_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    given_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    middle_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    suffix = models.CharField(max_length=20, blank=True, help_text="Jr., III and the like.")
    preferred_name = models.CharField(max_length=NAME_LENGTH, blank=True, help_text="What they like to be called.")
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    #: The photo among the stored files; that room stands below this one, so it is a plain id.
    photo_id = models.UUIDField(null=True)
    #: They asked not to be shown to third parties: public pages give initials only.
    is_private = models.BooleanField(default=False)
    #: The name in lower case without accents, family name first; lists are sorted by it.
    search_key = models.CharField(max_length=600, db_collation="C", editable=False)
    #: The person whose double this row turned out to be. The row stays, so that a merge can be undone.
    merged_into = TenantForeignKey("self", null=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "people"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="people_person_has_name", condition=~Q(family_name="", given_name="")),
            models.CheckConstraint(name="people_person_not_own_double", condition=~Q(merged_into=models.F("id"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="people_person_by_name", fields=["organisation", "search_key", "id"]),
            models.Index(
                name="people_person_doubles",
                fields=["organisation", "merged_into"],
                condition=Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def name(self) -> rules.Name:
        """The parts of the name together."""
        return rules.Name(self.family_name, self.given_name, self.middle_name, self.suffix)

    @property
    def full_name(self) -> str:
        """As one is addressed: Juan Santos Dela Cruz Jr."""
        return rules.full_name(self.name)

    @property
    def roll_name(self) -> str:
        """As lists are sorted: Dela Cruz, Juan Santos Jr."""
        return rules.roll_name(self.name)

    @property
    def masked_name(self) -> str:
        """Enough to recognise oneself, too little to be recognised: J*** D."""
        return rules.masked_name(self.name)

    @property
    def public_name(self) -> str:
        """What a public page may show: the name, or initials when the person asked for privacy."""
        return rules.initials(self.name) if self.is_private else self.full_name


class Identifier(TenantModel):
    """A number that a person carries: on a card, in a barcode, from a government. Found by the search."""

    person = TenantForeignKey(Person)
    kind = models.CharField(max_length=50, help_text="Such as college.student_number, barcode or government.psn.")
    value = models.CharField(max_length=60)
    #: Letters and digits only, lower case, so that hyphens and spaces do not make two numbers of one.
    value_key = models.CharField(max_length=60, db_collation="C")

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="people_identifier_unique", fields=["organisation", "kind", "value_key"]),
            models.CheckConstraint(name="people_identifier_has_value", condition=~Q(value_key="")),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="people_identifier_of_person", fields=["organisation", "person"]),
        ]

    def __str__(self) -> str:
        return self.value


class SearchToken(TenantModel):
    """One word by which a person is found: part of a name, a number, a phone or an e-mail address.

    Compared by range in the "C" collation: under row security such comparisons may use the index, LIKE may
    not.
    """

    class Kind(models.TextChoices):
        NAME = "NAME", _("Name")
        NUMBER = "NUMBER", _("Number")
        PHONE = "PHONE", _("Phone")
        EMAIL = "EMAIL", _("E-mail")

    #: Who is found. After a merge this is the surviving person.
    person = TenantForeignKey(Person)
    #: Whose name or number it is.
    source = TenantForeignKey(Person)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    token = models.CharField(max_length=254, db_collation="C")
    created_at = None  # type: ignore[assignment]

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="people_search_token", fields=["organisation", "token", "person"]),
            models.Index(name="people_search_person", fields=["organisation", "person"]),
            models.Index(name="people_search_source", fields=["organisation", "source", "kind"]),
        ]

    def __str__(self) -> str:
        return self.token

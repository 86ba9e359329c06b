"""Links to photos that another room shows: only photos, only while they stand."""

import pytest

from rollbook.core.ids import new_id
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files import services
from rollbook.shared.files.opening import photo_links
from rollbook.shared.files.tests import samples
from rollbook.shared.files.tests.test_storing import PAPERS, a_sender
from rollbook.shared.people.examples import a_clerk, a_person

pytestmark = pytest.mark.django_db


def test_a_standing_photo_has_a_link_and_nothing_else_has(organisation: Organisation, folder: object) -> None:
    with tenant_scope(organisation.pk):
        clerk = a_clerk(organisation.pk)
        person = a_person(clerk)
        old = services.replace_photo(clerk, person_id=person.pk, content=samples.a_jpeg(), name="a.jpg")
        new = services.replace_photo(clerk, person_id=person.pk, content=samples.a_jpeg(), name="b.jpg")
        paper = services.store_upload(
            a_sender(organisation),
            bucket=PAPERS,
            content=samples.a_pdf(),
            name="a.pdf",
            subject=("tests.any", new_id()),
        )
        reader = Actor.system(organisation.pk, job="test")

        links = photo_links(reader, [old.pk, new.pk, paper.pk, new_id(), None])

        assert list(links) == [new.pk]
        assert links[new.pk].startswith("/files/open/")
        assert photo_links(reader, [None]) == {}

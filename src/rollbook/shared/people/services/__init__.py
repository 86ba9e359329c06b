"""Every change to what is written about people, one function per act."""

from rollbook.shared.people.services.erasing import consider_erasure, request_erasure
from rollbook.shared.people.services.merging import merge_people, undo_merge
from rollbook.shared.people.services.persons import (
    add_person,
    bulk_add,
    bulk_add_checked,
    change_person,
    check_rows,
    set_photo,
)
from rollbook.shared.people.services.reach import (
    add_contact_point,
    add_identifier,
    bulk_add_identifiers,
    bulk_remove_identifiers,
    make_primary,
    mark_verified,
    remove_contact_point,
    remove_identifier,
    set_address,
)
from rollbook.shared.people.services.ties import (
    end_relationship,
    join_household,
    leave_household,
    make_household,
    relate,
)

__all__ = [
    "add_contact_point",
    "add_identifier",
    "add_person",
    "bulk_add",
    "bulk_add_checked",
    "bulk_add_identifiers",
    "bulk_remove_identifiers",
    "change_person",
    "check_rows",
    "consider_erasure",
    "end_relationship",
    "join_household",
    "leave_household",
    "make_household",
    "make_primary",
    "mark_verified",
    "merge_people",
    "relate",
    "remove_contact_point",
    "remove_identifier",
    "request_erasure",
    "set_address",
    "set_photo",
    "undo_merge",
]

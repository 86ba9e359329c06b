"""Addresses of this room."""

from django.urls import path

from rollbook.shared.people.pages import erasing, lists, records

app_name = "people"

urlpatterns = [
    path("", lists.people, name="list"),
    path("new/", records.new_person, name="new"),
    path("<uuid:person_id>/", records.person, name="person"),
    path("<uuid:person_id>/change/", records.change_person, name="change"),
    path("<uuid:person_id>/contacts/new/", records.add_contact, name="add_contact"),
    path("<uuid:person_id>/contacts/<uuid:contact_point_id>/remove/", records.remove_contact, name="remove_contact"),
    path("<uuid:person_id>/contacts/<uuid:contact_point_id>/primary/", records.make_primary, name="make_primary"),
    path("<uuid:person_id>/numbers/new/", records.add_number, name="add_number"),
    path("<uuid:person_id>/numbers/<uuid:identifier_id>/remove/", records.remove_number, name="remove_number"),
    path("<uuid:person_id>/address/", records.set_address, name="address"),
    path("<uuid:person_id>/relations/new/", records.relate, name="relate"),
    path("<uuid:person_id>/relations/<uuid:relationship_id>/end/", records.end_relationship, name="end_relation"),
    path("<uuid:person_id>/erase/", erasing.erase, name="erase"),
    path("<uuid:person_id>/merge/", records.merge, name="merge"),
    path("<uuid:person_id>/merge/<uuid:merge_id>/undo/", records.undo_merge, name="undo_merge"),
]

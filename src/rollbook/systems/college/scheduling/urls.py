"""Addresses of the schedule."""

from django.urls import path

from rollbook.systems.college.scheduling.pages import meetings, own, places, sections, terms, week

app_name = "schedule"

urlpatterns = [
    path("schedule/", week.matrix, name="matrix"),
    path("schedule/sections/", sections.sections, name="sections"),
    path("schedule/sections/new/", sections.new_section, name="new_section"),
    path("schedule/sections/<uuid:section_id>/", sections.section, name="section"),
    path("schedule/sections/<uuid:section_id>/change/", sections.change_section, name="change_section"),
    path("schedule/sections/<uuid:section_id>/state/", sections.move_section, name="move_section"),
    path("schedule/sections/<uuid:section_id>/cancel/", sections.cancel_section, name="cancel_section"),
    path("schedule/sections/<uuid:section_id>/professors/", sections.assign, name="assign"),
    path(
        "schedule/sections/<uuid:section_id>/professors/<uuid:assignment_id>/end/",
        sections.end_assignment,
        name="end_assignment",
    ),
    path("schedule/sections/<uuid:section_id>/meetings/new/", meetings.new_meeting, name="new_meeting"),
    path("schedule/meetings/<uuid:meeting_id>/", meetings.change_meeting, name="change_meeting"),
    path("schedule/meetings/<uuid:meeting_id>/remove/", meetings.remove_meeting, name="remove_meeting"),
    path("schedule/meetings/<uuid:meeting_id>/cancel-class/", meetings.cancel_class, name="cancel_class"),
    path("schedule/rooms/", places.rooms, name="rooms"),
    path("schedule/rooms/new/", places.new_room, name="new_room"),
    path("schedule/rooms/<uuid:room_id>/", places.room, name="room"),
    path("schedule/faculty/", places.faculty, name="faculty"),
    path("schedule/faculty/new/", places.new_professor, name="new_professor"),
    path("schedule/faculty/<uuid:faculty_id>/", places.professor, name="professor"),
    path("schedule/conflicts/", terms.conflicts, name="conflicts"),
    path("schedule/demand/", terms.demand, name="demand"),
    path("schedule/publish/", terms.publish, name="publish"),
    path("schedule/unpublish/", terms.unpublish, name="unpublish"),
    path("schedule/copy/", terms.copy, name="copy"),
    path("schedule/files/", terms.files, name="files"),
    path("schedule/files/new/", terms.new_file, name="new_file"),
    path("schedule/files/<uuid:run_id>/", terms.file, name="file"),
    path("schedule/files/<uuid:run_id>/import/", terms.import_file, name="import_file"),
    path("my/classes/", own.own_classes, name="own_classes"),
    path("my/calendar/", own.own_calendar, name="own_calendar"),
    path("my/calendar/revoke/", own.revoke_calendar, name="revoke_calendar"),
    path("calendar/<slug:slug>/<str:secret>.ics", own.calendar, name="calendar"),
]

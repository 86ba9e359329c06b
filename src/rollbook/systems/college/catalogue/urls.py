"""Addresses of this room."""

from django.urls import path

from rollbook.systems.college.catalogue.pages import curricula, entries, programmes, scales, subjects, terms

app_name = "catalogue"

urlpatterns = [
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/new/", programmes.new_programme, name="new_programme"),
    path("programmes/<uuid:programme_id>/", programmes.programme, name="programme"),
    path("programmes/<uuid:programme_id>/change/", programmes.change_programme, name="change_programme"),
    path("programmes/<uuid:programme_id>/curricula/new/", programmes.new_curriculum, name="new_curriculum"),
    path("curricula/from-file/", curricula.upload, name="upload_curriculum"),
    path("curricula/<uuid:curriculum_id>/", curricula.curriculum, name="curriculum"),
    path("curricula/<uuid:curriculum_id>/network/", curricula.network, name="network"),
    path("curricula/<uuid:curriculum_id>/name/", curricula.rename, name="rename_curriculum"),
    path("curricula/<uuid:curriculum_id>/copy/", curricula.copy, name="copy_curriculum"),
    path("curricula/<uuid:curriculum_id>/add/", curricula.add_entry, name="add_entry"),
    path("curricula/<uuid:curriculum_id>/arrange/", curricula.arrange, name="arrange"),
    path("curricula/<uuid:curriculum_id>/move/", curricula.move, name="move_curriculum"),
    path("curricula/<uuid:curriculum_id>/return/", curricula.give_back, name="return_curriculum"),
    path("curriculum-entries/<uuid:entry_id>/", entries.entry, name="entry"),
    path("curriculum-entries/<uuid:entry_id>/remove/", entries.remove_entry, name="remove_entry"),
    path("subjects/", subjects.subjects, name="subjects"),
    path("subjects/new/", subjects.new_subject, name="new_subject"),
    path("subjects/<uuid:subject_id>/", subjects.subject, name="subject"),
    path("subjects/<uuid:subject_id>/change/", subjects.change_subject, name="change_subject"),
    path("subjects/<uuid:subject_id>/new-version/", subjects.new_version, name="new_version"),
    path("subjects/<uuid:subject_id>/prerequisites/", subjects.prerequisites, name="prerequisites"),
    path("equivalencies/", subjects.equivalencies, name="equivalencies"),
    path("equivalencies/new/", subjects.new_equivalency, name="new_equivalency"),
    path("equivalencies/<uuid:equivalency_id>/end/", subjects.end_equivalency, name="end_equivalency"),
    path("grade-scales/", scales.grade_scales, name="grade_scales"),
    path("grade-scales/<uuid:scale_id>/", scales.grade_scale, name="grade_scale"),
    path("grade-scales/<uuid:scale_id>/new-version/", scales.new_scale_version, name="new_scale_version"),
    path("terms/", terms.terms, name="terms"),
    path("terms/new/", terms.new_term, name="new_term"),
    path("terms/<uuid:term_id>/", terms.term, name="term"),
    path("terms/<uuid:term_id>/days/", terms.change_term, name="change_term"),
    path("terms/<uuid:term_id>/move/", terms.move_term, name="move_term"),
    path("terms/<uuid:term_id>/make-current/", terms.make_current, name="make_current"),
]

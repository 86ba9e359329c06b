"""Screens of grades: sheets, the registrar's queue, changes, incompletes, one student's grades."""

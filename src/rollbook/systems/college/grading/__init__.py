"""Grades from the sheet to the average: what was entered and when, incompletes, results of a term and of all terms.

A grade is entered by the one who owns the class, submitted, finalised by a registrar, and changed afterwards by two
people only. Everything derived (averages, standing, deadlines) can be computed again from the rows and agrees with it.
"""

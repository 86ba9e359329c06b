"""A file of students is read as every list of the college is."""

from rollbook.systems.college.lists import FORMULA, MOST_BYTES, MOST_ROWS, FileRefused, Line, read_list

__all__ = ["FORMULA", "MOST_BYTES", "MOST_ROWS", "FileRefused", "Line", "read_list"]

"""Reads of enrolment that are more than a list: what the rules are told, and what the screens show."""

"""Applying for a place: the wizard of the applicant, documents with their checklist, one-time codes, review by staff.

Knows nothing of colleges or schools. What can be applied for, which documents and facts are wanted and what admission
makes of an applicant is said by the system in its `Scheme` (`scheme.py`).
"""

"""What the college offers and when: programmes, and terms with their windows and their state.

Curricula, subjects, prerequisites and grade scales belong here too.
"""

"""People on an organisation's roll: who they are, how they are reached, who belongs to whom.

One person is one row, whatever they do here (student, guardian, employee, buyer); other rooms refer to it.
"""

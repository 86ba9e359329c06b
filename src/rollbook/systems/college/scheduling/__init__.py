"""When and where classes meet, and who teaches them: rooms, faculty, blocks, sections, meetings, published schedules.

Conflicts are refused by rule and by the database; what enrolment knows (seats taken, who is in a class, how many will
come) reaches this room through `roll.py`.
"""

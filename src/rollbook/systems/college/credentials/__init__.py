"""Official papers of the college (transcripts and certificates) and the graduation that the last of them rests on.

It keeps no tables of its own: papers are rows of the documents room, a graduation is a decision of two people.
"""

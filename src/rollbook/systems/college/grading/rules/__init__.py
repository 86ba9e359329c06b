"""What is decided about grades from arguments alone. No database, no clock, no settings.

`scales` what a scale holds · `entry` what may be typed · `incomplete` deadlines · `averages` the grade point average ·
`standing` standing and honours · `attempts` repeating a subject.
"""

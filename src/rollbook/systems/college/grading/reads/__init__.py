"""Reads shaped for the screens: a student's record of grades, and the registrar's queues. They decide nothing."""

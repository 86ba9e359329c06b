"""Reports: what the rooms know, put into a list that can be narrowed, looked at, and taken away as a file.

A room declares its reports in its `reports.py` (see `register.py`). A short one is answered at once; a long one is
written in the background, and whoever asked is told. Every run stands on record.
"""

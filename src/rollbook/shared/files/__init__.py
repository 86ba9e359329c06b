"""Files that people upload and papers that we make: checked, stored, shown only by links that we check ourselves.

What a file is, its content says, never its name. Each kind of file has a bucket with its own rules.
"""

"""A lecture as a file: scenes that are addresses of the app, lines to say, and questions whose answers are measured.

In: a YAML file that a lecturer edits. Out: a `Lecture`, checked, whose errors name the line; the numbers that its
questions ask for, measured anew from shipped runs and sweeps; and answers that were handed in, beside those numbers.
May import: results and what lies below it.
"""

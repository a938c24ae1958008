"""In a notebook: widgets that decode in the browser, and objects that show themselves.

In come runs, models of one's own and trainings; out come widgets, pages and tables. May import every room but app,
recipes and commands. anywidget is imported here alone.
"""

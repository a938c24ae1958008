"""A lecture in the app.

In: the address, and a file of scenes. Out: the strip that turns them.
May import: address, state and components of the app.
"""

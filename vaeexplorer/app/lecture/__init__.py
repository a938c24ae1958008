"""A lecture in the app.

In: the address, and a file of scenes. Out: the strip that turns them, and what their pages show, made ready.
May import: address, state, caches and components of the app; views and `ready`, for the latter.
"""

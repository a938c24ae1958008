"""The app: only it imports streamlit.

A visitor's address and clicks come in; pages go out. `main` routes, `sidebar` chooses a run, `state` owns session and
address, `caches` reads once for all visitors, `ready` fills them ahead, `public` says what an app that is open to
everybody does not do, `server/` answers what is no page, `views/` has a folder a page.
May import every room but recipes and commands.
"""

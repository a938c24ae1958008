"""The entry of `streamlit run app.py`."""

import streamlit as st

from vaeexplorer.app.server.server import ROUTES, lifespan, middleware

app = st.App("vaeexplorer/app/main.py", lifespan=lifespan, routes=ROUTES, middleware=middleware())

"""The entry of `streamlit run app.py`."""

import streamlit as st

from vaeexplorer.ui.server import ROUTES, lifespan

app = st.App("vaeexplorer/ui/main.py", lifespan=lifespan, routes=ROUTES)

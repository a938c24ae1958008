"""The entry of `streamlit run app.py`."""

import streamlit as st

from vaeexplorer.app.server.hosts import allowed_hosts
from vaeexplorer.app.server.limits import limits
from vaeexplorer.app.server.server import ROUTES, lifespan

app = st.App("vaeexplorer/app/main.py", lifespan=lifespan, routes=ROUTES, middleware=[*allowed_hosts(), *limits()])

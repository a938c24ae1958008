"""The router: one sidebar, one page."""

from pathlib import Path

import streamlit as st

from vaeexplorer.ui import controls

HERE = Path(__file__).parent
EXPLORE = st.Page(HERE / "views/explore.py", title="Explore", default=True)
FROM_X = st.Page(HERE / "views/from_x.py", title="From x to x′", url_path="from-x")
TRAINING = st.Page(HERE / "views/training.py", title="Training", url_path="training")
BETA = st.Page(HERE / "views/beta.py", title="Turn β", url_path="beta")
SECTIONS = {"Learn": [EXPLORE, FROM_X], "Train": [TRAINING], "Research": [BETA]}

st.set_page_config(
    page_title="vaeexplorer",
    page_icon=(HERE / "icon.svg").read_text(encoding="utf-8"),
    layout="wide",
    initial_sidebar_state=240,
)
page = st.navigation([page for pages in SECTIONS.values() for page in pages], position="hidden")
st.html(HERE / "style.css")
controls.sidebar(SECTIONS)
page.run()

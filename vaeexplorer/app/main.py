"""The router: one sidebar, one page."""

from pathlib import Path

import streamlit as st

from vaeexplorer.app import address, present, sidebar, state
from vaeexplorer.app.lecture import strip
from vaeexplorer.app.text import literal
from vaeexplorer.errors import UserError

HERE = Path(__file__).parent
EXPLORE = st.Page(HERE / "views/explore/page.py", title="Explore", default=True)
FROM_X = st.Page(HERE / "views/from_x/page.py", title="From x to x′", url_path="from-x")
AE_VS_VAE = st.Page(HERE / "views/ae_vs_vae/page.py", title="AE vs VAE", url_path="ae-vs-vae")
LINEAR = st.Page(HERE / "views/linear/page.py", title="Linear AE vs PCA", url_path="linear")
TRAINING = st.Page(HERE / "views/training/page.py", title="Training", url_path="training")
RUNS = st.Page(HERE / "views/runs/page.py", title="Runs", url_path="runs")
IMAGES = st.Page(HERE / "views/images/page.py", title="Your images", url_path="images")
REGULARIZED = st.Page(HERE / "views/report/page.py", title="Is it regularized?", url_path="regularized")
BETA = st.Page(HERE / "views/beta/page.py", title="Turn β", url_path="beta")
SECTIONS = {
    "Learn": [EXPLORE, FROM_X, AE_VS_VAE, BETA, LINEAR],
    "Train": [TRAINING, RUNS, IMAGES],
    "Research": [REGULARIZED],
}

st.set_page_config(
    page_icon=(HERE / "icon.svg").read_text(encoding="utf-8"),
    layout="wide",
    initial_sidebar_state=240,
)
page = st.navigation([page for pages in SECTIONS.values() for page in pages], position="hidden")
address.begin(page.url_path)
st.html(present.STYLE)
has_page = not strip.begin()
present.begin()
sidebar.sidebar({} if st.session_state[state.FRAME.name] else SECTIONS, state.PAGES[page.url_path].has_run)
st.set_page_config(page_title=" · ".join(filter(None, (page.title, sidebar.chosen_name(), "vaeexplorer"))))
if not state.PAGES[page.url_path].choices:
    address.settle()
try:
    if has_page:
        page.run()
except UserError as error:  # most often: the page needs a run, and a model of one's own is chosen
    st.info(literal(error))
finally:
    address.settle(is_cut=True)

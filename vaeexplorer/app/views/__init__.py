"""A folder a page: `page.py` is the script that Streamlit runs, beside it what only that page needs."""

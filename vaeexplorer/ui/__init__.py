"""The app: pages, their state and their words. The only room, besides app.py, that knows Streamlit."""

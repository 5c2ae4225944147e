"""Aisle's faces on the web: the shop's page with the widget, the Gradio chat, and the interfaces for programs.

Depends on `assistant` and `retrieval`; nothing depends on it.
"""

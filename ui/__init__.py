"""The faces: one FastAPI app with the shop's page, the widget, the Gradio chat and the HTTP API."""

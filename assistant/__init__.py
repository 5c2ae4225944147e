"""One turn of dialogue: understanding, evidence, writer, actions, store and the command line.

The way of a message is `assistant/assistant.py`; nothing here knows of Gradio or HTTP.
"""

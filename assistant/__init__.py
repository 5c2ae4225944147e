"""One turn of dialogue: planning, tools, reading, evidence, writing, checking, actions, store and the command line.

The way of a message is `assistant/assistant.py`; nothing here knows of Gradio or HTTP.
"""

"""Watching: fetches feeds again and again, and imports what has changed."""

"""Products and answers: catalogue, feeds, embedding, index, search and the recommendation head.

This package knows nothing of dialogue; `assistant` builds on it, never the other way round.
"""

"""The grammar: filters, references and slots read off a message by rule, over the catalogue's own vocabulary.

Each module reads one thing and says where it stands, so that what one has read is hidden from the next
(`Text.without`). `grammar.py` puts the readings together.
"""

"""A shop's own chats, from whichever tool exported them, in one shape."""

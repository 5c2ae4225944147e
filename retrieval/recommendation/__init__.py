"""The recommendation head, what it knows of customers, and the features it reads."""

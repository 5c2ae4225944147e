"""The shop's records in the database."""

"""Feeds: a shop's own files, read row by row into records; what cannot be read is reported, never lost.

    for row in read_products(Source.open(path)):
        match row:
            case Product(): ...
            case RowError(): ...    # file, line, field and reason
            case RowWarning(): ...  # the same of a fault that was mended; the record follows
            case Skipped(): ...     # left out on purpose: a draft

One file per format; `recognition.py` tells them apart by content, for names and extensions lie.
"""

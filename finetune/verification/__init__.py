"""Independent verification of finished replies: what a customer reads, held against the shop's records.

Shares no code with `assistant/checking` or the briefing, so that one can judge the other. The check reads what the model wrote, before
references are filled in, and decides what is shown. This reads the text afterwards and decides whether the check decided well.
"""

"""A shop's own chats, from whichever tool exported them, in one shape.

report = ImportReport()
for transcript in read_transcripts(Path("exports"), report): ...
print(*report.lines(), sep=chr(10))
"""

"""Rehearsal: conversations with checks, played on a copy of the shop with a change that is not published yet."""

"""Live data: a running server follows the shop's records without a restart.

    database ─ version ─▶ Live ─ snapshot, index ─▶ generation ─▶ one reference that a turn takes at its start

`Live` looks every two seconds whether the records have changed. It builds everything that hangs on them next to what serves,
and swaps one reference. A turn keeps the generation with which it began, so no reply mixes two versions.
"""

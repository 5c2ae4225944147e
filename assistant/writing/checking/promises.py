"""Promises: a small grammar of English for "I have cancelled it", "you will hear from us", "a refund is on its way".

A clause is searched for verb groups: a subject, a chain of auxiliaries, and the word that they lead to. Who the subject
is and what the chain says (done, being done, to come, possible) decides whether the group claims an act:

    subject          chain                              claims unless
    I, we, an agent  will, going to, would ...          the verb is one of talking ("I'll show you")
    I, we, an agent  have, -ed                          the verb is one of talking or of reading ("I have found")
    I, we, an agent  am -ing                            the same
    I, we            can, could, would you like me to   the verb is no verb of service, or the chain is negated
    you              will, should                       the outcome is harmless ("you'll find it on its page")
    you              can, may                           the verb needs no permission
    anything else    will, has, is being -ed, is -ed    the participle describes ("rated", "made of")

Beside the groups there are fragments ("Refund issued.", "Cancelling it now") and fixed phrases ("on its way").
Conditions and questions to the customer claim nothing. Which claims the evidence bears out is `support.py`'s matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.writing.checking.bare import bare_verbs, fixed_phrases, fragments, purposes, remedies_offered
from assistant.writing.checking.clauses import Clause, Mode
from assistant.writing.checking.groups import groups
from assistant.writing.checking.promise import Promise


def promises(clause: Clause) -> Iterator[Promise]:
    """Every claim of an act, a promise or an outcome in `clause`."""
    if clause.mode is Mode.CONDITION:
        return
    yield from groups(clause)
    if clause.mode is not Mode.TIME:
        yield from bare_verbs(clause)
        yield from fragments(clause)
        yield from purposes(clause)
        yield from remedies_offered(clause)
    yield from fixed_phrases(clause)

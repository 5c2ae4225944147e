"""Verbs: the forms of the verbs of service, so that "refunded" and "issuing" are known by their verb."""

from __future__ import annotations

from functools import cache

from assistant.evidence.lexicon import words

_VOWELS = "aeiou"


@cache
def service_forms() -> dict[str, str]:
    """Every form of every verb of service, with its verb: "sent" and "sending" are "send"."""
    return {form: verb for verb in words("service_verbs") for form in (verb, *present(verb), *past(verb), gerund(verb))}


@cache
def service_pasts() -> frozenset[str]:
    """Past forms and participles of the verbs of service."""
    return frozenset(form for verb in words("service_verbs") for form in past(verb))


@cache
def service_gerunds() -> frozenset[str]:
    """The forms in -ing of the verbs of service."""
    return frozenset(gerund(verb) for verb in words("service_verbs"))


@cache
def search_forms() -> frozenset[str]:
    """Every form of what Aisle may do to its own search: add a condition, drop one, bring up more."""
    return frozenset(form for verb in words("search_verbs") for form in (verb, *past(verb), gerund(verb)))


def verb_of(form: str) -> str:
    """The verb of service that `form` belongs to, or `form` itself."""
    return service_forms().get(form, form)


def present(verb: str) -> tuple[str, ...]:
    """The third person: "pass" → "passes", "reply" → "replies"."""
    if verb.endswith(("s", "x", "ch", "sh", "z", "o")):
        return (f"{verb}es",)
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return (f"{verb[:-1]}ies",)
    return (f"{verb}s",)


def past(verb: str) -> tuple[str, ...]:
    """Past and participle, in both spellings where English has two."""
    irregular = _irregular().get(verb)
    if irregular:
        return irregular
    if verb.endswith("e"):
        return (f"{verb}d",)
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return (f"{verb[:-1]}ied",)
    if verb in words("doubled_consonant"):
        return (f"{verb}{verb[-1]}ed", f"{verb}ed")
    return (f"{verb}ed",)


def gerund(verb: str) -> str:
    """The form in -ing."""
    if verb.endswith("e") and not verb.endswith("ee"):
        return f"{verb[:-1]}ing"
    return f"{verb}{verb[-1]}ing" if verb in words("doubled_consonant") else f"{verb}ing"


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    return {
        verb: tuple(forms.split(":")) for verb, _, forms in (entry.partition(":") for entry in words("irregular_forms"))
    }

"""What is not for customers: records that are not published, and fields that are the shop's own business."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from retrieval.clock import utc_now

_STATES = (
    "status",
    "post_status",
    "state",
    "publish_status",
    "publication_status",
    "creative_work_status",
    "workflow_state",
)
_HIDDEN_STATES = frozenset(
    {
        "draft", "auto draft", "private", "pending", "pending review", "in review", "trash", "trashed", "archived", "archive", "future",
        "scheduled", "inactive", "not active", "unlisted", "unpublished", "un published", "not published", "not public", "nonpublic", "disabled", "deleted",
        "removed", "hidden", "invisible", "not visible", "internal", "obsolete", "retired", "withdrawn", "suspended", "rejected", "blocked",
        "offline", "off", "0", "false", "no", "entwurf", "versteckt", "brouillon", "borrador", "oculto", "bozza", "nascosto",
    }
)  # fmt: skip
_VISIBILITIES = ("visibility", "catalog_visibility", "visibility_in_catalog", "access", "audience", "permission")
_NOT_VISIBLE = frozenset(
    {"hidden", "private", "none", "internal", "staff", "employees", "agents", "admin", "invisible", "not visible"}
)
_HIDES = (
    "draft", "is_draft", "hidden", "is_hidden", "private", "is_private", "internal", "is_internal", "archived", "is_archived", "deleted",
    "is_deleted", "disabled", "is_disabled", "unpublished",
)  # fmt: skip
_SHOWS = (
    "published", "is_published", "publish", "visible", "is_visible", "public", "is_public", "active", "is_active", "enabled", "is_enabled",
)  # fmt: skip
_FROM = ("publish_date", "publishdate", "publish_on", "publish_at", "published_at", "publication_date")
_UNTIL = ("expiry_date", "expirydate", "expires", "expires_at", "unpublish_date", "unpublishdate", "unpublish_on")
NAMES = frozenset({*_STATES, *_VISIBILITIES, *_HIDES, *_SHOWS, *_FROM, *_UNTIL})
"""Names of fields that `hidden` reads; they say nothing about the thing itself."""
_NO = frozenset({"false", "no", "0", "-1", "off", "n"})
_YES = frozenset({"true", "yes", "1", "on", "y"})
_OWN_WORDS = frozenset(
    {
        "cost", "costs", "cogs", "wholesale", "supplier", "suppliers", "distributor", "margin", "markup", "profit", "admin",
        "reorder", "landed", "purchase", "purchasing", "buying", "dealer", "reseller", "commission", "confidential", "einkaufspreis",
        "lieferant", "fournisseur", "proveedor", "fornitore", "leverancier", "inkoopprijs", "ek",
    }
)  # fmt: skip
"""Words in the name of a field that is about the shop's own dealings."""
_OWN_NAMES = re.compile(
    r"(?:min(?:imum)?|max(?:imum)?|lowest|floor|reserve|auto_pricing\w*|allowed)_(?:\w+_)?(?:price|discount)\w*|price_floor|b2b_\w+|\w*_b2b|map_price|vendor_(?:code|sku|id|item|number|no)"
    r"|prix_achat|prezzo_(?:di_)?acquisto|precio_(?:de_)?compra|(?:warehouse|bin|shelf|storage)_(?:location|bin|code|note)s?|warehouse"
    r"|(?:internal|private|secret|confidential|staff)_(?:notes?|comments?|remarks?|memo|price|code|id|ref|reference|name|sku|status|use|info)"
    r"|internal|(?:\w+_)?notes?_(?:internal|private)"
    r"|(?:installment|subscription_cost|loyalty|price_range|seo|links|meta_data|metafields)(?:_\w+)?"
    r"|(?:shipping|tax)_(?:price|rate|cost|country|region|service|label|class|ship)\w*"
)


def hidden(values: Mapping[str, object]) -> str:
    """Why a record is not for customers ("draft", "hidden"), or "". `values` are by names in snake_case."""
    for name in _STATES:
        state = _word(values.get(name)).rpartition("/")[2]
        if state in _HIDDEN_STATES:
            return state
    for name in _VISIBILITIES:
        if _word(values.get(name)) in _NOT_VISIBLE:
            return "hidden"
    for name in _HIDES:
        if _word(values.get(name)) in _YES:
            return name.removeprefix("is_")
    if any(name in values and _word(values[name]) in _NO for name in _SHOWS):
        return "not published"
    if "published_at" in values and values["published_at"] is None:  # as shop APIs give drafts
        return "not published"
    moment = utc_now()
    if any((start := _moment(values.get(name))) and start > moment for name in _FROM):
        return "not published yet"
    return "no longer published" if any((end := _moment(values.get(name))) and end <= moment for name in _UNTIL) else ""


def is_internal(name: str) -> bool:
    """True if a field with this name, in snake_case, is no fact for customers: cost, supplier, lowest price, terms in parts."""
    return bool(_OWN_WORDS.intersection(name.split("_"))) or _OWN_NAMES.fullmatch(name) is not None


def _word(value: object) -> str:
    """`value` in lower case, with spaces for hyphens and underscores: "Not-Published" is "not published"."""
    text = "" if value is None else str(value).strip().casefold()
    return text if text == "-1" else re.sub(r"[\s_-]+", " ", text).strip()


def _moment(value: object) -> datetime | None:
    """A date of front matter or JSON in UTC; None for none, and for one that cannot be read."""
    if isinstance(value, datetime | date):
        value = value.isoformat()
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

"""Attribute names: the one place that decides which columns of a feed are facts about the thing itself.

What shop systems keep for themselves (URL keys, templates, taxonomy ids, custom labels) is no attribute at all. Tags and keywords
serve the search and are never told. Costs and suppliers are none of a customer's business: `retrieval/feeds/not_public.py`.
"""

from __future__ import annotations

import re

_SEARCHED = re.compile(
    r"(?:(?:product|item|shopify|woo|meta|seo|listing)_)?tags?|(?:(?:product|item|meta|seo|search|generic|backend)_)?keywords?"
    r"|search_(?:terms?|words|synonyms)|search_product_boosts?"
)
"""Names of lists of words that help to find a product and make no sentence about it."""
_NO_FACT = re.compile(
    # where a record is
    r"url_handle|slug|generated_slug|guid|url_(?:key|path|rewrites?)|request_path|permalink\w*|(?:\w+_)?urls?|ads_redirect"
    r"|(?:additional|mobile|canonical|checkout|lifestyle)_\w*links?|(?:\w+_)?image_(?:link|src|alt\w*|position|path|label|roles?)|additional_images?"
    # which number of another system it has
    r"|\w+_ids?|product_taxonomy|taxonomy_\w+|(?:google|fb|facebook|bing)_product_category\w*|google_(?:category|taxonomy|shopping)\w*"
    r"|(?:google_)?custom_(?:label|number)\w*|google_custom_product|attribute_set\w*|store_view_code|product_websites|website_codes?|product_tax_code"
    # how a page shows it
    r"|(?:theme_|page_|custom_|seo_)?template(?:_suffix|_path)|page_(?:layout|title|template)|custom_(?:design|layout)\w*|display_(?:order|mode|product_options_in)"
    r"|published_(?:at|on|scope|on_online_store)|meta_(?:title|description|robots)|sort_order|menu_order|variant_position"
    r"|(?:is_)?featured|on_sale|purchasable|has_options|options_container|price_html|button_text|purchase_note|reviews_allowed"
    r"|post_(?:password|type|author|title|name|excerpt|parent|date\w*)|gift_message_available|msrp_\w+|use_config_\w+|default_attributes|grouped_products"
    r"|variations|complementary_products\w*|(?:related|upsell|up_sell|cross_sell|crosssell)(?:_\w+)?|product_rating_count|total_sales|sales_rank"
    # how the shop stores, sends, taxes and advertises it
    r"|inventory(?:_\w+)?|old_inventory_quantity|variant_inventory\w*|fulfil?lment_service|(?:variant_)?requires_shipping|(?:variant_)?taxable|tax(?:_\w+)?"
    r"|managed?_stock|backorders?(?:_\w+)?|backordered|low_stock_(?:amount|threshold)|sold_individually|is_qty_decimal|qty_increments"
    r"|shipping_(?:label|class\w*|required|taxable)|return_policy_label|transit_time\w*|downloads|download_(?:limit|expiry)|(?:weight|length|dimensions?)_unit|unit_system"
    r"|currency(?:_code)?|identifier_exists|(?:ads|adwords|display_ads|shopping_ads)_\w+|(?:excluded|included)_(?:destination|countr)\w*|auto_pricing\w*|pause|adult"
    r"|is_bundle|(?:min|max|minimum|maximum)_handling\w*|loyalty\w*|installment\w*|subscription_cost\w*|ships_from_country|sell_on_google\w*|short_title|external_seller\w*"
    # when somebody touched it
    r"|(?:created|updated|modified|synced)(?:_(?:at|on|date|time|gmt|utc))?|imported_(?:at|on|date|time|gmt|utc)|date_(?:created|updated|modified|added)\w*|pub_date"
    r"|last_(?:update|modified|change|sync)\w*|feed_(?:id|label|name|version)"
)
"""Names, in snake_case, of what shop systems and feeds keep about a record."""
_ADDRESS = re.compile(r"(?:https?:)?//\S+|\S+\.(?:jpe?g|png|webp|gif|svg|mp4)", re.IGNORECASE)
"""A value that only a machine can follow."""
_USUAL = {
    "condition": frozenset({"new", "brand new", "newcondition", "neu", "neuf", "nuevo", "nuovo", "nieuw"}),
    **dict.fromkeys(("gift_card", "virtual", "downloadable", "is_virtual", "is_downloadable"), frozenset({"no", "false", "0"})),
}  # fmt: skip
"""Values that say only that a thing is what everybody takes it for."""
_ADULTS = frozenset({"adult", "adults"})


def serves_search(name: str) -> bool:
    """True if the attribute `name`, in snake_case, helps to find a product and is never told: tags, keywords."""
    return _SEARCHED.fullmatch(name) is not None


def is_bookkeeping(name: str, value: str = "") -> bool:
    """True if the attribute `name`, in snake_case, says nothing about the thing: a URL key, a picture's address, condition "new"."""
    is_number_of_place = name == "position" and value.strip().isdecimal()
    return (
        _NO_FACT.fullmatch(name) is not None
        or is_number_of_place
        or _ADDRESS.fullmatch(value.strip()) is not None
        or value.strip().casefold() in _USUAL.get(name, ())
    )


def is_fact(name: str, value: str) -> bool:
    """True if a reply may tell an attribute; that clothes are for adults is what everybody takes them for."""
    is_for_adults = name == "age_group" and value.strip().casefold() in _ADULTS
    return not (serves_search(name) or is_bookkeeping(name, value) or is_for_adults)

"""IntentName: everything a customer can want, as `assistant/understanding/understanding.py` reports it in a `Request`.

The service names are those of the Bitext customer-service set, so that heads trained elsewhere compare.
`tests/unit/test_intents.py` holds the utterances and this list together.
"""

from __future__ import annotations

from enum import StrEnum


class IntentName(StrEnum):
    """One thing a customer wants."""

    # shopping
    FIND_PRODUCT = "find_product"  # "show me waterproof tents": a new search
    REFINE = "refine"  # "cheaper", "in blue": narrows or changes the search before it
    DROP_FILTER = "drop_filter"  # "any colour": gives a condition up
    START_OVER = "start_over"  # "forget that, something else": clears the search
    MORE_RESULTS = "more_results"  # "show me more": the next of the same search
    COMPARE = "compare"  # "which of these is lighter?"
    ASK_PRODUCT = "ask_product"  # "is it waterproof?": a property or description of a product
    PRICE = "price"  # "how much is it?"
    AVAILABILITY = "availability"  # "do you have it in stock?"
    OPTIONS = "options"  # "what colours and sizes does it come in?"
    RATING = "rating"  # "what do people say about it?"
    SIMILAR = "similar"  # "anything like this one?"
    RECOMMEND = "recommend"  # "what would you recommend for me?"
    GIFT = "gift"  # "a present for my dad"
    BEST_SELLERS = "best_sellers"  # "what's popular?"
    NEW_ARRIVALS = "new_arrivals"  # "anything new?"
    ON_SALE = "on_sale"  # "what's on offer?"
    BROWSE = "browse"  # "what do you sell?": kinds of product, brands
    CART_ADD = "cart_add"  # "put it in my basket"
    CART_REMOVE = "cart_remove"  # "take that out of my cart"
    CART_VIEW = "cart_view"  # "what's in my basket?"
    # orders and service: names of the Bitext set
    CANCEL_ORDER = "cancel_order"
    CHANGE_ORDER = "change_order"
    CHANGE_SHIPPING_ADDRESS = "change_shipping_address"
    CHECK_CANCELLATION_FEE = "check_cancellation_fee"
    CHECK_INVOICE = "check_invoice"
    CHECK_PAYMENT_METHODS = "check_payment_methods"
    CHECK_REFUND_POLICY = "check_refund_policy"
    COMPLAINT = "complaint"
    CONTACT_CUSTOMER_SERVICE = "contact_customer_service"
    CONTACT_HUMAN_AGENT = "contact_human_agent"
    CREATE_ACCOUNT = "create_account"
    DELETE_ACCOUNT = "delete_account"
    DELIVERY_OPTIONS = "delivery_options"
    DELIVERY_PERIOD = "delivery_period"
    EDIT_ACCOUNT = "edit_account"
    GET_INVOICE = "get_invoice"
    GET_REFUND = "get_refund"
    NEWSLETTER_SUBSCRIPTION = "newsletter_subscription"
    PAYMENT_ISSUE = "payment_issue"
    PLACE_ORDER = "place_order"
    RECOVER_PASSWORD = "recover_password"
    REGISTRATION_PROBLEMS = "registration_problems"
    REVIEW = "review"
    SET_UP_SHIPPING_ADDRESS = "set_up_shipping_address"
    SWITCH_ACCOUNT = "switch_account"
    TRACK_ORDER = "track_order"  # status, place and arrival of an order
    TRACK_REFUND = "track_refund"
    # orders and service: ours
    ORDER_HISTORY = "order_history"  # "what have I bought before?"
    ORDER_ITEMS = "order_items"  # "what was in my last order?"
    RETURN_ITEM = "return_item"  # "I want to send it back"
    EXCHANGE_ITEM = "exchange_item"  # "swap it for a larger size"
    REPORT_PROBLEM = "report_problem"  # damaged, wrong, missing or late goods
    SHIPPING_COST = "shipping_cost"  # "is delivery free?"
    POLICY_QUESTION = "policy_question"  # any other question on the shop: warranty, gift cards, hours, price match
    # talk
    GREET = "greet"
    GOODBYE = "goodbye"
    THANKS = "thanks"
    PRAISE = "praise"  # "you're brilliant", "great shop"
    HOW_ARE_YOU = "how_are_you"
    WHO_ARE_YOU = "who_are_you"  # name, nature, "are you a bot?"
    CAPABILITIES = "capabilities"  # "what can you do?"
    JOKE = "joke"
    ACKNOWLEDGE = "acknowledge"  # "ok", "I see"
    AFFIRM = "affirm"  # "yes please"
    DENY = "deny"  # "no"
    INSULT = "insult"
    OTHER_LANGUAGE = "other_language"  # not English
    NOT_UNDERSTOOD = "not_understood"  # nothing legible: empty, signs only, keyboard noise
    OUT_OF_SCOPE = "out_of_scope"  # legible, but not a matter of the shop


BITEXT: tuple[IntentName, ...] = (
    IntentName.CANCEL_ORDER, IntentName.CHANGE_ORDER, IntentName.CHANGE_SHIPPING_ADDRESS, IntentName.CHECK_CANCELLATION_FEE,
    IntentName.CHECK_INVOICE, IntentName.CHECK_PAYMENT_METHODS, IntentName.CHECK_REFUND_POLICY, IntentName.COMPLAINT,
    IntentName.CONTACT_CUSTOMER_SERVICE, IntentName.CONTACT_HUMAN_AGENT, IntentName.CREATE_ACCOUNT, IntentName.DELETE_ACCOUNT,
    IntentName.DELIVERY_OPTIONS, IntentName.DELIVERY_PERIOD, IntentName.EDIT_ACCOUNT, IntentName.GET_INVOICE,
    IntentName.GET_REFUND, IntentName.NEWSLETTER_SUBSCRIPTION, IntentName.PAYMENT_ISSUE, IntentName.PLACE_ORDER,
    IntentName.RECOVER_PASSWORD, IntentName.REGISTRATION_PROBLEMS, IntentName.REVIEW, IntentName.SET_UP_SHIPPING_ADDRESS,
    IntentName.SWITCH_ACCOUNT, IntentName.TRACK_ORDER, IntentName.TRACK_REFUND,
)  # fmt: skip
"""The 27 intents of the Bitext customer-service set."""

SERVICE: frozenset[IntentName] = frozenset(BITEXT) | {
    IntentName.ORDER_HISTORY, IntentName.ORDER_ITEMS, IntentName.RETURN_ITEM, IntentName.EXCHANGE_ITEM,
    IntentName.REPORT_PROBLEM, IntentName.SHIPPING_COST, IntentName.POLICY_QUESTION,
}  # fmt: skip
"""Matters of orders, accounts and policies: answered from orders and FAQs."""

TERMS: frozenset[IntentName] = frozenset(
    {
        IntentName.POLICY_QUESTION, IntentName.CHECK_REFUND_POLICY, IntentName.RETURN_ITEM, IntentName.DELIVERY_PERIOD,
        IntentName.SHIPPING_COST,
    }
)  # fmt: skip
"""Matters of service on which the record of a single product may have a word of its own."""

TALK: frozenset[IntentName] = frozenset(
    {
        IntentName.GREET, IntentName.GOODBYE, IntentName.THANKS, IntentName.PRAISE, IntentName.HOW_ARE_YOU,
        IntentName.WHO_ARE_YOU, IntentName.CAPABILITIES, IntentName.JOKE, IntentName.ACKNOWLEDGE, IntentName.AFFIRM,
        IntentName.DENY, IntentName.INSULT, IntentName.OTHER_LANGUAGE, IntentName.NOT_UNDERSTOOD, IntentName.OUT_OF_SCOPE,
    }
)  # fmt: skip
"""Small talk and what cannot be served."""

SHOPPING: frozenset[IntentName] = frozenset(IntentName) - SERVICE - TALK
"""Matters of products: answered from the catalogue."""

SEARCHES: frozenset[IntentName] = frozenset(
    {
        IntentName.FIND_PRODUCT, IntentName.REFINE, IntentName.DROP_FILTER, IntentName.MORE_RESULTS, IntentName.GIFT,
        IntentName.RECOMMEND, IntentName.BEST_SELLERS, IntentName.NEW_ARRIVALS, IntentName.ON_SALE, IntentName.SIMILAR,
    }
)  # fmt: skip
"""Intents that are answered with a list of products."""

ABOUT_PRODUCT: frozenset[IntentName] = frozenset(
    {
        IntentName.ASK_PRODUCT, IntentName.PRICE, IntentName.AVAILABILITY, IntentName.OPTIONS, IntentName.RATING,
        IntentName.COMPARE, IntentName.SIMILAR, IntentName.CART_ADD, IntentName.CART_REMOVE,
    }
)  # fmt: skip
"""Intents about products already named or shown; the state's focus stands in for "it"."""

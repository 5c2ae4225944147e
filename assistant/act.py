"""Act: what Aisle did in a turn, and therefore what its reply may say.

Acts are decided by code (`assistant/evidence/planning.py`), never by the language model. The model sees them in its
prompt as one token each and phrases them; the check lets a reply claim nothing beyond them.
"""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """One thing that this turn did. A reply covers its acts in order."""

    # products
    FOUND_PRODUCTS = "found_products"  # a search found several: p1.. and search.*
    FOUND_ONE = "found_one"  # exactly one product meets the request: p1
    FOUND_NOTHING = "found_nothing"  # nothing meets the request; search.query, search.filters
    RELAXED = "relaxed"  # nothing met everything; search.dropped was given up and p1.. shown
    RECOMMENDED = "recommended"  # chosen for this customer from what they did: p1.., p1.reason
    RECOMMENDED_POPULAR = "recommended_popular"  # chosen for a visitor without history
    SIMILAR = "similar"  # like the product in item.name: p1..
    GIFT = "gift"  # gift ideas: p1..
    COMPARED = "compared"  # p1 beside p2, compare.*
    DESCRIBED = "described"  # answers about p1 from its record: p1.detail, ask.about
    DETAIL_MISSING = "detail_missing"  # the record of p1 does not say ask.about
    TOLD_PRICE = "told_price"  # p1.price, p1.old_price, p1.saving
    TOLD_STOCK = "told_stock"  # p1.stock, p1.quantity
    TOLD_RATING = "told_rating"  # p1.rating, p1.reviews, p1.quote
    TOLD_OPTIONS = "told_options"  # colours and sizes of p1: p1.colors, p1.sizes
    ASK_WHICH_PRODUCT = "ask_which_product"  # it is unclear which product is meant
    ASK_PREFERENCE = "ask_preference"  # the request is too open: what for, what budget
    CART_HELP = "cart_help"  # how to put p1 in the cart: on its page
    MORE_SHOWN = "more_shown"  # the next results of the same search
    NO_MORE = "no_more"  # there are no further results
    # service
    ANSWERED = "answered"  # a1.text answers, from a1.title
    NO_ANSWER = "no_answer"  # the shop's records do not say
    ORDER_STATUS = "order_status"  # o1.*
    ORDER_HISTORY = "order_history"  # order.count, o1.., newest first
    ORDER_DELIVERY = "order_delivery"  # when o1 comes or came
    ORDER_ITEMS = "order_items"  # what is in o1
    NO_ORDERS = "no_orders"  # this customer has none
    ORDER_NOT_FOUND = "order_not_found"  # no order of this customer has that number
    WHICH_ORDER = "which_order"  # asks which of several orders is meant
    SIGN_IN = "sign_in"  # asks a visitor to sign in
    CHANGE_ELSEWHERE = "change_elsewhere"  # the chat cannot change this; a1 or the shop can
    CONTACT = "contact"  # how to reach a person: shop.email, shop.phone, shop.hours
    LISTEN = "listen"  # takes in a problem and asks what is needed to help
    APOLOGIZE = "apologize"  # regret for a bad experience
    # talk
    GREET = "greet"
    GOODBYE = "goodbye"
    WELCOME = "welcome"  # answers thanks
    GLAD = "glad"  # answers praise
    HOW_ARE_YOU = "how_are_you"
    WHO_ARE_YOU = "who_are_you"  # says it is the shop's assistant, not a person
    CAPABILITIES = "capabilities"  # what it can help with
    OUT_OF_SCOPE = "out_of_scope"  # not a matter of the shop
    NOT_UNDERSTOOD = "not_understood"
    OTHER_LANGUAGE = "other_language"  # speaks English only
    ACKNOWLEDGE = "acknowledge"  # "ok", "yes", "no": nothing to do
    CALM = "calm"  # answers an insult

    @property
    def token(self) -> str:
        """How a prompt spells it; one token of the embedded model's vocabulary."""
        return f"<act:{self.value}>"

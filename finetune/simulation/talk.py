"""How simulated conversations run: which act opens one, which follows which, and which come in one turn."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.act import Act

SIGNED_IN = frozenset({
    Act.ORDER_STATUS, Act.ORDER_HISTORY, Act.ORDER_DELIVERY, Act.ORDER_ITEMS, Act.NO_ORDERS, Act.ORDER_NOT_FOUND,
    Act.WHICH_ORDER, Act.RECOMMENDED,
})  # fmt: skip
"""Acts that need a customer who is signed in."""

Weights = Mapping[Act, float]

START: Weights = {
    Act.FOUND_PRODUCTS: 22, Act.FOUND_ONE: 5, Act.FOUND_NOTHING: 4, Act.RELAXED: 5, Act.RECOMMENDED: 5,
    Act.RECOMMENDED_POPULAR: 4, Act.SIMILAR: 2, Act.GIFT: 4, Act.COMPARED: 2, Act.DESCRIBED: 3, Act.DETAIL_MISSING: 2,
    Act.TOLD_PRICE: 4, Act.TOLD_STOCK: 4, Act.TOLD_RATING: 3, Act.TOLD_OPTIONS: 3, Act.ASK_WHICH_PRODUCT: 2,
    Act.ASK_PREFERENCE: 3, Act.CART_HELP: 2, Act.ANSWERED: 16, Act.NO_ANSWER: 3, Act.ORDER_STATUS: 7,
    Act.ORDER_HISTORY: 3, Act.ORDER_DELIVERY: 5, Act.ORDER_ITEMS: 3, Act.NO_ORDERS: 1.5, Act.ORDER_NOT_FOUND: 2,
    Act.WHICH_ORDER: 2, Act.SIGN_IN: 4, Act.CHANGE_ELSEWHERE: 5, Act.CONTACT: 4, Act.LISTEN: 4, Act.APOLOGIZE: 3,
    Act.GREET: 9, Act.HOW_ARE_YOU: 2, Act.WHO_ARE_YOU: 2, Act.CAPABILITIES: 2, Act.OUT_OF_SCOPE: 3,
    Act.NOT_UNDERSTOOD: 3, Act.OTHER_LANGUAGE: 2, Act.CALM: 1.5, Act.GLAD: 1.5, Act.WELCOME: 1, Act.ACKNOWLEDGE: 1,
    Act.GOODBYE: 1,
}  # fmt: skip

_AFTER_LIST: Weights = {
    Act.FOUND_PRODUCTS: 14, Act.FOUND_ONE: 4, Act.FOUND_NOTHING: 3, Act.RELAXED: 4, Act.DESCRIBED: 9,
    Act.TOLD_PRICE: 8,
    Act.TOLD_STOCK: 8, Act.TOLD_RATING: 7, Act.TOLD_OPTIONS: 6, Act.COMPARED: 8, Act.SIMILAR: 6, Act.MORE_SHOWN: 8,
    Act.NO_MORE: 2, Act.DETAIL_MISSING: 3, Act.ASK_WHICH_PRODUCT: 3, Act.CART_HELP: 5, Act.ANSWERED: 6,
    Act.WELCOME: 5,
    Act.ACKNOWLEDGE: 3, Act.GOODBYE: 2, Act.GLAD: 2, Act.NOT_UNDERSTOOD: 1,
}  # fmt: skip
_AFTER_ONE: Weights = {
    Act.DESCRIBED: 8, Act.TOLD_PRICE: 5, Act.TOLD_STOCK: 7, Act.TOLD_RATING: 6, Act.TOLD_OPTIONS: 6, Act.COMPARED: 4,
    Act.SIMILAR: 7, Act.DETAIL_MISSING: 4, Act.CART_HELP: 6, Act.FOUND_PRODUCTS: 6, Act.ANSWERED: 6, Act.WELCOME: 6,
    Act.ACKNOWLEDGE: 4, Act.GLAD: 2, Act.GOODBYE: 2,
}  # fmt: skip
_AFTER_MISS: Weights = {
    Act.FOUND_PRODUCTS: 12, Act.FOUND_ONE: 3, Act.RELAXED: 4, Act.FOUND_NOTHING: 3, Act.ASK_PREFERENCE: 2,
    Act.CONTACT: 3,
    Act.ACKNOWLEDGE: 3, Act.WELCOME: 2, Act.GOODBYE: 2, Act.ANSWERED: 3, Act.CALM: 1, Act.NOT_UNDERSTOOD: 1,
}  # fmt: skip
_AFTER_ORDER: Weights = {
    Act.ORDER_DELIVERY: 8, Act.ORDER_ITEMS: 8, Act.ORDER_STATUS: 5, Act.ORDER_HISTORY: 4, Act.CHANGE_ELSEWHERE: 8,
    Act.ANSWERED: 7, Act.APOLOGIZE: 5, Act.LISTEN: 4, Act.CONTACT: 4, Act.WELCOME: 7, Act.ACKNOWLEDGE: 3,
    Act.ORDER_NOT_FOUND: 2, Act.WHICH_ORDER: 2, Act.FOUND_PRODUCTS: 3, Act.GOODBYE: 2, Act.GLAD: 2,
}  # fmt: skip
_AFTER_SERVICE: Weights = {
    Act.ANSWERED: 14, Act.NO_ANSWER: 4, Act.CONTACT: 5, Act.WELCOME: 8, Act.ACKNOWLEDGE: 4, Act.ORDER_STATUS: 5,
    Act.SIGN_IN: 3, Act.CHANGE_ELSEWHERE: 5, Act.LISTEN: 3, Act.APOLOGIZE: 3, Act.CALM: 2, Act.FOUND_PRODUCTS: 5,
    Act.GOODBYE: 4, Act.NOT_UNDERSTOOD: 2, Act.GLAD: 2,
}  # fmt: skip

NEXT: dict[Act, Weights] = {
    **dict.fromkeys(
        (Act.FOUND_PRODUCTS, Act.RELAXED, Act.RECOMMENDED, Act.RECOMMENDED_POPULAR, Act.SIMILAR, Act.GIFT,
        Act.MORE_SHOWN),
        _AFTER_LIST,
    ),
    **dict.fromkeys(
        (Act.FOUND_ONE, Act.COMPARED, Act.DESCRIBED, Act.DETAIL_MISSING, Act.TOLD_PRICE, Act.TOLD_STOCK,
        Act.TOLD_RATING,
         Act.TOLD_OPTIONS, Act.CART_HELP),
        _AFTER_ONE,
    ),
    **dict.fromkeys((Act.FOUND_NOTHING, Act.NO_MORE, Act.ASK_PREFERENCE, Act.ASK_WHICH_PRODUCT), _AFTER_MISS),
    **dict.fromkeys(
        (Act.ORDER_STATUS, Act.ORDER_DELIVERY, Act.ORDER_ITEMS, Act.ORDER_HISTORY, Act.WHICH_ORDER,
        Act.ORDER_NOT_FOUND,
         Act.NO_ORDERS),
        _AFTER_ORDER,
    ),
    **dict.fromkeys(
        (Act.ANSWERED, Act.NO_ANSWER, Act.SIGN_IN, Act.CHANGE_ELSEWHERE, Act.CONTACT, Act.LISTEN, Act.APOLOGIZE,
        Act.CALM),
        _AFTER_SERVICE,
    ),
}  # fmt: skip
"""What may follow an act; after any other act the conversation goes on as it may start."""

PAIRS: dict[Act, tuple[tuple[Act, ...], ...]] = {
    Act.FOUND_PRODUCTS: ((Act.TOLD_STOCK,), (Act.ANSWERED,), (Act.ANSWERED,), (Act.TOLD_RATING,),
                         (Act.TOLD_OPTIONS,)),
    Act.FOUND_ONE: ((Act.TOLD_STOCK,), (Act.ANSWERED,), (Act.TOLD_OPTIONS,), (Act.DESCRIBED,), (Act.TOLD_RATING,)),
    Act.FOUND_NOTHING: ((Act.ANSWERED,), (Act.ASK_PREFERENCE,)),
    Act.RELAXED: ((Act.ANSWERED,), (Act.TOLD_STOCK,)),
    Act.GIFT: ((Act.ANSWERED,),),
    Act.SIMILAR: ((Act.ANSWERED,), (Act.TOLD_STOCK,)),
    Act.ANSWERED: ((Act.FOUND_PRODUCTS,), (Act.CHANGE_ELSEWHERE,), (Act.ORDER_STATUS,), (Act.CONTACT,),
                   (Act.ORDER_DELIVERY,),
                   (Act.NO_ANSWER,), (Act.FOUND_ONE,), (Act.SIGN_IN,)),
    Act.TOLD_PRICE: ((Act.TOLD_STOCK,), (Act.ANSWERED,), (Act.TOLD_OPTIONS,), (Act.TOLD_RATING,),
                     (Act.TOLD_STOCK, Act.ANSWERED)),
    Act.TOLD_STOCK: ((Act.TOLD_PRICE,), (Act.ANSWERED,), (Act.TOLD_OPTIONS,), (Act.SIMILAR,)),
    Act.TOLD_RATING: ((Act.TOLD_PRICE,), (Act.TOLD_STOCK,)),
    Act.DESCRIBED: ((Act.TOLD_PRICE,), (Act.TOLD_STOCK,), (Act.ANSWERED,), (Act.TOLD_RATING,)),
    Act.DETAIL_MISSING: ((Act.TOLD_PRICE,), (Act.TOLD_STOCK,), (Act.CONTACT,)),
    Act.CART_HELP: ((Act.ANSWERED,), (Act.TOLD_STOCK,)),
    Act.ORDER_STATUS: ((Act.ANSWERED,), (Act.CHANGE_ELSEWHERE,), (Act.CONTACT,)),
    Act.ORDER_DELIVERY: ((Act.ANSWERED,), (Act.ORDER_ITEMS,), (Act.CHANGE_ELSEWHERE,)),
    Act.ORDER_ITEMS: ((Act.ORDER_DELIVERY,), (Act.ANSWERED,)),
    Act.SIGN_IN: ((Act.ANSWERED,), (Act.FOUND_PRODUCTS,)),
    Act.ORDER_NOT_FOUND: ((Act.CONTACT,), (Act.WHICH_ORDER,)),
    Act.NO_ORDERS: ((Act.CONTACT,),),
    Act.APOLOGIZE: ((Act.ORDER_STATUS,), (Act.LISTEN,), (Act.LISTEN, Act.CONTACT), (Act.CONTACT,),
                    (Act.ANSWERED,), (Act.ANSWERED,),
                    (Act.CHANGE_ELSEWHERE,), (Act.SIGN_IN,), (Act.ORDER_DELIVERY,)),
    Act.CALM: ((Act.CONTACT,), (Act.FOUND_PRODUCTS,), (Act.ANSWERED,)),
    Act.GREET: ((Act.FOUND_PRODUCTS,), (Act.ANSWERED,), (Act.ORDER_STATUS,), (Act.FOUND_ONE,), (Act.HOW_ARE_YOU,),
                (Act.SIGN_IN,),
                (Act.GIFT,), (Act.TOLD_PRICE,), (Act.CAPABILITIES,), (Act.RELAXED,), (Act.RECOMMENDED_POPULAR,)),
    Act.WELCOME: ((Act.GOODBYE,), (Act.ANSWERED,), (Act.FOUND_PRODUCTS,)),
    Act.GLAD: ((Act.GOODBYE,), (Act.FOUND_PRODUCTS,), (Act.ANSWERED,)),
    Act.HOW_ARE_YOU: ((Act.FOUND_PRODUCTS,), (Act.WHO_ARE_YOU,)),
    Act.CHANGE_ELSEWHERE: ((Act.ANSWERED,), (Act.ORDER_STATUS,), (Act.FOUND_PRODUCTS,), (Act.CONTACT,)),
    Act.NOT_UNDERSTOOD: ((Act.CONTACT,),),
    Act.OUT_OF_SCOPE: ((Act.FOUND_PRODUCTS,),),
    Act.NO_ANSWER: ((Act.CONTACT,),),
    Act.LISTEN: ((Act.CONTACT,),),
    Act.RECOMMENDED: ((Act.ANSWERED,), (Act.TOLD_STOCK,)),
    Act.COMPARED: ((Act.TOLD_STOCK,), (Act.ANSWERED,)),
    Act.CONTACT: ((Act.ANSWERED,), (Act.FOUND_PRODUCTS,)),
    Act.WHO_ARE_YOU: ((Act.CAPABILITIES,), (Act.CONTACT,)),
}  # fmt: skip
"""What comes after an act in the same turn, when a message asks for more than one thing."""

MIXABLE: tuple[Act, ...] = (
    Act.FOUND_PRODUCTS, Act.FOUND_ONE, Act.RELAXED, Act.GIFT, Act.COMPARED, Act.DESCRIBED, Act.DETAIL_MISSING,
    Act.TOLD_PRICE,
    Act.TOLD_STOCK, Act.TOLD_RATING, Act.TOLD_OPTIONS, Act.CART_HELP, Act.ANSWERED, Act.NO_ANSWER,
    Act.CHANGE_ELSEWHERE,
    Act.CONTACT, Act.GREET, Act.APOLOGIZE, Act.WHO_ARE_YOU, Act.CAPABILITIES, Act.OTHER_LANGUAGE, Act.FOUND_NOTHING,
)  # fmt: skip
"""Acts of which now and then two or three at random make a turn: customers combine what nobody expects."""

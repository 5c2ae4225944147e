"""Other words for common things, colours and materials. A word counts only where the catalogue has its target."""

from __future__ import annotations

SAME_TYPES: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split(", "))
    for group in (
        "backpack, rucksack, knapsack, daypack",
        "axe, hatchet, ax",
        "clothing, clothes, apparel, garment",
        "tarpaulin, tarp",
        "mitten, glove",
        "tyre, tire",
        "mudguard, fender",
        "handbag, purse",
        "pannier, saddlebag",
        "secateurs, pruner",
        "camping chair, camp chair, folding chair",
        "first aid kit, medical kit",
        "cutting board, chopping board",
        "lunch box, bento box, lunchbox",
        "duvet, quilt, comforter",
        "curtain, drape",
        "wardrobe, closet",
        "nappy, diaper",
        "pram, stroller, pushchair, buggy",
        "dressing gown, bathrobe",
        "tracksuit, jogging suit",
        "phone, smartphone, mobile phone, cell phone, cellphone, mobile",
        "laptop, notebook computer",
        "tv, television",
        "sofa, couch, settee",
        "mug, coffee mug, tea mug, cup",
        "fragrance, perfume, cologne, eau de toilette",
        "shoe, footwear, sneaker, trainer",
        "sneaker, trainer, running shoe",
        "sweater, jumper, pullover",
        "trouser, pant, slack",
        "t-shirt, tee, tshirt, t shirt",
        "shirt, top",
        "jacket, coat, parka, anorak",
        "headphone, earphone, headset, earbud",
        "torch, flashlight",
        "headlamp, head torch, headtorch, headlight",
        "stove, cooker",
        "camping stove, camp stove, gas stove",
        "bottle, water bottle, drinking bottle, flask",
        "thermos, vacuum flask, flask, insulated bottle",
        "sunglass, shade",
        "bag, handbag, purse",
        "rug, carpet, mat",
        "lamp, light",
        "pan, frying pan, skillet",
        "pot, saucepan",
        "blanket, throw",
        "cushion, pillow",
        "bicycle, bike",
        "motorcycle, motorbike",
        "car, vehicle, automobile",
        "sleeping mat, sleeping pad, camping mat, air bed",
        "trekking pole, hiking pole, walking pole, walking stick",
        "hiking boot, walking boot",
        "rain jacket, waterproof jacket, raincoat",
        "beanie, woolly hat, winter hat",
        "cap, baseball cap",
        "swimsuit, bathing suit, swimwear",
        "underwear, briefs, boxers",
        "watch, wristwatch, timepiece",
        "earring, ear ring",
        "novel, fiction",
        "cookbook, cookery book, recipe book",
        "skincare, skin care, skin-care",
        "makeup, make-up, make up, cosmetic",
        "moisturiser, face cream",
        "sweet, candy",
        "grocery, food",
        "biscuit, cookie",
        "crisp, chip",
        "fridge, refrigerator",
        "hoover, vacuum cleaner, vacuum",
        "towel, bath towel",
        "duvet, comforter, quilt",
        "candle, scented candle",
        "planter, plant pot, flower pot",
        "hammock, hanging bed",
        "cooler, cool box, coolbox, ice box",
        "knife, pocket knife, penknife",
        "tablet, ipad",
        "computer, pc, desktop",
        "charger, power adapter",
        "power bank, powerbank, portable charger",
        "dress, frock",
        "ornament, decoration, decor",
    )
)
"""Groups of words for one kind of product, as stems joined by spaces."""

COLOR_FAMILIES: dict[str, tuple[str, ...]] = {
    "blue": ("navy", "azure", "cobalt", "indigo", "teal", "turquoise", "denim", "sapphire"),
    "red": ("burgundy", "crimson", "maroon", "scarlet", "ruby", "wine"),
    "green": ("olive", "khaki", "lime", "emerald", "sage", "moss", "forest", "mint"),
    "grey": ("charcoal", "slate", "graphite", "silver", "anthracite", "space grey"),
    "brown": ("tan", "chestnut", "coffee", "chocolate", "walnut", "cognac", "bronze"),
    "beige": ("sand", "cream", "ivory", "taupe", "oatmeal", "stone", "camel"),
    "white": ("ivory", "cream", "off-white", "pearl", "snow"),
    "black": ("jet", "onyx", "midnight", "ebony"),
    "pink": ("rose", "blush", "magenta", "fuchsia", "coral"),
    "purple": ("violet", "lilac", "lavender", "plum", "mauve", "aubergine"),
    "yellow": ("mustard", "gold", "lemon", "amber", "ochre"),
    "orange": ("rust", "coral", "terracotta", "copper", "amber"),
}
"""Shades that stand in for a basic colour which the catalogue does not name itself."""

BASIC_COLORS: frozenset[str] = frozenset(
    {*COLOR_FAMILIES, "navy", "teal", "turquoise", "silver", "gold", "burgundy", "maroon", "khaki", "olive", "violet"}
)
"""Colour words that need nothing beside them to be read as a colour."""

MATERIAL_FAMILIES: dict[str, tuple[str, ...]] = {
    "metal": ("steel", "aluminium", "titanium", "iron", "brass", "copper", "zinc", "stainless"),
    "wood": ("oak", "beech", "bamboo", "walnut", "pine", "acacia", "birch", "ash", "teak"),
    "synthetic": ("nylon", "polyester", "acrylic", "fleece", "elastane", "polypropylene"),
    "plastic": ("polypropylene", "polycarbonate", "tritan", "abs", "polyethylene"),
    "ceramic": ("stoneware", "porcelain", "earthenware"),
    "wool": ("merino", "cashmere", "lambswool"),
    "leather": ("nubuck", "suede"),
}
"""Materials that count as the general one; "no wool" rules merino out as well."""

BASIC_MATERIALS: frozenset[str] = frozenset(
    {
        *MATERIAL_FAMILIES, "steel", "stainless", "cotton", "nylon",
            "polyester",
            "glass",
            "silk",
            "linen",
            "bamboo",
            "cork",
        "rubber", "suede", "aluminium", "titanium", "fleece",
            "merino",
            "canvas",
            "velvet",
            "denim",
            "silicone",
            "paper",
    }
)  # fmt: skip
"""Material words that need nothing beside them to be read as a material."""

SIZE_WORDS: dict[str, tuple[str, ...]] = {
    "xs": ("extra small", "x-small", "xsmall", "x small"),
    "s": ("small",),
    "m": ("medium", "med"),
    "l": ("large",),
    "xl": ("extra large", "x-large", "xlarge", "x large"),
    "xxl": ("double extra large", "xx-large", "2xl", "xx large", "extra extra large"),
    "xxxl": ("3xl", "xxx-large"),
    "one size": ("one-size", "onesize"),
}
"""The words for letter sizes."""

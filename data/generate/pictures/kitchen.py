"""How knives, boards, bowls and lunch boxes are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    INK,
    LEAF,
    LEAF_LIGHT,
    STEEL,
    STEEL_DARK,
    STEEL_LIGHT,
    WOOD,
    WOOD_DARK,
    Paint,
    box,
    circle,
    ellipse,
    line,
    path,
    shadow,
    steam,
    turned,
)


def _knife(p: Paint, blade: str, edge: str, handle_x: float) -> str:
    handle = (
        box(handle_x, 92, 62, 20, 8, p.base)
        + box(handle_x, 103, 62, 9, 6, p.dark)
        + "".join(circle(handle_x + 14 + 17 * i, 101, 2.4, "#d9c28a") for i in range(3))
    )
    return shadow(72, 150) + turned(
        -32, path(blade, STEEL_LIGHT) + path(edge, STEEL) + box(handle_x - 6, 91, 9, 22, 3, STEEL_DARK) + handle
    )


def chefs_knife(p: Paint) -> str:
    """A broad blade."""
    return _knife(p, "M8 112Q40 92 116 90V124Q50 128 8 112Z", "M8 112Q60 118 116 112V124Q50 128 8 112Z", 120)


def paring_knife(p: Paint) -> str:
    """A short pointed blade."""
    return _knife(p, "M46 108Q70 94 108 93V114Q70 116 46 108Z", "M46 108Q80 110 108 106V114Q70 116 46 108Z", 112)


def bread_knife(p: Paint) -> str:
    """A long blade with teeth."""
    teeth = "".join("l-5 5l-5-5" for _ in range(11))
    return _knife(p, f"M6 96H118V112{teeth}Z", "M6 96H118V102H8Z", 120)


def chopping_board(p: Paint) -> str:
    """An end-grain board with a tomato and herbs."""
    board = (
        box(30, 82, 140, 76, 12, p.base)
        + box(30, 146, 140, 14, 6, WOOD_DARK)
        + line("M58 84V144M86 84V144M114 84V144M142 84V144M32 104H168M32 126H168", WOOD, 1.6)
    )
    tomato = (
        circle(76, 106, 21, "#c5524a")
        + path("M76 86L70 80M76 86L83 80", LEAF)
        + line("M76 88L69 81M76 88L84 81M76 88V79", LEAF, 3)
    )
    herbs = "".join(
        ellipse(x, y, 9, 5, t)
        for x, y, t in ((120, 106, LEAF), (134, 114, LEAF_LIGHT), (118, 120, LEAF_LIGHT), (136, 100, LEAF))
    )
    return shadow(76, 164) + board + tomato + herbs


def salad_bowl(p: Paint) -> str:
    """A wooden bowl of leaves."""
    leaves = "".join(
        circle(x, y, r, t)
        for x, y, r, t in (
            (66, 84, 18, LEAF),
            (92, 74, 22, LEAF_LIGHT),
            (124, 78, 20, LEAF),
            (142, 88, 13, LEAF_LIGHT),
            (106, 86, 12, "#c5524a"),
            (80, 90, 9, "#ecc14f"),
        )
    )
    bowl = path("M34 92H166Q160 148 124 160H76Q40 148 34 92Z", p.base) + path(
        "M134 92H166Q160 148 124 160H104Q130 136 134 92Z", WOOD
    )
    return shadow(52, 165) + leaves + bowl + line("M40 104Q100 116 160 104M46 122Q100 134 154 122", WOOD_DARK, 1.8)


def lunch_box(p: Paint) -> str:
    """A steel box with two clips."""
    body = box(34, 88, 132, 70, 14, p.base) + box(130, 88, 36, 70, 14, p.dark) + box(30, 76, 140, 20, 9, p.light)
    clips = box(26, 92, 12, 30, 4, STEEL_DARK) + box(162, 92, 12, 30, 4, STEEL_DARK)
    fruit = (
        circle(74, 62, 20, "#c5524a")
        + line("M74 44Q76 36 84 34", WOOD_DARK, 3)
        + path("M80 40Q92 30 98 40Q88 46 80 40Z", LEAF)
    )
    return shadow(72, 162) + fruit + body + clips + line("M50 108V142", p.pale, 4)


def food_jar(p: Paint) -> str:
    """A wide insulated jar with its spoon."""
    body = box(60, 78, 72, 86, 14, p.base) + box(106, 78, 26, 86, 14, p.dark)
    lid = box(56, 52, 80, 26, 8, STEEL) + box(110, 52, 26, 26, 8, STEEL_DARK) + box(56, 72, 80, 7, 2, INK)
    spoon = ellipse(158, 72, 9, 14, STEEL) + line("M158 84V162", STEEL_DARK, 5)
    return shadow(58) + spoon + body + lid + line("M70 92V150", p.pale, 4) + steam(96, 46)

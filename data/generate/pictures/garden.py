"""How planters, garden tools, fire pits and bird boxes are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    INK,
    LEAF,
    LEAF_DARK,
    LEAF_LIGHT,
    PAPER,
    ROPE,
    SKY,
    SOOT,
    STEEL,
    STEEL_DARK,
    STEEL_LIGHT,
    WOOD,
    WOOD_DARK,
    WOOD_LIGHT,
    Paint,
    box,
    circle,
    ellipse,
    flame,
    leaf,
    line,
    path,
    shadow,
    turned,
)


def _bush(x: float, y: float, scale: float = 1) -> str:
    tones = (LEAF_DARK, LEAF, LEAF_LIGHT)
    return "".join(
        leaf(x, y, degrees, scale * (1.15 - abs(degrees) / 260), tones[i % 3])
        for i, degrees in enumerate((-72, -48, 66, 42, -24, 20, 0))
    )


def round_planter(p: Paint) -> str:
    """A clay pot on a saucer."""
    pot = (
        path("M58 100H142L130 158H70Z", p.base)
        + path("M120 100H142L130 158H112Z", p.dark)
        + box(52, 88, 96, 18, 5, p.light)
        + box(122, 88, 26, 18, 5, p.base)
    )
    return shadow(54, 167) + _bush(100, 92, 1.5) + pot + box(58, 156, 84, 9, 4, p.dark)


def trough(p: Paint) -> str:
    """A long wooden box of flowers."""
    wood = (
        box(26, 108, 148, 50, 4, p.base)
        + box(26, 131, 148, 3, 0, WOOD_DARK)
        + box(34, 104, 10, 60, 2, WOOD)
        + box(156, 104, 10, 60, 2, WOOD)
    )
    flowers = "".join(
        line(f"M{x} 110V{y}", LEAF_DARK, 3) + circle(x, y, 9, tone) + circle(x, y, 3.4, PAPER)
        for x, y, tone in (
            (56, 72, "#c5524a"),
            (82, 60, "#ecc14f"),
            (106, 76, "#e2a5a3"),
            (130, 62, "#c5524a"),
            (150, 78, "#ecc14f"),
        )
    )
    greens = "".join(
        leaf(x, 110, d, 0.8, t)
        for x, d, t in ((48, -24, LEAF), (66, 20, LEAF_LIGHT), (92, -18, LEAF), (118, 18, LEAF_LIGHT), (142, -14, LEAF))
    )
    return shadow(78, 166) + greens + flowers + wood


def hanging_planter(p: Paint) -> str:
    """A bowl in a knotted sling."""
    cords = line("M100 10L60 104M100 10L140 104M100 10V92", ROPE, 3) + circle(100, 10, 5, WOOD_DARK)
    bowl = path("M56 104H144Q142 146 116 152H84Q58 146 56 104Z", p.base) + path(
        "M124 104H144Q142 146 116 152H104Q124 134 124 104Z", p.dark
    )
    vines = line("M66 104Q46 128 54 160M134 104Q156 126 146 166", LEAF_DARK, 3) + "".join(
        ellipse(x, y, 7, 4.6, LEAF) for x, y in ((52, 124), (50, 142), (58, 158), (150, 126), (152, 146), (143, 162))
    )
    return (
        cords
        + _bush(100, 104, 1.05)
        + bowl
        + vines
        + line("M62 128Q100 142 138 128M100 152V182M92 152L94 178M108 152L106 178", ROPE, 3)
    )


def self_watering(p: Paint) -> str:
    """A smooth pot with a water gauge."""
    pot = path("M56 90H144L136 156Q135 164 126 164H74Q65 164 64 156Z", p.base) + path(
        "M122 90H144L136 156Q135 164 126 164H108Q122 128 122 90Z", p.dark
    )
    gauge = box(76, 122, 12, 32, 6, SKY) + box(76, 138, 12, 16, 6, "#6aa3bd") + circle(82, 137, 3.4, "#c5524a")
    return shadow(50, 168) + _bush(100, 92, 1.5) + box(50, 84, 100, 12, 5, p.light) + pot + gauge


def trowel(p: Paint) -> str:
    """A trowel with depth marks."""
    blade = (
        path("M82 30H118L120 62Q118 96 100 108Q82 96 80 62Z", STEEL_LIGHT)
        + path("M100 30H118L120 62Q118 96 100 108Z", STEEL)
        + line("M88 48H96M88 58H96M88 68H96M88 78H96", STEEL_DARK, 2)
    )
    handle = box(91, 126, 18, 48, 9, p.base) + box(100, 126, 9, 48, 7, WOOD) + box(94, 104, 12, 26, 3, STEEL_DARK)
    return shadow(40, 172) + turned(150, handle + blade)


def pruner(p: Paint) -> str:
    """Bypass secateurs, half open."""
    blade = path("M96 88Q84 46 104 26Q118 52 110 92Z", STEEL_LIGHT) + path("M104 26Q118 52 110 92H104Z", STEEL)
    hook = path("M104 90Q136 78 138 46L130 44Q124 66 98 80Z", STEEL_DARK)
    left = line("M106 92Q84 122 76 166", p.dark, 14)
    right = line("M98 92Q122 120 138 158", p.base, 14)
    return (
        shadow(54, 172)
        + hook
        + blade
        + left
        + right
        + circle(102, 90, 8, SOOT)
        + circle(102, 90, 3, STEEL_LIGHT)
        + line("M92 124Q104 132 118 122", STEEL_DARK, 3)
    )


def spade(p: Paint) -> str:
    """A border spade standing upright."""
    blade = (
        path("M78 106H122V144Q120 164 100 172Q80 164 78 144Z", STEEL_LIGHT)
        + path("M100 106H122V144Q120 164 100 172Z", STEEL)
        + box(74, 102, 52, 7, 3, STEEL_DARK)
    )
    handle = line("M100 106V40", p.base, 9) + line("M100 46L82 24H118Z", WOOD_DARK, 6)
    return shadow(34, 174) + turned(10, handle + blade + box(95, 92, 10, 18, 2, STEEL_DARK))


def kneeler(p: Paint) -> str:
    """A padded bench with a tool pouch."""
    frame = line("M44 60V164M156 60V164M44 60H60M156 60H140M44 164H58M156 164H142", STEEL_DARK, 7)
    pad = box(38, 108, 124, 24, 10, p.base) + box(38, 120, 124, 12, 6, p.dark)
    pouch = path("M128 132H154V158Q154 164 148 164H134Q128 164 128 158Z", WOOD_DARK) + line(
        "M136 132V112M146 132V108", STEEL, 5
    )
    return shadow(66, 168) + frame + pouch + pad


def fire_bowl(p: Paint) -> str:
    """A steel bowl on three legs, burning."""
    logs = turned(18, box(60, 88, 76, 13, 6, WOOD_DARK)) + turned(-14, box(66, 90, 76, 13, 6, WOOD))
    bowl = path("M24 104H176Q166 148 100 150Q34 148 24 104Z", p.base) + path(
        "M134 104H176Q166 148 100 150Q132 136 134 104Z", p.dark
    )
    return (
        shadow(66, 168)
        + line("M66 144L54 166M134 144L146 166M100 150V167", p.deep, 6)
        + logs
        + flame(78, 100, 1.3)
        + flame(122, 100, 1.2)
        + flame(100, 98, 1.9)
        + bowl
        + line("M24 104H176", p.light, 4)
    )


def smokeless_pit(p: Paint) -> str:
    """A double-walled drum of fire."""
    drum = (
        path("M44 86H156L150 158H50Z", p.base)
        + path("M130 86H156L150 158H124Z", p.dark)
        + ellipse(100, 86, 56, 11, SOOT)
        + ellipse(100, 86, 44, 7, "#2e3438")
    )
    holes = "".join(circle(60 + 13.4 * i, 146, 4, INK) for i in range(7))
    return (
        shadow(58, 163)
        + drum
        + flame(80, 88, 1.2)
        + flame(120, 88, 1.1)
        + flame(100, 88, 1.7)
        + path("M44 86A56 11 0 0 0 156 86L155 92A56 11 0 0 1 45 92Z", p.light)
        + holes
    )


def bird_feeder(p: Paint) -> str:
    """A seed tube with a roof and a visitor."""
    roof = path("M100 38L150 74H50Z", WOOD_DARK) + path("M100 38L150 74H112Z", INK)
    tube = (
        box(72, 74, 56, 66, 6, "#e6eee9")
        + box(72, 92, 56, 48, 6, "#d8b56d")
        + box(64, 138, 72, 12, 4, p.base)
        + line("M56 118H72M128 118H144M56 136H70M130 136H144", p.dark, 4)
    )
    bird = (
        ellipse(44, 104, 15, 11, "#c99a3e")
        + circle(54, 95, 8, "#c5524a")
        + path("M60 94L68 97L60 99Z", INK)
        + circle(56, 93, 1.6, INK)
        + path("M32 104L14 112L30 112Z", INK)
    )
    return line("M100 6V40", ROPE, 3) + tube + roof + box(64, 72, 72, 6, 2, p.deep) + bird


def nest_box(p: Paint) -> str:
    """A wooden box with a round entrance."""
    body = box(62, 70, 76, 92, 4, p.base) + box(112, 70, 26, 92, 4, p.dark) + line("M86 72V160M112 72V160", p.deep, 1.4)
    roof = path("M50 72L88 44H146L150 72Z", WOOD_DARK) + path("M50 72H150V79H50Z", INK)
    bird = (
        circle(96, 106, 11, "#6b8fa8")
        + circle(99, 103, 2, INK)
        + path("M106 106L114 109L105 111Z", "#ecc14f")
        + path("M88 112Q96 122 104 113Z", "#ecc14f")
    )
    return (
        shadow(46, 168)
        + leaf(146, 160, 60, 1, LEAF)
        + leaf(60, 164, -56, 0.9, LEAF_LIGHT)
        + body
        + roof
        + circle(98, 106, 17, INK)
        + bird
        + line("M98 138V146", WOOD_LIGHT, 5)
    )

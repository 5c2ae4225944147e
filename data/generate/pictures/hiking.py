"""How packs, poles, bottles, bags and tools are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    INK,
    PAPER,
    SKY,
    STEEL,
    STEEL_DARK,
    STEEL_LIGHT,
    WOOD,
    WOOD_DARK,
    WOOD_LIGHT,
    Paint,
    box,
    circle,
    dashes,
    ellipse,
    line,
    path,
    shadow,
    turned,
)


def daypack(p: Paint) -> str:
    """A rounded pack with one front pocket."""
    handle = line("M88 50Q88 36 100 36Q112 36 112 50", p.deep, 5)
    body = path("M58 92Q58 46 100 46Q142 46 142 92V150Q142 164 128 164H72Q58 164 58 150Z", p.base)
    shade = path("M118 50Q142 58 142 92V150Q142 164 128 164H112Q126 120 118 50Z", p.dark)
    pocket = box(72, 108, 56, 46, 12, p.light) + line("M76 118H124", p.deep, 2.4) + line("M118 118V127", PAPER, 2.4)
    sides = path("M58 122Q46 124 48 150Q50 160 60 160Z", p.dark) + path(
        "M142 122Q154 124 152 150Q150 160 140 160Z", p.deep
    )
    return shadow(54) + handle + sides + body + shade + pocket + line("M68 84Q100 70 132 84", p.deep, 2.4)


def trek_pack(p: Paint) -> str:
    """A tall pack with a lid, straps and a rolled mat."""
    mat = box(52, 148, 96, 18, 9, "#d9a05a") + circle(148, 157, 9, "#b87f3e") + circle(148, 157, 4, "#d9a05a")
    body = path("M60 74H140Q150 112 142 150H58Q50 112 60 74Z", p.base) + path(
        "M118 74H140Q150 112 142 150H116Q124 112 118 74Z", p.dark
    )
    lid = path("M54 74Q54 42 100 42Q146 42 146 74Q146 84 136 84H64Q54 84 54 74Z", p.light) + path(
        "M118 44Q146 48 146 74Q146 84 136 84H120Q126 62 118 44Z", p.base
    )
    straps = line("M80 84V118M120 84V118", INK, 4) + box(76, 112, 8, 10, 2, PAPER) + box(116, 112, 8, 10, 2, PAPER)
    pocket = path("M72 124H128L124 146H76Z", p.dark) + line("M74 94V146M126 94V146", p.deep, 2)
    return shadow(58, 168) + line("M92 42Q100 32 108 42", p.deep, 4) + mat + body + pocket + lid + straps


def city_pack(p: Paint) -> str:
    """A square pack with a flap and leather straps."""
    body = box(56, 52, 88, 112, 14, p.base) + box(116, 52, 28, 112, 14, p.dark)
    flap = path("M52 66Q52 46 72 46H128Q148 46 148 66V106Q100 122 52 106Z", p.light) + path(
        "M118 46H128Q148 46 148 66V106Q134 111 118 113Z", p.base
    )
    straps = (
        line("M80 92V134M120 92V134", WOOD_DARK, 7)
        + box(75, 118, 10, 9, 2, "#c5a055")
        + box(115, 118, 10, 9, 2, "#c5a055")
    )
    return (
        shadow(52)
        + line("M86 46Q86 32 100 32Q114 32 114 46", WOOD_DARK, 5)
        + body
        + flap
        + straps
        + line("M66 150H134", p.deep, 2)
    )


def kids_pack(p: Paint) -> str:
    """A small pack with a bear looking out."""
    bear = (
        circle(84, 48, 8, WOOD)
        + circle(116, 48, 8, WOOD)
        + circle(100, 58, 21, WOOD_LIGHT)
        + circle(92, 55, 2.6, INK)
        + circle(108, 55, 2.6, INK)
        + ellipse(100, 63, 5, 3.6, WOOD_DARK)
    )
    body = path("M62 102Q62 68 100 68Q138 68 138 102V150Q138 164 124 164H76Q62 164 62 150Z", p.base) + path(
        "M118 72Q138 80 138 102V150Q138 164 124 164H114Q124 120 118 72Z", p.dark
    )
    return (
        shadow(50)
        + bear
        + body
        + box(76, 114, 48, 38, 14, p.light)
        + line("M82 124H118", p.deep, 2.4)
        + circle(100, 96, 5, PAPER)
    )


def roll_top(p: Paint) -> str:
    """A welded sack with a rolled top."""
    body = path("M62 74H138L144 152Q144 164 132 164H68Q56 164 56 152Z", p.base) + path(
        "M118 74H138L144 152Q144 164 132 164H114Q122 120 118 74Z", p.dark
    )
    roll = box(52, 56, 96, 20, 9, p.light) + line("M56 66H144", p.dark, 2) + box(90, 58, 20, 15, 3, INK)
    return shadow(54) + body + roll + line("M76 76V164M124 76V164", p.deep, 4) + box(84, 104, 32, 8, 3, p.pale)


def dry_bag(p: Paint) -> str:
    """A round bag with a roll closure and a window strip."""
    body = path("M64 80Q100 70 136 80L140 150Q140 164 126 164H74Q60 164 60 150Z", p.base) + path(
        "M116 76L136 80L140 150Q140 164 126 164H112Q122 120 116 76Z", p.dark
    )
    loop = line("M66 62Q64 40 100 40Q136 40 134 62", INK, 5) + box(91, 34, 18, 11, 3, STEEL_DARK)
    return (
        shadow(48)
        + loop
        + body
        + box(60, 60, 80, 18, 8, p.light)
        + line("M64 69H136", p.dark, 2)
        + box(76, 92, 12, 60, 4, SKY)
        + box(96, 130, 30, 18, 3, PAPER)
    )


def poles(p: Paint) -> str:
    """Two poles, crossed."""
    one = (
        line("M100 60V150", STEEL_LIGHT, 5)
        + line("M100 84V118", p.base, 6)
        + line("M100 150V170", STEEL_DARK, 3)
        + ellipse(100, 154, 11, 3.4, INK)
        + box(94, 26, 12, 38, 6, WOOD_DARK)
        + box(93, 24, 14, 9, 4, INK)
        + line("M106 34Q124 46 108 62", INK, 3)
        + box(95, 112, 11, 7, 2, INK)
    )
    return shadow(60, 170) + turned(18, one, 100, 100) + turned(-18, one, 100, 100)


def walking_stick(p: Paint) -> str:
    """A hazel stick with a leather loop."""
    stick = (
        line("M100 34V168", WOOD, 9)
        + line("M98 40V160", WOOD_LIGHT, 2.4)
        + line("M98 36Q80 46 92 62Q104 60 104 48", WOOD_DARK, 3)
    )
    knots = ellipse(100, 92, 6, 3, WOOD_DARK) + ellipse(101, 128, 6, 3, WOOD_DARK)
    return shadow(30, 170) + turned(14, stick + knots + box(94, 160, 12, 10, 3, INK))


def steel_bottle(p: Paint) -> str:
    """A single-walled bottle with a loop lid."""
    body = path("M78 78Q78 68 88 66H112Q122 68 122 78V152Q122 164 110 164H90Q78 164 78 152Z", p.base) + path(
        "M108 66H112Q122 68 122 78V152Q122 164 110 164H104Q112 120 108 66Z", p.dark
    )
    lid = box(86, 48, 28, 18, 5, STEEL) + line("M90 48Q90 32 100 32Q110 32 110 48", STEEL_DARK, 4)
    return shadow(34) + lid + body + line("M86 84V146", p.pale, 3.4) + box(78, 124, 44, 3, 0, p.dark)


def thermal_bottle(p: Paint) -> str:
    """A vacuum bottle with a cup lid."""
    body = box(74, 66, 52, 98, 14, p.base) + path(
        "M108 66H112Q126 66 126 80V150Q126 164 112 164H102Q112 118 108 66Z", p.dark
    )
    lid = box(78, 34, 44, 30, 7, STEEL) + box(104, 34, 18, 30, 7, STEEL_DARK) + box(74, 62, 52, 7, 3, STEEL_LIGHT)
    return (
        shadow(38)
        + lid
        + body
        + line("M83 82V148", p.pale, 3.4)
        + line("M96 112C90 104 96 100 92 94M106 112C100 104 106 100 102 94", p.pale, 2.4)
    )


def soft_flask(p: Paint) -> str:
    """A soft flask that has been half drunk."""
    body = path("M82 70Q70 92 76 124Q66 148 80 162Q100 170 118 162Q134 148 124 122Q130 92 118 70Z", p.light)
    water = path("M76 116Q100 126 125 116L124 122Q134 148 118 162Q100 170 80 162Q66 148 76 124Z", p.base)
    return (
        shadow(34, 168)
        + body
        + water
        + box(84, 56, 32, 15, 5, p.dark)
        + box(92, 36, 16, 22, 6, p.deep)
        + line("M84 82Q78 100 82 112", PAPER, 3)
    )


def kids_bottle(p: Paint) -> str:
    """A small bottle with a straw and stickers."""
    body = box(72, 76, 56, 88, 16, p.base) + path(
        "M112 76Q128 78 128 92V148Q128 164 112 164H106Q114 120 112 76Z", p.dark
    )
    star = path("M98 98L102 108L113 108L104 115L108 126L98 119L88 126L92 115L83 108L94 108Z", PAPER)
    return (
        shadow(38)
        + line("M96 60V44Q96 36 106 38L118 42", p.deep, 6)
        + box(74, 58, 52, 20, 8, p.dark)
        + line("M120 66Q140 66 138 80", p.deep, 5)
        + body
        + star
        + circle(88, 144, 5, p.pale)
        + circle(110, 140, 4, p.pale)
    )


def water_filter(p: Paint) -> str:
    """A pouch above a filter, and a drop."""
    pouch = (
        path("M68 34H132L126 108Q100 118 74 108Z", SKY)
        + path("M72 70Q100 80 129 70L126 108Q100 118 74 108Z", p.base)
        + box(64, 28, 72, 9, 4, p.dark)
    )
    unit = box(84, 108, 32, 44, 8, INK) + box(84, 118, 32, 8, 0, p.base) + box(92, 150, 16, 8, 3, STEEL)
    return (
        shadow(30, 176)
        + pouch
        + unit
        + path("M100 160Q110 172 100 176Q90 172 100 160Z", p.light)
        + line("M84 48V94", PAPER, 3)
    )


def pocket_knife(p: Paint) -> str:
    """A folding knife, open."""
    blade = path("M98 92L168 88Q180 96 168 104L98 108Z", STEEL_LIGHT) + path(
        "M98 100H174Q172 103 168 104L98 108Z", STEEL
    )
    handle = path("M24 104Q22 90 40 88L100 88V112L42 116Q26 116 24 104Z", p.base) + path(
        "M24 104Q60 108 100 102V112L42 116Q26 116 24 104Z", p.dark
    )
    return shadow(70, 146) + turned(
        -24, blade + handle + box(90, 86, 13, 28, 4, STEEL_DARK) + circle(40, 102, 3, STEEL_LIGHT)
    )


def multitool(p: Paint) -> str:
    """Pliers between two handles."""
    jaws = (
        path("M88 96L92 44Q98 38 99 46V96Z", p.dark)
        + path("M112 96L108 44Q102 38 101 46V96Z", p.light)
        + circle(100, 98, 9, STEEL_DARK)
    )
    left = path("M92 98Q58 110 52 158Q60 168 70 162Q76 122 102 108Z", p.base)
    right = path("M108 98Q142 110 148 158Q140 168 130 162Q124 122 98 108Z", p.dark)
    blades = path("M54 148L28 112Q26 104 34 108L60 140Z", STEEL_LIGHT) + path(
        "M146 148L174 118Q176 110 168 112L140 140Z", STEEL
    )
    return shadow(60, 168) + blades + jaws + left + right + circle(61, 154, 3, PAPER) + circle(139, 154, 3, PAPER)


def hatchet(p: Paint) -> str:
    """A small axe."""
    haft = path("M94 46H108L112 120Q116 146 108 166H92Q98 140 94 118Z", WOOD) + path(
        "M102 46H108L112 120Q116 146 108 166H102Q108 130 102 46Z", WOOD_DARK
    )
    head = path("M84 50H120V78H88Q70 92 48 96Q40 74 50 42Q68 50 84 50Z", SOOT_STEEL) + path(
        "M50 42Q40 74 48 96L56 94Q50 72 58 46Z", STEEL_LIGHT
    )
    return shadow(44, 170) + turned(20, haft + head)


def first_aid_kit(p: Paint) -> str:
    """A zipped pouch with a cross."""
    body = box(46, 72, 108, 84, 16, p.base) + path(
        "M122 72H138Q154 72 154 88V140Q154 156 138 156H116Q130 116 122 72Z", p.dark
    )
    cross = box(90, 90, 20, 50, 4, PAPER) + box(75, 105, 50, 20, 4, PAPER)
    return (
        shadow(60, 160)
        + line("M84 72Q84 54 100 54Q116 54 116 72", INK, 5)
        + body
        + dashes("M50 86H150", p.pale, 2, "3 3")
        + cross
    )


SOOT_STEEL = "#6b757b"

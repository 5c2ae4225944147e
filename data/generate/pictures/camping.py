"""How stoves, cookware, lamps and camp furniture are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    FLAME,
    GLOW,
    INK,
    LEAF_DARK,
    PAPER,
    ROPE,
    SOOT,
    STEEL_DARK,
    STEEL_LIGHT,
    WOOD,
    WOOD_DARK,
    Paint,
    box,
    circle,
    dashes,
    ellipse,
    flame,
    line,
    path,
    shadow,
)


def pocket_stove(p: Paint) -> str:
    """A burner on a gas cartridge."""
    can = (
        box(66, 112, 68, 50, 12, "#d9644a")
        + box(112, 112, 22, 50, 10, "#b94f39")
        + box(78, 104, 44, 10, 4, STEEL_DARK)
        + box(74, 128, 36, 16, 3, PAPER)
    )
    burner = (
        box(94, 84, 12, 22, 3, p.dark)
        + path("M84 84H116L110 74H90Z", p.base)
        + line("M90 76L72 62M110 76L128 62M100 74V60", p.base, 4)
    )
    return (
        shadow(48)
        + can
        + burner
        + flame(88, 70, 0.6)
        + flame(112, 70, 0.6)
        + flame(100, 68, 0.8)
        + line("M106 96H130", STEEL_DARK, 4)
        + circle(132, 96, 5, STEEL_DARK)
    )


def duo_stove(p: Paint) -> str:
    """An open case with two burners."""
    lid = path("M36 116L48 60H152L164 116Z", p.light) + path("M48 60H152L155 74H45Z", p.base)
    case = path("M30 116H170L176 152Q176 160 168 160H32Q24 160 24 152Z", p.base) + path(
        "M30 116H170L172 126H28Z", p.dark
    )
    rings = "".join(ellipse(x, 119, 27, 6, SOOT) + ellipse(x, 117, 18, 4, FLAME) for x in (68, 132))
    knobs = circle(66, 144, 7, PAPER) + circle(134, 144, 7, PAPER) + line("M66 144V139M134 144L138 141", INK, 2)
    return shadow(78, 162) + lid + case + rings + knobs


def wood_stove(p: Paint) -> str:
    """A perforated cylinder with fire in it."""
    body = (
        path("M62 88H138L132 160H68Z", p.base)
        + path("M114 88H138L132 160H112Z", p.dark)
        + ellipse(100, 88, 38, 8, SOOT)
    )
    holes = "".join(circle(76 + 12 * i, 148, 3.4, FLAME) + circle(76 + 12 * i, 102, 2.4, INK) for i in range(5))
    twigs = line("M84 86L70 62M112 86L132 58", WOOD_DARK, 5)
    return (
        shadow(46)
        + body
        + twigs
        + flame(94, 88, 1.1)
        + flame(110, 88, 0.9)
        + holes
        + path("M84 124H116V140H84Z", INK)
        + flame(100, 140, 0.4)
    )


def spirit_stove(p: Paint) -> str:
    """A pot in its windshield."""
    pot = (
        path("M60 66H140L136 110H64Z", p.light)
        + path("M116 66H140L136 110H116Z", p.base)
        + ellipse(100, 66, 40, 8, p.pale)
        + line("M140 76Q166 72 172 60", WOOD_DARK, 5)
    )
    shield = path("M52 104H148L138 160H62Z", p.base) + path("M120 104H148L138 160H118Z", p.dark)
    holes = "".join(circle(74 + 13 * i, 146, 4, FLAME) for i in range(5))
    return shadow(52) + pot + shield + holes + line("M84 64Q100 52 116 64", STEEL_DARK, 4)


def cook_set(p: Paint) -> str:
    """Two nested pots and a pan."""
    big = (
        path("M52 98H132V150Q132 162 120 162H64Q52 162 52 150Z", p.base)
        + path("M108 98H132V150Q132 162 120 162H104Z", p.dark)
        + line("M132 112H172", INK, 6)
    )
    small = (
        path("M64 68H120V98H64Z", p.light)
        + path("M104 68H120V98H104Z", p.base)
        + ellipse(92, 68, 28, 6, p.pale)
        + line("M92 62V54", INK, 6)
    )
    return shadow(62) + small + box(48, 94, 88, 8, 4, p.deep) + big + dashes("M60 120H74M60 134H74", p.pale, 2, "14 0")


def dutch_oven(p: Paint) -> str:
    """Cast iron with a bail handle and feet."""
    body = path("M44 96H156Q158 152 132 158H68Q42 152 44 96Z", p.base) + path(
        "M124 96H156Q158 152 132 158H112Q128 130 124 96Z", p.deep
    )
    lid = path("M40 96Q100 68 160 96Z", p.light) + box(36, 92, 128, 9, 4, p.dark) + box(90, 70, 20, 9, 4, p.deep)
    feet = line("M66 156L62 166M134 156L138 166M100 158V166", p.deep, 6)
    return shadow(64, 168) + line("M42 100Q30 34 100 34Q170 34 158 100", STEEL_DARK, 4) + feet + body + lid


def titanium_pot(p: Paint) -> str:
    """A tall pot with folding grips."""
    body = path("M62 70H128V148Q128 162 114 162H76Q62 162 62 148Z", p.base) + path(
        "M106 70H128V148Q128 162 114 162H100Q108 120 106 70Z", p.dark
    )
    lid = path("M58 70Q95 52 132 70Z", p.light) + box(56, 66, 78, 7, 3, p.dark) + line("M88 58Q95 46 102 58", p.dark, 3)
    grips = line("M128 88H158Q164 88 164 96V132Q164 140 156 140H128", p.dark, 4)
    return shadow(50) + grips + body + lid + line("M72 96H82M72 112H82M72 128H82", p.pale, 2)


def enamel_set(p: Paint) -> str:
    """A plate standing behind bowls and a mug."""
    plate = circle(86, 96, 54, p.dark) + circle(86, 96, 51, p.light) + circle(86, 96, 34, p.base)
    bowl = path("M34 128H112Q110 162 84 162H62Q36 162 34 128Z", p.base) + line("M34 128H112", p.deep, 3)
    mug = (
        path("M118 112H160V154Q160 162 152 162H126Q118 162 118 154Z", p.base)
        + line("M118 112H160", p.deep, 3)
        + line("M160 122Q176 124 174 138Q172 148 160 148", p.base, 5)
    )
    return shadow(74) + plate + bowl + mug


def headlamp(p: Paint) -> str:
    """A lamp on its band, shining to the left."""
    beam = f'<path d="M70 104L4 62V158L70 122Z" fill="{GLOW}" opacity=".75"/>'
    band = line("M92 96C110 52 178 60 178 100C178 138 120 150 94 126", p.base, 13) + line(
        "M100 84C118 62 168 66 172 98", p.pale, 2.4
    )
    lamp = (
        box(66, 92, 46, 42, 12, INK)
        + box(66, 92, 22, 42, 10, p.deep)
        + circle(80, 113, 14, STEEL_LIGHT)
        + circle(80, 113, 9, GLOW)
    )
    return shadow(58, 158) + beam + band + lamp + box(96, 86, 14, 7, 3, p.light)


def kids_headlamp(p: Paint) -> str:
    """The headlamp with a smile."""
    return (
        headlamp(p)
        + circle(98, 108, 2.6, PAPER)
        + circle(106, 108, 2.6, PAPER)
        + line("M97 117Q102 122 107 117", PAPER, 2)
    )


def camp_lantern(p: Paint) -> str:
    """A warm lantern with a wire handle."""
    light = f'<circle cx="100" cy="104" r="60" fill="{GLOW}" opacity=".5"/>'
    body = box(72, 128, 56, 34, 8, p.base) + box(106, 128, 22, 34, 8, p.dark) + box(76, 66, 48, 14, 6, p.base)
    glass = path("M76 80H124L128 128H72Z", PAPER) + path("M84 84H116L118 126H82Z", GLOW) + flame(100, 122, 0.8)
    return (
        light
        + shadow(44)
        + glass
        + body
        + line("M78 70Q78 34 100 34Q122 34 122 70", STEEL_DARK, 3.4)
        + circle(100, 146, 6, p.pale)
    )


def solar_lantern(p: Paint) -> str:
    """An inflated cushion of light with a solar panel."""
    light = f'<circle cx="100" cy="108" r="62" fill="{GLOW}" opacity=".55"/>'
    body = (
        box(54, 76, 92, 80, 26, p.base)
        + box(62, 86, 76, 60, 20, "#fdf3d2")
        + line("M78 90V142M100 88V144M122 90V142", p.dark, 1.6)
    )
    top = ellipse(100, 76, 40, 10, INK) + line("M70 76H130M84 70V83M100 68V85M116 70V83", "#5b8bb5", 1.4)
    return light + shadow(50, 160) + body + top + line("M66 70Q100 38 134 70", STEEL_DARK, 4)


def camp_chair(p: Paint) -> str:
    """A low chair of shock-corded poles."""
    frame = line("M62 164L96 122L142 164M142 124L58 164M54 60L68 122M136 60L140 122", STEEL_DARK, 5)
    seat = path("M54 56Q96 72 138 56L146 118Q150 132 134 134L70 138Q56 136 58 124Z", p.base) + path(
        "M58 112Q100 130 146 112L147 122Q148 133 134 134L70 138Q56 136 58 124Z", p.dark
    )
    mesh = dashes("M64 82Q98 94 138 82M66 94Q98 106 140 94", p.pale, 2, "2 4")
    return shadow(58) + frame + seat + mesh


def lounge_chair(p: Paint) -> str:
    """Wooden legs and a canvas sling."""
    frame = line("M44 164L128 96M156 164L70 96L52 44M128 96H160", WOOD, 7)
    sling = path("M50 44Q58 40 64 44Q78 90 96 108Q120 118 150 102L154 110Q126 134 92 122Q64 104 50 44Z", p.base) + path(
        "M92 122Q126 134 154 110L150 102Q120 118 96 108Z", p.dark
    )
    return shadow(66) + frame + sling + circle(99, 119, 4, "#c5a055") + line("M120 164H150", WOOD_DARK, 6)


def stool(p: Paint) -> str:
    """A three-legged stool."""
    legs = line("M70 84L128 164M130 84L72 164M100 90L100 164", STEEL_DARK, 6)
    return (
        shadow(42)
        + legs
        + path("M54 74Q100 64 146 74Q124 100 100 104Q76 100 54 74Z", p.base)
        + path("M100 104Q124 100 146 74Q130 70 112 69Q114 90 100 104Z", p.dark)
        + dashes("M62 78Q100 70 138 78", p.pale)
    )


def hammock(p: Paint) -> str:
    """Slung between two trunks."""
    trunks = box(18, 36, 13, 130, 5, WOOD_DARK) + box(169, 36, 13, 130, 5, WOOD_DARK)
    straps = line("M30 66L52 88M170 66L148 88", ROPE, 3)
    cloth = (
        path("M50 86Q100 138 150 86Q146 142 100 146Q54 142 50 86Z", p.base)
        + path("M50 86Q100 126 150 86Q100 142 50 86Z", p.light)
        + path("M100 146Q146 142 150 86Q140 122 100 134Z", p.dark)
    )
    return shadow(78) + trunks + straps + cloth


def net_hammock(p: Paint) -> str:
    """The hammock below its net and ridge line."""
    net = '<path d="M50 86L100 54L150 86Q100 138 50 86Z" fill="#fff" opacity=".55"/>'
    lines = line("M30 54H170", ROPE, 2) + line(
        "M52 86L100 55L148 86M76 70L84 108M124 70L116 108M100 56V114", LEAF_DARK, 1
    )
    return hammock(p) + net + lines

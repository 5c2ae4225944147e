"""How tents, sleeping bags and pads are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    INK,
    PAPER,
    ROPE,
    STEEL,
    STEEL_DARK,
    WOOD_DARK,
    Paint,
    box,
    circle,
    dashes,
    ellipse,
    line,
    mix,
    path,
    shadow,
    turned,
)


def dome_tent(p: Paint) -> str:
    """Two curved walls, an open door, guy lines."""
    walls = path("M30 164Q52 70 100 62Q148 70 170 164Z", p.base) + path(
        "M100 62Q148 70 170 164H126Q124 100 100 62Z", p.dark
    )
    door = path("M70 164Q88 118 98 84Q112 120 116 164Z", p.deep) + path("M70 164Q80 140 98 84Q92 130 90 164Z", p.light)
    return (
        shadow(80)
        + line("M30 164L14 166M170 164L186 166M62 96L20 165M138 96L180 165", ROPE, 1.6)
        + walls
        + door
        + dashes("M100 64Q124 100 126 162", p.pale)
    )


def solo_tent(p: Paint) -> str:
    """Low, with one pole off the middle."""
    body = path("M22 164L78 76Q84 70 92 78L178 164Z", p.base) + path("M86 73Q90 74 92 78L178 164H112Z", p.dark)
    door = path("M52 164L82 92L92 164Z", p.deep) + path("M52 164L82 92L68 164Z", p.light)
    return (
        shadow(82)
        + line("M85 74V58M85 60L150 164M85 60L34 164", ROPE, 1.6)
        + body
        + door
        + line("M85 76V58", STEEL_DARK, 3)
    )


def family_tent(p: Paint) -> str:
    """A cabin with a pitched roof, a porch and windows."""
    roof = path("M44 62H140L188 104H16Z", p.light) + path("M92 62H140L188 104H120Z", p.base)
    walls = path("M16 104H120V164H24Z", p.base) + path("M120 104H188L180 164H120Z", p.dark)
    door = path("M48 164V112H92V164Z", p.deep) + path(
        "M48 112H62Q62 142 54 164H48ZM92 112H78Q78 142 86 164H92Z", p.pale
    )
    window = box(136, 116, 34, 24, 4, mix(p.pale, "#c9dde3", 0.6)) + line("M153 116V140M136 128H170", p.dark, 1.6)
    return shadow(90) + line("M16 104L4 166M188 104L197 166", ROPE, 1.6) + walls + roof + door + window


def popup_tent(p: Paint) -> str:
    """A low shell sprung on one hoop."""
    body = path("M20 164C26 96 74 72 108 74C148 78 172 118 180 164Z", p.base)
    back = path("M108 74C148 78 172 118 180 164H112C126 132 124 96 108 74Z", p.dark)
    door = path("M42 164C46 118 70 96 94 96C108 116 108 142 100 164Z", p.deep)
    hoop = line("M42 164C46 118 70 96 94 96C108 116 108 142 100 164", p.pale, 3)
    return (
        shadow(82)
        + line("M30 128L10 165M172 130L190 165", ROPE, 1.6)
        + body
        + back
        + door
        + path("M42 164C46 118 70 96 94 96C74 112 66 138 66 164Z", p.light)
        + hoop
    )


def winter_tent(p: Paint) -> str:
    """Four crossing poles and a snow skirt."""
    body = path("M26 160Q40 62 100 58Q160 62 174 160Z", p.base) + path(
        "M100 58Q160 62 174 160H132Q130 92 100 58Z", p.dark
    )
    poles = line("M26 160Q64 78 126 62M174 160Q136 78 74 62M60 160Q76 90 100 58Q124 90 140 160", p.pale, 2.4)
    skirt = path("M16 164Q100 148 184 164L178 170H22Z", PAPER)
    return shadow(84, 168) + body + path("M84 160Q92 122 100 106Q108 122 116 160Z", p.deep) + poles + skirt


def tarp(p: Paint) -> str:
    """A square of cloth on two poles."""
    poles = line("M44 164L52 78M160 164L150 70", WOOD_DARK, 4)
    ropes = line("M52 78L18 164M150 70L186 164", ROPE, 1.6)
    cloth = path("M52 78Q100 96 150 70L178 124Q104 146 26 128Z", p.base) + path(
        "M100 90Q126 86 150 70L178 124Q140 136 106 137Z", p.dark
    )
    return shadow(80) + ropes + poles + cloth + dashes("M101 91L106 136", p.pale)


def bell_tent(p: Paint) -> str:
    """A round tent with one pole, a rolled door and bunting."""
    roof = path("M100 44L176 122H24Z", p.base) + path("M100 44L176 122H120Z", p.dark)
    wall = path("M24 122H176L170 164H30Z", p.light) + path("M120 122H176L170 164H118Z", p.base)
    door = path("M78 164L88 100Q100 84 112 100L122 164Z", p.deep) + path("M78 164L88 100L92 164Z", p.pale)
    return (
        shadow(84)
        + line("M24 122L6 166M176 122L194 166M100 44V34", ROPE, 2)
        + roof
        + wall
        + door
        + path("M100 34L114 38L100 42Z", "#c5524a")
    )


def sleeping_bag(p: Paint) -> str:
    """A mummy bag with its hood open."""
    body = path("M68 62C66 30 134 30 132 62C150 84 142 132 128 162Q100 176 72 162C58 132 50 84 68 62Z", p.base)
    shade = path("M112 38Q131 44 132 62C150 84 142 132 128 162Q116 168 104 169C124 130 124 76 112 38Z", p.dark)
    quilting = line("M60 92Q100 106 140 92M60 114Q100 128 140 114M66 136Q100 150 134 136", p.dark, 2)
    hood = ellipse(100, 60, 22, 20, p.deep) + ellipse(100, 64, 17, 14, p.pale)
    return shadow(48, 170) + turned(
        8, body + shade + quilting + hood + dashes("M122 66Q132 110 120 164", p.pale, 2, "3 3")
    )


def kids_bag(p: Paint) -> str:
    """A mummy bag with ears and stars."""
    ears = circle(72, 40, 11, p.dark) + circle(128, 40, 11, p.dark)
    stars = "".join(
        circle(x, y, 3.4, p.pale) for x, y in ((80, 104), (112, 98), (96, 126), (122, 132), (78, 142), (104, 152))
    )
    body = path("M66 66C62 30 138 30 134 66C148 90 140 134 128 162Q100 174 72 162C60 134 52 90 66 66Z", p.base)
    return shadow(48, 170) + ears + body + ellipse(100, 62, 22, 19, p.deep) + ellipse(100, 66, 17, 13, p.pale) + stars


def double_bag(p: Paint) -> str:
    """A wide bag with one corner turned down."""
    body = box(42, 44, 116, 122, 14, p.base) + path("M100 44H144Q158 44 158 58V152Q158 166 144 166H100Z", p.dark)
    pillows = box(50, 50, 44, 24, 9, PAPER) + box(106, 50, 44, 24, 9, PAPER)
    return (
        shadow(64, 168)
        + body
        + pillows
        + path("M158 92L112 80Q104 84 112 90L158 128Z", p.pale)
        + dashes("M100 80V164", p.pale, 2)
    )


def quilt(p: Paint) -> str:
    """A light quilt with shaped chambers."""
    body = path("M54 46Q100 38 146 46L138 160Q100 172 62 160Z", p.base) + path(
        "M112 43Q130 43 146 46L138 160Q122 166 108 167Z", p.dark
    )
    chambers = line(
        "M55 70Q100 80 145 70M57 94Q100 104 143 94M59 118Q100 128 141 118M61 142Q100 152 139 142", p.pale, 2
    )
    return shadow(48, 170) + turned(-6, body + chambers)


def air_pad(p: Paint) -> str:
    """A pad of long tubes."""
    tubes = "".join(box(62, 40 + 15 * i, 76, 14, 7, p.base if i % 2 else p.light) for i in range(8))
    return shadow(50, 168) + turned(-8, box(58, 36, 84, 128, 16, p.dark) + tubes + circle(132, 158, 5, INK))


def foam_pad(p: Paint) -> str:
    """A pad folded into a zigzag."""

    def fold(number: int) -> str:
        low = 150 - 24 * number
        left, right = (low, low - 24) if number % 2 else (low - 24, low)
        tone = p.dark if number % 2 else p.base
        slab = path(f"M30 {left}L170 {right}V{right + 16}L30 {left + 16}Z", tone)
        return slab + "".join(
            circle(46 + 18 * i, left + (right - left) * (16 + 18 * i) / 140 + 8, 3, p.pale) for i in range(7)
        )

    return shadow(74, 164) + "".join(fold(number) for number in range(5))


def airbed(p: Paint) -> str:
    """A thick double bed with its pump."""
    top = path("M28 112L60 82H172L178 112Z", p.light)
    side = box(24, 110, 154, 42, 14, p.base) + line("M30 131H172", p.dark, 3)
    return (
        shadow(84, 158)
        + top
        + line("M68 110L90 84M106 110L116 84M142 110V84", p.base, 3)
        + side
        + box(140, 120, 26, 20, 6, INK)
        + circle(153, 130, 5, STEEL)
    )

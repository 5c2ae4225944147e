"""How kettles, mugs and coffee makers are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    INK,
    PAPER,
    SKY,
    SOOT,
    STEEL,
    STEEL_DARK,
    WOOD,
    WOOD_DARK,
    WOOD_LIGHT,
    Paint,
    box,
    circle,
    ellipse,
    flame,
    line,
    path,
    shadow,
    steam,
    turned,
)

COFFEE = "#5a3d2b"


def electric_kettle(p: Paint) -> str:
    """A rounded kettle on its base."""
    spout = path("M70 74L40 62Q46 84 66 100Z", p.base)
    body = path("M66 64H130Q146 110 144 154H54Q52 110 66 64Z", p.base) + path(
        "M116 64H130Q146 110 144 154H120Q128 108 116 64Z", p.dark
    )
    handle = line("M128 70Q172 68 166 110Q164 132 146 138", INK, 9)
    lid = path("M66 64Q98 44 130 64Z", p.light) + circle(98, 48, 6, INK)
    gauge = box(84, 96, 10, 40, 5, SKY) + box(84, 114, 10, 22, 5, "#8fb3c4")
    return (
        shadow(56, 168)
        + handle
        + spout
        + body
        + lid
        + gauge
        + box(50, 152, 98, 12, 5, INK)
        + circle(128, 146, 3, "#e8833a")
    )


def gooseneck_kettle(p: Paint) -> str:
    """A low kettle with a thin curved spout."""
    spout = line("M72 138Q46 136 48 106Q50 84 30 78", p.base, 8)
    body = path("M74 88H136L146 154H66Z", p.base) + path("M118 88H136L146 154H120Z", p.dark)
    handle = line("M132 92Q170 84 172 106Q172 116 162 140", INK, 8)
    lid = path("M78 88Q105 70 132 88Z", p.light) + box(100, 66, 10, 14, 4, WOOD)
    return (
        shadow(62, 168) + spout + handle + body + lid + box(60, 152, 92, 12, 5, INK) + box(84, 155, 22, 6, 2, "#8fd0b0")
    )


def whistling_kettle(p: Paint) -> str:
    """A squat enamel kettle with a whistle and a bow handle."""
    spout = path("M54 112L30 84L40 76L70 98Z", p.base) + turned(-40, box(26, 72, 16, 13, 3, STEEL_DARK), 34, 78)
    body = path("M44 150Q40 86 100 84Q160 86 156 150Q156 162 144 162H56Q44 162 44 150Z", p.base) + path(
        "M122 87Q160 96 156 150Q156 162 144 162H120Q140 124 122 87Z", p.dark
    )
    handle = line("M62 96Q56 46 100 44Q144 46 138 96", STEEL_DARK, 5) + line("M78 52Q100 38 122 52", WOOD_DARK, 11)
    return (
        shadow(60, 166)
        + spout
        + handle
        + body
        + path("M78 88Q100 72 122 88Z", p.light)
        + circle(100, 76, 6, WOOD_DARK)
        + line("M60 126Q62 104 80 98", p.pale, 4)
        + steam(30, 62)
    )


def billy_kettle(p: Paint) -> str:
    """A wide camp kettle over a small fire."""
    body = path("M46 84H144L152 132Q152 138 144 138H50Q42 138 42 132Z", p.base) + path(
        "M122 84H144L152 132Q152 138 144 138H120Q128 110 122 84Z", p.dark
    )
    spout = path("M48 118L26 96L34 90L54 104Z", p.dark)
    lid = path("M54 84Q96 64 138 84Z", p.light) + circle(96, 70, 5, WOOD_DARK)
    fire = (
        line("M58 164L140 150M58 150L140 164", WOOD_DARK, 8)
        + flame(80, 154, 0.6)
        + flame(100, 154, 0.8)
        + flame(120, 154, 0.6)
    )
    return shadow(60, 168) + fire + spout + line("M52 92Q48 34 96 34Q144 34 142 92", STEEL_DARK, 4) + body + lid


def glass_kettle(p: Paint) -> str:
    """A clear kettle with bubbles and a blue ring."""
    body = path("M64 66H132L144 150H54Z", "#e3eff1") + path("M59 108H138L144 150H54Z", "#b7d7de")
    bubbles = "".join(
        circle(x, y, r, "#eef8fa")
        for x, y, r in ((80, 132, 4), (100, 120, 3), (116, 138, 5), (92, 142, 3), (126, 122, 3))
    )
    handle = line("M130 72Q172 70 166 110Q162 132 144 138", INK, 9)
    return (
        shadow(56, 168)
        + handle
        + path("M68 74L42 62Q48 80 66 92Z", p.base)
        + body
        + bubbles
        + box(60, 58, 76, 11, 5, p.base)
        + circle(98, 54, 6, INK)
        + box(50, 148, 98, 15, 5, p.dark)
        + box(56, 148, 86, 4, 2, "#5bb5d6")
        + line("M74 78L68 132", "#ffffff", 4)
    )


def stoneware_mug(p: Paint) -> str:
    """A speckled hand-thrown mug."""
    body = path("M56 74H128L124 146Q122 162 106 162H78Q62 162 60 146Z", p.base) + path(
        "M108 74H128L124 146Q122 162 106 162H98Q112 120 108 74Z", p.dark
    )
    handle = line("M126 92Q164 84 162 112Q160 138 122 138", p.base, 11)
    foot = path("M61 146H123Q122 162 106 162H78Q62 162 61 146Z", WOOD_LIGHT)
    specks = "".join(
        circle(x, y, r, p.deep)
        for x, y, r in (
            (70, 90, 1.6),
            (82, 104, 1.2),
            (76, 122, 1.8),
            (96, 92, 1.4),
            (92, 130, 1.2),
            (104, 112, 1.6),
            (112, 96, 1.2),
            (86, 86, 1),
            (110, 132, 1.4),
        )
    )
    return (
        shadow(48)
        + handle
        + body
        + foot
        + specks
        + ellipse(92, 74, 36, 8, COFFEE)
        + line("M56 74A36 8 0 0 1 128 74", p.light, 3)
        + steam(92, 62)
    )


def enamel_mug(p: Paint) -> str:
    """A straight enamel mug with a fern leaf."""
    body = path("M54 72H130V150Q130 162 118 162H66Q54 162 54 150Z", p.base) + path(
        "M108 72H130V150Q130 162 118 162H102Q112 120 108 72Z", p.dark
    )
    fern = line("M86 148V98", p.pale, 2.4) + line(
        "M86 142q-10-2-13-9M86 142q10-2 13-9M86 130q-10-2-12-8M86 130q10-2 12-8"
        "M86 118q-8-2-9-7M86 118q8-2 9-7M86 107q-5-2-6-5M86 107q5-2 6-5",
        p.pale,
        2.4,
    )
    return (
        shadow(48)
        + line("M130 88Q166 86 164 114Q162 138 130 136", p.base, 8)
        + body
        + fern
        + ellipse(92, 72, 38, 8, p.deep)
        + line("M54 72A38 8 0 0 0 130 72", INK, 3)
    )


def travel_mug(p: Paint) -> str:
    """A tapered mug with a lid and a grip."""
    body = path("M70 66H130L122 154Q121 164 112 164H88Q79 164 78 154Z", p.base) + path(
        "M112 66H130L122 154Q121 164 112 164H104Q114 116 112 66Z", p.dark
    )
    lid = box(64, 46, 72, 20, 8, INK) + box(78, 38, 44, 12, 6, SOOT)
    return (
        shadow(38)
        + body
        + lid
        + path("M73 98H127L125 128H75Z", p.deep)
        + line("M82 76L86 92", p.pale, 4)
        + steam(112, 34)
    )


def espresso_cups(p: Paint) -> str:
    """Two small cups."""

    def cup(x: float, y: float) -> str:
        body = path(f"M{x} {y}h56q0 34-16 44h-24q-16-10-16-44z", p.base) + path(
            f"M{x + 40} {y}h16q0 34-16 44h-10q10-20 10-44z", p.dark
        )
        return (
            line(f"M{x + 54} {y + 8}q22-2 18 12q-4 10-22 10", p.base, 6)
            + body
            + ellipse(x + 28, y, 28, 6, COFFEE)
            + line(f"M{x} {y}a28 6 0 0 1 56 0", p.light, 3)
        )

    return shadow(66, 164) + cup(92, 84) + cup(36, 116)


def dripper(p: Paint) -> str:
    """A porcelain cone on a glass jug."""
    cone = (
        path("M62 48H138L112 92H88Z", p.base)
        + path("M118 48H138L112 92H102Z", p.dark)
        + line("M78 52L92 88M92 52L97 88M108 52L103 88", p.light, 2)
        + ellipse(100, 48, 38, 7, COFFEE)
        + box(76, 90, 48, 7, 3, p.dark)
    )
    jug = path("M84 97H116L140 148Q142 164 126 164H74Q58 164 60 148Z", "#dcebee") + path(
        "M68 132H132L140 148Q142 164 126 164H74Q58 164 60 148Z", COFFEE
    )
    return (
        shadow(50, 168)
        + line("M138 56Q162 60 152 82", p.base, 7)
        + jug
        + box(80, 98, 40, 14, 5, WOOD)
        + cone
        + line("M78 122L70 146", "#ffffff", 4)
    )


def espresso_press(p: Paint) -> str:
    """A hand press over a cup."""
    body = (
        box(82, 62, 36, 72, 10, p.base)
        + box(104, 62, 14, 72, 8, p.deep)
        + box(76, 84, 48, 10, 4, STEEL)
        + box(86, 132, 28, 10, 4, STEEL_DARK)
    )
    pump = box(94, 36, 12, 28, 4, STEEL) + box(74, 28, 52, 12, 6, p.dark)
    cup = path("M72 146H128Q126 166 110 168H90Q74 166 72 146Z", PAPER) + ellipse(100, 147, 28, 4, COFFEE)
    return shadow(42, 170) + pump + body + line("M100 142V148", COFFEE, 3) + cup


def moka_pot(p: Paint) -> str:
    """An eight-sided pot in two halves."""
    top = (
        path("M70 56H126L134 102H66Z", p.base)
        + path("M106 56H126L134 102H110Z", p.dark)
        + path("M70 60L50 58L68 76Z", p.base)
    )
    base = (
        path("M66 110H134L144 162H56Z", p.light)
        + path("M110 110H134L144 162H112Z", p.dark)
        + line("M88 112L84 162M88 58L86 102", p.pale, 2.4)
    )
    return (
        shadow(50)
        + line("M130 62L160 66L152 112", INK, 9)
        + base
        + top
        + box(64, 101, 72, 10, 3, p.deep)
        + path("M68 56L98 42L128 56Z", p.light)
        + box(94, 30, 9, 14, 4, WOOD_DARK)
        + circle(74, 138, 4, "#c5a055")
    )


def french_press(p: Paint) -> str:
    """A double-walled press."""
    body = box(64, 62, 66, 102, 10, p.base) + box(106, 62, 24, 102, 10, p.dark)
    lid = path("M62 62Q97 42 132 62Z", p.light) + line("M97 50V26", STEEL_DARK, 4) + circle(97, 24, 7, INK)
    return (
        shadow(46)
        + line("M130 76Q166 74 164 112Q162 146 130 148", INK, 9)
        + path("M66 62L46 66L66 80Z", p.base)
        + body
        + lid
        + line("M74 76V148", p.pale, 4)
        + box(64, 86, 66, 4, 0, p.deep)
    )

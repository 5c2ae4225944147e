"""How lamps, candles and baskets are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    GLOW,
    INK,
    PAPER,
    STEEL_DARK,
    WOOD,
    WOOD_DARK,
    WOOD_LIGHT,
    Paint,
    box,
    circle,
    dashes,
    ellipse,
    flame,
    line,
    mix,
    path,
    shadow,
    turned,
)


def table_lamp(p: Paint) -> str:
    """A mushroom lamp that shines downwards."""
    light = f'<path d="M52 98L34 162H166L148 98Z" fill="{GLOW}" opacity=".6"/>'
    foot = (
        path("M90 98H110L114 146H86Z", p.dark) + ellipse(100, 154, 34, 10, p.base) + ellipse(100, 150, 34, 9, p.light)
    )
    cap = (
        path("M38 102Q40 44 100 42Q160 44 162 102Q100 116 38 102Z", p.base)
        + path("M120 45Q160 56 162 102Q146 106 128 108Q142 74 120 45Z", p.dark)
        + line("M58 88Q62 62 84 54", p.pale, 4)
    )
    return light + shadow(46) + foot + cap


def floor_lamp(p: Paint) -> str:
    """A tall arched lamp with a linen shade."""
    light = f'<path d="M96 84L70 164H166L140 84Z" fill="{GLOW}" opacity=".5"/>'
    stem = line("M62 164V64Q62 30 92 30Q116 30 118 48", p.base, 5) + ellipse(62, 165, 26, 6, p.dark)
    shade = (
        path("M100 48H136L148 86H88Z", PAPER)
        + path("M122 48H136L148 86H124Z", "#e9e0cc")
        + line("M118 86V106", STEEL_DARK, 1.8)
        + circle(118, 108, 3, WOOD)
    )
    return light + shadow(34, 168, 62) + stem + shade


def clip_lamp(p: Paint) -> str:
    """A bendy lamp biting a shelf."""
    light = f'<path d="M60 92L22 156H104L94 82Z" fill="{GLOW}" opacity=".6"/>'
    shelf = box(90, 136, 96, 14, 3, WOOD) + box(90, 146, 96, 5, 2, WOOD_DARK)
    clip = box(126, 116, 30, 22, 5, p.dark) + box(126, 150, 30, 12, 4, p.dark) + box(152, 116, 10, 46, 4, p.deep)
    return (
        light
        + shelf
        + line("M142 116Q146 52 108 56Q92 58 86 70", STEEL_DARK, 6)
        + clip
        + path("M62 96Q58 62 88 58Q104 66 98 84Z", p.base)
        + path("M62 96Q80 96 98 84L96 90Q80 102 62 96Z", p.light)
    )


def pendant(p: Paint) -> str:
    """A paper globe on its cable."""
    light = f'<circle cx="100" cy="106" r="76" fill="{GLOW}" opacity=".35"/>'
    globe = ellipse(100, 106, 58, 54, mix(p.base, GLOW, 0.2)) + path(
        "M122 56Q158 74 158 106Q158 138 122 156Q144 106 122 56Z", "#e8dfc8"
    )
    ribs = line(
        "M52 78Q100 90 148 78M44 96Q100 108 156 96M44 116Q100 126 156 116M52 136Q100 146 148 136", WOOD_LIGHT, 1.8
    )
    return light + line("M100 0V52", INK, 2.4) + globe + ribs + box(88, 48, 24, 8, 3, WOOD_DARK)


def jar_candle(p: Paint) -> str:
    """A candle in a glass with a label."""
    glass = (
        path("M60 74H140V152Q140 164 128 164H72Q60 164 60 152Z", mix(p.pale, "#ffffff", 0.3))
        + path("M64 94H136V150Q136 160 126 160H74Q64 160 64 150Z", p.base)
        + path("M118 94H136V150Q136 160 126 160H112Q122 126 118 94Z", p.dark)
    )
    label = box(78, 110, 44, 34, 4, PAPER) + line("M86 122H114M90 132H110", p.deep, 2)
    return (
        shadow(44)
        + glass
        + ellipse(100, 94, 36, 6, p.light)
        + line("M100 94V84", INK, 2.4)
        + flame(100, 86, 1)
        + label
        + line("M68 82V150", PAPER, 3)
    )


def dinner_candles(p: Paint) -> str:
    """Three tall candles in holders."""

    def one(x: float, top: float) -> str:
        stick = path(f"M{x - 7} {top}H{x + 7}L{x + 9} 146H{x - 9}Z", "#e6b95c") + path(
            f"M{x + 2} {top}H{x + 7}L{x + 9} 146H{x + 3}Z", "#c8963d"
        )
        return (
            stick
            + line(f"M{x} {top}V{top - 7}", INK, 2)
            + flame(x, top - 4, 0.75)
            + path(f"M{x - 18} 158H{x + 18}L{x + 12} 146H{x - 12}Z", WOOD_DARK)
        )

    return shadow(66, 162) + one(58, 84) + one(100, 62) + one(142, 92)


def bucket_candle(p: Paint) -> str:
    """A zinc bucket with three wicks."""
    body = (
        path("M52 86H148L138 160H62Z", p.base)
        + path("M122 86H148L138 160H116Z", p.dark)
        + line("M56 112H144M59 138H141", p.light, 2)
    )
    flames = flame(78, 80, 0.75) + flame(100, 82, 0.9) + flame(122, 80, 0.75)
    return (
        shadow(50)
        + line("M52 90Q48 40 100 38Q152 40 148 90", STEEL_DARK, 3)
        + body
        + ellipse(100, 86, 48, 9, "#f3e7bf")
        + flames
    )


def log_basket(p: Paint) -> str:
    """A woven basket full of logs."""
    logs = "".join(
        circle(x, y, 17, WOOD_DARK) + circle(x, y, 13, WOOD_LIGHT) + circle(x, y, 6, WOOD)
        for x, y in ((70, 80), (104, 72), (136, 82))
    )
    body = path("M40 92H160L148 164H52Z", p.base) + path("M128 92H160L148 164H122Z", p.dark)
    weave = dashes("M42 104H158M44 116H156M46 128H154M48 140H152M50 152H150", p.deep, 3, "9 7")
    return (
        shadow(60, 167)
        + line("M52 94Q54 40 100 40Q146 40 148 94", p.dark, 6)
        + logs
        + body
        + weave
        + box(36, 86, 128, 11, 5, p.light)
    )


def felt_basket(p: Paint) -> str:
    """A soft basket with wool and a book in it."""
    things = (
        circle(78, 74, 22, "#c5524a")
        + line("M60 70Q78 58 96 72M62 82Q80 70 96 82", "#e08f86", 2)
        + turned(12, box(106, 48, 30, 44, 2, "#5b8bb5") + box(110, 52, 4, 40, 0, PAPER), 120, 70)
    )
    body = path("M44 82H156L150 156Q149 164 140 164H60Q51 164 50 156Z", p.base) + path(
        "M124 82H156L150 156Q149 164 140 164H116Q128 124 124 82Z", p.dark
    )
    return (
        shadow(56, 167)
        + things
        + body
        + path("M44 82H156L155 98H45Z", p.light)
        + line("M66 112Q66 128 76 128Q86 128 86 112", p.deep, 5)
        + dashes("M46 98H154", p.deep)
    )

"""How jackets, layers, trousers, hats and gloves are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    PAPER,
    WOOD,
    WOOD_DARK,
    Paint,
    box,
    circle,
    dashes,
    ellipse,
    line,
    mirrored,
    moved,
    path,
    shadow,
)

_BODY = "M70 66L48 84L34 146L56 152L64 118V162H136V118L144 152L166 146L152 84L130 66Q100 82 70 66Z"
_RIGHT_SIDE = "M112 74Q122 72 130 66L152 84L166 146L144 152L136 118V162H112Z"


def _top(p: Paint, collar: str) -> str:
    """Body and sleeves of everything worn above the belt."""
    return (
        shadow(56, 168)
        + path(_BODY, p.base)
        + path(_RIGHT_SIDE, p.dark)
        + line("M64 118V100M136 118V100", p.deep, 2)
        + collar
    )


def rain_jacket(p: Paint) -> str:
    """A hooded shell with a covered zip."""
    hood = (
        path("M68 70Q62 30 100 28Q138 30 132 70Q100 86 68 70Z", p.base)
        + path("M78 66Q76 42 100 40Q124 42 122 66Q100 78 78 66Z", p.deep)
        + path("M112 30Q138 34 132 70Q126 73 119 75Q128 48 112 30Z", p.dark)
    )
    pockets = line("M74 124L86 140M126 124L114 140", p.deep, 3)
    drops = "".join(
        path(f"M{x} {y}q4 6 0 8q-4-2 0-8z", "#8fb3c4") for x, y in ((36, 50), (162, 58), (26, 92), (174, 96))
    )
    return (
        _top(p, hood)
        + line("M100 80V160", p.pale, 3)
        + pockets
        + line("M36 140L57 146M164 140L143 146", p.deep, 3)
        + drops
    )


def shell_jacket(p: Paint) -> str:
    """The rain jacket with taped chest zips and a storm collar."""
    return (
        rain_jacket(p)
        + line("M84 96V116M116 96V116", PAPER, 2.6)
        + path("M80 74Q100 84 120 74L118 90Q100 98 82 90Z", p.dark)
    )


def rain_suit(p: Paint) -> str:
    """A child's jacket above its dungarees."""
    trousers = (
        path("M72 112H128L134 164H108L100 134L92 164H66Z", p.deep)
        + path("M80 88H120V114H80Z", p.deep)
        + line("M84 90L80 76M116 90L120 76", p.deep, 5)
    )
    jacket = path("M78 50L52 68L40 108L58 114L68 92V122H132V92L142 114L160 108L148 68L122 50Z", p.base) + path(
        "M100 56H122L148 68L160 108L142 114L132 92V122H100Z", p.dark
    )
    hood = path("M76 54Q74 28 100 26Q126 28 124 54Q100 66 76 54Z", p.base) + path(
        "M84 51Q84 36 100 35Q116 36 116 51Q100 60 84 51Z", p.deep
    )
    return (
        shadow(44, 168)
        + trousers
        + jacket
        + hood
        + line("M100 62V120", PAPER, 2.6)
        + line("M66 152H94M106 152H133", PAPER, 2.6)
    )


def fleece(p: Paint) -> str:
    """A jacket with a stand-up collar and a chest pocket."""
    collar = path("M76 70Q74 46 82 44H118Q126 46 124 70Q100 84 76 70Z", p.light) + path(
        "M102 44H118Q126 46 124 70Q114 76 102 78Z", p.base
    )
    return (
        _top(p, collar)
        + line("M100 46V160", p.pale, 3)
        + line("M112 98H128", p.deep, 3)
        + line("M72 126L84 142M128 126L116 142", p.deep, 3)
        + circle(100, 52, 3, PAPER)
    )


def pile_fleece(p: Paint) -> str:
    """A deep-pile jacket with contrasting pocket."""
    tufts = "".join(
        line(f"M{x} {y}q3 -5 6 0", p.pale, 2)
        for x, y in (
            (72, 92),
            (84, 106),
            (72, 130),
            (84, 148),
            (48, 110),
            (42, 134),
            (116, 132),
            (118, 150),
            (148, 106),
            (152, 132),
            (112, 88),
        )
    )
    return fleece(p) + tufts + box(110, 96, 22, 22, 3, WOOD_DARK) + line("M110 103H132", PAPER, 2)


def hoody(p: Paint) -> str:
    """A close-fitting grid fleece with a hood."""
    hood = path("M72 70Q66 34 100 32Q134 34 128 70Q100 84 72 70Z", p.light) + path(
        "M82 66Q80 46 100 44Q120 46 118 66Q100 76 82 66Z", p.deep
    )
    grid = dashes(
        "M66 96H134M66 112H134M66 128H134M66 144H134M78 84V160M90 84V160M110 84V160M122 84V160", p.light, 1.4, "2 3"
    )
    return _top(p, "") + grid + hood + line("M100 78V130", p.pale, 3)


def puffer(p: Paint) -> str:
    """A down jacket in sewn-through chambers."""
    chambers = line(
        "M62 92H138M64 108H136M64 124H136M64 140H136"
        "M45 100L62 106M41 116L60 121M37 132L57 137M155 100L138 106M159 116L140 121M163 132L143 137",
        p.deep,
        2.6,
    )
    hood = path("M70 70Q64 32 100 30Q136 32 130 70Q100 86 70 70Z", p.light) + path(
        "M80 67Q78 44 100 42Q122 44 120 67Q100 78 80 67Z", p.deep
    )
    return _top(p, "") + chambers + hood + line("M100 80V160", PAPER, 3)


def gilet(p: Paint) -> str:
    """A quilted vest."""
    body = path("M74 56L56 66Q66 96 62 162H138Q134 96 144 66L126 56Q100 74 74 56Z", p.base) + path(
        "M108 66Q118 63 126 56L144 66Q134 96 138 162H108Z", p.dark
    )
    quilting = line(
        "M66 92L98 116M64 116L98 140M63 140L90 160M134 92L102 116M136 116L102 140M137 140L110 160", p.light, 2
    )
    buttons = "".join(circle(100, y, 2.8, "#c5a055") for y in (84, 102, 120, 138, 154))
    return (
        shadow(46, 168)
        + body
        + quilting
        + path("M74 56Q100 80 126 56L120 48Q100 60 80 48Z", p.deep)
        + line("M100 72V162", p.deep, 2)
        + buttons
        + box(70, 126, 20, 14, 3, p.dark)
        + box(110, 126, 20, 14, 3, p.deep)
    )


def base_layer(p: Paint) -> str:
    """A long-sleeved top with flat seams."""
    neck = path("M80 69Q100 92 120 69Q100 78 80 69Z", p.deep)
    return (
        _top(p, neck)
        + dashes("M70 68Q76 96 64 118M130 68Q124 96 136 118", p.pale, 2, "3 3")
        + line("M66 156H134", p.deep, 2)
        + line("M37 138L57 144M163 138L143 144", p.deep, 2)
    )


def tee(p: Paint) -> str:
    """A short-sleeved shirt."""
    body = path("M72 58L38 80L50 110L66 102V162H134V102L150 110L162 80L128 58Q100 78 72 58Z", p.base) + path(
        "M112 66Q120 64 128 58L162 80L150 110L134 102V162H112Z", p.dark
    )
    return (
        shadow(46, 168)
        + body
        + path("M78 61Q100 86 122 61Q100 74 78 61Z", p.deep)
        + dashes("M44 96L58 104M156 96L142 104M66 155H134", p.pale, 2, "3 3")
    )


def leggings(p: Paint) -> str:
    """Close-fitting leggings."""
    legs = path("M70 34H130L128 90L120 166H104L100 84L96 166H80L72 90Z", p.base) + path(
        "M100 34H130L128 90L120 166H104L100 84Z", p.dark
    )
    return (
        shadow(38, 170)
        + legs
        + box(68, 32, 64, 14, 4, p.deep)
        + dashes("M78 50L86 162M122 50L114 162", p.pale, 1.8, "3 3")
    )


def trousers(p: Paint) -> str:
    """Walking trousers with a thigh pocket."""
    legs = path("M66 34H134L142 164H108L100 86L92 164H58Z", p.base) + path("M100 34H134L142 164H108L100 86Z", p.dark)
    details = (
        box(66, 32, 68, 12, 3, p.deep)
        + box(94, 32, 12, 12, 2, "#c5a055")
        + line("M72 46Q76 60 68 66M128 46Q124 60 132 66", p.deep, 2.6)
        + box(118, 88, 18, 26, 3, p.deep)
        + line("M120 94H134", p.pale, 2)
    )
    return shadow(50, 168) + legs + details + line("M64 118Q76 122 90 118M110 118Q124 122 138 118", p.deep, 2)


def zip_off(p: Paint) -> str:
    """Trousers with a zip round each leg."""
    return (
        trousers(p)
        + dashes("M62 104H94M106 104H139", PAPER, 3.4, "2 2")
        + circle(90, 104, 3.4, "#c5524a")
        + circle(110, 104, 3.4, "#5b8bb5")
    )


def beanie(p: Paint) -> str:
    """A ribbed hat with a turned cuff."""
    dome = path("M46 122Q44 54 100 52Q156 54 154 122Z", p.base) + path(
        "M116 54Q156 62 154 122H122Q130 84 116 54Z", p.dark
    )
    ribs = line("M66 116Q66 78 84 58M84 118Q84 80 94 56M116 118Q116 80 106 56M134 116Q134 78 116 58", p.light, 2.4)
    cuff = box(38, 114, 124, 36, 12, p.light) + line("".join(f"M{x} 119V145" for x in range(52, 152, 12)), p.base, 3)
    return shadow(60, 158) + dome + ribs + cuff + box(122, 124, 22, 16, 2, PAPER)


def sun_hat(p: Paint) -> str:
    """A wide brim seen from a little above."""
    brim = ellipse(100, 124, 78, 26, p.base) + path(
        "M22 124A78 26 0 0 0 178 124Q160 140 100 140Q40 140 22 124Z", p.dark
    )
    crown = (
        path("M58 122Q58 62 100 60Q142 62 142 122Q100 138 58 122Z", p.light)
        + path("M118 64Q142 74 142 122Q130 127 116 129Q128 96 118 64Z", p.base)
        + path("M58 110Q100 126 142 110V122Q100 138 58 122Z", WOOD_DARK)
    )
    return shadow(70, 160) + brim + crown + line("M36 132Q60 176 100 164", WOOD, 2)


def gloves(p: Paint) -> str:
    """A pair of gloves, thumbs in."""
    hand = path(
        "M36 150V96Q34 90 36 62Q38 54 45 62L48 92L49 48Q53 40 59 48"
        "L61 90L64 46Q69 38 74 48L74 92L78 58Q83 50 87 60L88 108L96 92Q104 86 104 96Q102 118 90 132V150Z",
        p.base,
    )
    glove = (
        hand
        + path("M78 58Q83 50 87 60L88 108L96 92Q104 86 104 96Q102 118 90 132V150H76Z", p.dark)
        + box(32, 146, 62, 20, 5, p.deep)
    )
    return shadow(66, 170) + moved(-4, 0, glove) + mirrored(moved(-4, 0, glove))


def winter_gloves(p: Paint) -> str:
    """Thicker gloves with a woollen cuff."""
    wool = "".join(circle(x, 162, 6, PAPER) for x in (34, 46, 58, 70, 82, 118, 130, 142, 154, 166))
    return gloves(p) + wool

"""How blankets, cushions, rugs and towels are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    PAPER,
    STEEL_DARK,
    WOOD,
    WOOD_DARK,
    Paint,
    box,
    circle,
    dashes,
    ellipse,
    line,
    path,
    shadow,
)


def folded_blanket(p: Paint) -> str:
    """A folded blanket with a fringe and a stripe."""
    folds = box(36, 122, 128, 36, 14, p.dark) + box(36, 92, 128, 36, 14, p.base) + box(36, 62, 128, 36, 14, p.light)
    stripe = path("M116 62H134V158H116Z", p.pale) + path("M121 62H129V158H121Z", p.deep)
    fringe = line("".join(f"M{x} 158v9" for x in range(46, 160, 7)), p.base, 2.4)
    return shadow(72, 168) + fringe + folds + stripe + line("M40 98H160M40 128H160", p.deep, 1.6)


def throw(p: Paint) -> str:
    """A waffle throw hanging over a rail."""
    rail = line("M26 52H174", WOOD, 7) + circle(26, 52, 6, WOOD_DARK) + circle(174, 52, 6, WOOD_DARK)
    cloth = path("M52 48H148V152Q124 160 100 152Q76 146 52 154Z", p.base) + path(
        "M112 48H148V152Q130 158 112 155Z", p.dark
    )
    waffle = dashes(
        "M52 68H148M52 84H148M52 100H148M52 116H148M52 132H148M68 50V150M84 50V148M100 50V150M116 50V154M132 50V154",
        p.light,
        1.8,
        "5 3",
    )
    return shadow(56, 172) + rail + cloth + waffle + line("".join(f"M{x} 152v9" for x in range(56, 148, 8)), p.light, 2)


def mohair_throw(p: Paint) -> str:
    """A folded throw with brushed, hazy edges."""
    sides = "".join(
        f"M{x} {y}l{way} -4M{x} {y + 5}l{way} 4" for y in range(70, 158, 11) for x, way in ((39, -11), (161, 11))
    )
    hairs = "".join(f"M{x} {y}l3 -7l4 7" for y in (92, 122, 152) for x in range(50, 150, 16))
    return line(sides, p.base, 2) + folded_blanket(p) + line(hairs, p.pale, 1.6)


def picnic_blanket(p: Paint) -> str:
    """A rolled tartan blanket in a leather strap."""
    body = (
        box(28, 84, 130, 62, 30, p.base)
        + line("M58 84V146M98 84V146M138 84V146", p.deep, 6)
        + line("M34 104H152M34 126H152", p.pale, 4)
        + line("M68 84V146M108 84V146", p.pale, 1.6)
    )
    end = (
        circle(146, 115, 30, p.dark)
        + circle(146, 115, 21, p.light)
        + circle(146, 115, 12, p.dark)
        + circle(146, 115, 5, p.light)
    )
    return (
        shadow(72, 152)
        + line("M72 84Q76 48 92 48Q108 48 112 84", WOOD_DARK, 6)
        + body
        + end
        + box(64, 82, 12, 66, 3, WOOD_DARK)
        + box(106, 82, 12, 66, 3, WOOD_DARK)
    )


def cushion(p: Paint) -> str:
    """A plump square with a piped edge."""
    body = path("M42 52Q100 64 158 52Q148 108 158 164Q100 152 42 164Q52 108 42 52Z", p.base) + path(
        "M124 58Q142 56 158 52Q148 108 158 164Q140 160 120 158Q136 108 124 58Z", p.dark
    )
    return (
        shadow(64, 166)
        + body
        + line("M60 78Q70 88 66 104M84 72Q88 82 86 92", p.light, 3)
        + "".join(circle(100, y, 3, WOOD_DARK) for y in (92, 108, 124))
    )


def knit_cushion(p: Paint) -> str:
    """A cushion in thick cables."""
    cable = "".join(
        line(f"M{x} {y}q10 7 0 14q-10 -7 0 -14", p.dark, 3.4) for x in (74, 100, 126) for y in range(66, 142, 15)
    )
    body = path("M44 54Q100 64 156 54Q146 108 156 162Q100 152 44 162Q54 108 44 54Z", p.base)
    return shadow(62, 166) + body + line("M87 62V154M113 62V154M61 60V156M139 60V156", p.light, 3) + cable


def seat_pad(p: Paint) -> str:
    """A tufted square pad with ties, seen from above its front edge."""
    ties = line("M58 66L40 46M58 66L34 60M142 66L160 46M142 66L166 60", p.dark, 4)
    top = path("M56 64Q100 56 144 64Q160 100 168 132Q100 146 32 132Q40 100 56 64Z", p.base)
    edge = path("M32 132Q100 146 168 132L168 146Q100 162 32 146Z", p.dark)
    tufts = "".join(circle(x, y, 4, p.deep) for x, y in ((74, 84), (126, 84), (100, 98), (64, 116), (136, 116)))
    folds = line("M74 84L100 98L126 84M64 116L100 98L136 116", p.dark, 1.8)
    return shadow(70, 160) + ties + top + edge + folds + tufts


def bolster(p: Paint) -> str:
    """A velvet roll with piped ends."""
    body = box(32, 84, 130, 60, 28, p.base) + box(32, 116, 130, 28, 14, p.dark) + line("M52 94H138", p.light, 5)
    return (
        shadow(72, 150)
        + body
        + ellipse(152, 114, 17, 30, p.light)
        + ellipse(152, 114, 11, 21, p.base)
        + circle(152, 114, 4, "#c5a055")
    )


def jute_rug(p: Paint) -> str:
    """A braided rug with tassels, seen in perspective."""
    rug = path("M52 72H148L178 152H22Z", p.base)
    braids = line("M50 80H150M46 90H154M42 102H158M37 114H163M32 126H168M27 139H173", p.dark, 2.4) + dashes(
        "M48 85H152M44 96H156M40 108H160M35 120H165M30 132H170M25 146H175", p.light, 2.4, "6 5"
    )
    fringe = line("".join(f"M{x} 152v8" for x in range(26, 178, 8)), p.dark, 2.4) + line(
        "".join(f"M{x} 72v-6" for x in range(55, 148, 7)), p.dark, 2
    )
    return fringe + rug + braids


def wool_rug(p: Paint) -> str:
    """A thick rug with furrows, one corner turned."""
    rug = path("M50 66H150L180 150H20Z", p.base) + path("M20 150H180V160Q100 166 20 160Z", p.dark)
    furrows = line(
        "M46 78Q100 68 154 82M41 92Q100 80 159 98M36 108Q100 94 165 114M30 124Q100 108 170 131M25 140Q100 124 176 146",
        p.dark,
        3,
    )
    corner = path("M180 150L150 150Q160 134 172 129Z", p.pale)
    return shadow(82, 164) + rug + furrows + corner


def runner(p: Paint) -> str:
    """A narrow patterned runner."""
    rug = path("M78 40H122L146 166H54Z", p.base) + line("M74 60H126M69 86H131M64 114H136M58 142H142", p.pale, 4)
    rhombs = "".join(
        path(f"M100 {y}l{w} {h}l{-w} {h}l{-w} {-h}z", p.deep)
        for y, w, h in ((46, 9, 5), (66, 11, 7), (92, 13, 8), (120, 16, 8), (147, 18, 7))
    )
    return shadow(50, 170) + rug + rhombs + line("M78 40L54 166M122 40L146 166", p.dark, 4)


def towel_stack(p: Paint) -> str:
    """Three folded bath towels."""

    def fold(y: float, tone: str) -> str:
        return box(44, y, 112, 32, 14, tone) + box(44, y + 20, 112, 4, 0, p.pale)

    roll = circle(142, 54, 20, p.light) + circle(142, 54, 13, p.base) + circle(142, 54, 6, p.light)
    return (
        shadow(62, 166)
        + box(60, 34, 84, 40, 20, p.dark)
        + roll
        + fold(134, p.dark)
        + fold(102, p.base)
        + fold(70, p.light)
    )


def travel_towel(p: Paint) -> str:
    """A thin towel hanging from a carabiner."""
    cloth = path("M62 56Q100 70 138 56L150 156Q126 166 100 158Q74 152 50 160Z", p.base) + path(
        "M112 62Q126 60 138 56L150 156Q132 162 114 161Z", p.dark
    )
    clip = line("M100 30Q90 30 90 42V52Q90 60 100 60Q110 60 110 52V42Q110 30 100 30", STEEL_DARK, 4.4)
    return (
        shadow(50, 172)
        + cloth
        + clip
        + line("M55 138Q76 132 100 140Q126 148 148 140", p.pale, 4)
        + box(118, 120, 18, 14, 2, PAPER)
    )


def hamam_towel(p: Paint) -> str:
    """A striped flat-weave with knotted fringes."""
    rail = line("M28 50H172", WOOD, 6)
    cloth = (
        path("M54 46H146V150H54Z", p.base)
        + line("M54 66H146M54 74H146M54 124H146M54 132H146", PAPER, 4)
        + path("M116 46H146V150H116Z", p.deep).replace("/>", ' opacity=".18"/>')
    )
    fringe = line("".join(f"M{x} 150v12" for x in range(58, 146, 9)), p.dark, 3) + "".join(
        circle(x, 156, 2.6, p.dark) for x in range(58, 146, 9)
    )
    return shadow(50, 174) + rail + cloth + fringe

"""How blankets, cushions, rugs, lamps, candles, towels and baskets are drawn."""

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


def folded_blanket(p: Paint) -> str:
    """A folded blanket with a fringe and a stripe."""
    folds = box(36, 122, 128, 36, 14, p.dark) + box(36, 92, 128, 36, 14, p.base) + box(36, 62, 128, 36, 14, p.light)
    stripe = path("M116 62H134V158H116Z", p.pale) + path("M121 62H129V158H121Z", p.deep)
    fringe = line("".join(f"M{x} 158v9" for x in range(46, 160, 7)), p.base, 2.4)
    return shadow(72, 168) + fringe + folds + stripe + line("M40 98H160M40 128H160", p.deep, 1.6)


def throw(p: Paint) -> str:
    """A waffle throw hanging over a rail."""
    rail = line("M26 52H174", WOOD, 7) + circle(26, 52, 6, WOOD_DARK) + circle(174, 52, 6, WOOD_DARK)
    cloth = path("M52 48H148V152Q124 160 100 152Q76 146 52 154Z", p.base) + path("M112 48H148V152Q130 158 112 155Z", p.dark)
    waffle = dashes("M52 68H148M52 84H148M52 100H148M52 116H148M52 132H148M68 50V150M84 50V148M100 50V150M116 50V154M132 50V154", p.light, 1.8, "5 3")
    return shadow(56, 172) + rail + cloth + waffle + line("".join(f"M{x} 152v9" for x in range(56, 148, 8)), p.light, 2)


def mohair_throw(p: Paint) -> str:
    """A brushed throw with a hazy edge."""
    haze = "".join(circle(x, y, 9, p.pale) for x, y in ((38, 80), (36, 104), (38, 130), (162, 78), (164, 104), (162, 132), (60, 162), (90, 164), (120, 164), (146, 160)))
    return shadow(72, 170) + haze + folded_blanket(p)


def picnic_blanket(p: Paint) -> str:
    """A rolled tartan blanket in a leather strap."""
    body = box(28, 84, 130, 62, 30, p.base) + line("M58 84V146M98 84V146M138 84V146", p.deep, 6) + line("M34 104H152M34 126H152", p.pale, 4) + line("M68 84V146M108 84V146", p.pale, 1.6)
    end = circle(146, 115, 30, p.dark) + circle(146, 115, 21, p.light) + circle(146, 115, 12, p.dark) + circle(146, 115, 5, p.light)
    return shadow(72, 152) + line("M72 84Q76 48 92 48Q108 48 112 84", WOOD_DARK, 6) + body + end + box(64, 82, 12, 66, 3, WOOD_DARK) + box(106, 82, 12, 66, 3, WOOD_DARK)


def cushion(p: Paint) -> str:
    """A plump square with a piped edge."""
    body = path("M42 52Q100 64 158 52Q148 108 158 164Q100 152 42 164Q52 108 42 52Z", p.base) + path("M124 58Q142 56 158 52Q148 108 158 164Q140 160 120 158Q136 108 124 58Z", p.dark)
    return shadow(64, 166) + body + line("M60 78Q70 88 66 104M84 72Q88 82 86 92", p.light, 3) + "".join(circle(100, y, 3, WOOD_DARK) for y in (92, 108, 124))


def knit_cushion(p: Paint) -> str:
    """A cushion in thick cables."""
    cable = "".join(line(f"M{x} {y}q10 7 0 14q-10 -7 0 -14", p.dark, 3.4) for x in (74, 100, 126) for y in range(66, 142, 15))
    body = path("M44 54Q100 64 156 54Q146 108 156 162Q100 152 44 162Q54 108 44 54Z", p.base)
    return shadow(62, 166) + body + line("M87 62V154M113 62V154M61 60V156M139 60V156", p.light, 3) + cable


def seat_pad(p: Paint) -> str:
    """A tufted pad with ties."""
    top = path("M40 96Q100 70 160 96L152 128Q100 150 48 128Z", p.base) + path("M48 128Q100 150 152 128L153 142Q100 164 47 142Z", p.dark)
    tufts = "".join(circle(x, y, 3.6, p.deep) for x, y in ((80, 104), (120, 104), (100, 118), (72, 122), (128, 122), (100, 94)))
    return shadow(62, 162) + line("M46 98L24 84M46 98L28 108M154 98L176 84M154 98L172 108", p.dark, 4) + top + tufts


def bolster(p: Paint) -> str:
    """A velvet roll with piped ends."""
    body = box(32, 84, 130, 60, 28, p.base) + box(32, 116, 130, 28, 14, p.dark) + line("M52 94H138", p.light, 5)
    return shadow(72, 150) + body + ellipse(152, 114, 17, 30, p.light) + ellipse(152, 114, 11, 21, p.base) + circle(152, 114, 4, "#c5a055")


def jute_rug(p: Paint) -> str:
    """A braided rug with tassels, seen in perspective."""
    rug = path("M52 72H148L178 152H22Z", p.base)
    braids = line("M50 80H150M46 90H154M42 102H158M37 114H163M32 126H168M27 139H173", p.dark, 2.4) + dashes("M48 85H152M44 96H156M40 108H160M35 120H165M30 132H170M25 146H175", p.light, 2.4, "6 5")
    fringe = line("".join(f"M{x} 152v8" for x in range(26, 178, 8)), p.dark, 2.4) + line("".join(f"M{x} 72v-6" for x in range(55, 148, 7)), p.dark, 2)
    return fringe + rug + braids


def wool_rug(p: Paint) -> str:
    """A thick rug with furrows, one corner turned."""
    rug = path("M50 66H150L180 150H20Z", p.base) + path("M20 150H180V160Q100 166 20 160Z", p.dark)
    furrows = line("M46 78Q100 68 154 82M41 92Q100 80 159 98M36 108Q100 94 165 114M30 124Q100 108 170 131M25 140Q100 124 176 146", p.dark, 3)
    corner = path("M180 150L150 150Q160 134 172 129Z", p.pale)
    return shadow(82, 164) + rug + furrows + corner


def runner(p: Paint) -> str:
    """A narrow patterned runner."""
    rug = path("M78 40H122L146 166H54Z", p.base) + line("M74 60H126M69 86H131M64 114H136M58 142H142", p.pale, 4)
    rhombs = "".join(path(f"M100 {y}l{w} {h}l{-w} {h}l{-w} {-h}z", p.deep) for y, w, h in ((46, 9, 5), (66, 11, 7), (92, 13, 8), (120, 16, 8), (147, 18, 7)))
    return shadow(50, 170) + rug + rhombs + line("M78 40L54 166M122 40L146 166", p.dark, 4)


def table_lamp(p: Paint) -> str:
    """A mushroom lamp that shines downwards."""
    light = f'<path d="M52 98L34 162H166L148 98Z" fill="{GLOW}" opacity=".6"/>'
    foot = path("M90 98H110L114 146H86Z", p.dark) + ellipse(100, 154, 34, 10, p.base) + ellipse(100, 150, 34, 9, p.light)
    cap = path("M38 102Q40 44 100 42Q160 44 162 102Q100 116 38 102Z", p.base) + path("M120 45Q160 56 162 102Q146 106 128 108Q142 74 120 45Z", p.dark) + line("M58 88Q62 62 84 54", p.pale, 4)
    return light + shadow(46) + foot + cap


def floor_lamp(p: Paint) -> str:
    """A tall arched lamp with a linen shade."""
    light = f'<path d="M96 84L70 164H166L140 84Z" fill="{GLOW}" opacity=".5"/>'
    stem = line("M62 164V64Q62 30 92 30Q116 30 118 48", p.base, 5) + ellipse(62, 165, 26, 6, p.dark)
    shade = path("M100 48H136L148 86H88Z", PAPER) + path("M122 48H136L148 86H124Z", "#e9e0cc") + line("M118 86V106", STEEL_DARK, 1.8) + circle(118, 108, 3, WOOD)
    return light + shadow(34, 168, 62) + stem + shade


def clip_lamp(p: Paint) -> str:
    """A bendy lamp biting a shelf."""
    light = f'<path d="M60 92L22 156H104L94 82Z" fill="{GLOW}" opacity=".6"/>'
    shelf = box(90, 136, 96, 14, 3, WOOD) + box(90, 146, 96, 5, 2, WOOD_DARK)
    clip = box(126, 116, 30, 22, 5, p.dark) + box(126, 150, 30, 12, 4, p.dark) + box(152, 116, 10, 46, 4, p.deep)
    return light + shelf + line("M142 116Q146 52 108 56Q92 58 86 70", STEEL_DARK, 6) + clip + path("M62 96Q58 62 88 58Q104 66 98 84Z", p.base) + path("M62 96Q80 96 98 84L96 90Q80 102 62 96Z", p.light)


def pendant(p: Paint) -> str:
    """A paper globe on its cable."""
    light = f'<circle cx="100" cy="106" r="76" fill="{GLOW}" opacity=".35"/>'
    globe = ellipse(100, 106, 58, 54, mix(p.base, GLOW, 0.2)) + path("M122 56Q158 74 158 106Q158 138 122 156Q144 106 122 56Z", "#e8dfc8")
    ribs = line("M52 78Q100 90 148 78M44 96Q100 108 156 96M44 116Q100 126 156 116M52 136Q100 146 148 136", WOOD_LIGHT, 1.8)
    return light + line("M100 0V52", INK, 2.4) + globe + ribs + box(88, 48, 24, 8, 3, WOOD_DARK)


def jar_candle(p: Paint) -> str:
    """A candle in a glass with a label."""
    glass = path("M60 74H140V152Q140 164 128 164H72Q60 164 60 152Z", mix(p.pale, "#ffffff", 0.3)) + path("M64 94H136V150Q136 160 126 160H74Q64 160 64 150Z", p.base) + path("M118 94H136V150Q136 160 126 160H112Q122 126 118 94Z", p.dark)
    label = box(78, 110, 44, 34, 4, PAPER) + line("M86 122H114M90 132H110", p.deep, 2)
    return shadow(44) + glass + ellipse(100, 94, 36, 6, p.light) + line("M100 94V84", INK, 2.4) + flame(100, 86, 1) + label + line("M68 82V150", PAPER, 3)


def dinner_candles(p: Paint) -> str:
    """Three tall candles in holders."""
    def one(x: float, top: float) -> str:
        stick = path(f"M{x - 7} {top}H{x + 7}L{x + 9} 146H{x - 9}Z", "#e6b95c") + path(f"M{x + 2} {top}H{x + 7}L{x + 9} 146H{x + 3}Z", "#c8963d")
        return stick + line(f"M{x} {top}V{top - 7}", INK, 2) + flame(x, top - 4, 0.75) + path(f"M{x - 18} 158H{x + 18}L{x + 12} 146H{x - 12}Z", WOOD_DARK)

    return shadow(66, 162) + one(58, 84) + one(100, 62) + one(142, 92)


def bucket_candle(p: Paint) -> str:
    """A zinc bucket with three wicks."""
    body = path("M52 86H148L138 160H62Z", p.base) + path("M122 86H148L138 160H116Z", p.dark) + line("M56 112H144M59 138H141", p.light, 2)
    flames = flame(78, 80, 0.75) + flame(100, 82, 0.9) + flame(122, 80, 0.75)
    return shadow(50) + line("M52 90Q48 40 100 38Q152 40 148 90", STEEL_DARK, 3) + body + ellipse(100, 86, 48, 9, "#f3e7bf") + flames


def towel_stack(p: Paint) -> str:
    """Three folded bath towels."""
    def fold(y: float, tone: str) -> str:
        return box(44, y, 112, 32, 14, tone) + box(44, y + 20, 112, 4, 0, p.pale)

    roll = circle(142, 54, 20, p.light) + circle(142, 54, 13, p.base) + circle(142, 54, 6, p.light)
    return shadow(62, 166) + box(60, 34, 84, 40, 20, p.dark) + roll + fold(134, p.dark) + fold(102, p.base) + fold(70, p.light)


def travel_towel(p: Paint) -> str:
    """A thin towel hanging from a carabiner."""
    cloth = path("M62 56Q100 70 138 56L150 156Q126 166 100 158Q74 152 50 160Z", p.base) + path("M112 62Q126 60 138 56L150 156Q132 162 114 161Z", p.dark)
    clip = line("M100 30Q90 30 90 42V52Q90 60 100 60Q110 60 110 52V42Q110 30 100 30", STEEL_DARK, 4.4)
    return shadow(50, 172) + cloth + clip + line("M55 138Q76 132 100 140Q126 148 148 140", p.pale, 4) + box(118, 120, 18, 14, 2, PAPER)


def hamam_towel(p: Paint) -> str:
    """A striped flat-weave with knotted fringes."""
    rail = line("M28 50H172", WOOD, 6)
    cloth = path("M54 46H146V150H54Z", p.base) + line("M54 66H146M54 74H146M54 124H146M54 132H146", PAPER, 4) + path("M116 46H146V150H116Z", p.deep).replace("/>", ' opacity=".18"/>')
    fringe = line("".join(f"M{x} 150v12" for x in range(58, 146, 9)), p.dark, 3) + "".join(circle(x, 156, 2.6, p.dark) for x in range(58, 146, 9))
    return shadow(50, 174) + rail + cloth + fringe


def log_basket(p: Paint) -> str:
    """A woven basket full of logs."""
    logs = "".join(circle(x, y, 17, WOOD_DARK) + circle(x, y, 13, WOOD_LIGHT) + circle(x, y, 6, WOOD) for x, y in ((70, 80), (104, 72), (136, 82)))
    body = path("M40 92H160L148 164H52Z", p.base) + path("M128 92H160L148 164H122Z", p.dark)
    weave = dashes("M42 104H158M44 116H156M46 128H154M48 140H152M50 152H150", p.deep, 3, "9 7")
    return shadow(60, 167) + line("M52 94Q54 40 100 40Q146 40 148 94", p.dark, 6) + logs + body + weave + box(36, 86, 128, 11, 5, p.light)


def felt_basket(p: Paint) -> str:
    """A soft basket with wool and a book in it."""
    things = circle(78, 74, 22, "#c5524a") + line("M60 70Q78 58 96 72M62 82Q80 70 96 82", "#e08f86", 2) + turned(12, box(106, 48, 30, 44, 2, "#5b8bb5") + box(110, 52, 4, 40, 0, PAPER), 120, 70)
    body = path("M44 82H156L150 156Q149 164 140 164H60Q51 164 50 156Z", p.base) + path("M124 82H156L150 156Q149 164 140 164H116Q128 124 124 82Z", p.dark)
    return shadow(56, 167) + things + body + path("M44 82H156L155 98H45Z", p.light) + line("M66 112Q66 128 76 128Q86 128 86 112", p.deep, 5) + dashes("M46 98H154", p.deep)



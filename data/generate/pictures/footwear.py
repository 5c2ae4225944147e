"""How boots, shoes, slippers and socks are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    INK,
    PAPER,
    ROPE,
    SOOT,
    WOOD_DARK,
    Paint,
    circle,
    ellipse,
    line,
    moved,
    path,
    shadow,
)


def boot(p: Paint) -> str:
    """An ankle-high boot."""
    sole = path("M34 150H172V160Q172 166 166 166H120L112 160H98L92 166H42Q34 166 34 158Z", SOOT)
    upper = path("M48 60Q70 68 92 60Q96 92 112 104L156 120Q172 128 172 150H34Q36 128 48 112Q54 88 48 60Z", p.base)
    toe = path("M136 113L156 120Q172 128 172 150H134Q128 128 136 113Z", p.dark) + path(
        "M34 150Q36 128 48 112L64 118Q60 134 62 150Z", p.dark
    )
    collar = path("M46 56Q70 66 94 56L93 72Q70 80 49 72Z", p.deep)
    laces = line("M82 84L98 80M86 96L104 90M94 106L112 99M108 114L124 106", ROPE, 3.4)
    return shadow(76, 168) + sole + upper + toe + collar + laces


def high_boot(p: Paint) -> str:
    """A mountain boot with a tall shaft and a rand."""
    sole = path("M34 150H172V160Q172 166 166 166H124L116 160H98L92 166H42Q34 166 34 158Z", INK)
    upper = path("M50 36Q72 44 94 36Q96 84 112 98L156 116Q172 124 172 150H34Q36 124 50 106Q56 74 50 36Z", p.base)
    rand = path("M34 150Q35 142 38 136Q100 128 150 134Q170 138 172 150Z", SOOT) + path(
        "M48 32Q72 42 96 32L95 50Q72 58 51 50Z", p.deep
    )
    laces = line("M80 60L97 57M82 74L99 70M86 88L104 82M96 100L114 92M110 108L128 100", "#c5524a", 3.4)
    return shadow(76, 168) + sole + upper + rand + laces


def shoe(p: Paint) -> str:
    """A low shoe with a lugged sole."""
    sole = path("M26 146H176V156Q176 162 170 162H34Q26 162 26 154Z", PAPER) + path(
        "M26 154H176L172 166H160L156 160L150 166H138L134 160L128 166H116L112 160"
        "L106 166H94L90 160L84 166H72L68 160L62 166H50L46 160L40 166H32Z",
        SOOT,
    )
    upper = (
        path("M34 98Q50 108 66 96Q92 112 120 118Q170 122 176 148H26Q24 122 34 98Z", p.base)
        + path("M140 121Q172 126 176 148H132Q130 132 140 121Z", p.dark)
        + path("M34 98L26 148H58Q56 122 46 103Z", p.dark)
    )
    return (
        shadow(78, 168)
        + sole
        + upper
        + line("M74 106L66 122M88 112L80 128M102 116L96 132", PAPER, 3.4)
        + line("M62 142Q92 128 124 142", p.pale, 3)
    )


def slipper(p: Paint) -> str:
    """Two felt slippers."""
    one = (
        path("M22 46Q18 18 52 18Q96 20 128 40Q134 52 124 58H34Q24 58 22 46Z", p.base)
        + path("M20 54H128Q130 64 120 64H32Q22 64 20 54Z", WOOD_DARK)
        + ellipse(48, 25, 26, 8, p.deep)
        + path("M70 24Q104 28 128 42Q110 38 78 40Z", p.light)
    )
    return shadow(78, 166) + moved(40, 74, one, 0.95) + moved(18, 102, one)


def bootie(p: Paint) -> str:
    """A quilted down bootie."""
    upper = path("M56 50Q80 58 104 50L108 106Q160 112 166 150Q166 158 158 158H50Q42 158 44 148Q54 100 56 50Z", p.base)
    quilting = line(
        "M55 74Q80 82 105 74M53 98Q80 106 107 98M50 122Q80 132 116 108M48 142Q90 150 136 118M152 128L140 154", p.dark, 3
    )
    return (
        shadow(70, 166)
        + path("M42 150H168Q168 164 158 164H52Q42 164 42 150Z", SOOT)
        + upper
        + quilting
        + path("M52 42Q80 54 108 42L107 60Q80 68 54 60Z", p.pale)
    )


def socks(p: Paint) -> str:
    """A pair of crew socks."""
    one = path("M60 30H100V98Q100 106 108 112L140 138Q152 150 142 162Q132 170 118 162L70 130Q60 122 60 108Z", p.base)
    marks = (
        path("M60 30H100V50H60Z", p.dark)
        + path("M61 112Q72 106 80 114Q84 126 76 134L70 130Q60 122 61 112Z", p.dark)
        + path("M126 127L140 138Q152 150 142 162Q132 170 118 162L112 158Q124 148 126 127Z", p.dark)
    )
    ribs = line("M68 34V46M76 34V46M84 34V46M92 34V46", p.light, 2) + line("M60 62H100M60 70H100", p.pale, 3)
    return shadow(56, 170) + moved(18, -4, one + marks + ribs) + moved(-18, 4, one + marks + ribs)


def bed_socks(p: Paint) -> str:
    """Socks with a rolled, fluffy cuff."""
    cuffs = "".join(circle(x, y, 8, p.pale) for x, y in ((44, 40), (56, 37), (68, 37), (80, 40)))
    return socks(p) + cuffs + moved(36, -8, cuffs)

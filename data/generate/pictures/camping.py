"""How tents, bags, stoves, lamps and camp furniture are drawn."""

from __future__ import annotations

from data.generate.pictures.canvas import (
    FLAME,
    GLOW,
    INK,
    LEAF_DARK,
    PAPER,
    ROPE,
    SOOT,
    STEEL,
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
    mix,
    path,
    shadow,
    turned,
)


def dome_tent(p: Paint) -> str:
    """Two curved walls, an open door, guy lines."""
    walls = path("M30 164Q52 70 100 62Q148 70 170 164Z", p.base) + path("M100 62Q148 70 170 164H126Q124 100 100 62Z", p.dark)
    door = path("M70 164Q88 118 98 84Q112 120 116 164Z", p.deep) + path("M70 164Q80 140 98 84Q92 130 90 164Z", p.light)
    return shadow(80) + line("M30 164L14 166M170 164L186 166M62 96L20 165M138 96L180 165", ROPE, 1.6) + walls + door + dashes("M100 64Q124 100 126 162", p.pale)


def solo_tent(p: Paint) -> str:
    """Low, with one pole off the middle."""
    body = path("M22 164L78 76Q84 70 92 78L178 164Z", p.base) + path("M86 73Q90 74 92 78L178 164H112Z", p.dark)
    door = path("M52 164L82 92L92 164Z", p.deep) + path("M52 164L82 92L68 164Z", p.light)
    return shadow(82) + line("M85 74V58M85 60L150 164M85 60L34 164", ROPE, 1.6) + body + door + line("M85 76V58", STEEL_DARK, 3)


def family_tent(p: Paint) -> str:
    """A cabin with a porch and windows."""
    body = path("M18 164V110Q22 78 60 72H140Q178 78 182 110V164Z", p.base) + path("M60 72H140Q178 78 182 110V164H124V96Q96 84 60 72Z", p.dark)
    door = path("M38 164V112Q52 94 68 112V164Z", p.deep) + path("M38 164V112Q44 104 52 103Q50 140 46 164Z", p.light)
    windows = box(92, 106, 20, 22, 5, mix(p.pale, "#c9dde3", 0.6)) + box(138, 106, 28, 22, 5, mix(p.pale, "#c9dde3", 0.6))
    return shadow(88) + line("M18 130L6 166M182 130L194 166", ROPE, 1.6) + body + door + windows + line("M138 117H166M102 106V128M152 106V128", p.dark, 1.6)


def popup_tent(p: Paint) -> str:
    """A shell sprung on one hoop."""
    body = path("M22 164C24 70 150 50 178 164Z", p.base) + path("M100 164C120 120 118 92 100 78C140 72 168 110 178 164Z", p.dark)
    door = path("M46 164C50 118 72 100 96 96C110 118 108 146 100 164Z", p.deep)
    return shadow(80) + body + door + line("M46 164C50 118 72 100 96 96C110 118 108 146 100 164", p.pale, 3) + line("M22 164C24 70 150 50 178 164", p.light, 2.5)


def winter_tent(p: Paint) -> str:
    """Four crossing poles and a snow skirt."""
    body = path("M26 160Q40 62 100 58Q160 62 174 160Z", p.base) + path("M100 58Q160 62 174 160H132Q130 92 100 58Z", p.dark)
    poles = line("M26 160Q64 78 126 62M174 160Q136 78 74 62M60 160Q76 90 100 58Q124 90 140 160", p.pale, 2.4)
    skirt = path("M16 164Q100 148 184 164L178 170H22Z", PAPER)
    return shadow(84, 168) + body + path("M84 160Q92 122 100 106Q108 122 116 160Z", p.deep) + poles + skirt


def tarp(p: Paint) -> str:
    """A square of cloth on two poles."""
    poles = line("M44 164L52 78M160 164L150 70", WOOD_DARK, 4)
    ropes = line("M52 78L18 164M150 70L186 164", ROPE, 1.6)
    cloth = path("M52 78Q100 96 150 70L178 124Q104 146 26 128Z", p.base) + path("M100 90Q126 86 150 70L178 124Q140 136 106 137Z", p.dark)
    return shadow(80) + ropes + poles + cloth + dashes("M101 91L106 136", p.pale)


def bell_tent(p: Paint) -> str:
    """A round tent with one pole, a rolled door and bunting."""
    roof = path("M100 44L176 122H24Z", p.base) + path("M100 44L176 122H120Z", p.dark)
    wall = path("M24 122H176L170 164H30Z", p.light) + path("M120 122H176L170 164H118Z", p.base)
    door = path("M78 164L88 100Q100 84 112 100L122 164Z", p.deep) + path("M78 164L88 100L92 164Z", p.pale)
    return shadow(84) + line("M24 122L6 166M176 122L194 166M100 44V34", ROPE, 2) + roof + wall + door + path("M100 34L114 38L100 42Z", "#c5524a")


def sleeping_bag(p: Paint) -> str:
    """A mummy bag with its hood open."""
    body = path("M68 62C66 30 134 30 132 62C150 84 142 132 128 162Q100 176 72 162C58 132 50 84 68 62Z", p.base)
    shade = path("M112 38Q131 44 132 62C150 84 142 132 128 162Q116 168 104 169C124 130 124 76 112 38Z", p.dark)
    quilting = line("M60 92Q100 106 140 92M60 114Q100 128 140 114M66 136Q100 150 134 136", p.dark, 2)
    hood = ellipse(100, 60, 22, 20, p.deep) + ellipse(100, 64, 17, 14, p.pale)
    return shadow(48, 170) + turned(8, body + shade + quilting + hood + dashes("M122 66Q132 110 120 164", p.pale, 2, "3 3"))


def kids_bag(p: Paint) -> str:
    """A mummy bag with ears and stars."""
    ears = circle(72, 40, 11, p.dark) + circle(128, 40, 11, p.dark)
    stars = "".join(circle(x, y, 3.4, p.pale) for x, y in ((80, 104), (112, 98), (96, 126), (122, 132), (78, 142), (104, 152)))
    body = path("M66 66C62 30 138 30 134 66C148 90 140 134 128 162Q100 174 72 162C60 134 52 90 66 66Z", p.base)
    return shadow(48, 170) + ears + body + ellipse(100, 62, 22, 19, p.deep) + ellipse(100, 66, 17, 13, p.pale) + stars


def double_bag(p: Paint) -> str:
    """A wide bag with one corner turned down."""
    body = box(42, 44, 116, 122, 14, p.base) + path("M100 44H144Q158 44 158 58V152Q158 166 144 166H100Z", p.dark)
    pillows = box(50, 50, 44, 24, 9, PAPER) + box(106, 50, 44, 24, 9, PAPER)
    return shadow(64, 168) + body + pillows + path("M158 92L112 80Q104 84 112 90L158 128Z", p.pale) + dashes("M100 80V164", p.pale, 2)


def quilt(p: Paint) -> str:
    """A light quilt with shaped chambers."""
    body = path("M54 46Q100 38 146 46L138 160Q100 172 62 160Z", p.base) + path("M112 43Q130 43 146 46L138 160Q122 166 108 167Z", p.dark)
    chambers = line("M55 70Q100 80 145 70M57 94Q100 104 143 94M59 118Q100 128 141 118M61 142Q100 152 139 142", p.pale, 2)
    return shadow(48, 170) + turned(-6, body + chambers)


def air_pad(p: Paint) -> str:
    """A pad of long tubes."""
    tubes = "".join(box(62, 40 + 15 * i, 76, 14, 7, p.base if i % 2 else p.light) for i in range(8))
    return shadow(50, 168) + turned(-8, box(58, 36, 84, 128, 16, p.dark) + tubes + circle(132, 158, 5, INK))


def foam_pad(p: Paint) -> str:
    """A folded pad, seen from its zigzag side."""
    folds = "".join(path(f"M34 {150 - 22 * i}L166 {142 - 22 * i}L166 {128 - 22 * i}L34 {136 - 22 * i}Z", (p.base, p.dark, p.light)[i % 3]) for i in range(4))
    dimples = "".join(circle(52 + 20 * j, 141 - 22 * i - 1.2 * j, 3.2, p.pale) for i in range(4) for j in range(6))
    return shadow(72, 158) + folds + dimples


def airbed(p: Paint) -> str:
    """A thick double bed with its pump."""
    top = path("M28 112L60 82H172L178 112Z", p.light)
    side = box(24, 110, 154, 42, 14, p.base) + line("M30 131H172", p.dark, 3)
    return shadow(84, 158) + top + line("M68 110L90 84M106 110L116 84M142 110V84", p.base, 3) + side + box(140, 120, 26, 20, 6, INK) + circle(153, 130, 5, STEEL)


def pocket_stove(p: Paint) -> str:
    """A burner on a gas cartridge."""
    can = box(66, 112, 68, 50, 12, "#d9644a") + box(112, 112, 22, 50, 10, "#b94f39") + box(78, 104, 44, 10, 4, STEEL_DARK) + box(74, 128, 36, 16, 3, PAPER)
    burner = box(94, 84, 12, 22, 3, p.dark) + path("M84 84H116L110 74H90Z", p.base) + line("M90 76L72 62M110 76L128 62M100 74V60", p.base, 4)
    return shadow(48) + can + burner + flame(88, 70, 0.6) + flame(112, 70, 0.6) + flame(100, 68, 0.8) + line("M106 96H130", STEEL_DARK, 4) + circle(132, 96, 5, STEEL_DARK)


def duo_stove(p: Paint) -> str:
    """An open case with two burners."""
    lid = path("M36 116L48 60H152L164 116Z", p.light) + path("M48 60H152L155 74H45Z", p.base)
    case = path("M30 116H170L176 152Q176 160 168 160H32Q24 160 24 152Z", p.base) + path("M30 116H170L172 126H28Z", p.dark)
    rings = "".join(ellipse(x, 119, 27, 6, SOOT) + ellipse(x, 117, 18, 4, FLAME) for x in (68, 132))
    knobs = circle(66, 144, 7, PAPER) + circle(134, 144, 7, PAPER) + line("M66 144V139M134 144L138 141", INK, 2)
    return shadow(78, 162) + lid + case + rings + knobs


def wood_stove(p: Paint) -> str:
    """A perforated cylinder with fire in it."""
    body = path("M62 88H138L132 160H68Z", p.base) + path("M114 88H138L132 160H112Z", p.dark) + ellipse(100, 88, 38, 8, SOOT)
    holes = "".join(circle(76 + 12 * i, 148, 3.4, FLAME) + circle(76 + 12 * i, 102, 2.4, INK) for i in range(5))
    twigs = line("M84 86L70 62M112 86L132 58", WOOD_DARK, 5)
    return shadow(46) + body + twigs + flame(94, 88, 1.1) + flame(110, 88, 0.9) + holes + path("M84 124H116V140H84Z", INK) + flame(100, 140, 0.4)


def spirit_stove(p: Paint) -> str:
    """A pot in its windshield."""
    pot = path("M60 66H140L136 110H64Z", p.light) + path("M116 66H140L136 110H116Z", p.base) + ellipse(100, 66, 40, 8, p.pale) + line("M140 76Q166 72 172 60", WOOD_DARK, 5)
    shield = path("M52 104H148L138 160H62Z", p.base) + path("M120 104H148L138 160H118Z", p.dark)
    holes = "".join(circle(74 + 13 * i, 146, 4, FLAME) for i in range(5))
    return shadow(52) + pot + shield + holes + line("M84 64Q100 52 116 64", STEEL_DARK, 4)


def cook_set(p: Paint) -> str:
    """Two nested pots and a pan."""
    big = path("M52 98H132V150Q132 162 120 162H64Q52 162 52 150Z", p.base) + path("M108 98H132V150Q132 162 120 162H104Z", p.dark) + line("M132 112H172", INK, 6)
    small = path("M64 68H120V98H64Z", p.light) + path("M104 68H120V98H104Z", p.base) + ellipse(92, 68, 28, 6, p.pale) + line("M92 62V54", INK, 6)
    return shadow(62) + small + box(48, 94, 88, 8, 4, p.deep) + big + dashes("M60 120H74M60 134H74", p.pale, 2, "14 0")


def dutch_oven(p: Paint) -> str:
    """Cast iron with a bail handle and feet."""
    body = path("M44 96H156Q158 152 132 158H68Q42 152 44 96Z", p.base) + path("M124 96H156Q158 152 132 158H112Q128 130 124 96Z", p.deep)
    lid = path("M40 96Q100 68 160 96Z", p.light) + box(36, 92, 128, 9, 4, p.dark) + box(90, 70, 20, 9, 4, p.deep)
    feet = line("M66 156L62 166M134 156L138 166M100 158V166", p.deep, 6)
    return shadow(64, 168) + line("M42 100Q30 34 100 34Q170 34 158 100", STEEL_DARK, 4) + feet + body + lid


def titanium_pot(p: Paint) -> str:
    """A tall pot with folding grips."""
    body = path("M62 70H128V148Q128 162 114 162H76Q62 162 62 148Z", p.base) + path("M106 70H128V148Q128 162 114 162H100Q108 120 106 70Z", p.dark)
    lid = path("M58 70Q95 52 132 70Z", p.light) + box(56, 66, 78, 7, 3, p.dark) + line("M88 58Q95 46 102 58", p.dark, 3)
    grips = line("M128 88H158Q164 88 164 96V132Q164 140 156 140H128", p.dark, 4)
    return shadow(50) + grips + body + lid + line("M72 96H82M72 112H82M72 128H82", p.pale, 2)


def enamel_set(p: Paint) -> str:
    """A plate standing behind bowls and a mug."""
    plate = circle(86, 96, 54, p.dark) + circle(86, 96, 51, p.light) + circle(86, 96, 34, p.base)
    bowl = path("M34 128H112Q110 162 84 162H62Q36 162 34 128Z", p.base) + line("M34 128H112", p.deep, 3)
    mug = path("M118 112H160V154Q160 162 152 162H126Q118 162 118 154Z", p.base) + line("M118 112H160", p.deep, 3) + line("M160 122Q176 124 174 138Q172 148 160 148", p.base, 5)
    return shadow(74) + plate + bowl + mug


def headlamp(p: Paint) -> str:
    """A lamp on its band, shining to the left."""
    beam = f'<path d="M70 104L4 62V158L70 122Z" fill="{GLOW}" opacity=".75"/>'
    band = line("M92 96C110 52 178 60 178 100C178 138 120 150 94 126", p.base, 13) + line("M100 84C118 62 168 66 172 98", p.pale, 2.4)
    lamp = box(66, 92, 46, 42, 12, INK) + box(66, 92, 22, 42, 10, p.deep) + circle(80, 113, 14, STEEL_LIGHT) + circle(80, 113, 9, GLOW)
    return shadow(58, 158) + beam + band + lamp + box(96, 86, 14, 7, 3, p.light)


def kids_headlamp(p: Paint) -> str:
    """The headlamp with a smile."""
    return headlamp(p) + circle(98, 108, 2.6, PAPER) + circle(106, 108, 2.6, PAPER) + line("M97 117Q102 122 107 117", PAPER, 2)


def camp_lantern(p: Paint) -> str:
    """A warm lantern with a wire handle."""
    light = f'<circle cx="100" cy="104" r="60" fill="{GLOW}" opacity=".5"/>'
    body = box(72, 128, 56, 34, 8, p.base) + box(106, 128, 22, 34, 8, p.dark) + box(76, 66, 48, 14, 6, p.base)
    glass = path("M76 80H124L128 128H72Z", PAPER) + path("M84 84H116L118 126H82Z", GLOW) + flame(100, 122, 0.8)
    return light + shadow(44) + glass + body + line("M78 70Q78 34 100 34Q122 34 122 70", STEEL_DARK, 3.4) + circle(100, 146, 6, p.pale)


def solar_lantern(p: Paint) -> str:
    """An inflated cushion of light with a solar panel."""
    light = f'<circle cx="100" cy="108" r="62" fill="{GLOW}" opacity=".55"/>'
    body = box(54, 76, 92, 80, 26, p.base) + box(62, 86, 76, 60, 20, "#fdf3d2") + line("M78 90V142M100 88V144M122 90V142", p.dark, 1.6)
    top = ellipse(100, 76, 40, 10, INK) + line("M70 76H130M84 70V83M100 68V85M116 70V83", "#5b8bb5", 1.4)
    return light + shadow(50, 160) + body + top + line("M66 70Q100 38 134 70", STEEL_DARK, 4)


def camp_chair(p: Paint) -> str:
    """A low chair of shock-corded poles."""
    frame = line("M62 164L96 122L142 164M142 124L58 164M54 60L68 122M136 60L140 122", STEEL_DARK, 5)
    seat = path("M54 56Q96 72 138 56L146 118Q150 132 134 134L70 138Q56 136 58 124Z", p.base) + path("M58 112Q100 130 146 112L147 122Q148 133 134 134L70 138Q56 136 58 124Z", p.dark)
    mesh = dashes("M64 82Q98 94 138 82M66 94Q98 106 140 94", p.pale, 2, "2 4")
    return shadow(58) + frame + seat + mesh


def lounge_chair(p: Paint) -> str:
    """Wooden legs and a canvas sling."""
    frame = line("M44 164L128 96M156 164L70 96L52 44M128 96H160", WOOD, 7)
    sling = path("M50 44Q58 40 64 44Q78 90 96 108Q120 118 150 102L154 110Q126 134 92 122Q64 104 50 44Z", p.base) + path("M92 122Q126 134 154 110L150 102Q120 118 96 108Z", p.dark)
    return shadow(66) + frame + sling + circle(99, 119, 4, "#c5a055") + line("M120 164H150", WOOD_DARK, 6)


def stool(p: Paint) -> str:
    """A three-legged stool."""
    legs = line("M70 84L128 164M130 84L72 164M100 90L100 164", STEEL_DARK, 6)
    return shadow(42) + legs + path("M54 74Q100 64 146 74Q124 100 100 104Q76 100 54 74Z", p.base) + path("M100 104Q124 100 146 74Q130 70 112 69Q114 90 100 104Z", p.dark) + dashes("M62 78Q100 70 138 78", p.pale)


def hammock(p: Paint) -> str:
    """Slung between two trunks."""
    trunks = box(18, 36, 13, 130, 5, WOOD_DARK) + box(169, 36, 13, 130, 5, WOOD_DARK)
    straps = line("M30 66L52 88M170 66L148 88", ROPE, 3)
    cloth = path("M50 86Q100 138 150 86Q146 142 100 146Q54 142 50 86Z", p.base) + path("M50 86Q100 126 150 86Q100 142 50 86Z", p.light) + path("M100 146Q146 142 150 86Q140 122 100 134Z", p.dark)
    return shadow(78) + trunks + straps + cloth


def net_hammock(p: Paint) -> str:
    """The hammock below its net and ridge line."""
    net = '<path d="M50 86L100 54L150 86Q100 138 50 86Z" fill="#fff" opacity=".55"/>'
    lines = line("M30 54H170", ROPE, 2) + line("M52 86L100 55L148 86M76 70L84 108M124 70L116 108M100 56V114", LEAF_DARK, 1)
    return hammock(p) + net + lines

"""Canvas: colours, and the few SVG shapes that every illustration is made of.

A drawing is 200 units square; things stand on y = 164. Shapes are strings, and a drawing is their concatenation.
"""

from __future__ import annotations

from dataclasses import dataclass

WOOD, WOOD_DARK, WOOD_LIGHT = "#b88a5b", "#94693f", "#d3ab7c"
STEEL, STEEL_DARK, STEEL_LIGHT = "#aeb6bb", "#7f898f", "#d3d9dc"
INK, SOOT, PAPER, ROPE = "#39424a", "#50585e", "#fbf8f1", "#cfb58a"
FLAME, FLAME_LIGHT, GLOW = "#e8833a", "#f7c65b", "#fbe3a2"
LEAF, LEAF_DARK, LEAF_LIGHT = "#6f9a6d", "#4f7a53", "#98bb8d"
SKY = "#c9dde3"

_COLORS = {
    "Black": "#3d4145", "Blue": "#5b8bb5", "Brass": "#c5a055", "Brown": "#8a6243", "Charcoal": "#575d61",
    "Cream": "#ece0c6", "Green": "#5f8a63", "Grey": "#98a1a5", "Mustard": "#d1a13c", "Natural": "#d2b384",
    "Navy": "#3c5373", "Olive": "#7d7f4c", "Orange": "#e08a47", "Pink": "#e2a5a3", "Red": "#c5524a",
    "Rust": "#b4623d", "Sage": "#a5b896", "Silver": "#b6bec3", "Tan": "#c4a377", "Teal": "#4b8f8d",
    "Terracotta": "#c9764f", "Walnut": "#76503a", "White": "#f5f2ea", "Yellow": "#ecc14f",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paint:
    """The tones of one colour, from `deep` to `pale`."""

    base: str

    @property
    def is_pale(self) -> bool:
        """Whether a thing of this colour would be lost on a white ground."""
        return sum(int(self.base[i : i + 2], 16) for i in (1, 3, 5)) > 600

    @property
    def deep(self) -> str:
        """Far in the shade."""
        return mix(self.base, "#1d2730", 0.45)

    @property
    def dark(self) -> str:
        """The side away from the light."""
        return mix(self.base, "#2b333a", 0.2)

    @property
    def light(self) -> str:
        """The side towards the light."""
        return mix(self.base, "#fffaf0", 0.28)

    @property
    def pale(self) -> str:
        """A highlight or a seam."""
        return mix(self.base, "#fffaf0", 0.55)


def paint(color: str) -> Paint:
    """The tones for a colour as the shop names it. Raises KeyError for one that has no tone yet."""
    return Paint(_COLORS[color])


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0 to 1) of `other` in it, both "#rrggbb"."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def path(d: str, fill: str) -> str:
    """A filled shape."""
    return f'<path d="{d}" fill="{fill}"/>'


def line(d: str, stroke: str, width: float = 3) -> str:
    """A stroke with round ends."""
    round_ends = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width:g}" {round_ends}/>'


def dashes(d: str, stroke: str, width: float = 1.6, pattern: str = "4 4") -> str:
    """A seam."""
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width:g}" stroke-dasharray="{pattern}"/>'


def box(x: float, y: float, width: float, height: float, radius: float, fill: str) -> str:
    """A rectangle with round corners."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}"/>'


def circle(x: float, y: float, radius: float, fill: str) -> str:
    """A disc."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'


def ellipse(x: float, y: float, across: float, down: float, fill: str) -> str:
    """An ellipse with its two radii."""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{across:g}" ry="{down:g}" fill="{fill}"/>'


def turned(degrees: float, drawing: str, x: float = 100, y: float = 100) -> str:
    """`drawing`, rotated about a point."""
    return f'<g transform="rotate({degrees:g} {x:g} {y:g})">{drawing}</g>'


def moved(x: float, y: float, drawing: str, scale: float = 1) -> str:
    """`drawing`, scaled from the origin and then moved."""
    return f'<g transform="translate({x:g} {y:g}) scale({scale:g})">{drawing}</g>'


def mirrored(drawing: str) -> str:
    """`drawing`, flipped left to right about the middle."""
    return f'<g transform="translate(200 0) scale(-1 1)">{drawing}</g>'


def shadow(across: float = 62, y: float = 165, x: float = 100) -> str:
    """The soft shadow that a thing throws on the ground."""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{across:g}" ry="{across / 10:g}" fill="#2d3a35" opacity=".13"/>'


def flame(x: float, y: float, scale: float = 1) -> str:
    """A flame standing on (x, y), 34 units high at scale 1."""
    drawing = path("M0 0C-15-2-13-17-3-34C-1-25 13-20 12-9C11-2 6 0 0 0Z", FLAME)
    return moved(x, y, drawing + path("M0-1C-8-3-6-11 0-19C2-13 7-11 6-6C5-2 3-1 0-1Z", FLAME_LIGHT), scale)


def steam(x: float, y: float) -> str:
    """Two wisps of steam rising from (x, y)."""
    return line(f"M{x - 9} {y}q-6-8 0-16q6-8 0-16M{x + 9} {y}q-6-8 0-16q6-8 0-16", "#ffffff", 3.4)


def leaf(x: float, y: float, degrees: float, scale: float = 1, fill: str = LEAF) -> str:
    """A leaf growing from (x, y), 40 units long at scale 1, upwards at 0 degrees."""
    drawing = path("M0 0C-14-12-12-30 0-40C12-30 14-12 0 0Z", fill) + line("M0-2V-32", LEAF_DARK, 1.2)
    return f'<g transform="translate({x:g} {y:g}) rotate({degrees:g}) scale({scale:g})">{drawing}</g>'


def picture(title: str, backdrop: str, drawing: str, on_dark: bool = False) -> str:
    """The whole SVG: a soft backdrop with a paler disc, or a deeper one for pale things, and the drawing on it."""
    disc = mix(backdrop, "#3f7472", 0.34) if on_dark else mix(backdrop, "#ffffff", 0.45)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" role="img">'
        f"<title>{title}</title>{box(0, 0, 200, 200, 0, backdrop)}{circle(100, 96, 80, disc)}{drawing}</svg>\n"
    )

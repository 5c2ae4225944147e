"""Pictures: one flat SVG illustration per product group and colour, drawn from a few shapes per kind of product."""

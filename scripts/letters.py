#!/usr/bin/env python3
"""Makes the fonts that pictures are lettered with (docs/adr/0039) from the site's own font.

Needs fonttools, brotli and uharfbuzz; run from the root of the project whenever public/fonts/source-serif-4.woff2 changes:

    python3 scripts/letters.py
"""

import io
import shutil

import uharfbuzz
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0
from fontTools.varLib.instancer import instantiateVariableFont

FONT = "public/fonts/source-serif-4.woff2"
LICENCE = "public/fonts/source-serif-4-LICENSE.txt"
FOLDER = "server/images/fonts"
WEIGHTS = {400: "Regular", 600: "SemiBold"}
# Less than this, in thousandths of the size, is hardly seen.
SEEN = 25


def kerning(font):
    """What neighbours are moved by, for each two glyphs."""
    saved = io.BytesIO()
    font.save(saved)
    shaped = uharfbuzz.Font(uharfbuzz.Face(saved.getvalue()))

    def width(text):
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(shaped, buffer, {"liga": False, "clig": False, "calt": False})
        return sum(position.x_advance for position in buffer.glyph_positions)

    named = font.getBestCmap()
    alone = {number: width(chr(number)) for number in named}
    moved = {}
    for one in named:
        for other in named:
            by = width(chr(one) + chr(other)) - alone[one] - alone[other]
            if abs(by) >= SEEN:
                moved[named[one], named[other]] = by
    return moved


def table(moved):
    """The pairs as the one table that a reader without a shaper looks into."""
    pairs = KernTable_format_0()
    pairs.version, pairs.coverage, pairs.tupleIndex, pairs.kernTable = 0, 1, None, moved
    made = newTable("kern")
    made.version, made.kernTables = 0, [pairs]
    return made


def static(weight):
    # What says when a file was made would make it another one every time.
    font = instantiateVariableFont(TTFont(FONT, recalcTimestamp=False), {"wght": weight})
    font.flavor = None
    moved = kerning(font)
    options = Options()
    # The name of the font, whose it is, and its licence.
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 14]
    # What is said of pairs is said by the table of pairs alone.
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "gasp"]
    options.hinting = False
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=list(font.getBestCmap()))
    subsetter.subset(font)
    style = WEIGHTS[weight]
    for record in font["name"].names:
        if record.nameID == 2:
            record.string = style
        elif record.nameID in (3, 4):
            record.string = f"Catalogue Serif {style}"
        elif record.nameID == 6:
            record.string = f"CatalogueSerif-{style}"
    font["OS/2"].usWeightClass = weight
    font["kern"] = table(moved)
    return font


for weight in WEIGHTS:
    static(weight).save(f"{FOLDER}/catalogue-serif-{weight}.ttf")
shutil.copyfile(LICENCE, f"{FOLDER}/LICENSE.txt")

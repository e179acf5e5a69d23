#!/usr/bin/env python3
"""Writes the letters that pictures are lettered with (docs/adr/0041) from the site's own font.

Needs fonttools, brotli and uharfbuzz; run from the root of the project whenever public/fonts/source-serif-4.woff2 changes:

    python3 scripts/letters.py > server/images/src/letters.txt
"""

import io

import uharfbuzz
from fontTools.pens.basePen import decomposeQuadraticSegment
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONT = "public/fonts/source-serif-4.woff2"
WEIGHTS = (400, 600)
# Letters whose distance from each other depends on both.
NEIGHBOURS = [chr(n) for n in range(0x21, 0x7F)] + list("’“”–ŵŷŴŶ")

HEAD = """\
# The letters of Catalogue Serif in two weights, as outlines; made by scripts/letters.py. Whose they are, and under which licence:
# public/fonts/source-serif-4-LICENSE.txt.
# `weight` begins a weight; `kern` moves the second of two letters, by their numbers in Unicode. Every other line is a letter:
# its number, how far the next one stands from it, and its outline as in SVG, in thousandths of the size, upwards from the line."""


def outline(glyphs, name):
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    path, last = [], ""

    def add(command, *points):
        nonlocal last
        numbers = " ".join(f"{round(n)}" for point in points for n in point)
        path.append(numbers if command == last else command + numbers)
        # What follows a beginning without a command of its own is a line.
        last = "L" if command == "M" else command

    for command, points in pen.value:
        if command == "moveTo":
            add("M", points[0])
        elif command == "lineTo":
            add("L", points[0])
        elif command == "qCurveTo":
            assert points[-1] is not None, name
            for pair in decomposeQuadraticSegment(points):
                add("Q", *pair)
        else:
            assert command == "closePath", command
    return " ".join(path)


def kerning(data, letters):
    font = uharfbuzz.Font(uharfbuzz.Face(data))

    def width(text):
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(font, buffer, {"liga": False, "clig": False, "calt": False})
        return sum(position.x_advance for position in buffer.glyph_positions)

    alone = {letter: width(letter) for letter in letters}
    for one in letters:
        for other in letters:
            moved = width(one + other) - alone[one] - alone[other]
            # Less than this is hardly seen.
            if abs(moved) >= 25:
                yield f"kern {ord(one):x} {ord(other):x} {moved}"


print(HEAD)
for weight in WEIGHTS:
    font = instantiateVariableFont(TTFont(FONT), {"wght": weight})
    font.flavor = None
    saved = io.BytesIO()
    font.save(saved)
    named, glyphs = font.getBestCmap(), font.getGlyphSet()
    print(f"weight {weight}")
    for number, name in sorted(named.items()):
        print(f"{number:x} {glyphs[name].width} {outline(glyphs, name)}".rstrip())
    for line in kerning(saved.getvalue(), NEIGHBOURS):
        print(line)

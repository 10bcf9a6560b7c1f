/**
 * Writes interBold.ts: the outlines of Inter Bold for Latin, Greek and Cyrillic letters, as whole numbers of 1/1000 em.
 * Run after a change of the font package: node shared/models/offline/font/makeOutlines.mjs
 * Inter is © The Inter Project Authors, SIL Open Font License 1.1; the outlines remain under that licence.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import opentype from 'opentype.js';

const unitsPerEm = 1000;
const wanted = [
  [0x20, 0x7e],
  [0xa1, 0x17f],
  [0x391, 0x3a9],
  [0x3b1, 0x3c9],
  [0x410, 0x44f],
  [0x2013, 0x2014],
  [0x2018, 0x201e],
  [0x2022, 0x2022],
  [0x2026, 0x2026],
  [0x20ac, 0x20ac],
  [0x2122, 0x2122],
  [0x2190, 0x2193],
];

const fonts = ['latin', 'latin-ext', 'greek', 'cyrillic'].map((subset) => {
  const path = fileURLToPath(import.meta.resolve(`@fontsource/inter/files/inter-${subset}-700-normal.woff`));
  const bytes = readFileSync(path);
  return opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
});

const scaleOf = (font) => unitsPerEm / font.unitsPerEm;

/** Advance, then commands; numbers are steps from the point before. */
function outline(font, glyph) {
  const k = scaleOf(font);
  let x = 0;
  let y = 0;
  const step = (px, py) => {
    const nx = Math.round(px * k);
    const ny = Math.round(-py * k);
    const text = `${nx - x},${ny - y}`;
    x = nx;
    y = ny;
    return text;
  };
  let out = '';
  for (const c of glyph.path.commands) {
    if (c.type === 'M') out += `M${step(c.x, c.y)}`;
    else if (c.type === 'L') out += `L${step(c.x, c.y)}`;
    else if (c.type === 'Q') out += `Q${step(c.x1, c.y1)},${step(c.x, c.y)}`;
    else if (c.type !== 'Z') throw new Error(`${c.type} is not expected in a TrueType outline`);
  }
  return [Math.round(glyph.advanceWidth * k), out.replace(/,-/g, '-')];
}

const glyphs = [];
for (const [first, last] of wanted) {
  for (let code = first; code <= last; code++) {
    const font = fonts.find((candidate) => candidate.charToGlyphIndex(String.fromCodePoint(code)) > 0);
    if (font === undefined) continue;
    const [advance, path] = outline(font, font.charToGlyph(String.fromCodePoint(code)));
    glyphs.push(`${String.fromCodePoint(code)}${advance} ${path}`);
  }
}

// Kerning that shows: a hundredth of an em and more, between the letters of Latin text.
const latin = fonts[0];
const kerned = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,-';
const pairs = [];
for (const a of kerned)
  for (const b of kerned) {
    const value = Math.round(latin.getKerningValue(latin.charToGlyph(a), latin.charToGlyph(b)) * scaleOf(latin));
    if (Math.abs(value) >= 10) pairs.push(`${a}${b}${value}`);
  }

const capHeight = Math.round(latin.tables.os2.sCapHeight * scaleOf(latin));
const text = `/**
 * Inter Bold, the outlines of ${glyphs.length} characters in 1/${unitsPerEm} em; made by makeOutlines.mjs, not edited by hand.
 * Inter: Copyright 2016 The Inter Project Authors (https://github.com/rsms/inter), SIL Open Font License 1.1.
 * One character a line: the character, its advance, a space, and its contours with y downwards. M, L and Q are followed
 * by steps from the point before.
 */
export const capHeight = ${capHeight};
export const ascent = ${Math.round(latin.ascender * scaleOf(latin))};
export const descent = ${Math.round(-latin.descender * scaleOf(latin))};

export const outlines = ${JSON.stringify(glyphs.join('\n'))};

/** Two characters and how much nearer (below 0) they stand. */
export const kerning = ${JSON.stringify(pairs.join(' '))};
`;
writeFileSync(fileURLToPath(new URL('./interBold.ts', import.meta.url)), text);
process.stdout.write(`${glyphs.length} characters, ${pairs.length} pairs, ${Math.round(text.length / 1024)} kB\n`);

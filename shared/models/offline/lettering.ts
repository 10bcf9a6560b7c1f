/** Words as outlines: one typeface (Inter Bold), lines broken and sized so that they fit a box. */
import { ascent, capHeight, kerning, outlines } from './font/interBold.ts';
import { addCurve, type Contours } from './outline.ts';

const unitsPerEm = 1000;
/** Baseline to baseline, em. */
const lineStep = 1.16;

interface Glyph {
  readonly advance: number;
  readonly path: string;
}

let glyphs: Map<string, Glyph> | null = null;
let pairs: Map<string, number> | null = null;

/** The table is read when the first word is set. */
function glyphOf(character: string): Glyph | undefined {
  glyphs ??= new Map(
    outlines.split('\n').map((line) => {
      const character = String.fromCodePoint(line.codePointAt(0) as number);
      const space = line.indexOf(' ', 1);
      return [character, { advance: Number.parseInt(line.slice(character.length, space), 10), path: line.slice(space + 1) }];
    }),
  );
  return glyphs.get(character) ?? (/\s/.test(character) ? glyphs.get(' ') : undefined);
}

function kern(a: string, b: string): number {
  pairs ??= new Map(kerning.split(' ').map((pair) => [pair.slice(0, 2), Number.parseInt(pair.slice(2), 10)]));
  return pairs.get(a + b) ?? 0;
}

/** The first character that the typeface lacks, or null. */
export function missingLetter(text: string): string | null {
  for (const character of text.normalize('NFC')) if (glyphOf(character) === undefined) return character;
  return null;
}

function lineWidth(line: string): number {
  let width = 0;
  let before = '';
  for (const character of line) {
    width += (glyphOf(character)?.advance ?? 0) + kern(before, character);
    before = character;
  }
  return width / unitsPerEm;
}

export interface SetText {
  readonly contours: Contours;
  /** Of the block, from the top of the first line's capitals to the last baseline, px. */
  readonly width: number;
  readonly height: number;
  /** One em, px. */
  readonly emPx: number;
}

export interface TextBox {
  readonly maxWidth: number;
  readonly maxHeight: number;
  /** Em size when there is room, px. */
  readonly wantedEm: number;
  readonly align: 'left' | 'centre' | 'right';
}

/** Sets `text` with its block's top left at 0, 0; the largest size up to the wanted one that fits in one to six lines. */
export function setText(text: string, box: TextBox): SetText {
  const words = text
    .normalize('NFC')
    .split(/\s+/)
    .filter((word) => word !== '');
  let lines = [words.join(' ')];
  let em = 0;
  for (let count = 1; count <= Math.min(6, words.length); count++) {
    const candidate = breakInto(words, count);
    const widest = Math.max(...candidate.map(lineWidth), 0.01);
    const tall = capHeight / unitsPerEm + (candidate.length - 1) * lineStep;
    const size = Math.min(box.wantedEm, box.maxWidth / widest, box.maxHeight / tall);
    // A further line must pay for itself.
    if (size > em * 1.12) {
      em = size;
      lines = candidate;
    }
  }
  const widths = lines.map((line) => lineWidth(line) * em);
  const width = Math.max(...widths);
  const contours: number[][] = [];
  lines.forEach((line, i) => {
    const slack = width - (widths[i] as number);
    let x = box.align === 'left' ? 0 : box.align === 'right' ? slack : slack / 2;
    const baseline = (capHeight / unitsPerEm + i * lineStep) * em;
    let before = '';
    for (const character of line) {
      const glyph = glyphOf(character);
      if (glyph === undefined) continue;
      x += (kern(before, character) / unitsPerEm) * em;
      addGlyph(contours, glyph.path, x, baseline, em / unitsPerEm);
      x += (glyph.advance / unitsPerEm) * em;
      before = character;
    }
  });
  return { contours, width, height: (capHeight / unitsPerEm + (lines.length - 1) * lineStep) * em, emPx: em };
}

/** Room above the capitals that accents may need, em. */
export const accentRoom = (ascent - capHeight) / unitsPerEm;

/** The words in `count` lines of about equal length. */
function breakInto(words: readonly string[], count: number): string[] {
  const total = lineWidth(words.join(' '));
  const lines: string[] = [];
  let line = '';
  for (let i = 0; i < words.length; i++) {
    const longer = line === '' ? (words[i] as string) : `${line} ${words[i]}`;
    const isFull = line !== '' && lines.length < count - 1 && lineWidth(line) + 0.5 * lineWidth(words[i] as string) > total / count;
    if (isFull) {
      lines.push(line);
      line = words[i] as string;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

function addGlyph(into: number[][], path: string, x: number, y: number, scale: number): void {
  let contour: number[] = [];
  let px = 0;
  let py = 0;
  for (const [, letter, rest] of path.matchAll(/([MLQ])([^MLQ]*)/g)) {
    const n = (rest as string).match(/-?\d+/g)?.map(Number) as number[];
    if (letter === 'M') {
      contour = [];
      into.push(contour);
    }
    if (letter === 'Q') {
      const cx = px + (n[0] as number);
      const cy = py + (n[1] as number);
      const nx = cx + (n[2] as number);
      const ny = cy + (n[3] as number);
      addCurve(contour, x + px * scale, y + py * scale, x + cx * scale, y + cy * scale, x + nx * scale, y + ny * scale);
      px = nx;
      py = ny;
    } else {
      px += n[0] as number;
      py += n[1] as number;
      contour.push(x + px * scale, y + py * scale);
    }
  }
}

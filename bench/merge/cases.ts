/**
 * Edits of real photos with known truth: where the change is, what the edited picture looks like at full size, and what
 * a model would give back of it (about a megapixel, stretched, shifted, re-toned, its fine texture made anew, JPEG).
 * Each decision has a random stream of its own (seed, case, name), so that adding one leaves the others alone.
 */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { composeAffine, mapPoint } from '../../shared/core/compose/affine.ts';
import { boxMean } from '../../shared/core/compose/boxFilter.ts';
import { resample } from '../../shared/core/compose/resample.ts';
import type { Affine, ComposeAsk } from '../../shared/core/compose/types.ts';
import { createPixels, type Pixels, pixelsFrom } from '../../shared/core/pixels.ts';

export const kinds = [
  'recolour',
  'relight',
  'tone',
  'defocus',
  'texture',
  'paste',
  'remove',
  'strokes',
  'text',
  'background',
  'two edits',
  'none',
  'global',
] as const;
export type Kind = (typeof kinds)[number];

/** Light and colour change, and structure stays. */
export const photometric: readonly Kind[] = ['recolour', 'relight', 'tone'];

export interface Case {
  readonly kind: Kind;
  readonly photo: string;
  readonly source: Pixels;
  readonly answer: Pixels;
  /** Answer px → source px. */
  readonly matrix: Affine;
  /** Coverage of the edit over the source, 0 to 1. */
  readonly truth: Float32Array;
  /** The part of it that shows: what blurs an even ground changes nothing that could be found. */
  readonly visible: Float32Array;
  /** The edited picture, before a model had it. */
  readonly ideal: Pixels;
  /** See `isRich`. */
  readonly group: 'rich' | 'sparse';
  readonly framing: 'straight' | 'turned' | 'letterboxed';
  readonly scope: ComposeAsk['scope'];
}

/** 0 to 1, the same for the same names (mulberry32 over an FNV-1a hash). */
export function randomOf(...names: readonly (string | number)[]): () => number {
  let hash = 0x811c9dc5;
  for (const c of names.join('/')) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193);
  return () => {
    hash = (hash + 0x6d2b79f5) | 0;
    let t = Math.imul(hash ^ (hash >>> 15), 1 | hash);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const wallpapers = ['/usr/share/wallpapers', '/usr/share/backgrounds'];

/** Photos of Debian's wallpaper packages when there are any, and the test photos. */
export function findPhotos(): string[] {
  const found: string[] = [];
  const search = (folder: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth > 0) search(path, depth - 1);
      else if (/\.(jpe?g|png)$/i.test(entry.name) && entry.isFile() && statSync(path).size > 500_000) found.push(path);
    }
  };
  for (const folder of wallpapers) {
    try {
      search(folder, 5);
    } catch {
      // Not installed.
    }
  }
  const fixtures = resolve('test/fixtures/photos');
  for (const name of ['astronaut.png', 'chelsea.png', 'coffee.png', 'rocket.jpg']) found.push(join(fixtures, name));
  const sorted = found.sort();
  // One picture in several sizes is one picture; the last of them by name is the large one.
  return sorted.filter((path, i) => sorted.findLastIndex((other) => pictureOf(other) === pictureOf(path)) === i);
}

/** `Elephants_3840x2160.jpg` and `Elephants.jpg` are one, as are `…/images/1920x1080.png` and `…/images/5120x2880.png`. */
const pictureOf = (path: string): string => path.replace(/_?\d{3,}x\d{3,}/, '').replace(/^.*backgrounds/, '');

/** Of a picture at half a megapixel: how much of it has structure, and how many colours it has, at 5 bits a channel. */
const leastBusy = 0.3;
const leastColours = 450;
const rich = new Map<string, boolean>();

/**
 * Whether most of a picture has something in it to go by. Wallpapers are partly drawings on an even ground: those are
 * measured too, but told apart.
 */
export async function isRich(path: string): Promise<boolean> {
  const known = rich.get(path);
  if (known !== undefined) return known;
  const { width, height, data } = await readPhoto(path, 0.5);
  const colours = new Set<number>();
  let busy = 0;
  let blocks = 0;
  for (let top = 0; top + 16 <= height; top += 16) {
    for (let left = 0; left + 16 <= width; left += 16) {
      let sum = 0;
      let squares = 0;
      for (let y = top; y < top + 16; y++) {
        for (let x = left, k = (y * width + left) * 4; x < left + 16; x++, k += 4) {
          const luma = 0.2126 * data[k] + 0.7152 * data[k + 1] + 0.0722 * data[k + 2];
          sum += luma;
          squares += luma * luma;
          colours.add(((data[k] >> 3) << 10) | ((data[k + 1] >> 3) << 5) | (data[k + 2] >> 3));
        }
      }
      blocks++;
      // A deviation of three levels.
      if (squares / 256 - (sum / 256) ** 2 > 9) busy++;
    }
  }
  const is = busy / blocks >= leastBusy && colours.size >= leastColours;
  rich.set(path, is);
  return is;
}

export async function readPhoto(path: string, megapixels: number): Promise<Pixels> {
  const image = sharp(path, { limitInputPixels: false });
  const { width = 1, height = 1 } = await image.metadata();
  const scale = Math.min(1, Math.sqrt((megapixels * 1e6) / (width * height)));
  const { data, info } = await image
    .resize(Math.round(width * scale), Math.round(height * scale), { fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return pixelsFrom(info, data);
}

export const imageOf = ({ data, width, height }: Pixels): Sharp =>
  sharp(Buffer.from(data.buffer, data.byteOffset, data.length), { raw: { width, height, channels: 4 } });

const pixelsOf = async (image: Sharp): Promise<Pixels> => {
  const { data, info } = await image.removeAlpha().ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return pixelsFrom(info, data);
};

/** A soft blob away from the border: an ellipse with a wavy rim. */
function blob(width: number, height: number, random: () => number, size: number): Float32Array {
  const out = new Float32Array(width * height);
  const radius = Math.sqrt((size * width * height) / Math.PI);
  const stretch = 0.7 + 0.6 * random();
  const x0 = width * (0.3 + 0.4 * random());
  const y0 = height * (0.3 + 0.4 * random());
  const wave = 0.08 + 0.12 * random();
  const phase = random() * 6;
  const soft = Math.max(2, radius * 0.02);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const u = (x + 0.5 - x0) / stretch;
      const v = (y + 0.5 - y0) * stretch;
      const angle = Math.atan2(v, u);
      const inside = radius * (1 + wave * Math.sin(3 * angle + phase)) - Math.hypot(u, v);
      out[i] = Math.max(0, Math.min(1, inside / soft + 0.5));
    }
  }
  return out;
}

async function drawn(width: number, height: number, svg: string): Promise<Float32Array> {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${svg}</svg>`;
  const { data, info } = await sharp(Buffer.from(text)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const out = new Float32Array(width * height);
  for (let i = 0; i < out.length; i++) out[i] = data[i * info.channels + 3] / 255;
  return out;
}

function strokesSvg(width: number, height: number, random: () => number): string {
  const px = width / 250;
  const lines = Array.from({ length: 4 }, () => {
    const point = () => `${Math.round(width * (0.15 + 0.7 * random()))} ${Math.round(height * (0.15 + 0.7 * random()))}`;
    return `<path d="M${point()} Q${point()} ${point()}" stroke="#000" fill="none" stroke-width="${(px * (0.6 + random())).toFixed(1)}"/>`;
  });
  return lines.join('');
}

const textSvg = (width: number, height: number, random: () => number): string =>
  `<text x="${Math.round(width * (0.1 + 0.3 * random()))}" y="${Math.round(height * (0.3 + 0.5 * random()))}" font-family="DejaVu Sans, sans-serif" font-weight="bold" font-size="${Math.round(width / (14 + 14 * random()))}">Open until nine</text>`;

type Paint = (r: number, g: number, b: number, i: number) => readonly [number, number, number];

function painted(source: Pixels, mask: Float32Array, paint: Paint): Pixels {
  const out = pixelsFrom(source, source.data.slice());
  for (let i = 0; i < mask.length; i++) {
    const share = mask[i];
    if (share === 0) continue;
    const k = i * 4;
    const to = paint(source.data[k], source.data[k + 1], source.data[k + 2], i);
    for (let c = 0; c < 3; c++) out.data[k + c] = source.data[k + c] + (to[c] - source.data[k + c]) * share;
  }
  return out;
}

const fromPicture =
  ({ data }: Pixels): Paint =>
  (_r, _g, _b, i) => [data[i * 4], data[i * 4 + 1], data[i * 4 + 2]];

async function edited(
  source: Pixels,
  other: Pixels,
  kind: Kind,
  seed: string,
): Promise<{ readonly ideal: Pixels; readonly truth: Float32Array }> {
  const { width, height } = source;
  const random = randomOf(seed, 'edit');
  const area = blob(width, height, randomOf(seed, 'area'), 0.02 + 0.16 * random());
  const using = (truth: Float32Array, paint: Paint) => ({ truth, ideal: painted(source, truth, paint) });
  switch (kind) {
    case 'none':
      return { truth: new Float32Array(width * height), ideal: source };
    case 'global': {
      const gain = random() < 0.5 ? 0.6 + 0.15 * random() : 1.25 + 0.2 * random();
      return using(new Float32Array(width * height).fill(1), (r, g, b) => [r * gain, g * gain, b * (gain + 0.1)]);
    }
    case 'recolour': {
      const turn = Math.floor(random() * 2);
      return using(area, (r, g, b) => (turn === 0 ? [b, r, g] : [g * 0.6, b * 0.9 + 20, r]));
    }
    case 'relight': {
      const gain = random() < 0.5 ? 0.5 + 0.2 * random() : 1.3 + 0.4 * random();
      return using(area, (r, g, b) => [r * gain + 8, g * gain, b * gain - 6]);
    }
    case 'tone': {
      const by = (random() < 0.5 ? -1 : 1) * (14 + 14 * random());
      return using(area, (r, g, b) => [r + by, g + by * 0.8, b + by * 0.6]);
    }
    case 'defocus':
      return using(area, fromPicture(await pixelsOf(imageOf(source).blur(width / 200))));
    case 'texture': {
      const noise = randomOf(seed, 'texture');
      const grain = new Float32Array(width * height);
      const cell = Math.max(2, Math.round(width / 250));
      for (let y = 0; y < height; y += cell)
        for (let x = 0; x < width; x += cell) {
          const level = (noise() - 0.5) * 90;
          for (let v = y; v < Math.min(height, y + cell); v++) grain.fill(level, v * width + x, v * width + Math.min(width, x + cell));
        }
      return using(area, (r, g, b, i) => [r + grain[i], g + grain[i], b + grain[i]]);
    }
    case 'paste':
      return using(area, fromPicture(other));
    case 'remove':
      return using(area, fromPicture(await pixelsOf(imageOf(source).blur(width / 25))));
    case 'strokes':
      return using(await drawn(width, height, strokesSvg(width, height, random)), () => [210, 30, 40]);
    case 'text':
      return using(await drawn(width, height, textSvg(width, height, random)), () =>
        seed.length % 2 === 0 ? [250, 245, 235] : [20, 20, 30],
      );
    case 'background': {
      const kept = blob(width, height, randomOf(seed, 'area'), 0.35);
      return using(
        kept.map((v) => 1 - v),
        fromPicture(other),
      );
    }
    case 'two edits': {
      const first = using(area, (r, g, b) => [b, r, g]);
      const second = blob(width, height, randomOf(seed, 'second'), 0.03);
      return { truth: first.truth.map((v, i) => Math.max(v, second[i])), ideal: painted(first.ideal, second, fromPicture(other)) };
    }
  }
}

/** What a model gives back of `ideal`: its framing, its tone, its texture, its file. */
async function returned(
  ideal: Pixels,
  seed: string,
): Promise<{ readonly answer: Pixels; readonly matrix: Affine; readonly framing: Case['framing'] }> {
  const { width, height } = ideal;
  const random = randomOf(seed, 'framing');
  const zoom = 0.93 + 0.14 * random();
  const scale = Math.sqrt((width * height) / 1.05e6);
  const stepX = scale * (1 + 0.04 * (random() - 0.5));
  const stepY = scale * (1 + 0.04 * (random() - 0.5));
  const w = Math.max(16, Math.round((width * zoom) / stepX / 16) * 16);
  const h = Math.max(16, Math.round((height * zoom) / stepY / 16) * 16);
  const startX = (width - w * stepX) / 2 + (random() - 0.5) * 0.02 * width;
  const startY = (height - h * stepY) / 2 + (random() - 0.5) * 0.02 * height;
  const chance = randomOf(seed, 'turn');
  const isTurned = chance() < 0.15;
  let matrix: Affine = [stepX, 0, 0, stepY, startX, startY];
  if (isTurned) {
    const angle = ((chance() - 0.5) * 3 * Math.PI) / 180;
    const turn: Affine = [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), width / 2, height / 2];
    matrix = composeAffine(turn, composeAffine([1, 0, 0, 1, -width / 2, -height / 2], matrix));
  }
  const straight = isTurned
    ? turned(ideal, matrix, w, h)
    : await resample(
        ideal,
        { start: startX, step: stepX, length: w },
        { start: startY, step: stepY, length: h },
        {
          breathe: () => false,
        },
      );
  if (straight === null) throw new Error('a case was aborted');
  const warped = straight;
  const tone = randomOf(seed, 'tone');
  const gain = [0, 1, 2].map(() => 0.97 + 0.06 * tone());
  const lift = [0, 1, 2].map(() => (tone() - 0.5) * 8);
  const gamma = 0.96 + 0.08 * tone();
  const field = (tone() - 0.5) * 8;
  const phase = tone() * 6;
  // Texture made anew: part of the finest band is another one's.
  const soft = await pixelsOf(imageOf(warped).blur(0.7));
  const noise = randomOf(seed, 'noise');
  const data = warped.data;
  for (let y = 0, k = 0; y < h; y++) {
    for (let x = 0; x < w; x++, k += 4) {
      const slow = field * Math.sin((x / w) * 3 + phase) * Math.cos((y / h) * 2.5);
      const grain = (noise() + noise() - 1) * 5;
      for (let c = 0; c < 3; c++) {
        const level = data[k + c] * 0.5 + soft.data[k + c] * 0.5;
        data[k + c] = 255 * (level / 255) ** gamma * gain[c] + lift[c] + slow + grain;
      }
    }
  }
  const quality = 86 + Math.round(9 * tone());
  const bars = randomOf(seed, 'bars');
  const isBarred = !isTurned && bars() < 0.08;
  let framed = imageOf(warped).removeAlpha();
  if (isBarred) {
    const by = Math.round((0.04 + 0.1 * bars()) * (width > height ? h : w));
    const across = width > height ? 0 : by;
    const down = width > height ? by : 0;
    const level = bars() < 0.5 ? 0 : 255;
    const background = { r: level, g: level, b: level };
    framed = framed.extend({ top: down, bottom: down, left: across, right: across, background });
    matrix = composeAffine(matrix, [1, 0, 0, 1, -across, -down]);
  }
  const answer = await pixelsOf(sharp(await framed.jpeg({ quality }).toBuffer()));
  return { answer, matrix, framing: isTurned ? 'turned' : isBarred ? 'letterboxed' : 'straight' };
}

/** The mean of what each pixel of the answer covers, a few bilinear samples of it. */
function turned({ width, height, data }: Pixels, matrix: Affine, w: number, h: number): Pixels {
  const out = createPixels(w, h);
  const across = Math.max(2, Math.ceil(Math.hypot(matrix[0], matrix[1])));
  const share = 1 / (across * across);
  for (let y = 0, to = 0; y < h; y++) {
    for (let x = 0; x < w; x++, to += 4) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let n = 0; n < across * across; n++) {
        const at = mapPoint(matrix, { x: x + ((n % across) + 0.5) / across, y: y + (Math.floor(n / across) + 0.5) / across });
        const u = Math.max(0, Math.min(width - 1.001, at.x - 0.5));
        const v = Math.max(0, Math.min(height - 1.001, at.y - 0.5));
        const k = (Math.floor(v) * width + Math.floor(u)) * 4;
        const s = u - Math.floor(u);
        const t = v - Math.floor(v);
        const below = k + width * 4;
        const mix = (c: number): number =>
          (data[k + c] * (1 - s) + data[k + 4 + c] * s) * (1 - t) + (data[below + c] * (1 - s) + data[below + 4 + c] * s) * t;
        r += mix(0);
        g += mix(1);
        b += mix(2);
      }
      out.data.set([r * share, g * share, b * share, 255], to);
    }
  }
  return out;
}

/** Levels by which the mean of a small window must differ to be seen. */
const visibleLevels = 2;

/** `truth` where the mean difference over about 5 × 5 px of the answer is seen. */
async function visiblePart(source: Pixels, ideal: Pixels, truth: Float32Array): Promise<Float32Array> {
  const { width, height } = source;
  const radius = Math.max(1, Math.round(2 * Math.sqrt((width * height) / 1.05e6)));
  const difference = new Float32Array(width * height);
  for (let i = 0, k = 0; i < difference.length; i++, k += 4)
    for (let c = 0; c < 3; c++) difference[i] = Math.max(difference[i], Math.abs(ideal.data[k + c] - source.data[k + c]));
  const mean = await boxMean(difference, source, radius, { breathe: () => false });
  if (mean === null) throw new Error('a case was aborted');
  return truth.map((v, i) => (mean[i] > visibleLevels ? v : 0));
}

export async function makeCase(
  photos: readonly string[],
  kind: Kind,
  seed: number,
  index: number,
  megapixels: number,
  read: (path: string) => Promise<Pixels> = (path) => readPhoto(path, megapixels),
): Promise<Case> {
  const name = `${seed}/${index}/${kind}`;
  const random = randomOf(name, 'photo');
  const photo = photos[Math.floor(random() * photos.length)];
  const source = await read(photo);
  // Of itself, mirrored, a background would be a mirrored picture.
  const others = photos.length > 1 ? photos.filter((path) => path !== photo) : photos;
  const another = await read(others[Math.floor(random() * others.length)]);
  const other = await pixelsOf(imageOf(another).flop().resize(source.width, source.height, { fit: 'fill' }));
  const { ideal, truth } = await edited(source, other, kind, name);
  return {
    kind,
    photo,
    source,
    ...(await returned(ideal, name)),
    truth,
    visible: await visiblePart(source, ideal, truth),
    ideal,
    scope: kind === 'global' ? 'global' : 'unknown',
    group: (await isRich(photo)) ? 'rich' : 'sparse',
  };
}

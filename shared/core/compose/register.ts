/**
 * Where the answer lies on the source. Coarse to fine on structure (local-normalised luma): candidate framings and zooms
 * are tried at about 70 px, the best by consensus are refined by robust Lucas-Kanade level by level, and the consensus that
 * is left says whether the two correspond at all. A re-imagined scene does not, and must never be laid over as if it did.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { invertAffine, stretchAffine } from './affine.ts';
import { halve, localNormalize } from './localNormalize.ts';
import { choosePoints, type Fit, type Points, refine } from './lucasKanade.ts';
import { residualFlow } from './residualFlow.ts';
import type { Affine, Plane, Registration } from './types.ts';

/** At the coarsest level the long side is at most this, px. */
const coarsestSidePx = 80;
/** Below this side nothing can be told from structure. */
const leastSidePx = 24;
/** Consensus (at about 300 px) under which two pictures do not correspond: strangers stay below 0.04, real pairs are at 0.65 and more. */
const leastConsensus = 0.08;
/** Under this much a mirrored or turned answer is thought of. */
const sureConsensus = 0.3;

interface Level {
  readonly source: Plane;
  readonly answer: Plane;
  readonly points: Points;
}

/** Planes of luma at about the same density. The matrix maps answer-plane px to source-plane px. Null when aborted. */
export async function register(source: Plane, answer: Plane, pace: Pace): Promise<Registration | null> {
  const stretch = stretchAffine(answer, source);
  if (Math.min(source.width, source.height, answer.width, answer.height) < leastSidePx)
    return rejected(stretch, 0, 'The picture is too small to find where the answer belongs on it.');

  const halvings = Math.max(0, Math.ceil(Math.log2(Math.max(source.width, source.height) / coarsestSidePx)));
  let sources = [source];
  let answers = [answer];
  for (let k = 0; k < halvings; k++) {
    const [s, a] = [halve(sources[k]), halve(answers[k])];
    if (Math.min(s.width, s.height, a.width, a.height) < leastSidePx) break;
    sources = [...sources, s];
    answers = [...answers, a];
  }
  const levels: Level[] = [];
  for (let k = sources.length - 1; k >= 0; k--) {
    const radius = k === sources.length - 1 ? 5 : k === 0 ? 10 : 8;
    const s = await localNormalize(sources[k], radius, pace);
    const a = s && (await localNormalize(answers[k], radius, pace));
    if (s === null || a === null) return null;
    levels.unshift({ source: s, answer: a, points: choosePoints(s) });
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
    // The fine levels are dear: they are made when the coarse ones say that it is worth it.
    if (k === Math.max(0, sources.length - 3)) break;
  }
  const coarse = levels[levels.length - 1];
  if (coarse.points.count < 50 || choosePoints(coarse.answer).count < 50) return rejected(stretch, 0, flatReason(coarse.points.count < 50));

  let found = await search(levels, framings(coarse.source, coarse.answer), 0.12, pace);
  if (found !== null && found.consensus < sureConsensus) {
    // A crop to a part, or a part within a larger scene.
    const other = await search(levels, croppings(coarse.source, coarse.answer), 0.5, pace);
    if (other === null) return null;
    if (other.consensus > found.consensus + 0.05) found = other;
  }
  if (found === null) return null;
  if (found.consensus < sureConsensus) {
    const turned = await findTurn(levels, pace);
    if (turned === null) return null;
    if (turned.consensus > Math.max(leastConsensus * 2, found.consensus + 0.05))
      return rejected(stretch, found.consensus, `The answer is ${turned.name}. Turn it back, then merge it again.`);
    if (found.consensus < leastConsensus)
      return rejected(stretch, found.consensus, 'The answer shows a different scene: nothing in it lies where it lay in the source.');
  }

  let map = found.map;
  let consensus = found.consensus;
  let last: { readonly points: Points; readonly answer: Plane } = levels[0];
  for (let k = sources.length - 1 - levels.length; k >= 0; k--) {
    const radius = k === 0 ? 10 : 8;
    const s = await localNormalize(sources[k], radius, pace);
    const a = s && (await localNormalize(answers[k], radius, pace));
    if (s === null || a === null) return null;
    map = scaledUp(map);
    last = { points: choosePoints(s), answer: a };
    const fit = refine(last.points, a, map, s, 6, k === 0 ? 5 : 8, k > 0);
    map = fit.map;
    consensus = fit.consensus;
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }

  const inverse = invertAffine(map);
  if (inverse === null || !isPlausible(map, source, answer))
    return rejected(stretch, found.consensus, 'The answer shows a different scene: no part of it lies where it lay in the source.');
  const rest = residualFlow(last.points, last.answer, map, source);
  return {
    accepted: true,
    matrix: inverse,
    // What is unchanged in a typical edit agrees to 0.5 and more even at the finest level.
    confidence: Math.min(1, Math.max(found.consensus, consensus)),
    residualPx: rest.residualPx,
    reason: null,
    flow: rest.flow,
  };
}

const rejected = (matrix: Affine, confidence: number, reason: string): Registration => ({
  accepted: false,
  matrix,
  confidence: Math.max(0, Math.min(1, confidence)),
  residualPx: null,
  reason,
  flow: null,
});

const flatReason = (isSource: boolean): string =>
  `${isSource ? 'The source' : 'The answer'} is almost one colour: there is nothing in it to tell where the answer belongs.`;

const scaledUp = ([a, b, c, d, e, f]: Affine): Affine => [a, b, c, d, e * 2, f * 2];

/** Source → answer at the coarsest level. */
interface Candidate {
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Stretched, cut to fill, or fitted with bars, each a little closer or farther. */
function framings(source: Extent, answer: Extent): Candidate[] {
  const x = answer.width / source.width;
  const y = answer.height / source.height;
  const bases =
    Math.abs(Math.log(x / y)) < 0.02
      ? [[x, y]]
      : [
          [x, y],
          [Math.max(x, y), Math.max(x, y)],
          [Math.min(x, y), Math.min(x, y)],
        ];
  return bases.flatMap(([sx, sy]) => [0.9, 0.95, 1, 1.05, 1.1].map((zoom) => ({ scaleX: sx * zoom, scaleY: sy * zoom })));
}

function croppings(source: Extent, answer: Extent): Candidate[] {
  const x = answer.width / source.width;
  const y = answer.height / source.height;
  const even = Math.sqrt(x * y);
  return [0.5, 0.58, 0.66, 0.75, 0.83, 1.2, 1.35, 1.5, 1.7, 1.9, 2.15].flatMap((zoom) => [
    { scaleX: x * zoom, scaleY: y * zoom },
    ...(Math.abs(Math.log(x / y)) < 0.02 ? [] : [{ scaleX: even * zoom, scaleY: even * zoom }]),
  ]);
}

/** The best fit at the finest of `levels`; its map is in that level's pixels. */
async function search(levels: readonly Level[], candidates: readonly Candidate[], reach: number, pace: Pace): Promise<Fit | null> {
  const coarse = levels[levels.length - 1];
  let fits: Fit[] = [];
  for (const candidate of candidates) {
    for (const map of bestShifts(coarse, candidate, reach)) fits.push(refine(coarse.points, coarse.answer, map, coarse.source, 4, 4, true));
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  fits = distinct(fits).slice(0, 6);
  for (let k = levels.length - 2; k >= 0; k--) {
    const level = levels[k];
    const refined: Fit[] = [];
    for (const fit of fits) {
      const four = refine(level.points, level.answer, scaledUp(fit.map), level.source, 4, 4, true);
      refined.push(refine(level.points, level.answer, four.map, level.source, 6, 8, true));
      const stop = pace.breathe();
      if (stop !== false && (await stop)) return null;
    }
    fits = distinct(refined).slice(0, k === 1 ? 2 : 1);
  }
  return fits[0] ?? { map: stretchAffine(levels[0].source, levels[0].answer), consensus: 0 };
}

/** Best first, near twins left out. */
function distinct(fits: readonly Fit[]): Fit[] {
  const out: Fit[] = [];
  for (const fit of [...fits].sort((a, b) => b.consensus - a.consensus)) {
    const isTwin = out.some(
      ({ map }) =>
        Math.abs(map[4] - fit.map[4]) + Math.abs(map[5] - fit.map[5]) < 1 &&
        Math.abs(map[0] - fit.map[0]) + Math.abs(map[3] - fit.map[3]) < 0.01,
    );
    if (!isTwin) out.push(fit);
  }
  return out;
}

/** The two best shifts of one framing by plain correlation, searched over `reach` of the picture either way. */
function bestShifts({ source, answer }: Level, { scaleX, scaleY }: Candidate, reach: number): Affine[] {
  const { width, height } = source;
  // Where the answer is larger than the source's part of it, the search must span the difference too.
  const spanX = Math.max(3, Math.round(Math.max(reach * width * 0.5, Math.abs(answer.width / scaleX - width) / 2 + reach * width * 0.3)));
  const spanY = Math.max(
    3,
    Math.round(Math.max(reach * height * 0.5, Math.abs(answer.height / scaleY - height) / 2 + reach * height * 0.3)),
  );
  const w = width + 2 * spanX;
  const h = height + 2 * spanY;
  const placed = new Float32Array(w * h);
  const centre = { x: answer.width / 2 - (scaleX * width) / 2, y: answer.height / 2 - (scaleY * height) / 2 };
  for (let y = 0; y < h; y++) {
    const v = (y - spanY + 0.5) * scaleY + centre.y - 0.5;
    for (let x = 0; x < w; x++) placed[y * w + x] = bilinear(answer, (x - spanX + 0.5) * scaleX + centre.x - 0.5, v);
  }
  const step = width * height > 3000 ? 2 : 1;
  const scores: { score: number; dx: number; dy: number }[] = [];
  for (let dy = -spanY; dy <= spanY; dy++) {
    for (let dx = -spanX; dx <= spanX; dx++) {
      let sum = 0;
      let ss = 0;
      let pp = 0;
      for (let y = (dy + spanY) % step; y < height; y += step) {
        let i = y * width;
        let j = (y + dy + spanY) * w + dx + spanX;
        for (let x = 0; x < width; x++, i++, j++) {
          const p = placed[j];
          if (p === 0) continue;
          const s = source.data[i];
          sum += s * p;
          ss += s * s;
          pp += p * p;
        }
      }
      if (ss === 0 || pp === 0) continue;
      scores.push({ score: sum / Math.sqrt(ss * pp) - 0.0005 * (Math.abs(dx) + Math.abs(dy)), dx, dy });
    }
  }
  scores.sort((a, b) => b.score - a.score);
  const best = scores[0];
  const second = scores.find(({ dx, dy }) => Math.abs(dx - best.dx) + Math.abs(dy - best.dy) > 3);
  return [best, second]
    .filter((one) => one !== undefined)
    .map(({ dx, dy }) => [scaleX, 0, 0, scaleY, centre.x + dx * scaleX, centre.y + dy * scaleY] as const);
}

/** 0 outside. */
function bilinear({ width, height, data }: Plane, u: number, v: number): number {
  if (u < -0.5 || v < -0.5 || u > width - 0.5 || v > height - 0.5) return 0;
  const x = Math.max(0, Math.min(width - 2, Math.floor(u)));
  const y = Math.max(0, Math.min(height - 2, Math.floor(v)));
  const s = Math.max(0, Math.min(1, u - x));
  const t = Math.max(0, Math.min(1, v - y));
  const i = y * width + x;
  return (data[i] * (1 - s) + data[i + 1] * s) * (1 - t) + (data[i + width] * (1 - s) + data[i + width + 1] * s) * t;
}

/** No model mirrors on purpose, but a picture from elsewhere may be turned: then that is what the user should hear. */
async function findTurn(levels: readonly Level[], pace: Pace): Promise<{ readonly name: string; readonly consensus: number } | null> {
  let best = { name: '', consensus: 0 };
  // The coarser levels are enough to tell.
  const coarser = levels.slice(Math.min(1, levels.length - 1));
  for (const { name, turn } of turns) {
    const turned = coarser.map((level) => ({ ...level, answer: turn(level.answer) }));
    const coarse = turned[turned.length - 1];
    const fit = await search(turned, framings(coarse.source, coarse.answer), 0.12, pace);
    if (fit === null) return null;
    if (fit.consensus > best.consensus) best = { name, consensus: fit.consensus };
  }
  return best;
}

const at = (plane: Plane, extent: Extent, from: (x: number, y: number) => number): Plane => {
  const data = new Float32Array(extent.width * extent.height);
  for (let y = 0, i = 0; y < extent.height; y++) for (let x = 0; x < extent.width; x++, i++) data[i] = plane.data[from(x, y)];
  return { ...extent, data };
};

const turns: readonly { readonly name: string; readonly turn: (plane: Plane) => Plane }[] = [
  { name: 'mirrored', turn: (p) => at(p, p, (x, y) => y * p.width + p.width - 1 - x) },
  { name: 'upside down and mirrored', turn: (p) => at(p, p, (x, y) => (p.height - 1 - y) * p.width + x) },
  { name: 'upside down', turn: (p) => at(p, p, (x, y) => (p.height - 1 - y) * p.width + p.width - 1 - x) },
  { name: 'turned by 90°', turn: (p) => at(p, { width: p.height, height: p.width }, (x, y) => (p.height - 1 - x) * p.width + y) },
  { name: 'turned by 90°', turn: (p) => at(p, { width: p.height, height: p.width }, (x, y) => x * p.width + p.width - 1 - y) },
];

/** An answer may be zoomed to half or double, and skewed by a few degrees; anything else is a false fit. */
function isPlausible([a, b, c, d]: Affine, source: Extent, answer: Extent): boolean {
  const x = (a * source.width) / answer.width;
  const y = (d * source.height) / answer.height;
  return x > 0.4 && x < 2.5 && y > 0.4 && y < 2.5 && Math.abs(b / d) < 0.2 && Math.abs(c / a) < 0.2 && x / y < 2.5 && y / x < 2.5;
}

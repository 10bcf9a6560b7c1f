/**
 * Where the answer lies on the source, coarse to fine on structure (local-normalised luma). At about 150 px phase correlation
 * finds the shift of each framing and zoom, consensus ranks what it found, robust Lucas-Kanade refines the best level by level.
 * The consensus that is left says whether the two correspond at all: a re-imagined scene does not, and must never be laid
 * over as if it did. On 36 synthetic cases of 1 MP, wallpapers with noise: median error 0.03 px of the answer, three found nowhere.
 * On four real pairs 0.45 to 0.80 px at independent matches, where the best affine map leaves 0.48 to 0.79.
 */
import type { Extent } from '../geometry.ts';
import { isStopped, type Pace } from '../pace.ts';
import { composeAffine, invertAffine, mapPoint, stretchAffine } from './affine.ts';
import { isCertain, isSheared } from './certainty.ts';
import { halve, localNormalize } from './localNormalize.ts';
import { choosePoints, createSampled, type Fit, look, type Points, refine, thinnedOut } from './lucasKanade.ts';
import { bestShifts, framePx, spectrumOf } from './phaseCorrelate.ts';
import { residualFlow } from './residualFlow.ts';
import type { Affine, Plane, Registration } from './types.ts';

/** At the coarsest level the long side is less than this, px, and at least half of it. */
const coarsestSidePx = 190;
/** Below this side nothing can be told from structure. */
const leastSidePx = 24;
/** Consensus (at about 300 px) under which two pictures do not correspond: strangers reached 0.05, four real pairs 0.57 and more. */
const leastConsensus = 0.08;
/** Under this much a crop, a mirrored or a turned answer is thought of. */
const sureConsensus = 0.3;
/** A doubtful fit is not believed when one that lies elsewhere reaches this share of it (stripes, near-blank pictures). */
const mostRivalry = 0.6;
/** From here on no other framing is tried. */
const plainConsensus = 0.5;

const coarsePoints = 3000;
const middlePoints = 16_000;
const finePoints = 65_000;
/** Photographs settle in two to five; where the picture hardly fixes a scale, steps are small and many. */
const polishSteps = 24;

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

  const sources = [source];
  const answers = [answer];
  while (Math.max(sources[0].width, sources[0].height) >= coarsestSidePx) {
    const [s, a] = [halve(sources[0]), halve(answers[0])];
    if (await isStopped(pace)) return null;
    if (Math.min(s.width, s.height, a.width, a.height) < leastSidePx) break;
    sources.unshift(s);
    answers.unshift(a);
  }
  const finest = sources.length - 1;
  const levelAt = async (k: number, most: number): Promise<Level | null> => {
    const radius = k === finest ? 10 : k === 0 ? 5 : 8;
    const s = await localNormalize(sources[k], radius, pace);
    const a = s && (await localNormalize(answers[k], radius, pace));
    if (s === null || a === null || (await isStopped(pace))) return null;
    const points = await choosePoints(s, most, pace);
    return points && { source: s, answer: a, points };
  };

  const coarse = await levelAt(0, coarsePoints);
  if (coarse === null) return null;
  const ofAnswer = await choosePoints(coarse.answer, coarsePoints, pace);
  if (ofAnswer === null) return null;
  if (coarse.points.count < 50 || ofAnswer.count < 50) return rejected(stretch, 0, flatReason(coarse.points.count < 50));
  const middle = finest > 0 ? await levelAt(1, middlePoints) : coarse;
  if (middle === null) return null;
  const levels = finest > 0 ? [middle, coarse] : [coarse];

  let found = await search(levels, framings(coarse.source, coarse.answer), pace);
  if (found === null) return null;
  if (found.consensus < sureConsensus) {
    // A crop to a part, or a part within a larger scene.
    const other = await search(levels, croppings(coarse.source, coarse.answer), pace);
    if (other === null) return null;
    if (other.consensus > found.consensus + 0.05) found = other;
  }
  if (found.consensus < sureConsensus) {
    const turned = await findTurn(levels, pace);
    if (turned === null) return null;
    if (turned.consensus > Math.max(leastConsensus * 2, found.consensus + 0.05))
      return rejected(stretch, found.consensus, `The answer is ${turned.name}. Turn it back, then merge it again.`);
    if (found.consensus < leastConsensus) return rejected(stretch, found.consensus, strangerReason);
    if (found.rival > mostRivalry * found.consensus) return rejected(stretch, found.consensus, ambiguousReason);
  }

  let map = found.map;
  let consensus = found.consensus;
  let last = middle;
  // A small picture has been searched at its finest level already, and is polished there.
  for (let k = Math.min(2, finest); k <= finest; k++) {
    const level = await levelAt(k, k === finest ? finePoints : middlePoints);
    if (level === null) return null;
    const fit = await refineLevel(level, k < 2 ? map : scaledUp(map), k === finest ? 'polish' : 'settle', pace);
    if (fit === null) return null;
    map = fit.map;
    consensus = fit.consensus;
    last = level;
  }

  const sheared = await isSheared(last.points, last.answer, map, source, pace);
  if (sheared === null) return null;
  const straight = await refine(last.points, last.answer, unsheared(map, source), source, 4, polishSteps, 'polish', pace);
  if (straight === null) return null;
  // The simpler map, too, where no less agrees with it: then the other was led astray.
  if (!sheared || straight.consensus >= consensus) {
    map = straight.map;
    consensus = straight.consensus;
  }

  const inverse = invertAffine(map);
  if (inverse === null || !isPlausible(map, source, answer)) return rejected(stretch, found.consensus, strangerReason);
  const certain = await isCertain(last.points, last.answer, map, source, pace);
  if (certain === null) return null;
  if (!certain) return rejected(stretch, found.consensus, vagueReason);
  const rest = await residualFlow(last.points, last.answer, map, source, pace);
  if (rest === null) return null;
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

const ambiguousReason =
  'The answer fits the source in more than one place, and too little in it tells which one is right. Give it the same framing as the source.';

const vagueReason =
  'The source has only stripes or soft gradients, along which the answer fits nearly anywhere. Give it the same framing as the source.';

const strangerReason = 'The answer shows a different scene: nothing in it lies where it lay in the source.';

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

/** Scales and shifts alone; the middle stays. */
const unsheared = ([a, b, c, d, e, f]: Affine, { width, height }: Extent): Affine => [
  a,
  0,
  0,
  d,
  e + (c * height) / 2,
  f + (b * width) / 2,
];

/** Source → answer at the coarsest level. */
interface Candidate {
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Stretched, cut to fill, or fitted with bars, each a little closer or farther; the likely ones first. */
function framings(source: Extent, answer: Extent): Candidate[][] {
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
  return [[1], [0.96, 1.04], [0.92, 1.08, 0.88, 1.13]].map((zooms) =>
    zooms.flatMap((zoom) => bases.map(([sx, sy]) => ({ scaleX: sx * zoom, scaleY: sy * zoom }))),
  );
}

/** Near ones together, so that only the best of each group are looked at closely. */
const cropZooms = [
  [0.46, 0.5, 0.55, 0.6, 0.66],
  [0.72, 0.79, 1.2, 1.31, 1.43],
  [1.56, 1.7, 1.86, 2.03, 2.2],
] as const;

function croppings(source: Extent, answer: Extent): Candidate[][] {
  const x = answer.width / source.width;
  const y = answer.height / source.height;
  const even = Math.sqrt(x * y);
  return cropZooms.map((zooms) =>
    zooms.flatMap((zoom) => [
      { scaleX: x * zoom, scaleY: y * zoom },
      ...(Math.abs(Math.log(x / y)) < 0.02 ? [] : [{ scaleX: even * zoom, scaleY: even * zoom }]),
    ]),
  );
}

interface Found extends Fit {
  /** Consensus of the best fit that lies elsewhere, as far as others were tried. */
  readonly rival: number;
}

/**
 * The best fit at the finest of `levels`; its map is in that level's pixels. Groups of candidates are tried in turn until
 * one agrees beyond doubt.
 */
async function search(levels: readonly Level[], groups: readonly Candidate[][], pace: Pace): Promise<Found | null> {
  const coarse = levels[levels.length - 1];
  const sampled = createSampled(coarse.points);
  const spectra = new Map<number, ReturnType<typeof spectrumOf>>();
  let fits: Fit[] = [];
  for (const group of groups) {
    const tried: Fit[] = [];
    for (const candidate of group) {
      for (const map of shiftsOf(coarse, candidate, spectra)) {
        look(coarse.points, coarse.answer, map, null, sampled, true);
        tried.push({ map, consensus: sampled.consensus, likeness: sampled.likeness });
        if (await isStopped(pace)) return null;
      }
      const stop = pace.breathe();
      if (stop !== false && (await stop)) return null;
    }
    for (const { map } of best(tried, 4)) {
      const four = await refine(coarse.points, coarse.answer, map, coarse.source, 4, 5, 'approach', pace);
      const six = four && (await refine(coarse.points, coarse.answer, four.map, coarse.source, 6, 5, 'approach', pace));
      if (six === null) return null;
      fits.push(six);
      if (six.consensus > plainConsensus) break;
    }
    fits = best(fits, 4);
    if (fits.length > 0 && fits[0].consensus > plainConsensus) break;
  }
  if (levels.length > 1) {
    const [middle] = levels;
    const refined: Fit[] = [];
    for (const { map } of fits) {
      const six = await refineLevel(middle, scaledUp(map), 'settle', pace);
      if (six === null) return null;
      refined.push(six);
      if (six.consensus > plainConsensus) break;
    }
    fits = best(refined, refined.length);
  }
  const [first = { map: stretchAffine(levels[0].source, levels[0].answer), consensus: 0, likeness: 0 }] = fits;
  const rivals = fits.filter(
    ({ map }) => furthest(map, first.map, levels[0].source) > 0.02 * Math.max(levels[0].source.width, levels[0].source.height),
  );
  return { ...first, rival: Math.max(0, ...rivals.map(({ consensus }) => consensus)) };
}

/** How far two maps lie apart at most within a picture, px. */
function furthest(one: Affine, two: Affine, { width, height }: Extent): number {
  const corners = [0, width].flatMap((x) => [0, height].map((y) => ({ x, y })));
  return Math.max(...corners.map((at) => Math.hypot(mapPoint(one, at).x - mapPoint(two, at).x, mapPoint(one, at).y - mapPoint(two, at).y)));
}

/** Near first, then exactly. */
async function refineLevel({ source, answer, points }: Level, start: Affine, last: 'settle' | 'polish', pace: Pace): Promise<Fit | null> {
  const near =
    last === 'settle'
      ? await refine(points, answer, start, source, 6, 5, 'approach', pace)
      : await refine(thinnedOut(points, 4), answer, start, source, 6, 5, 'settle', pace);
  return near && refine(points, answer, near.map, source, 6, last === 'settle' ? 16 : polishSteps, last, pace);
}

/** Best first, near twins left out. */
function best(fits: readonly Fit[], count: number): Fit[] {
  const out: Fit[] = [];
  for (const fit of [...fits].sort((p, q) => q.consensus + q.likeness - p.consensus - p.likeness)) {
    const isTwin = out.some(
      ({ map }) =>
        Math.abs(map[4] - fit.map[4]) + Math.abs(map[5] - fit.map[5]) < 1 &&
        Math.abs(map[0] - fit.map[0]) + Math.abs(map[3] - fit.map[3]) < 0.01,
    );
    if (!isTwin) out.push(fit);
    if (out.length === count) break;
  }
  return out;
}

/** The likeliest shifts of one framing. `spectra` keeps the source's, which most candidates share. */
function shiftsOf({ source, answer }: Level, { scaleX, scaleY }: Candidate, spectra: Map<number, ReturnType<typeof spectrumOf>>): Affine[] {
  // Where the source is only a part of the answer, the frame has to show more than the source.
  const shown = scaleX * source.width < 0.85 * answer.width && scaleY * source.height < 0.85 * answer.height ? 60 : 104;
  const step = Math.max(source.width, source.height) / shown;
  const toSource: Affine = [step, 0, 0, step, (source.width - step * framePx) / 2, (source.height - step * framePx) / 2];
  const still = spectra.get(shown) ?? spectrumOf(source, toSource);
  spectra.set(shown, still);
  const centred: Affine = [scaleX, 0, 0, scaleY, (answer.width - scaleX * source.width) / 2, (answer.height - scaleY * source.height) / 2];
  const moved = spectrumOf(answer, composeAffine(centred, toSource));
  return bestShifts(still, moved, 3).map(({ x, y }) => [
    scaleX,
    0,
    0,
    scaleY,
    centred[4] + x * step * scaleX,
    centred[5] + y * step * scaleY,
  ]);
}

/** No model mirrors on purpose, but a picture from elsewhere may be turned: then that is what the user should hear. */
async function findTurn(levels: readonly Level[], pace: Pace): Promise<{ readonly name: string; readonly consensus: number } | null> {
  let found = { name: '', consensus: 0 };
  for (const { name, turn } of turns) {
    const turned = levels.map((level) => ({ ...level, answer: turn(level.answer) }));
    const coarse = turned[turned.length - 1];
    const fit = await search(turned, framings(coarse.source, coarse.answer).slice(0, 2), pace);
    if (fit === null) return null;
    if (fit.consensus > found.consensus) found = { name, consensus: fit.consensus };
  }
  return found;
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

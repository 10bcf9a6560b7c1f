/**
 * The model's answer becomes a change: register → tone → change → lift. The answer is laid exactly over the source, its
 * colour shift is undone, what truly changed is found, and that alone is carried to the source's own size. Every other
 * pixel of the source stays as it is, because the delta holds nothing there.
 */
import type { AbortSignal } from '../abort.ts';
import { type Bounds, boundsOf, type Extent, isEmpty } from '../geometry.ts';
import { createPace, isStopped, type Pace } from '../pace.ts';
import type { Pixels, Pixels16 } from '../pixels.ts';
import type { Clock } from '../ports.ts';
import { composeAffine, invertAffine, scaleAffine, stretchAffine } from './affine.ts';
import { withinBars } from './bars.ts';
import { reachBeyond } from './beyond.ts';
import { carryAnswer } from './carryAnswer.ts';
import { findChange } from './change.ts';
import { type ComparedPictures, picturesCompared } from './evidence.ts';
import { lift } from './lift.ts';
import { limitToRegion } from './limitToRegion.ts';
import { white } from './matte.ts';
import { createPlane, lumaOf, planWorkGrid, reduceMask, reduceToPlanes, type WorkGrid } from './planes.ts';
import { register } from './register.ts';
import { fitTone, identityTone, undoTone } from './tone.ts';
import type { Aligned, ComposeAsk, Delta, Planes, Registration, ToneFit } from './types.ts';
import { coverageOf, warpPlanes } from './warp.ts';

export interface Composed {
  /** `delta`: what changed; `whole`: nothing corresponds (or it was asked for), the answer stands as it is; `unchanged`: the model returned its input. */
  readonly mode: 'delta' | 'whole' | 'unchanged';
  /** Null unless the mode is `delta`. */
  readonly delta: Delta | null;
  /** Result px → source px, both at full size. */
  readonly registration: Registration;
  readonly tone: ToneFit;
  readonly change: { readonly fraction: number; readonly bounds: Bounds | null };
  /** Why it is not a delta, in a sentence for the user; null when it is. */
  readonly reason: string | null;
  readonly timingsMs: { readonly register: number; readonly tone: number; readonly change: number; readonly lift: number };
  /** The whole answer over `bounds` of the source, registered and in the source's tone. Null when aborted. */
  answer(signal: AbortSignal, bounds?: Bounds): Promise<Pixels | null>;
  /** What was compared and found, to be looked at. Null when aborted. */
  compared(signal: AbortSignal): Promise<ComparedPictures | null>;
}

/** Null when the signal was aborted. */
export async function compose(
  source: Pixels | Pixels16,
  answer: Pixels,
  ask: ComposeAsk,
  clock: Clock,
  signal: AbortSignal,
): Promise<Composed | null> {
  const pace = createPace(clock, signal);
  const lap = startLaps(clock);

  const grid = planWorkGrid(source, answer);
  const matte = ask.matte ?? white;
  const reducedSource = await reduceToPlanes(source, grid.source, matte, pace);
  const reducedAnswer = reducedSource && (await reduceToPlanes(answer, grid.answer, matte, pace));
  if (reducedSource === null || reducedAnswer === null) return null;

  const registered = await registerFully(source, answer, grid, reducedSource.planes, reducedAnswer.planes, pace);
  if (registered === null) return null;
  const { registration, aligned: placed } = registered;
  const aligned: Aligned = { ...placed, alpha: reducedSource.alpha };
  // What is answered holds the source itself only where its transparency is still needed.
  const like = { width: source.width, height: source.height, profile: source.profile };
  const transparency = reducedSource.alpha === null ? null : source;
  const registerMs = lap();

  const end = (
    rest: Pick<Composed, 'mode' | 'delta' | 'change' | 'reason' | 'tone'>,
    ms: Partial<Composed['timingsMs']>,
    mask: Float32Array | 0 | 1,
  ): Composed => ({
    ...rest,
    compared: (stop) => picturesCompared(aligned, registration, like, answer, mask, createPace(clock, stop)),
    registration,
    timingsMs: { register: registerMs, tone: 0, change: 0, lift: 0, ...ms },
    answer: (stop, bounds = boundsOf(like)) =>
      carryAnswer(like, transparency, answer, registration, rest.tone, aligned, bounds, createPace(clock, stop)),
  });
  const nothing = { delta: null, change: { fraction: 0, bounds: null } };
  const everything = { delta: null, change: { fraction: 1, bounds: boundsOf(source) } };

  if (!registration.accepted) return end({ mode: 'whole', ...everything, tone: identityTone, reason: registration.reason }, {}, 1);

  const tone = await fitTone(aligned, ask, pace);
  if (tone === null) return null;
  if (tone.applied && !(await undoInStrips(tone, aligned.answer, pace))) return null;
  const toneMs = lap();
  if (ask.whole) return end({ mode: 'whole', ...everything, tone, reason: 'The whole answer was asked for.' }, { tone: toneMs }, 1);

  const region = ask.region === null ? null : await reduceMask(ask.region, source, grid.source, pace);
  if (ask.region !== null && region === null) return null;
  // A shift that was taken for the edit reaches everywhere, if most of the picture says so.
  const isShift = !tone.applied && ask.tone !== 'keep';
  const found = await findChange(aligned, ask, isShift, region, pace);
  const change = found && (region === null ? await reachBeyond(aligned, found, pace) : found);
  if (change === null) return null;
  const changeMs = lap();
  const unchanged = 'The answer shows the same picture: nothing in it differs from the source.';
  if (change.fraction === 0) return end({ mode: 'unchanged', ...nothing, tone, reason: unchanged }, { tone: toneMs, change: changeMs }, 0);

  const lifted = await lift(source, answer, aligned, registration, tone, change, pace, matte);
  if (lifted === null) return null;
  const delta = ask.region === null ? lifted : await limitToRegion(lifted, ask.region, pace);
  if (delta === null) return null;
  const ms = { tone: toneMs, change: changeMs, lift: lap() };
  if (isEmpty(delta.bounds)) return end({ mode: 'unchanged', ...nothing, tone, reason: unchanged }, ms, 0);
  return end(
    { mode: 'delta', delta, change: { fraction: change.fraction, bounds: delta.bounds }, tone, reason: null },
    ms,
    change.mask.data,
  );
}

/** Rows that are done between two breaths: about a millisecond. */
const stripRows = 16;

async function undoInStrips(tone: ToneFit, { width, height, r, g, b }: Planes, pace: Pace): Promise<boolean> {
  for (let top = 0; top < height; top += stripRows) {
    const rows = Math.min(stripRows, height - top);
    const part = (plane: Float32Array): Float32Array => plane.subarray(top * width, (top + rows) * width);
    const strip = { width, height: rows, r: part(r), g: part(g), b: part(b) };
    undoTone(tone, strip, { x0: 0.5, y0: top + 0.5, stepX: 1, stepY: 1 });
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return false;
  }
  return true;
}

/** Registers on the work grid, brings the answer onto it, and says the same in full-size pixels. */
async function registerFully(
  source: Extent,
  answer: Extent,
  grid: WorkGrid,
  sourcePlanes: Planes,
  answerPlanes: Planes,
  pace: Pace,
): Promise<{ readonly registration: Registration; readonly aligned: Aligned } | null> {
  const answerLuma = lumaOf(answerPlanes);
  if (await isStopped(pace)) return null;
  const found = await register(lumaOf(sourcePlanes), answerLuma, pace);
  if (found === null) return null;
  const inverse = invertAffine(found.matrix) ?? stretchAffine(grid.source, grid.answer);

  const { flow } = found;
  const warped = await warpPlanes(answerPlanes, grid.source, inverse, flow, pace);
  const covered =
    warped &&
    (found.accepted ? await coverageOf(withinBars(answerLuma, grid.source), grid.source, inverse, pace) : createPlane(grid.source));
  if (warped === null || covered === null) return null;

  const toGrid = scaleAffine(grid.answer.width / answer.width, grid.answer.height / answer.height);
  const fromGrid = scaleAffine(source.width / grid.source.width, source.height / grid.source.height);
  const reduction = { x: answer.width / grid.answer.width, y: answer.height / grid.answer.height };
  return {
    registration: {
      accepted: found.accepted,
      confidence: found.confidence,
      reason: found.reason,
      residualPx: found.residualPx === null ? null : found.residualPx * Math.sqrt(reduction.x * reduction.y),
      matrix: composeAffine(fromGrid, composeAffine(found.matrix, toGrid)),
      flow: flow && {
        ...flow,
        dx: flow.dx.map((v) => v * reduction.x),
        dy: flow.dy.map((v) => v * reduction.y),
      },
    },
    aligned: {
      ...grid.source,
      source: sourcePlanes,
      answer: warped,
      covered,
      alpha: null,
      sourcePerWork: { x: source.width / grid.source.width, y: source.height / grid.source.height },
      answerPerWork: Math.sqrt(Math.abs(inverse[0] * inverse[3] - inverse[1] * inverse[2])) * Math.sqrt(reduction.x * reduction.y),
    },
  };
}

/** Answers the time since it was last asked, ms. */
function startLaps(clock: Clock): () => number {
  let since = clock.now();
  return () => {
    const now = clock.now();
    const ms = now - since;
    since = now;
    return ms;
  };
}

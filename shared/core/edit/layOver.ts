/**
 * A picture laid over its subject so that only what it changed shows: the part that an edit and a merge share. What the
 * composer found is told in document pixels, and the full answer is kept, so that the mask can reveal more of it later.
 */
import type { AbortSignal } from '../abort.ts';
import { type Composed, compose } from '../compose/compose.ts';
import { pixelsOf } from '../compose/evidence.ts';
import { featherInwards, featherPxFor } from '../compose/feather.ts';
import { type Color, restoreAlpha, white } from '../compose/matte.ts';
import { reduceToPlanes } from '../compose/planes.ts';
import type { ComposeAsk, Registration } from '../compose/types.ts';
import type { Evidence } from '../explain/heatMaps.ts';
import type { Failure } from '../failure.ts';
import { type Bounds, intersection } from '../geometry.ts';
import { createPace, type Pace } from '../pace.ts';
import { coveredBounds, cropMask, cropPixels, type Mask, type Pixels, type Pixels16 } from '../pixels.ts';
import type { Clock } from '../ports.ts';
import { assert, err, ok, type Result } from '../result.ts';
import { countChangedOutside, layMaskedOver } from './layPixelsOver.ts';
import type { Composition, Findings, Subject } from './types.ts';

export interface LayAsk {
  readonly scope: ComposeAsk['scope'];
  readonly tone: ComposeAsk['tone'];
  /** Show the whole answer, registered, instead of the change alone. */
  readonly whole: boolean;
  /** What transparent parts lay on when the subject was sent; null for an opaque one. */
  readonly matte: Color | null;
}

/** A composition that was compared with its subject. */
export type LaidOver = Composition & { readonly findings: Findings };

type Placed = Pick<Composition, 'pixels' | 'bounds' | 'mask' | 'answer'>;

/** As a port: `layOver` in this thread, or a host's own way of doing the same in another. */
export type LayOver = typeof layOver;

/** The subject's 16 bits, once: what comes after composing has no need of them, and 24 MP of them are 192 MB. */
export function takeDeep({ deep }: Subject): Pixels16 | null {
  if (deep === undefined) return null;
  const { pixels } = deep;
  assert(pixels !== null, 'a subject of 16 bits is composed with once');
  deep.pixels = null;
  return pixels;
}

/**
 * `findings.mode` tells what was made of it. In `whole` without an accepted registration the answer is stretched over the
 * subject, nothing better being known. In `unchanged` it lies under an empty mask.
 */
export async function layOver(
  subject: Subject,
  answer: Pixels,
  ask: LayAsk,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<LaidOver, Failure>> {
  const { bounds, region } = subject;
  const composed = await compose(
    takeDeep(subject) ?? subject.pixels,
    answer,
    {
      region: region === null ? null : moved(region, -bounds.x, -bounds.y),
      tone: ask.tone,
      scope: ask.scope,
      whole: ask.whole,
      ...(ask.matte === null ? {} : { matte: ask.matte }),
    },
    clock,
    signal,
  );
  if (composed === null) return err({ kind: 'cancelled' });
  const full = await composed.answer(signal);
  if (full === null) return err({ kind: 'cancelled' });
  const pace = createPace(clock, signal);
  if (ask.matte !== null && !(await restoreAlpha(full, subject.pixels, ask.matte, pace))) return err({ kind: 'cancelled' });

  const notes = composed.reason === null ? [] : [composed.reason];
  const make = async (rest: Placed): Promise<Result<LaidOver, Failure>> => {
    // Without a mask there is no outside to count in.
    const changed = rest.mask === null ? 0 : await changedOutside(subject, rest, rest.mask, pace);
    if (changed === null) return err({ kind: 'cancelled' });
    return ok({
      ...rest,
      notes,
      findings: findingsOf(composed, subject, changed),
      evidence: (stop: AbortSignal) => evidenceOf(composed, subject, rest, ask.matte ?? white, clock, stop),
    });
  };

  const { delta } = composed;
  if (delta !== null) {
    const at = movedBounds(delta.bounds, bounds.x, bounds.y);
    return make({
      pixels: delta.pixels,
      bounds: at,
      mask: { bounds: at, data: delta.mask.data },
      answer: { pixels: full, bounds },
    });
  }
  if (composed.mode === 'unchanged') {
    notes.push('The answer lies under an empty mask; paint white into it to show some of it.');
    return make({ pixels: full, bounds, mask: { bounds, data: new Uint8ClampedArray(bounds.width * bounds.height) }, answer: null });
  }
  if (region === null) return make({ pixels: full, bounds, mask: null, answer: null });
  const covered = coveredBounds(region);
  const faded = await featherInwards(region, featherPxFor(covered), pace);
  if (faded === null) return err({ kind: 'cancelled' });
  return make({
    pixels: cropPixels(full, bounds, covered),
    bounds: covered,
    mask: cropMask(faded, covered),
    answer: { pixels: full, bounds },
  });
}

const movedBounds = (bounds: Bounds, x: number, y: number): Bounds => ({ ...bounds, x: bounds.x + x, y: bounds.y + y });

const moved = (mask: Mask, x: number, y: number): Mask => ({ bounds: movedBounds(mask.bounds, x, y), data: mask.data });

function findingsOf(composed: Composed, subject: Subject, changedPixelsOutside: number): Findings {
  const { registration, tone, change } = composed;
  return {
    mode: composed.mode,
    registration: inDocument(registration, subject.bounds),
    tone: { applied: tone.applied, maxShift: tone.maxShift, reason: tone.reason },
    change: {
      fraction: change.fraction,
      bounds: change.bounds === null ? null : movedBounds(change.bounds, subject.bounds.x, subject.bounds.y),
    },
    kept: { changedPixelsOutside },
    timingsMs: composed.timingsMs,
  };
}

const inDocument = ({ accepted, matrix, confidence, residualPx, reason }: Registration, { x, y }: Bounds): Findings['registration'] => ({
  accepted,
  matrix: [matrix[0], matrix[1], matrix[2], matrix[3], matrix[4] + x, matrix[5] + y],
  confidence,
  residualPx,
  reason,
});

/** Rows of a large layer that are laid over each other at a time. */
const bandRows = 256;

/** Pixels that show otherwise outside the mask: laid in bands, so that no second picture of the layer is held. Null when aborted. */
async function changedOutside({ pixels, bounds }: Subject, placed: Placed, mask: Mask, pace: Pace): Promise<number | null> {
  const rows = intersection(bounds, placed.bounds);
  let count = 0;
  for (let y = rows.y; y < rows.y + rows.height; y += bandRows) {
    const height = Math.min(bandRows, rows.y + rows.height - y);
    const band = { ...bounds, y, height };
    const from = (y - bounds.y) * pixels.width * 4;
    const under = { ...pixels, height, data: pixels.data.subarray(from, from + height * pixels.width * 4) };
    const shown = await layMaskedOver(under, band, placed, pace);
    const changed = shown && (await countChangedOutside(under, shown, band, mask, pace));
    if (changed === null) return null;
    count += changed;
  }
  return count;
}

async function evidenceOf(
  composed: Composed,
  { pixels, bounds }: Subject,
  placed: Placed,
  matte: Color,
  clock: Clock,
  signal: AbortSignal,
): Promise<Evidence | null> {
  const pace = createPace(clock, signal);
  const compared = await composed.compared(signal);
  const picture = compared && (await layMaskedOver(pixels, bounds, placed, pace));
  const reduced = picture && (await reduceToPlanes(picture, compared, matte, pace));
  const result = reduced && (await pixelsOf(reduced.planes, pace));
  return result && { ...compared, result };
}

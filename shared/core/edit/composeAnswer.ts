/**
 * Fourth room: the model's answer, about a megapixel in its own shape, becomes pixels that lie on the layer at the
 * layer's own size. The padding is cut away, the alpha comes back, and a region keeps everything outside it untouched.
 */
import type { AbortSignal } from '../abort.ts';
import { featherInwards, featherPxFor } from '../compose/feather.ts';
import { keyOut, restoreAlpha } from '../compose/matte.ts';
import { resample } from '../compose/resample.ts';
import type { Failure } from '../failure.ts';
import { type Extent, sizeText } from '../geometry.ts';
import { trueRatio } from '../models/registry.ts';
import { createPace, type Pace } from '../pace.ts';
import { coveredBounds, cropInRows, cropMask, cropPixels, type Pixels } from '../pixels.ts';
import type { Clock } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import type { CompiledRequest } from './compileRequest.ts';
import { type LayOver, layOver } from './layOver.ts';
import { scopeOf } from './scopeOf.ts';
import type { Composition, EditAsk, Subject } from './types.ts';

/** A shape that is farther from the one asked for than this was chosen by somebody else (a gateway, the model). */
const ratioTolerance = 0.05;

export async function composeAnswer(
  subject: Subject,
  compiled: Pick<CompiledRequest, 'frame' | 'matte' | 'ground'>,
  answer: Pixels,
  instructions: readonly string[],
  ask: Pick<EditAsk, 'tone' | 'keep'>,
  clock: Clock,
  signal: AbortSignal,
  lay: LayOver = layOver,
): Promise<Result<Composition, Failure>> {
  const { frame, matte, ground } = compiled;
  const notes: string[] = [];
  let laidOver: Pick<Composition, 'findings' | 'evidence'> = { findings: null, evidence: null };
  const stretch = trueRatio(answer) / trueRatio(frame.padded);
  if (Math.abs(Math.log(stretch)) > ratioTolerance)
    notes.push(
      `The model answered with ${sizeText(answer)}, another shape than was asked for; it was fitted to the layer and may be distorted.`,
    );

  if (ground === null) {
    const shown = await withoutPadding(answer, compiled, subject.bounds, createPace(clock, signal));
    if (shown === null) return err({ kind: 'cancelled' });
    const laid = await lay(
      subject,
      shown,
      {
        scope: scopeOf(instructions, subject.region !== null),
        tone: ask.tone ?? 'auto',
        whole: ask.keep === 'nothing',
        matte,
      },
      clock,
      signal,
    );
    if (!laid.ok) return laid;
    laidOver = { findings: laid.value.findings, evidence: laid.value.evidence };
    if (laid.value.findings.registration.accepted) return ok({ ...laid.value, notes: [...notes, ...laid.value.notes] });
    // The exact frame of what was sent is known, which is better than a stretch.
    notes.push(...laid.value.notes);
  }

  const perLayerPx = { x: answer.width / frame.padded.width, y: answer.height / frame.padded.height };
  const pace = createPace(clock, signal);
  const placed = await resample(
    answer,
    { start: frame.at.x * perLayerPx.x, step: perLayerPx.x, length: subject.bounds.width },
    { start: frame.at.y * perLayerPx.y, step: perLayerPx.y, length: subject.bounds.height },
    pace,
  );
  if (placed === null) return err({ kind: 'cancelled' });

  if (ground !== null) {
    if (!(await keyOut(placed, ground, subject.pixels, pace))) return err({ kind: 'cancelled' });
    notes.push('The background was made transparent. Hide the layer beneath to see it.');
  } else if (matte !== null && !(await restoreAlpha(placed, subject.pixels, matte, pace))) return err({ kind: 'cancelled' });

  if (subject.region === null) return ok({ pixels: placed, bounds: subject.bounds, mask: null, answer: null, ...laidOver, notes });
  const covered = coveredBounds(subject.region);
  const faded = await featherInwards(subject.region, featherPxFor(covered), pace);
  if (faded === null) return err({ kind: 'cancelled' });
  return ok({
    pixels: cropPixels(placed, subject.bounds, covered),
    bounds: covered,
    mask: cropMask(faded, covered),
    answer: { pixels: placed, bounds: subject.bounds },
    ...laidOver,
    notes,
  });
}

/** The part of the answer that shows the subject, to the pixel; what is left of a pixel is found by registering. Null when aborted. */
async function withoutPadding(
  answer: Pixels,
  { frame }: Pick<CompiledRequest, 'frame'>,
  layer: Extent,
  pace: Pace,
): Promise<Pixels | null> {
  const x = answer.width / frame.padded.width;
  const y = answer.height / frame.padded.height;
  const left = Math.round(frame.at.x * x);
  const top = Math.round(frame.at.y * y);
  const width = Math.max(1, Math.min(answer.width - left, Math.round(layer.width * x)));
  const height = Math.max(1, Math.min(answer.height - top, Math.round(layer.height * y)));
  if (left === 0 && top === 0 && width === answer.width && height === answer.height) return answer;
  return cropInRows(answer, { x: left, y: top, width, height }, pace);
}

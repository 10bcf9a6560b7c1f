/** A picture from elsewhere over its subject: nothing is known of how it was sent, and no words say how far it reaches. */
import type { AbortSignal } from '../abort.ts';
import { toSrgb } from '../color/convert.ts';
import { chooseMatte } from '../compose/matte.ts';
import type { Failure } from '../failure.ts';
import { hasTransparency, type Pixels } from '../pixels.ts';
import type { Clock } from '../ports.ts';
import type { Result } from '../result.ts';
import { type LaidOver, type LayOver, layOver } from './layOver.ts';
import type { EditAsk, Subject } from './types.ts';

export function layMerged(
  subject: Subject,
  answer: Pixels,
  { tone = 'auto', keep = 'rest' }: Pick<EditAsk, 'tone' | 'keep'>,
  clock: Clock,
  signal: AbortSignal,
  lay: LayOver = layOver,
): Promise<Result<LaidOver, Failure>> {
  const matte = hasTransparency(subject.pixels) ? chooseMatte(subject.pixels) : null;
  return lay(subject, toSrgb(answer), { scope: 'unknown', tone, whole: keep === 'nothing', matte }, clock, signal);
}

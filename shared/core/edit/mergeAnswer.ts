/**
 * The walk without the model: a picture that came from anywhere (AI Studio, the Gemini app, another tool) becomes a take.
 * Read the subject → compose → place → record.
 */
import type { AbortSignal } from '../abort.ts';
import { toSrgb } from '../color/convert.ts';
import { chooseMatte } from '../compose/matte.ts';
import type { Failure } from '../failure.ts';
import { intersection, isEmpty } from '../geometry.ts';
import { readHistory } from '../history/recordTake.ts';
import type { Take } from '../history/take.ts';
import type { LayerRef } from '../host.ts';
import { coveredBounds, cropMask, hasTransparency, type Mask, type Pixels } from '../pixels.ts';
import { digitalSourceTypes } from '../provenance.ts';
import { err, ok, type Result } from '../result.ts';
import { shorten } from '../text.ts';
import { software } from '../version.ts';
import { layOver } from './layOver.ts';
import { placeTake, rememberTake } from './placeTake.ts';
import { latestAt, readSubject } from './readSubject.ts';
import type { Composition, EditPorts, Findings } from './types.ts';

export interface MergeAsk {
  readonly of: LayerRef | 'visible';
  /** Where the change may go; null for everywhere. */
  readonly region: Mask | null;
  /** In any profile and of any size. */
  readonly answer: Pixels;
  /** What the group is called: a file name, or what was asked for. */
  readonly name: string;
  /** SHA-256 in hex of the answer's file; '' when there was none. */
  readonly answerHash: string;
  readonly tone: 'auto' | 'keep';
  /** Show all of the answer, registered, instead of the change alone. */
  readonly whole: boolean;
}

export interface MergeOutcome {
  readonly take: Take;
  readonly layer: LayerRef;
  readonly composition: Composition;
  readonly findings: Findings;
  readonly notes: readonly string[];
}

export type MergePorts = Pick<EditPorts, 'host' | 'store' | 'clock' | 'ids' | 'layOver'>;

export async function mergeAnswer(
  { host, store, clock, ids, layOver: lay = layOver }: MergePorts,
  ask: MergeAsk,
  signal: AbortSignal,
): Promise<Result<MergeOutcome, Failure>> {
  const at = clock.now();
  const before = await readHistory(store);
  const earlier = before.ok ? before.value.takes : [];
  const read = await readSubject(host, ask.of, null, earlier, signal);
  if (!read.ok) return read;
  const { bounds, pixels } = read.value;
  if (ask.region !== null) {
    const covered = coveredBounds(ask.region);
    if (isEmpty(covered)) return err({ kind: 'bad-mask', why: 'empty', got: ask.region.bounds, wanted: bounds });
    if (isEmpty(intersection(covered, bounds))) return err({ kind: 'bad-region', region: covered, extent: bounds });
  }
  const subject = { ...read.value, region: ask.region === null ? null : cropMask(ask.region, bounds) };

  const matte = hasTransparency(pixels) ? chooseMatte(pixels) : null;
  const asked = { scope: 'unknown', tone: ask.tone, whole: ask.whole, matte } as const;
  const laid = await lay(subject, toSrgb(ask.answer), asked, clock, signal);
  if (!laid.ok) return laid;
  const composition = laid.value;

  const name = shorten(ask.name, 60);
  const takeId = ids.next();
  const parent = latestAt(earlier, ask.of)?.id ?? null;
  const provenance = {
    schema: 1,
    takeId,
    parentTakeId: parent,
    model: 'merged',
    modelVersion: '',
    responseId: '',
    instruction: ask.name,
    prompt: { id: 'merge', version: 1 },
    inputHash: '',
    promptHash: '',
    answerHash: ask.answerHash,
    at: new Date(at).toISOString(),
    digitalSourceType: digitalSourceTypes.composite,
    software,
  } as const;
  const layerName = `Take ${earlier.length + 1} · merged`;
  const placed = await placeTake(host, composition, { name: layerName, group: name, above: ask.of, provenance }, signal);
  if (!placed.ok) return placed;

  const take: Take = {
    id: takeId,
    parent,
    instruction: ask.name,
    description: '',
    provenance,
    source: { of: ask.of, name: subject.name, bounds },
    placed: { layer: placed.value, bounds: composition.bounds },
    usage: null,
    costUsd: null,
    tookMs: clock.now() - at,
    at,
  };
  const historyNotes = await rememberTake(store, take);
  return ok({
    take,
    layer: placed.value,
    composition,
    findings: composition.findings,
    notes: [...subject.notes, ...composition.notes, ...historyNotes],
  });
}

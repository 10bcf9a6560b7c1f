/**
 * The walk without the model: a picture that came from anywhere (AI Studio, the Gemini app, another tool) becomes a take.
 * Read the subject → compose → place → record.
 */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import { intersection, isEmpty } from '../geometry.ts';
import { hashRun } from '../hash.ts';
import { tellStory } from '../history/story.ts';
import { freshContext, noPictures, type Take } from '../history/take.ts';
import { nextOrder, takeAt } from '../history/tree.ts';
import type { LayerRef } from '../host.ts';
import type { EncodedPicture } from '../model.ts';
import { createPace } from '../pace.ts';
import { pictureTypeOf } from '../pictureType.ts';
import { coveredBounds, cropMask, hasTransparency, type Mask, type Pixels } from '../pixels.ts';
import type { PictureCodec } from '../ports.ts';
import { digitalSourceTypes, type Provenance } from '../provenance.ts';
import { err, ok, type Result } from '../result.ts';
import { shorten } from '../text.ts';
import { software } from '../version.ts';
import { layMerged } from './layMerged.ts';
import { placeTake } from './placeTake.ts';
import { readSubject } from './readSubject.ts';
import { takeFindings } from './takeFindings.ts';
import { takeName } from './takeName.ts';
import { layerRefs, makeThumbnail } from './takePictures.ts';
import { openRecord } from './takeRecord.ts';
import type { Composition, EditPorts, Findings } from './types.ts';

export interface MergeAsk {
  readonly of: LayerRef | 'visible';
  /** Where the change may go; null for everywhere. */
  readonly region: Mask | null;
  /** In any profile and of any size. */
  readonly answer: Pixels;
  /** What the group is called: a file name, or what was asked for. */
  readonly name: string;
  /** The answer's file; null when there was none. */
  readonly file: Uint8Array | null;
  readonly tone: 'auto' | 'keep';
  /** Show all of the answer, registered, instead of the change alone. */
  readonly whole: boolean;
}

export interface MergeOutcome {
  readonly take: Take;
  readonly layer: LayerRef;
  readonly composition: Composition;
  readonly findings: Findings;
  readonly provenance: Provenance;
  readonly notes: readonly string[];
}

export type MergePorts = Pick<EditPorts, 'host' | 'store' | 'clock' | 'ids' | 'codec' | 'layOver'>;

export async function mergeAnswer(
  { host, store, clock, ids, codec, layOver }: MergePorts,
  ask: MergeAsk,
  signal: AbortSignal,
): Promise<Result<MergeOutcome, Failure>> {
  const at = clock.now();
  const record = await openRecord(store);
  const { history } = record;
  const read = await readSubject(host, ask.of, null, history, signal);
  if (!read.ok) return read;
  const { bounds, pixels } = read.value;
  if (ask.region !== null) {
    const covered = coveredBounds(ask.region);
    if (isEmpty(covered)) return err({ kind: 'bad-mask', why: 'empty', got: ask.region.bounds, wanted: bounds });
    if (isEmpty(intersection(covered, bounds))) return err({ kind: 'bad-region', region: covered, extent: bounds });
  }
  const subject = { ...read.value, region: ask.region === null ? null : cropMask(ask.region, bounds) };

  const how = { tone: ask.tone, keep: ask.whole ? 'nothing' : 'rest' } as const;
  const laid = await layMerged(subject, ask.answer, how, clock, signal, layOver);
  if (!laid.ok) return laid;
  const composition = laid.value;

  const answerHash = ask.file === null ? '' : await hashRun(ask.file, createPace(clock, signal));
  if (answerHash === null) return err({ kind: 'cancelled' });
  const takeId = ids.next();
  const parent = takeAt(history, ask.of)?.id ?? null;
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
    answerHash,
    at: new Date(at).toISOString(),
    digitalSourceType: digitalSourceTypes.composite,
    software,
  } as const;
  const refs = await layerRefs(composition, clock, signal);
  if (refs === null) return err({ kind: 'cancelled' });
  const encoded = await encodedAnswer(ask, codec, signal);
  const answer = encoded && (await record.keepPicture(encoded, ask.answer, 'The merged picture'));
  const small = await makeThumbnail(subject, composition, codec, clock, signal);
  const thumbnail = small && (await record.keepPicture(small, small.pixels, 'The thumbnail'));
  const composed: Take = {
    id: takeId,
    parent,
    order: nextOrder(history),
    state: 'answered',
    instruction: ask.name,
    region: ask.region?.bounds ?? null,
    context: { ...freshContext(ask.name), chosenBy: 'user', why: 'A picture from elsewhere was merged.' },
    said: [],
    pictures: { ...noPictures, answer, ...refs, thumbnail },
    turn: null,
    prompt: provenance.prompt,
    provenance,
    model: 'merged',
    source: { of: ask.of, name: subject.name, bounds },
    placed: null,
    findings: takeFindings(composition.findings, how),
    scores: [],
    usage: null,
    costUsd: null,
    tookMs: clock.now() - at,
    at,
    failure: null,
  };
  const names = {
    name: takeName(history, composed, 'merged'),
    group: shorten(ask.name, 60),
    above: ask.of,
    provenance,
    story: tellStory(history, composed),
  };
  const placed = await placeTake(host, composition, names, signal);
  if (!placed.ok) return placed;

  const take: Take = {
    ...composed,
    state: 'done',
    placed: { layer: placed.value, bounds: composition.bounds },
    tookMs: clock.now() - at,
  };
  await record.keep(take);
  return ok({
    take,
    layer: placed.value,
    composition,
    findings: composition.findings,
    provenance,
    notes: [...subject.notes, ...composition.notes, ...transparencyNotes(ask.answer, hasTransparency(pixels)), ...record.notes()],
  });
}

/** The file itself where it is read back as the very pixels that were merged; else a PNG of them. Null when aborted. */
async function encodedAnswer({ file, answer }: MergeAsk, codec: PictureCodec, signal: AbortSignal): Promise<EncodedPicture | null> {
  const type = file && pictureTypeOf(file);
  // The codec reads 8 bits of a 16-bit PNG (the depth is the header's 25th byte) in its own way.
  if (file !== null && type !== null && !(type === 'image/png' && file[24] === 16)) return { type, bytes: file };
  const bytes = await codec.encode(answer, { type: 'image/png' }, signal);
  return bytes.ok ? { type: 'image/png', bytes: bytes.value } : null;
}

/** An answer over a source that is transparent itself lies on the same matte as that. */
const transparencyNotes = (answer: Pixels, isSourceTransparent: boolean): readonly string[] =>
  !isSourceTransparent && hasTransparency(answer) ? ['The answer is transparent in places; these were taken as white.'] : [];

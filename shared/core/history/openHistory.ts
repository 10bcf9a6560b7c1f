/**
 * What is done with a history when its document is opened: journals that a broken-off run left are brought in, rounds that
 * nobody works on any more are ended, damaged entries are set aside, and layers that were duplicated or pasted are
 * understood. All of it is added to the store; what there was to say is answered in sentences.
 */
import type { AbortSignal } from '../abort.ts';
import { neverAborted } from '../abort.ts';
import type { Failure } from '../failure.ts';
import type { Host, LayerInfo } from '../host.ts';
import { findModel } from '../models/registry.ts';
import { pictureTypeOf } from '../pictureType.ts';
import type { BlobStore, DocumentStore, Ids, PictureCodec } from '../ports.ts';
import { digitalSourceTypes } from '../provenance.ts';
import { ok, type Result } from '../result.ts';
import { shorten } from '../text.ts';
import { software } from '../version.ts';
import { absorbHistory } from './absorbHistory.ts';
import { type Adoption, adoptLayers, type StoriedLayer } from './adoptLayers.ts';
import { keepMarks, keepTake } from './keepTake.ts';
import { roundBlobsByTake } from './keptRounds.ts';
import { blobsOf } from './planPrune.ts';
import { type ReadHistory, readHistory, setAside } from './readHistory.ts';
import type { History, PictureRef, Take } from './take.ts';
import { takesInOrder } from './tree.ts';

export interface OpenPorts {
  readonly host: Host;
  readonly store: DocumentStore;
  readonly ids: Ids;
  readonly codec: PictureCodec;
}

export interface OpenedHistory {
  readonly history: History;
  /** Takes whose answers came from a journal. */
  readonly recovered: readonly Take[];
  /** Placed takes that no layer shows any more. */
  readonly gone: ReadonlySet<string>;
  readonly notes: readonly string[];
}

export interface OpenHow {
  /** Whether a pending round is over. Only who is alone with the document knows that of all. */
  readonly isOver?: (take: Take) => boolean;
  readonly signal?: AbortSignal;
}

/** `journals`: what broken-off runs left behind; they stay as they are, for the caller to clear after a save. */
export async function openHistory(
  { host, store, ids, codec }: OpenPorts,
  journals: readonly DocumentStore[],
  { isOver = () => true, signal = neverAborted }: OpenHow = {},
): Promise<Result<OpenedHistory, Failure>> {
  const notes: string[] = [];
  const brought = new Set<string>();
  for (const journal of journals) {
    const absorbed = await absorbHistory(store, journal, { asUnplaced: true });
    if (!absorbed.ok) return absorbed;
    for (const { id } of absorbed.value.takes) brought.add(id);
    notes.push(...absorbed.value.notes);
  }
  const first = await readHistory(store);
  if (!first.ok) return first;
  notes.push(...first.value.notes);
  const aside = await setAside(store, first.value.damaged);
  if (!aside.ok) return aside;

  const ended = await endBrokenOff(store, first.value, codec, isOver, signal);
  if (!ended.ok) return ended;
  const layers = await host.layers();
  if (!layers.ok) return layers;
  const stories = await storiesOf(host, layers.value);
  if (!stories.ok) return stories;
  const adopted = await adoptStories(store, stories.value, ids);
  if (!adopted.ok) return adopted;
  const { history, gone } = adopted.value;
  notes.push(...adopted.value.notes);

  const recovered = takesInOrder(history).filter(
    ({ id, pictures }) => (brought.has(id) || ended.value.claimed.has(id)) && pictures.answer !== null,
  );
  notes.push(...recoveryNotes(recovered), ...lossNotes(ended.value.lost));
  return ok({ history, recovered, gone, notes: [...new Set(notes)] });
}

/** Understands layers by their stories, and keeps what they tell: takes that were pasted, marks of duplicates. */
export async function adoptStories(store: DocumentStore, stories: readonly StoriedLayer[], ids: Ids): Promise<Result<Adoption, Failure>> {
  const now = await readHistory(store);
  if (!now.ok) return now;
  const adopted = adoptLayers(now.value.history, stories, ids.next());
  for (const take of adopted.takes) {
    const kept = await keepTake(store, take);
    if (!kept.ok) return kept;
  }
  for (const marks of adopted.marks) {
    const kept = await keepMarks(store, marks);
    if (!kept.ok) return kept;
  }
  return ok(adopted);
}

const dateText = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** More are told as a number: a page that was closed after a long sitting may have left fifty. */
const mostToldOneByOne = 2;

function recoveryNotes(takes: readonly Take[]): readonly string[] {
  const isPaid = ({ model }: Take): boolean => findModel(model).wire !== 'offline';
  if (takes.length <= mostToldOneByOne)
    return takes.map(
      (take) =>
        `${isPaid(take) ? 'A paid answer' : 'An answer'} of ${whenText(take)} was recovered: it was in no file yet, and is among the takes.`,
    );
  const [from, to] = [takes[0], takes[takes.length - 1]].map(({ at }) => dateText(at));
  const count = `${takes.length} ${takes.some(isPaid) ? 'paid answers' : 'answers'}`;
  return [`${count}, of ${from} to ${to} UTC, were recovered: they were in no file yet, and are among the takes.`];
}

const lossNotes = (takes: readonly Take[]): readonly string[] =>
  takes.length <= mostToldOneByOne
    ? takes.map((take) => `A run of ${whenText(take)} was broken off before its answer arrived; the service may have billed it.`)
    : [`${takes.length} runs were broken off before their answers arrived; the service may have billed them.`];

const whenText = ({ at, instruction }: Take): string => `${dateText(at)} UTC (“${shorten(instruction, 60)}”)`;

export interface BrokenOff {
  /** Takes whose picture was there, but not yet named by its take. */
  readonly claimed: ReadonlySet<string>;
  readonly lost: readonly Take[];
}

/**
 * Rounds that are pending in a document that is only now being opened are over, unless somebody else has it open too. Where one
 * alone is pending, and a picture is there that no take names, the run ended between the picture and the entry that was to name
 * it: it is the answer.
 */
export async function endBrokenOff(
  store: DocumentStore,
  read: ReadHistory,
  codec: PictureCodec,
  isOver: (take: Take) => boolean,
  signal: AbortSignal,
): Promise<Result<BrokenOff, Failure>> {
  const pending = takesInOrder(read.history).filter(({ state }) => state === 'pending');
  const over = pending.filter(isOver);
  if (over.length === 0) return ok({ claimed: new Set(), lost: [] });
  // What cannot be read may name a picture that seems to be nobody's, and a round that still runs may have just written it.
  const isClear = pending.length === 1 && !read.hasUnread;
  const unnamed = isClear ? await unnamedAnswer(store.blobs, read.history, codec, signal) : ok(null);
  if (!unnamed.ok) return unnamed;
  const claimed = new Set<string>();
  const lost: Take[] = [];
  for (const take of over) {
    const ended = unnamed.value === null ? brokenOff(take) : answeredWith(take, unnamed.value);
    const kept = await keepTake(store, ended);
    if (!kept.ok) return kept;
    if (unnamed.value === null) lost.push(ended);
    else claimed.add(take.id);
  }
  return ok({ claimed, lost });
}

const brokenOff = (take: Take): Take => ({
  ...take,
  state: 'failed',
  failure: {
    kind: 'broken-off',
    title: 'The run was broken off',
    sentence: 'The program ended before the answer arrived. The service may have billed it.',
  },
});

/** What is known of the answer without the reply that it came in. */
const answeredWith = (take: Take, answer: PictureRef): Take => ({
  ...take,
  state: 'answered',
  pictures: { ...take.pictures, answer },
  said: [{ kind: 'picture', hash: answer.hash }],
  provenance: {
    schema: 1,
    takeId: take.id,
    parentTakeId: take.parent,
    model: take.model,
    modelVersion: '',
    responseId: '',
    instruction: take.instruction,
    prompt: take.prompt ?? { id: 'unknown', version: 0 },
    inputHash: '',
    promptHash: '',
    answerHash: answer.hash,
    at: new Date(take.at).toISOString(),
    digitalSourceType: findModel(take.model).wire === 'offline' ? digitalSourceTypes.algorithm : digitalSourceTypes.composite,
    software,
  },
});

/** The picture that no take names and that was written first: the answer is, before what it was asked with. */
async function unnamedAnswer(
  blobs: BlobStore,
  history: History,
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<Result<PictureRef | null, Failure>> {
  const [list, rounds] = [await blobs.list(), await roundBlobsByTake(blobs, history)];
  if (!list.ok) return list;
  if (!rounds.ok) return rounds;
  const named = new Set([...[...history.takes.values()].flatMap(blobsOf), ...[...rounds.value.values()].flat()]);
  for (const { hash, byteLength } of list.value) {
    const bytes = named.has(hash) ? ok(null) : await blobs.read(hash);
    const type = bytes.ok && bytes.value !== null ? pictureTypeOf(bytes.value) : null;
    if (!bytes.ok || bytes.value === null || type === null) continue;
    const pixels = await codec.decode(bytes.value, signal);
    if (pixels.ok) return ok({ hash, type, byteLength, width: pixels.value.width, height: pixels.value.height });
  }
  return ok(null);
}

export async function storiesOf(host: Host, layers: readonly LayerInfo[]): Promise<Result<readonly StoriedLayer[], Failure>> {
  const read = await Promise.all(layers.map(({ ref }) => host.readStory(ref)));
  const stories: StoriedLayer[] = [];
  for (const [i, story] of read.entries()) {
    if (!story.ok) return story;
    stories.push({ ref: layers[i].ref, bounds: layers[i].bounds, story: story.value });
  }
  return ok(stories);
}

/**
 * From the choice of a way to what is really there: the rounds are read from the document, what is lost is found out
 * before anything is sent, and the conversation is brought within the model's limits.
 */
import type { AbortSignal } from '../abort.ts';
import { toSrgb } from '../color/convert.ts';
import type { Failure } from '../failure.ts';
import { type Bounds, intersection, union } from '../geometry.ts';
import { isFurtherPicture, type PictureMeant, pictureMeant } from '../history/furtherPictures.ts';
import { isSigned, modelTurn, ownReferences, partBlobs, picturesOf, type Round, readRound, type SubjectLook } from '../history/round.ts';
import { type History, type Take, type TakeContext, wordsOf } from '../history/take.ts';
import { layersOfTakes, pathTo, takeAt } from '../history/tree.ts';
import type { LayerRef } from '../host.ts';
import type { LabelledPicture, Turn } from '../model.ts';
import { coveredBounds, type Mask, rectangleMask } from '../pixels.ts';
import { earlierRoundsText } from '../prompts/continueEdit.ts';
import { type RoundText, roundsBlock } from '../prompts/promptText.ts';
import { err, ok, type Result } from '../result.ts';
import {
  type ContextChoice,
  type ContextQuestion,
  chooseContext,
  conversationOf,
  isQuestioned,
  questionBefore,
  saidInstruction,
  soundPath,
} from './chooseContext.ts';
import { droppedReferences, factsOf, fitReferences, fitTurns, mostReferenced, noLongerFits } from './fitContext.ts';
import { maskOf } from './regionMask.ts';
import type { EditAsk, EditPorts } from './types.ts';

export interface PreparedContext {
  readonly context: TakeContext;
  readonly parent: Take | null;
  readonly subject: SubjectPlace;
  readonly told: Told;
  /** The take whose result is to be edited and which no layer shows: it has to be placed again first. */
  readonly missing: Take | null;
}

/** What is read as the subject. */
export interface SubjectPlace {
  readonly of: LayerRef | 'visible';
  /** Where the change may go, with the rounds that the request repeats; null for everywhere. */
  readonly region: Mask | null;
  /** The picture that the conversation is about; null to choose it by the region. */
  readonly bounds: Bounds | null;
  /** Left out of all that shows. */
  readonly except: readonly LayerRef[];
  /** What the model saw of it when the conversation began; null when it sees it now. */
  readonly look: SubjectLook | null;
}

/** What the model is told beside the subject. */
export interface Told {
  readonly instruction: string;
  /** Told in one list with the instruction, on the untouched layer; [] for none. */
  readonly earlier: readonly ToldRound[];
  /** References of those rounds, as many as the model takes beside this round's own. */
  readonly references: readonly LabelledPicture[];
  /** What this round's own "image 2" lies behind the request's. */
  readonly pictureOffset: number;
  /** Not empty: the subject is the model's own picture in the last of them. */
  readonly turns: readonly Turn[];
  /** The model asked, and has made no picture yet. */
  readonly isReply: boolean;
  /** Which picture of its last answer the instruction is about; null for its last one. */
  readonly meant: PictureMeant | null;
  /** What the model had asked, for a list. */
  readonly question: string | null;
  /** Every instruction that the result shows, the last one among them. */
  readonly instructions: readonly string[];
}

export interface ToldRound extends Omit<RoundText, 'place'> {
  readonly region: Bounds | null;
}

export type ContextPorts = Pick<EditPorts, 'host' | 'store' | 'entry' | 'codec'>;

/** The conversation cannot go on, which was found out late; another way is chosen then. */
export interface Lost {
  /** A sentence. */
  readonly why: string;
  /** Whether a take that no layer shows may be `missing`, to be placed and edited instead. */
  readonly mayPlace: boolean;
}

export async function prepareContext(
  ports: ContextPorts,
  ask: EditAsk,
  history: History,
  signal: AbortSignal,
  lost: Lost | null = null,
): Promise<Result<PreparedContext, Failure>> {
  const { host, store, entry } = ports;
  const from = ask.from === undefined ? (takeAt(history, ask.of)?.id ?? null) : ask.from;
  if (from !== null && !history.takes.has(from)) return err({ kind: 'no-such-take', name: from, near: [] });
  const question: ContextQuestion = {
    instruction: ask.instruction,
    way: lost !== null ? 'auto' : (ask.way ?? 'auto'),
    from,
    region: ask.region === null ? null : coveredBounds(ask.region),
    history,
    entry,
  };
  const layers = await host.layers();
  if (!layers.ok) return layers;
  const kept = await store.blobs.list();
  const hashes = new Set(kept.ok ? kept.value.map(({ hash }) => hash) : []);
  const refs = new Set(layers.value.map(({ ref }) => ref));
  const isHere = (of: LayerRef | 'visible') => of === 'visible' || refs.has(of);

  // Before the rounds are read it is not known what is lost; which ones matter depends on how far the words go back.
  const first = chooseContext(ask.of, question);
  const rounds = new Map<string, Round | null>();
  const read = async (takes: readonly Take[]): Promise<void> => {
    for (const take of takes) {
      if (rounds.has(take.id)) continue;
      const round = take.turn === null ? ok(null) : await readRound(store.blobs, take.turn);
      rounds.set(take.id, round.ok ? round.value : null);
    }
  };
  if (first.kind === 'ask' && first.parent !== null) await read(conversationOf(soundPath(history, first.parent.id)));
  const turn = (take: Take): 'whole' | 'gone' | 'unsigned' => {
    const round = rounds.get(take.id) ?? null;
    if (lost !== null || round === null || !partBlobs(round).every((hash) => hashes.has(hash))) return 'gone';
    return isSigned(round) ? 'whole' : 'unsigned';
  };
  const choice = chooseContext(ask.of, {
    ...question,
    left: {
      turn,
      layer: isHere,
      result: (take) =>
        layerOf(history, take, isHere) !== null ||
        (lost?.mayPlace !== false && take.pictures.answer !== null && hashes.has(take.pictures.answer.hash)),
    },
  });
  if (choice.kind === 'back') return err({ kind: 'only-back', take: choice.to?.id ?? null, to: choice.to?.instruction ?? null });
  if (choice.kind === 'lost') return err({ kind: 'lost-take', name: choice.parent.instruction });
  if (choice.way === 'fresh') await read(choice.rounds.slice(-mostReferenced));

  const why = lost === null ? choice.why : `${lost.why} ${choice.why}`;
  const prepare = { fresh: prepareFresh, continue: prepareContinue, 'from-take': prepareFromTake }[choice.way];
  const isKept = (hash: string) => !kept.ok || hashes.has(hash);
  const prepared = await prepare({ ports, ask, history, choice, rounds, isHere, isKept, signal });
  if (!prepared.ok) return prepared;
  if (typeof prepared.value === 'string') return prepareContext(ports, ask, history, signal, { why: prepared.value, mayPlace: true });
  const { subject, told, dropped, missing } = prepared.value;
  const context: TakeContext = { way: choice.way, chosenBy: choice.chosenBy, why, instructions: told.instructions, dropped };
  return ok({ context, parent: choice.parent, subject, told, missing });
}

interface Preparing {
  readonly ports: ContextPorts;
  readonly ask: EditAsk;
  readonly history: History;
  readonly choice: Extract<ContextChoice, { kind: 'ask' }>;
  readonly rounds: ReadonlyMap<string, Round | null>;
  readonly isHere: (of: LayerRef | 'visible') => boolean;
  /** Whether the store has the blob. */
  readonly isKept: (hash: string) => boolean;
  readonly signal: AbortSignal;
}

interface Prepared extends Pick<PreparedContext, 'subject' | 'told' | 'missing'> {
  readonly dropped: readonly string[];
}

const nothingTold = (instruction: string): Told => ({
  instruction,
  earlier: [],
  references: [],
  pictureOffset: 0,
  turns: [],
  isReply: false,
  meant: null,
  question: null,
  instructions: [instruction],
});

async function prepareFresh(preparing: Preparing): Promise<Result<Prepared, Failure>> {
  const { ports, ask, history, choice, rounds } = preparing;
  const of = choice.base.kind === 'layer' ? choice.base.of : ask.of;
  const regions = await Promise.all(choice.rounds.map((take) => regionOf(preparing, take)));
  const owns = choice.rounds.map((take) => {
    const round = rounds.get(take.id) ?? null;
    return round === null ? [] : ownReferences(round);
  });
  const here = owns.map((own) => own.filter(({ hash }) => preparing.isKept(hash)));
  const counts = here.map(({ length }) => length);
  const fit = fitReferences(counts, { references: ask.references.length, entry: ports.entry });
  const found = await Promise.all(
    choice.rounds.map(async (take, i) => ({ take, pictures: await picturesOf(here[i].slice(0, fit[i]), ports.store.blobs) })),
  );
  const dropped = droppedReferences(found.map(({ take, pictures }, i) => ({ take, left: owns[i].length - pictures.length })));
  const earlier: ToldRound[] = [];
  const references: LabelledPicture[] = [];
  for (const { take, pictures } of found) {
    earlier.push({
      instruction: saidInstruction(take),
      region: take.region,
      question: questionBefore(choice.rounds, take),
      answer: null,
      pictureOffset: pictures.length === 0 ? 0 : references.length,
    });
    for (const { role, bytes } of pictures) {
      const pixels = await ports.codec.decode(bytes, preparing.signal);
      if (!pixels.ok && pixels.error.kind === 'cancelled') return pixels;
      if (pixels.ok) references.push({ role, label: '', pixels: toSrgb(pixels.value) });
    }
  }
  const parent = choice.parent;
  const told: Told = {
    ...nothingTold(choice.instruction),
    earlier,
    references,
    pictureOffset: references.length,
    question: parent !== null && isQuestioned(parent) ? wordsOf(parent) : null,
    instructions: [...earlier.map(({ instruction }) => instruction), choice.instruction],
  };
  const subject = { of, region: unionOf([...regions, ask.region]), bounds: null, except: exceptFor(history, choice, of), look: null };
  return ok({ subject, told, dropped, missing: null });
}

/** Or why it cannot be done after all, as a sentence. */
async function prepareContinue(preparing: Preparing): Promise<Result<Prepared | string, Failure>> {
  const { ports, ask, history, choice, rounds } = preparing;
  const takes = choice.rounds;
  const whole = takes.flatMap((take) => {
    const round = rounds.get(take.id) ?? null;
    return round === null ? [] : [{ take, round }];
  });
  if (whole.length < takes.length) return ok(unreadable);
  const next = { instruction: choice.instruction, references: ask.references.length, entry: ports.entry };
  const fit = fitTurns(
    whole.map(({ take, round }) => ({ take, facts: factsOf(round) })),
    next,
  );
  if (fit === null) return ok(noLongerFits);
  const last = whole[whole.length - 1];
  const meant = pictureMeant(last.round, last.take);
  if (meant === null && isFurtherPicture(history, last.take)) return ok(unreadable);

  const turns: Turn[] = [];
  for (const [i, { round }] of whole.entries()) {
    if (i < fit.folded) continue;
    const model = await modelTurn(round, ports.store.blobs);
    if (!model.ok) return model.error.kind === 'corrupt' ? ok(unreadable) : model;
    if (model.value === null) return ok(unreadable);
    const text =
      i === fit.folded && i > 0
        ? earlierRoundsText(roundsBlock(whole.slice(0, i + 1).flatMap(({ take }, k) => wordsOfRound(take, k < i))))
        : round.user.text;
    turns.push({ role: 'user', text, pictures: i < fit.bare ? [] : await picturesOf(round.user.pictures, ports.store.blobs) }, model.value);
  }
  const regions = await Promise.all(takes.map((take) => regionOf(preparing, take)));
  const of = choice.base.kind === 'layer' ? choice.base.of : layerOf(history, choice.base.take, preparing.isHere);
  if (of === null) return ok('The take that the conversation is about is no longer there.');
  const subject = {
    of,
    region: unionOf([...regions, ask.region]),
    bounds: takes[0].source.bounds,
    except: choice.base.kind === 'layer' ? exceptFor(history, choice, of) : [],
    look: whole[0].round.subject,
  };
  const told: Told = {
    ...nothingTold(choice.instruction),
    turns,
    isReply: takes.every(isQuestioned),
    meant,
    instructions: [...takes.flatMap((take, i) => (i === 0 ? take.context.instructions : [saidInstruction(take)])), choice.instruction],
  };
  return ok({ subject, told, dropped: fit.dropped, missing: null });
}

const unreadable = 'The earlier turns could not be read.';

/** A round in words only, the model's beside the user's. */
const wordsOfRound = (take: Take, withAnswer: boolean): readonly RoundText[] => {
  const instructions = take.context.way === 'continue' ? [saidInstruction(take)] : take.context.instructions;
  return instructions.map((instruction, i) => ({
    instruction,
    place: null,
    question: null,
    answer: withAnswer && i === instructions.length - 1 && wordsOf(take) !== '' ? wordsOf(take) : null,
    pictureOffset: 0,
  }));
};

async function prepareFromTake({ ask, history, choice, isHere }: Preparing): Promise<Result<Prepared, Failure>> {
  const take = choice.base.kind === 'take' ? choice.base.take : choice.parent;
  const of = take === null ? ask.of : layerOf(history, take, isHere);
  const subject = { of: of ?? ask.of, region: ask.region, bounds: null, except: [], look: null };
  return ok({ subject, told: nothingTold(choice.instruction), dropped: [], missing: of === null ? take : null });
}

/** A layer that still shows the take: where it was placed, or a copy. */
export function layerOf(history: History, take: Take, isHere: (of: LayerRef) => boolean): LayerRef | null {
  const layers = [...(take.placed === null ? [] : [take.placed.layer]), ...(history.marks.get(take.id)?.layers ?? [])];
  return layers.find((layer) => isHere(layer) && takeAt(history, layer)?.id === take.id) ?? null;
}

/** Of all that shows, a tree's own takes are no part of what it began with, nor is what was made after its first. */
function exceptFor(history: History, choice: Extract<ContextChoice, { kind: 'ask' }>, of: LayerRef | 'visible'): readonly LayerRef[] {
  const root = choice.parent === null ? undefined : pathTo(history, choice.parent.id)[0];
  if (of !== 'visible' || root === undefined) return [];
  const since = [...history.takes].filter(([, take]) => take.order >= root.order);
  return layersOfTakes({ ...history, takes: new Map(since) });
}

async function regionOf({ ports, rounds, signal }: Preparing, take: Take): Promise<Mask | null> {
  if (take.region === null) return null;
  const hash = rounds.get(take.id)?.mask ?? null;
  const bytes = hash === null ? null : await ports.store.blobs.read(hash);
  const mask = bytes?.ok === true && bytes.value !== null ? await maskOf(bytes.value, take.region, ports.codec, signal) : null;
  return mask ?? rectangleMask(take.region);
}

/** Everywhere that one of them allows; null, everywhere, when one of them is. */
export function unionOf(masks: readonly (Mask | null)[]): Mask | null {
  const some = masks.filter((mask) => mask !== null);
  if (some.length < masks.length || some.length === 0) return null;
  if (some.length === 1) return some[0];
  const bounds = some.map((mask) => mask.bounds).reduce(union);
  const data = new Uint8ClampedArray(bounds.width * bounds.height);
  for (const mask of some) {
    const at = intersection(mask.bounds, bounds);
    for (let y = at.y; y < at.y + at.height; y++)
      for (let x = at.x; x < at.x + at.width; x++) {
        const to = (y - bounds.y) * bounds.width + x - bounds.x;
        const value = mask.data[(y - mask.bounds.y) * mask.bounds.width + x - mask.bounds.x];
        if (value > data[to]) data[to] = value;
      }
  }
  return { bounds, data };
}

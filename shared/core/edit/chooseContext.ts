/**
 * How a round continues: what is its subject, which words and turns the model is shown, and why. Pure, so that the panel
 * can show before anything is sent what the walk will do.
 *
 * Three ways (handbook: gemini §7, §10). `fresh`: the untouched layer and all instructions in one list; nothing drifts,
 * and it is the usual one. `continue`: the model's own conversation; the only one in which "a bit more" means something.
 * `from-take`: a take's result is the new source; for what concerns a part that only that result has, and when the list
 * has grown long.
 */
import { type Bounds, contains, sameBounds } from '../geometry.ts';
import { isFurtherPicture } from '../history/furtherPictures.ts';
import { type ContextWay, type History, type Take, wordsOf } from '../history/take.ts';
import { pathTo } from '../history/tree.ts';
import type { LayerRef } from '../host.ts';
import type { ModelEntry } from '../models/registry.ts';
import { readFollowUp } from '../prompts/followUp.ts';
import { toUtf8 } from '../text.ts';

export interface ContextQuestion {
  readonly instruction: string;
  readonly way: 'auto' | ContextWay;
  /** The take to go on from; null for the layer itself. */
  readonly from: string | null;
  /** Where the change may go now, in document pixels; null for everywhere. */
  readonly region: Bounds | null;
  readonly history: History;
  readonly entry: ModelEntry;
  /** What is left of the document; what is not given is taken to be there. */
  readonly left?: {
    /** `gone`: not kept or lost. `unsigned`: a signature is missing that the service will ask for. */
    readonly turn?: (take: Take) => 'whole' | 'gone' | 'unsigned';
    /** Whether the take's result can still be seen: by its layer, or by the model's picture. */
    readonly result?: (take: Take) => boolean;
    readonly layer?: (of: LayerRef | 'visible') => boolean;
  };
}

export type ContextChoice =
  | {
      readonly kind: 'ask';
      readonly way: ContextWay;
      readonly chosenBy: 'policy' | 'user';
      /** A sentence for the user. */
      readonly why: string;
      /** The take that the round hangs on, after any going back; null for the layer itself. */
      readonly parent: Take | null;
      /** What is edited: a layer as it is, or a take's result. */
      readonly base: ContextBase;
      /**
       * The earlier rounds that the model is told of: for `fresh` those whose instructions come first in its list, for
       * `continue` those whose turns it is given again. Oldest first; [] for `from-take`.
       */
      readonly rounds: readonly Take[];
      /** What is asked, without the words about going back. */
      readonly instruction: string;
    }
  /** Going back was all that was asked: nothing has to be made. `to` null is the layer itself. */
  | { readonly kind: 'back'; readonly to: Take | null }
  /** The layer is gone and so is the take's picture. */
  | { readonly kind: 'lost'; readonly parent: Take };

export type ContextBase = { readonly kind: 'layer'; readonly of: LayerRef | 'visible' } | { readonly kind: 'take'; readonly take: Take };

/** "After 3 turns restart from the original with the accumulated instructions" (handbook: gemini §10). */
export const mostTurns = 3;
/** More instructions than this in one list are no longer carried out reliably. */
export const mostInstructions = 8;

/** `of`: what is edited when nothing is continued. */
export function chooseContext(of: LayerRef | 'visible', question: ContextQuestion): ContextChoice {
  const { history, way: wanted } = question;
  const { back, rest, isElliptical, isRevision } = readFollowUp(question.instruction);
  const isNavigating = wanted !== 'continue' && back !== 0;
  const start = question.from === null ? [] : soundPath(history, question.from);
  const steps = !isNavigating ? 0 : back === 'all' ? start.length : Math.min(back, start.length);
  const path = start.slice(0, start.length - steps);
  const parent = path[path.length - 1] ?? null;
  const instruction = isNavigating ? rest : question.instruction.trim();
  if (instruction === '' && isNavigating && start.length > 0) return { kind: 'back', to: parent };
  const went = steps === 0 ? '' : parent === null ? 'Back to the layer itself. ' : `Back to “${parent.instruction}”. `;
  const root = start[0] ?? null;
  const layer = { kind: 'layer', of: root?.source.of ?? of } as const;
  const asked = { instruction: instruction === '' ? question.instruction.trim() : instruction, parent };
  if (parent === null)
    return {
      kind: 'ask',
      way: 'fresh',
      chosenBy: 'policy',
      why: went.trim() || 'The first round on this layer.',
      base: layer,
      rounds: [],
      ...asked,
    };

  const found = survey(path, parent, asked.instruction, question);
  const pick =
    wanted === 'auto' ? byPolicy(found, isElliptical, isElliptical || isRevision, question) : { way: wanted, why: chosenWhy[wanted] };
  const turned = possible(pick, found);
  if (turned === null) return { kind: 'lost', parent };
  const { way, why } = turned;
  const chosenBy = wanted !== 'auto' && way === wanted ? 'user' : 'policy';
  const common = { kind: 'ask', way, chosenBy, why: went + why, ...asked } as const;
  switch (way) {
    case 'fresh':
      return { ...common, base: layer, rounds: path };
    case 'from-take':
      return { ...common, base: { kind: 'take', take: parent }, rounds: [] };
    case 'continue': {
      const [first] = found.conversation;
      const before = path[path.indexOf(first) - 1];
      const base: ContextBase = first.context.way === 'from-take' && before !== undefined ? { kind: 'take', take: before } : layer;
      return { ...common, base, rounds: found.conversation };
    }
  }
}

const chosenWhy: Record<ContextWay, string> = {
  fresh: 'You chose to carry out all instructions together on the untouched layer.',
  continue: 'You chose to go on with the conversation.',
  'from-take': 'You chose to edit the take’s result.',
};

/**
 * The rounds that lead to `id`, first to last: those that were answered, and those that ended in a question of the model's.
 * Failed and cancelled ones are no part of what is said next.
 */
export function soundPath(history: History, id: string): readonly Take[] {
  return pathTo(history, id).filter((take) => take.state === 'answered' || take.state === 'done' || isQuestioned(take));
}

/** Ended in words that can be answered: its turn was kept. */
export const isQuestioned = (take: Take): boolean => take.state === 'failed' && take.failure?.kind === 'no-image' && take.turn !== null;

/** The rounds of the conversation that `path` ends in: from the last one that began anew. */
export function conversationOf(path: readonly Take[]): readonly Take[] {
  let from = path.length - 1;
  while (from > 0 && path[from].context.way === 'continue') from--;
  return path.slice(from);
}

interface Found {
  readonly path: readonly Take[];
  readonly parent: Take;
  readonly conversation: readonly Take[];
  /** Why not, as the second half of a sentence; null when it can be done. */
  readonly noFresh: string | null;
  readonly noContinue: string | null;
  readonly noTake: string | null;
  readonly bytes: number;
  readonly isNewRegion: boolean;
  /** The path goes through one picture of several, which its instructions would not make again. */
  readonly isPicked: boolean;
}

function survey(path: readonly Take[], parent: Take, instruction: string, question: ContextQuestion): Found {
  const { history, entry, region, left = {} } = question;
  const turn = left.turn ?? ((take: Take) => (take.turn === null ? 'gone' : 'whole'));
  const hasLayer = left.layer ?? (() => true);
  const hasResult = left.result ?? ((take: Take) => take.state === 'done' || take.pictures.answer !== null);
  const conversation = conversationOf(path);
  const foreign = path.find(isForeign);
  const pictured = lastPictured(path);
  const noFresh =
    foreign !== undefined
      ? `“${foreign.instruction}” came from elsewhere and cannot be asked for again`
      : hasLayer(path[0].source.of)
        ? null
        : 'the original layer is no longer there';
  const states = conversation.map(turn);
  const noContinue =
    entry.turns.taken === 'no'
      ? `${entry.nick} takes no conversation`
      : foreign !== undefined && conversation.includes(foreign)
        ? 'its last picture did not come from a model'
        : states.includes('gone')
          ? 'the earlier turns are not kept with this document'
          : entry.turns.signed && states.includes('unsigned')
            ? 'a signature of the earlier turns is lost'
            : conversation.some(({ model }) => model !== entry.id)
              ? 'another model made the earlier pictures'
              : region !== null && !contains(conversation[0].source.bounds, region)
                ? 'the region lies outside the picture that the conversation is about'
                : baseGone(path, conversation, hasLayer, hasResult);
  const noTake =
    pictured === parent && hasResult(parent)
      ? null
      : isQuestioned(parent)
        ? 'the model asked and made no picture'
        : 'its picture is no longer there';
  return {
    path,
    parent,
    conversation,
    noFresh,
    noContinue,
    noTake,
    bytes: toUtf8([...path.map(saidInstruction), instruction].join('\n')).length,
    isNewRegion: isNewRegion(region, path),
    // In a longer list they are no longer told apart anyway.
    isPicked: path.slice(-mostInstructions).some((take) => isFurtherPicture(history, take)),
  };
}

function baseGone(
  path: readonly Take[],
  conversation: readonly Take[],
  hasLayer: (of: LayerRef | 'visible') => boolean,
  hasResult: (take: Take) => boolean,
): string | null {
  const before = path[path.indexOf(conversation[0]) - 1];
  const isThere = conversation[0].context.way === 'from-take' && before !== undefined ? hasResult(before) : hasLayer(path[0].source.of);
  return isThere ? null : 'the layer that the conversation is about is no longer there';
}

/** Not asked of a model: there are no words that would make it again. */
const isForeign = (take: Take): boolean => take.model === 'merged' || (take.provenance !== null && take.provenance.prompt.id === 'merge');

const lastPictured = (path: readonly Take[]): Take | null => path.filter((take) => !isQuestioned(take)).at(-1) ?? null;

/** What the model was told in that round, without the words about going back. */
export const saidInstruction = (take: Take): string => take.context.instructions.at(-1) ?? take.instruction;

/** Another place than the rounds before were about: what they made elsewhere is to stay. */
function isNewRegion(region: Bounds | null, path: readonly Take[]): boolean {
  const regions = path.map((take) => take.region);
  if (region === null) return regions.some((each) => each !== null);
  return regions.some((each) => each === null || !(sameBounds(each, region) || contains(each, region)));
}

interface Picked {
  readonly way: ContextWay;
  readonly why: string;
}

function byPolicy(found: Found, isElliptical: boolean, isAboutLast: boolean, { region, entry }: ContextQuestion): Picked {
  const { path, parent, conversation, bytes } = found;
  if (isQuestioned(parent)) return { way: 'continue', why: 'You answer what the model asked.' };
  // Without a region, "now green" still means what the last round changed, not all there is.
  if (found.isNewRegion && !(region === null && isAboutLast))
    return region === null
      ? { way: 'from-take', why: 'The rounds before were limited to a region, this one is not: it starts from their result.' }
      : { way: 'from-take', why: 'A new region: everything outside it stays exactly as that take has it.' };
  const canConverse = entry.turns.taken === 'well' && conversation.length < mostTurns && found.noContinue === null;
  if (isElliptical && canConverse)
    return { way: 'continue', why: 'This is about the picture that the model made last, so it sees its own conversation again.' };
  if (found.isPicked && canConverse)
    return { way: 'continue', why: 'One of several pictures was chosen, so the model sees its own answer again and is told which.' };
  if (found.isPicked && found.noTake === null)
    return { way: 'from-take', why: 'One of several pictures was chosen, which words alone would not make again: this starts from it.' };
  const count = path.length + 1;
  if (count > mostInstructions)
    return {
      way: 'from-take',
      why: `There are ${count} instructions by now, too many for one edit: this one starts from the take’s result.`,
    };
  // Half of what a prompt may hold: the rest of it is ours.
  if (bytes > Math.min(20_000, entry.inputTokens * 4) / 2)
    return { way: 'from-take', why: 'The instructions so far are too long for one edit: this one starts from the take’s result.' };
  return {
    way: 'fresh',
    why: `${count === 2 ? 'Both' : `All ${count}`} instructions together on the untouched layer, so that nothing drifts.`,
  };
}

/** The way that was picked, or the next best; null when there is none. */
function possible({ way, why }: Picked, found: Found): Picked | null {
  const obstacle = { fresh: found.noFresh, continue: found.noContinue, 'from-take': found.noTake };
  if (obstacle[way] === null) return { way, why };
  const next = found.isPicked ? (['from-take', 'fresh'] as const) : (['fresh', 'from-take'] as const);
  const instead = next.find((other) => other !== way && obstacle[other] === null);
  if (instead === undefined) return null;
  const what =
    instead === 'fresh' ? 'all instructions are carried out together on the untouched layer' : 'this starts from the take’s result';
  const cannot = {
    fresh: 'The instructions cannot be carried out anew',
    continue: 'The conversation cannot go on',
    'from-take': 'The take’s result cannot be edited',
  };
  return { way: instead, why: `${cannot[way]}, because ${obstacle[way]}: ${what}.` };
}

/** For a flattened list: the model's question that a round answers; null when it answers none. */
export function questionBefore(path: readonly Take[], take: Take): string | null {
  const before = path[path.indexOf(take) - 1];
  return before !== undefined && isQuestioned(before) ? wordsOf(before) : null;
}

/**
 * What a document remembers of its rounds. A take never changes but for how far its run has come; the user's own words
 * about it (name, note, verdict) are marks beside it. All of it is plain data, and merges without a referee.
 */
import type { Bounds, Extent } from '../geometry.ts';
import type { LayerRef } from '../host.ts';
import type { Usage } from '../model.ts';
import type { PictureType } from '../ports.ts';
import type { Provenance } from '../provenance.ts';
import { wordsIn } from '../said.ts';

/** How the run ended; what the user thinks of it stands in the marks. */
export type TakeState = 'pending' | 'answered' | 'done' | 'failed' | 'cancelled';

/** One round: what was asked of which layer, and what came of it. */
export interface Take {
  readonly id: string;
  /** The take it continues, or null for one made from the layer itself. */
  readonly parent: string | null;
  /** 1 + the highest order that its writer had seen: sorts takes where clocks disagree or go backwards. */
  readonly order: number;
  readonly state: TakeState;
  readonly instruction: string;
  /** What the change was limited to, in document pixels; null for the whole layer. */
  readonly region: Bounds | null;
  readonly context: TakeContext;
  /** The answer's words and pictures in the model's order, thoughts left out. */
  readonly said: readonly SaidPart[];
  readonly pictures: TakePictures;
  /** Blob: this round's user turn and the model's own parts, byte-identical; null when there was none. */
  readonly turn: string | null;
  /** Which of our prompts was sent, also where nothing came of it; null where none was. */
  readonly prompt: Provenance['prompt'] | null;
  /** Null until the model has answered. */
  readonly provenance: Provenance | null;
  /** The identifier that was asked for; 'merged' for a picture from elsewhere. */
  readonly model: string;
  readonly source: { readonly of: LayerRef | 'visible'; readonly name: string; readonly bounds: Bounds };
  /** Where the run placed it; later copies stand in the marks. */
  readonly placed: Placement | null;
  /** Null when the answer was not compared with its source. */
  readonly findings: TakeFindings | null;
  /** Higher is better, 0 to 1; null is unscored. */
  readonly scores: readonly TakeScore[];
  readonly usage: Usage | null;
  /** US dollars; null when no price is known. */
  readonly costUsd: number | null;
  /** Wall time of the walk as far as it came. */
  readonly tookMs: number;
  /** Milliseconds since 1970-01-01 UTC, by the writer's clock. */
  readonly at: number;
  /** Why it failed or was cancelled, in the words that the user saw. */
  readonly failure: { readonly kind: string; readonly title: string; readonly sentence: string } | null;
}

export interface Placement {
  readonly layer: LayerRef;
  readonly bounds: Bounds;
}

/** What the model was shown of the rounds before, and why. */
export interface TakeContext {
  readonly way: ContextWay;
  readonly chosenBy: 'policy' | 'user';
  /** A sentence for the user. */
  readonly why: string;
  /** For `fresh`: the instructions so far, flattened to one list, this round's last. */
  readonly instructions: readonly string[];
  /** What was left out to stay within the model's limits, in words. */
  readonly dropped: readonly string[];
}

/**
 * `fresh`: the original layer and all instructions in one list. `continue`: the conversation as it was.
 * `from-take`: the composed result of a take is the new source.
 */
export type ContextWay = 'fresh' | 'continue' | 'from-take';

export type SaidPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'picture'; readonly hash: string };

/**
 * A picture by the SHA-256 of its encoded bytes, which lie in the document's blobs. With the type 'layer' there is no
 * blob: its pixels are the layer's own, and the hash over their bytes tells whether it was painted on since.
 */
export interface PictureRef extends Extent {
  readonly hash: string;
  readonly type: PictureType | 'layer';
  readonly byteLength: number;
}

export interface TakePictures {
  /** As the model gave it. */
  readonly answer: PictureRef | null;
  readonly composed: PictureRef | null;
  readonly mask: PictureRef | null;
  /** JPEG, long side at most 160 px, at most 8 kB: the layer with the take on it. */
  readonly thumbnail: PictureRef | null;
}

/** What composing found, without its pictures; places in document pixels. */
export interface TakeFindings {
  readonly mode: 'delta' | 'whole' | 'unchanged';
  readonly registration: {
    readonly accepted: boolean;
    readonly confidence: number;
    /** Null when nothing was found to correspond. */
    readonly residualPx: number | null;
    readonly reason: string | null;
  };
  /** `maxShift` in levels of 0 to 255. */
  readonly tone: { readonly applied: boolean; readonly maxShift: number };
  /** Share of the subject, 0 to 1, and where. */
  readonly change: { readonly fraction: number; readonly bounds: Bounds | null };
  readonly changedPixelsOutside: number;
  /** How it was laid over its source, so that it can be laid so again; null where no version wrote it down. */
  readonly laid: LaidAs | null;
}

/** The user's switches for composing: whether a shift of colours is undone, and whether all else is kept. */
export interface LaidAs {
  readonly tone: 'auto' | 'keep';
  readonly keep: 'rest' | 'nothing';
}

export interface TakeScore {
  readonly name: string;
  readonly value: number | null;
  readonly evidence: string;
}

/** The user's own words about a take; the higher (revision, writer) wins. */
export interface TakeMarks {
  /** The take's. */
  readonly id: string;
  readonly name: string | null;
  readonly note: string;
  readonly isFavourite: boolean;
  readonly verdict: 'kept' | 'discarded' | null;
  /** Further layers that show this take: duplicates, pasted ones. */
  readonly layers: readonly LayerRef[];
  readonly revision: number;
  /** Who wrote it: one identifier for each sitting. */
  readonly writer: string;
}

/** A name that points at a take, as a branch's does; null once it was taken away. */
export interface Bookmark {
  readonly name: string;
  readonly take: string | null;
  readonly revision: number;
  readonly writer: string;
}

export interface History {
  readonly schema: 2;
  readonly takes: ReadonlyMap<string, Take>;
  readonly marks: ReadonlyMap<string, TakeMarks>;
  readonly bookmarks: ReadonlyMap<string, Bookmark>;
}

export const emptyHistory: History = { schema: 2, takes: new Map(), marks: new Map(), bookmarks: new Map() };

export const noPictures: TakePictures = { answer: null, composed: null, mask: null, thumbnail: null };

/** The way of a round that nothing led up to. */
export const freshContext = (instruction: string): TakeContext => ({
  way: 'fresh',
  chosenBy: 'policy',
  why: 'The first round on this layer.',
  instructions: [instruction],
  dropped: [],
});

/** The answer's words alone, '' when there were none. */
export const wordsOf = ({ said }: Pick<Take, 'said'>): string => wordsIn(said);

/** What the model said the picture shows; without words, what was asked for. */
export const alternativeText = (take: Take): string => {
  const said = wordsOf(take).replace(/\s+/g, ' ');
  return said === '' ? `Answer to “${take.instruction}”` : said;
};

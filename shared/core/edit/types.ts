import type { AbortSignal } from '../abort.ts';
import type { Composed } from '../compose/compose.ts';
import type { Registration } from '../compose/types.ts';
import type { Evidence } from '../explain/heatMaps.ts';
import type { Bounds, Extent } from '../geometry.ts';
import type { ContextWay, Take, TakeContext } from '../history/take.ts';
import type { Host, LayerRef } from '../host.ts';
import type { AnswerPicture, Cell, EditAnswer, ImageModel, PictureRole, SentPicture, SizeClass, ThinkingLevel } from '../model.ts';
import type { ModelEntry } from '../models/registry.ts';
import type { Mask, Pixels, Pixels16 } from '../pixels.ts';
import type { Clock, DocumentStore, Ids, PictureCodec } from '../ports.ts';
import type { Provenance } from '../provenance.ts';
import type { LayOver } from './layOver.ts';

/** All that the walk touches outside the core. */
export interface EditPorts {
  readonly host: Host;
  readonly model: ImageModel;
  readonly entry: ModelEntry;
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Where composing runs; in this thread when not given. */
  readonly layOver?: LayOver;
  /** For the small picture that a take is known by. */
  readonly codec: PictureCodec;
  /** Called as soon as the model has answered: what was paid for can be kept even if placing it fails. */
  readonly keepAnswer?: (answer: EditAnswer, provenance: Provenance) => void;
  /** Called right before the model is asked, and again before it is asked in another way: what it will be shown, and what not. */
  readonly tellContext?: (context: TakeContext) => void;
}

export interface EditAsk {
  readonly of: LayerRef | 'visible';
  /** Where the change may go; null for the whole layer. */
  readonly region: Mask | null;
  readonly instruction: string;
  readonly references: readonly Reference[];
  /** null chooses the smallest class that is large enough. */
  readonly size: SizeClass | null;
  readonly thinking: ThinkingLevel | null;
  /** `rest`, the default: only what changed is laid over the layer. `nothing`: all of the answer. */
  readonly keep?: 'rest' | 'nothing';
  /** `auto`, the default, undoes the model's own colour shift; `keep` leaves the answer's colours as they are. */
  readonly tone?: 'auto' | 'keep';
  /** The take that this round continues; null for the layer itself. Left out, the take that the layer shows. */
  readonly from?: string | null;
  /** How it continues; `auto`, the default, leaves it to the policy. */
  readonly way?: 'auto' | ContextWay;
}

export interface Reference {
  readonly name: string;
  readonly role: Exclude<PictureRole, 'subject'>;
  /** In any profile; they go out in sRGB. */
  readonly pixels: Pixels;
}

/** What the user selected, as it was read: sRGB pixels of `bounds`, and where the change may go. */
export interface Subject {
  readonly of: LayerRef | 'visible';
  readonly name: string;
  readonly bounds: Bounds;
  /** Size of the document that `bounds` is in; left out of kept pictures, of which it is not known. */
  readonly canvas?: Extent;
  readonly pixels: Pixels;
  /** The same with 16 bits, where the host has them; the change is then carried with 16. Let go of by `takeDeep`. */
  readonly deep?: { pixels: Pixels16 | null };
  readonly region: Mask | null;
  readonly notes: readonly string[];
}

export type Stage = 'read' | 'compile' | 'ask' | 'compose' | 'place' | 'record';

/** Told at the start of each stage. */
export type OnProgress = (progress: { readonly stage: Stage; readonly done: number; readonly total: number }) => void;

export type StageTimings = Readonly<Record<Stage, number>> & {
  readonly encode: number;
  readonly request: number;
  readonly decode: number;
  readonly total: number;
};

/** The answer carried to the layer's place and size. */
export interface Composition {
  /** With 16 bits where the subject has them and the change is laid over it. */
  readonly pixels: Pixels | Pixels16;
  readonly bounds: Bounds;
  readonly mask: Mask | null;
  /** All of the answer, where the layer shows only a part of it. */
  readonly answer: { readonly pixels: Pixels; readonly bounds: Bounds } | null;
  /** Null when the answer was not compared with the subject (a cut-out). */
  readonly findings: Findings | null;
  /** What was compared, to be looked at; null like `findings`. Answers null when aborted. */
  readonly evidence: ((signal: AbortSignal) => Promise<Evidence | null>) | null;
  readonly notes: readonly string[];
}

/** What comparing the answer with the subject found; places in document pixels. */
export interface Findings {
  /** `delta`: the change alone; `whole`: all of the answer; `unchanged`: nothing in it differs. */
  readonly mode: Composed['mode'];
  /** The matrix maps answer pixels to document pixels. */
  readonly registration: Omit<Registration, 'flow'>;
  /** `maxShift` in levels of 0 to 255. */
  readonly tone: { readonly applied: boolean; readonly maxShift: number; readonly reason: string | null };
  /** Share of the subject, 0 to 1, and where. */
  readonly change: { readonly fraction: number; readonly bounds: Bounds | null };
  /** Counted on the composed picture, outside the mask. */
  readonly kept: { readonly changedPixelsOutside: number };
  readonly timingsMs: Composed['timingsMs'];
}

export interface EditOutcome {
  readonly take: Take;
  /** Further pictures of the same answer, kept as takes that are not placed: `placeKept` does. */
  readonly others: readonly Take[];
  readonly layer: LayerRef;
  readonly composition: Composition;
  readonly cell: Cell;
  readonly sent: readonly SentPicture[];
  readonly result: Extent;
  readonly picture: AnswerPicture;
  readonly provenance: Provenance;
  readonly timingsMs: StageTimings;
  readonly attempts: number;
  /** In words for the user: what could not be done exactly, and why. */
  readonly notes: readonly string[];
}

export interface GenerateAsk {
  readonly instruction: string;
  /** Nominal ratio, "16:9"; must be one of the model's. */
  readonly ratio: string | null;
  readonly size: SizeClass | null;
}

export interface GenerateOutcome {
  readonly picture: AnswerPicture;
  readonly description: string;
  readonly provenance: Provenance;
  readonly cell: Cell;
  readonly costUsd: number | null;
  readonly usage: Take['usage'];
  readonly timingsMs: StageTimings;
  readonly attempts: number;
}

/**
 * What passes between the two processes of the command: the one at the terminal, which is always awake, and the one
 * that works on pictures and may be busy for a second at a time. Plain JSON only.
 */
import type { Stage } from '../../shared/core/edit/types.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { Extent } from '../../shared/core/geometry.ts';
import type { ContextWay, Take, TakeContext, TakeMarks } from '../../shared/core/history/take.ts';
import type { TakeStatus } from '../../shared/core/history/takeStatus.ts';
import type { DocumentInfo, LayerInfo, LayerRef } from '../../shared/core/host.ts';
import type { AvailableModel, PictureRole, SizeClass, ThinkingLevel } from '../../shared/core/model.ts';
import type { DocumentFormat } from '../documents/document.ts';
import type { EditReport, FourNumbers, GenerateReport, MergeReport } from './report.ts';

export interface EditJob {
  readonly kind: 'edit';
  readonly input: string;
  readonly instruction: string;
  readonly layer: string | null;
  /** The take that it goes on from, as typed; null goes on from the take that the layer shows. */
  readonly from: string | null;
  readonly way: 'auto' | ContextWay;
  readonly region: RegionChoice | null;
  readonly references: readonly string[];
  /** null chooses: the default with a key, the offline model without one. */
  readonly model: string | null;
  readonly size: SizeClass | null;
  readonly thinking: ThinkingLevel | null;
  /** Lay all of the answer over the layer, not the change alone. */
  readonly whole: boolean;
  readonly keepTone: boolean;
  readonly output: OutputChoice;
  readonly report: string | null;
}

/** As typed: the document's size is not known yet. */
export type RegionChoice =
  | {
      readonly kind: 'rectangle';
      readonly bounds: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
    }
  | { readonly kind: 'mask'; readonly path: string };

export type OutputChoice =
  /** Beside the input, under a name that is free. */
  { readonly kind: 'beside' } | { readonly kind: 'file'; readonly path: string; readonly replace: boolean } | { readonly kind: 'in-place' };

export interface GenerateJob {
  readonly kind: 'generate';
  readonly instruction: string;
  readonly model: string | null;
  readonly ratio: string | null;
  readonly size: SizeClass | null;
  readonly output: Exclude<OutputChoice, { kind: 'in-place' }>;
  readonly report: string | null;
}

export interface MergeJob {
  readonly kind: 'merge';
  readonly source: string;
  readonly result: string;
  readonly region: RegionChoice | null;
  readonly keepTone: boolean;
  readonly whole: boolean;
  readonly output: Exclude<OutputChoice, { kind: 'in-place' }>;
  readonly report: string | null;
}

export interface LayersJob {
  readonly kind: 'layers';
  readonly input: string;
}

/** What a document remembers of its takes. */
export interface HistoryJob {
  readonly kind: 'history';
  readonly input: string;
}

/** A take as a file of its own. */
export interface ExportJob {
  readonly kind: 'export';
  readonly input: string;
  /** As typed. */
  readonly take: string;
  readonly output: Exclude<OutputChoice, { kind: 'in-place' }>;
}

/** Asks the service which models answer to the key. */
export interface AvailableJob {
  readonly kind: 'available';
}

export type Job = EditJob | GenerateJob | MergeJob | LayersJob | HistoryJob | ExportJob | AvailableJob;

export type ReferenceRole = Exclude<PictureRole, 'subject'>;

export interface LayersListing {
  readonly document: DocumentInfo & { readonly extent: Extent };
  readonly format: DocumentFormat;
  readonly layers: readonly (LayerInfo & { readonly path: string })[];
  readonly notes: readonly string[];
}

/** In the order in which they were made. */
export interface HistoryListing {
  readonly title: string;
  readonly takes: readonly ListedTake[];
  readonly notes: readonly string[];
}

/** A take as `retake history --json` prints it; bounds as x, y, width, height. */
export interface ListedTake {
  readonly id: string;
  /** Enough of the identifier to name it by. */
  readonly shortId: string;
  readonly number: number;
  readonly parent: string | null;
  readonly state: Take['state'];
  readonly status: TakeStatus;
  readonly instruction: string;
  readonly description: string;
  readonly name: string | null;
  readonly note: string;
  readonly favourite: boolean;
  readonly verdict: TakeMarks['verdict'];
  readonly bookmarks: readonly string[];
  readonly source: { readonly of: LayerRef | 'visible'; readonly name: string; readonly bounds: FourNumbers };
  /** Layers of the document that show it. */
  readonly layers: readonly LayerRef[];
  readonly region: FourNumbers | null;
  readonly context: Omit<TakeContext, 'instructions'>;
  readonly pictures: Take['pictures'];
  readonly prompt: Take['prompt'];
  readonly model: string;
  readonly costUsd: number | null;
  readonly tookMs: number;
  readonly at: string;
  readonly failure: Take['failure'];
  readonly provenance: Take['provenance'];
}

/** What a job ends with. */
export type Done =
  | { readonly kind: 'edit'; readonly report: EditReport }
  | { readonly kind: 'generate'; readonly report: GenerateReport }
  | { readonly kind: 'merge'; readonly report: MergeReport }
  | { readonly kind: 'layers'; readonly listing: LayersListing }
  | { readonly kind: 'history'; readonly listing: HistoryListing }
  | { readonly kind: 'export'; readonly output: string }
  | { readonly kind: 'available'; readonly models: readonly AvailableModel[] };

export type WorkStage = Stage | 'open' | 'save' | 'write';

/** From the worker. */
export type WorkerMessage =
  | { readonly kind: 'stage'; readonly stage: WorkStage; readonly what: string }
  /** Something the user should know before it goes on: a retired model, the offline model. */
  | { readonly kind: 'warning'; readonly text: string }
  /** About to make this file; whoever is left standing removes it. */
  | { readonly kind: 'temporary'; readonly path: string }
  /** Where the run keeps its journal, and whether something in it was paid for. */
  | { readonly kind: 'journal'; readonly path: string; readonly isPaid: boolean }
  /** All is written but the last rename; asks whether it still may. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly done: Done }
  | { readonly kind: 'failed'; readonly failure: Failure /** Where what the model gave was put by. */; readonly kept: string | null }
  | { readonly kind: 'crashed'; readonly message: string };

/** To the worker. */
export type SupervisorMessage =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'cancel' }
  /** Answer to 'ready'. After `go: true` cancelling comes too late. */
  | { readonly kind: 'commit'; readonly go: boolean };

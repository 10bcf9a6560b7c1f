/**
 * What the panel shows and what it can ask for. Every component gets `{ state, actions }` and nothing else: no port, no
 * host, no clock. Snapshots are immutable; the controller makes a new one for each change.
 */
import type { Stage } from '../core/edit/types.ts';
import type { Explanation } from '../core/failure.ts';
import type { Bounds, Extent } from '../core/geometry.ts';
import type { LayerInfo, LayerRef } from '../core/host.ts';
import type { PictureRole, SizeClass, ThinkingLevel } from '../core/model.ts';
import type { ModelEntry } from '../core/models/registry.ts';
import type { TakesActions, TakesState } from './takesState.ts';

export interface PanelState {
  readonly subject: SubjectState;
  readonly instruction: string;
  /** Only what the instruction asks for changes; off, all of the answer is placed. */
  readonly keepRest: boolean;
  /** The model's own colour shift is undone; off, its colours are kept. */
  readonly matchColours: boolean;
  /** Newest first. */
  readonly recent: readonly string[];
  readonly references: ReferencesState;
  readonly model: ModelState;
  readonly run: RunState;
  readonly takes: TakesState;
  readonly key: KeyState;
  readonly view: 'edit' | 'settings' | 'takes';
  /** Whether the computer has a network at all, as far as it knows. */
  readonly isOnline: boolean;
  /** What the host lets the user choose once and for all, in the settings. */
  readonly hostSettings: readonly HostOption[];
  /** What is said while there is none. */
  readonly noDocument: { readonly title: string; readonly sentence: string };
  /** A sentence on keys that only this host needs; '' for none. */
  readonly keyHint: string;
  /** Who receives what is sent, as the user is told: "Google", or the address of another service. */
  readonly service: string;
  /** What the offline model understands; shown where it stands in for a real one. */
  readonly offlineVocabulary: readonly OfflineSkill[];
  /** What this host lets the panel do with a take. */
  readonly can: {
    readonly toggle: boolean;
    readonly undo: boolean;
    readonly drawRegion: boolean;
    /** Bring the user to another file, or to the host's own list of layers. */
    readonly chooseFile: boolean;
    readonly chooseLayer: boolean;
    /** Have another document open to place a copied take in. */
    readonly copyTakes: boolean;
    /** Opens a dialog for files of its own; without it, the page's file fields do. */
    readonly pickFiles: boolean;
  };
}

export interface OfflineSkill {
  /** Completes "It can …". */
  readonly does: string;
  /** An instruction that asks for it. */
  readonly example: string;
}

export type SubjectState =
  | { readonly kind: 'no-document' }
  | { readonly kind: 'nothing-selected'; readonly title: string; readonly extent: Extent }
  | {
      readonly kind: 'selected';
      readonly of: LayerRef | 'visible';
      readonly name: string;
      /** null for the visible composite. */
      readonly layerKind: LayerInfo['kind'] | null;
      readonly bounds: Bounds;
      readonly visible: boolean;
      readonly locked: boolean;
      /** Where the change may go; null for everywhere. */
      readonly region: Bounds | null;
      /** An address for an `<img>`; null until it is made. */
      readonly thumbnail: string | null;
      readonly told: HostTold;
    };

/** What a host itself has to say of what is selected, and what it leaves to the user there. */
export interface HostTold {
  /** What of it goes out ("Picture fill"), in place of the layer's kind; '' leaves it at that. */
  readonly sends: string;
  readonly notes: readonly SubjectNote[];
  readonly options: readonly HostOption[];
  /** How many of the selected layers could go along as references; 0 offers none. */
  readonly referenceCount: number;
  /** The name of a selected shape that could limit the change; null when there is none. */
  readonly regionFrom: string | null;
}

export const nothingTold: HostTold = { sends: '', notes: [], options: [], referenceCount: 0, regionFrom: null };

/** A sentence about what is selected. `blocked`: it cannot be sent as it is, and the sentence says what to do. */
export interface SubjectNote {
  readonly tone: 'info' | 'warning' | 'blocked';
  readonly sentence: string;
}

/** One choice of a few, which the host understands. */
export interface HostOption {
  readonly id: string;
  readonly label: string;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  readonly chosen: string;
}

export interface ReferencesState {
  readonly items: readonly ReferenceItem[];
  /** How many the model takes; 0 when it takes none. */
  readonly limit: number;
}

export type ReferenceRole = Exclude<PictureRole, 'subject'>;

export interface ReferenceItem extends Extent {
  readonly id: string;
  readonly name: string;
  readonly role: ReferenceRole;
  readonly thumbnail: string;
}

export interface ModelState {
  readonly entry: ModelEntry;
  /** Whether the user chose it; otherwise it is the one that goes with having a key or not. */
  readonly isChosen: boolean;
  readonly options: readonly ModelEntry[];
  readonly warning: string | null;
  /** Offered as a button where the chosen model is retired. */
  readonly successor: ModelEntry | null;
  /** null chooses the smallest class that is large enough. */
  readonly size: SizeClass | null;
  readonly sizes: readonly SizeOption[];
  /** The class that "auto" comes to for what is selected; null while nothing is, or where the model has one size only. */
  readonly autoSize: SizeClass | null;
  readonly thinking: ThinkingLevel | null;
  /** How large what is selected goes out, its padding left aside; null while nothing is, or where nothing is sent. */
  readonly sent: Extent | null;
  /** What sending now costs at least and at most, US dollars; null when no price is published. */
  readonly estimateUsd: { readonly from: number; readonly to: number } | null;
}

export interface SizeOption {
  readonly size: SizeClass;
  readonly priceUsd: number | null;
}

export type RunState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running';
      readonly stage: Stage;
      readonly done: number;
      readonly total: number;
      readonly elapsedMs: number;
      readonly instruction: string;
      readonly cancelling: boolean;
      /** Who answers: the model's nick. */
      readonly modelNick: string;
    }
  /** The model asked something instead of drawing. */
  | { readonly kind: 'asked'; readonly question: string; readonly modelNick: string }
  | {
      readonly kind: 'failed';
      readonly explanation: Explanation;
      readonly failed: FailedWork;
      /** What the button for the next action says; null when there is nothing to press. */
      readonly button: string | null;
      /** A cancelled run and a model's question are no mishaps. */
      readonly tone: 'neutral' | 'danger';
    };

/** Which piece of work ended with the failure that is shown; "try again" repeats that one. */
export type FailedWork = 'edit' | 'reference' | 'settings' | 'host' | 'takes';

export interface KeyState {
  /** Never the key itself: the last four characters at most. */
  readonly held: null | { readonly ending: string; readonly from: 'settings' | 'session' | 'environment' };
  readonly test: KeyTest;
}

export type KeyTest =
  | { readonly kind: 'untested' }
  | { readonly kind: 'testing' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'failed'; readonly explanation: Explanation };

/** A file as a drop, a paste or a picker gives it. */
export interface GivenFile {
  readonly name: string;
  bytes(): Promise<Uint8Array>;
}

export interface PanelActions {
  setInstruction(text: string): void;
  send(): void;
  cancel(): void;
  dismissFailure(): void;
  /** Does what the explanation of the shown failure names as its next action. */
  followFailure(): void;
  addReferences(files: readonly GivenFile[]): void;
  /** By the host's own dialog. */
  pickReferences(): void;
  /** Takes the selected layers along as references. */
  addSelectedReferences(): void;
  setReferenceRole(id: string, role: ReferenceRole): void;
  removeReference(id: string): void;
  chooseModel(id: string): void;
  setSize(size: SizeClass | null): void;
  setThinking(level: ThinkingLevel): void;
  /** Whether the next edit lays only what changed over the layer. */
  setKeepRest(keep: boolean): void;
  /** Whether the next edit undoes the model's own colour shift. */
  setMatchColours(match: boolean): void;
  clearRegion(): void;
  drawRegion(): void;
  /** Limits the change to the shape that is selected beside the layer. */
  useAsRegion(): void;
  /** Of the host's own options, in the card or in the settings. */
  chooseOption(option: string, choice: string): void;
  showSettings(): void;
  showEdit(): void;
  /** Holds the key and tests it. `keep` false holds it in memory only. */
  useKey(key: string, keep: boolean): void;
  testKey(): void;
  forgetKey(): void;
  /** Sends the answer to the question that is shown. */
  answer(text: string): void;
  showTakes(): void;
  readonly takes: TakesActions;
  setTakeVisible(id: string, visible: boolean): void;
  /** Undoes the last step in the document: a take, or what was shown or hidden since. */
  undo(): void;
}

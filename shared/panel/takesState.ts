/** What the panel shows of the document's takes: rows, the one that is looked at, where the next edit starts, comparing. */
import type { ToldFindings } from '../core/edit/explainTake.ts';
import type { Arrow } from '../core/explain/heatMaps.ts';
import type { Extent } from '../core/geometry.ts';
import type { LaneRow } from '../core/history/lanes.ts';
import type { TakeStatus } from '../core/history/takeStatus.ts';
import type { LayerRef } from '../core/host.ts';
import type { GivenFile } from './state.ts';

export interface TakesState {
  /** Newest first; only what the search and the filter let through. */
  readonly rows: readonly TakeRow[];
  /** Lanes that the widest row needs; 0 where nothing is drawn (a search has no tree). */
  readonly laneCount: number;
  /** How many takes the document remembers, discarded ones among them. */
  readonly total: number;
  readonly discarded: number;
  readonly words: string;
  readonly show: TakeFilter;
  /** The take whose details are shown; null while there is none. */
  readonly focused: TakeDetails | null;
  readonly next: NextStart;
  /** Addresses for `<img>` by the hash of the picture; only those that were looked at lately. */
  readonly pictures: ReadonlyMap<string, string>;
  /** What reading the history had to say (a part set aside, a picture missing). */
  readonly notes: readonly string[];
  /** The title of a take that was copied and can be placed in this document. */
  readonly copied: string | null;
  readonly compared: ComparedState | null;
  /** The take whose evidence is looked at. */
  readonly explained: ExplainedState | null;
  /** What an export or placing is doing, in words; null when nothing is. */
  readonly busy: string | null;
}

export type TakeFilter = 'all' | 'favourites' | 'discarded';

export interface TakeRow {
  readonly id: string;
  /** 1 for the first take of the document. */
  readonly number: number;
  /** The user's own name for it, else its instruction. */
  readonly title: string;
  /** In words, because colour alone tells nobody anything. */
  readonly status: TakeStatus;
  /** Hash of its small picture; null while there is none. */
  readonly thumbnail: string | null;
  readonly isFavourite: boolean;
  readonly isDiscarded: boolean;
  /** The next edit goes on from this one. */
  readonly isStart: boolean;
  readonly bookmarks: readonly string[];
  /** "14:05", "23 Nov". */
  readonly when: string;
  /** 1 for a take of the source itself. */
  readonly depth: number;
  readonly lanes: LaneRow | null;
  /** The take that it continues, as the rows show it; null for one of the source itself. */
  readonly parentId: string | null;
}

export interface TakeDetails extends TakeRow {
  readonly instruction: string;
  /** The model's words, without thoughts; '' when it said nothing. */
  readonly description: string;
  readonly note: string;
  /** The user's verdict; the status tells it only while the layer is there. */
  readonly isKept: boolean;
  /** For the picture: the model's words, else what was asked for. */
  readonly alternativeText: string;
  readonly sourceName: string;
  readonly modelNick: string;
  readonly isOffline: boolean;
  readonly costUsd: number | null;
  readonly tookMs: number;
  readonly result: Extent | null;
  /** Key in `pictures` of a larger picture than the small one, once it is read. */
  readonly picture: string;
  /** How it was continued and why, a sentence; '' for a first take that had no choice. */
  readonly why: string;
  /** What was left out of the request to stay within limits. */
  readonly dropped: readonly string[];
  /** What composing had to say, and why it failed. */
  readonly notes: readonly string[];
  readonly parent: { readonly id: string; readonly number: number; readonly title: string } | null;
  readonly childCount: number;
  /** Whether its layer is in the document, and shows. */
  readonly layer: 'shown' | 'hidden' | 'gone' | 'none';
  readonly can: {
    /** Be gone on from, be compared, be exported: it has a picture. */
    readonly continue: boolean;
    readonly explain: boolean;
    /** Become a layer from the answer that is kept: its layer is gone, or it never had one. */
    readonly placeAgain: boolean;
  };
}

export type WayChoice = 'auto' | 'fresh' | 'continue' | 'from-take';

/** Where the next edit starts, and in which of the three ways. */
export interface NextStart {
  /** The take that it goes on from; null when it starts from the source. */
  readonly take: { readonly id: string; readonly number: number; readonly title: string; readonly thumbnail: string | null } | null;
  /** Without a take, the latest that it could go on from. */
  readonly latest: { readonly id: string; readonly number: number } | null;
  /** Whether the user chose that take; otherwise it is the latest of what is selected. */
  readonly isChosen: boolean;
  readonly chosen: WayChoice;
  readonly way: Exclude<WayChoice, 'auto'>;
  /** A sentence for the user. */
  readonly why: string;
  /** What of the rounds before will not be sent, because it does not fit the model's limits: a sentence, or ''. */
  readonly dropped: string;
  /** Going back is all that the words ask for: to this take, or with null to the source. */
  readonly goesBackTo: { readonly id: string | null } | null;
  /** Whether there is anything to choose: without a take, every way is a fresh one. */
  readonly hasChoice: boolean;
}

export type CompareMode = 'slider' | 'difference' | 'blink';

export interface ComparedState {
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  readonly mode: CompareMode;
  /** Address of the heat map; null until it is made. */
  readonly difference: string | null;
  /** What differs, in words; '' until it is known. */
  readonly finding: string;
  readonly extent: Extent | null;
  /** What the right side may be compared with: the source, the parent, favourites and what is near. */
  readonly others: readonly { readonly id: string | null; readonly title: string }[];
  /** Why there is nothing to see, in a sentence. */
  readonly trouble: string | null;
}

export interface ComparedSide {
  /** null for the source. */
  readonly id: string | null;
  readonly title: string;
  readonly picture: string | null;
}

export type EvidenceView = 'compare' | 'change' | 'moved' | 'difference';

/** Left and right of the divider. */
export type EvidencePair = 'before result' | 'before answer' | 'answer result';

export type EvidencePicture = 'before' | 'answer' | 'result' | Exclude<EvidenceView, 'compare'>;

/** Why a take may be trusted: the pictures and figures that it was judged by. */
export interface ExplainedState {
  readonly take: string;
  readonly title: string;
  readonly view: EvidenceView;
  readonly pair: EvidencePair;
  readonly shown:
    | { readonly kind: 'making' }
    /** No pictures; `missing` says why. */
    | { readonly kind: 'figures'; readonly findings: ToldFindings | null; readonly missing: string }
    | {
        readonly kind: 'compared';
        readonly findings: ToldFindings;
        readonly notes: readonly string[];
        /** Of the pictures. */
        readonly extent: Extent;
        /** The farthest that the answer was moved, px of the source; null where it could not be laid over it. */
        readonly movedPx: number | null;
        /** Addresses for `<img>`; those of a view are made when it is chosen. */
        readonly pictures: Readonly<Partial<Record<EvidencePicture, string>>>;
        readonly arrows: { readonly arrows: readonly Arrow[]; readonly exaggeration: number } | null;
      };
}

export interface TakesActions {
  setWords(words: string): void;
  setFilter(show: TakeFilter): void;
  focusTake(id: string): void;
  /** Asks for small pictures of these takes; they arrive in `pictures`. */
  showPictures(hashes: readonly string[]): void;
  /** The next edit goes on from this take; null starts from what is selected. */
  startFrom(id: string | null): void;
  /** Back to what is chosen for the user: the latest take of what is selected. */
  startFromLatest(): void;
  setWay(way: WayChoice): void;
  /** The next edit takes the composed result of this take for its picture. */
  useAsSource(id: string): void;
  /** The same instruction from the same start once more. */
  sameAgain(id: string): void;
  /** Brings the instruction of a take back, to be changed and sent from where that take began. */
  editAndRedo(id: string): void;
  rename(id: string, name: string): void;
  setNote(id: string, note: string): void;
  setFavourite(id: string, isFavourite: boolean): void;
  /** A take that is kept is never pruned. */
  keep(id: string, isKept: boolean): void;
  discard(id: string): void;
  restore(id: string): void;
  bookmark(id: string, name: string): void;
  removeBookmark(name: string): void;
  placeAgain(id: string): void;
  /** Keeps the take with all that led to it for another document. */
  copyTake(id: string): void;
  /** Places what was copied right above what is selected. */
  pasteTake(): void;
  /** The same with a branch that was exported. */
  pasteFile(file: GivenFile): void;
  /** The same, picked in the host's own dialog. */
  pickFile(): void;
  exportPicture(id: string): void;
  exportBranch(id: string): void;
  /** `other` null is the source. */
  compare(id: string, other: string | null): void;
  setCompareMode(mode: CompareMode): void;
  stopComparing(): void;
  explain(id: string): void;
  /** The take that this layer shows. */
  explainLayer(layer: LayerRef): void;
  setEvidenceView(view: EvidenceView): void;
  setEvidencePair(pair: EvidencePair): void;
  stopExplaining(): void;
}

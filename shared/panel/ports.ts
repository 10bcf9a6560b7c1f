/** What a host gives to the panel's controller, besides the core's own ports. */
import type { AbortSignal } from '../core/abort.ts';
import type { TakeCopy } from '../core/edit/copyTake.ts';
import type { LayOver } from '../core/edit/layOver.ts';
import type { placeKept } from '../core/edit/placeKept.ts';
import type { EditAsk, EditOutcome, EditPorts, OnProgress, Reference } from '../core/edit/types.ts';
import type { Failure } from '../core/failure.ts';
import type { History, Take } from '../core/history/take.ts';
import type { Host, LayerRef, Selection } from '../core/host.ts';
import type { ImageModel } from '../core/model.ts';
import type { ModelEntry } from '../core/models/registry.ts';
import type { Pixels } from '../core/pixels.ts';
import type { Clock, DocumentStore, Ids, PictureCodec, Settings } from '../core/ports.ts';
import type { Result } from '../core/result.ts';
import type { GivenFile, HostOption, HostTold, PanelState } from './state.ts';

export interface PanelPorts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly codec: PictureCodec;
  readonly editLayer: (
    ports: EditPorts,
    ask: EditAsk,
    signal: AbortSignal,
    onProgress: OnProgress,
  ) => Promise<Result<EditOutcome, Failure>>;
  readonly placeKept: typeof placeKept;
  /** Where composing runs; in this thread when not given. */
  readonly layOver?: LayOver;
  /** The adapter for a model; `no-key` when it needs a key and gets none. */
  readonly chooseModel: (ask: { readonly entry: ModelEntry; readonly apiKey: string | null }) => Result<ImageModel, Failure>;
  /** Asks the service whether it takes this key; costs nothing. */
  readonly testKey: (apiKey: string, signal: AbortSignal) => Promise<Result<unknown, Failure>>;
  /** A small picture as an address for an `<img>`, its longer side at most `sidePx`. */
  readonly thumbnail: (pixels: Pixels, sidePx: number) => string;
  /** An encoded picture as an address for an `<img>`, as long as it is not released. */
  readonly pictureAddress: (bytes: Uint8Array) => string;
  readonly releaseAddress: (address: string) => void;
  /** Takes as files, in and out. */
  readonly takeFiles: TakeFiles;
  /** A key that the surroundings hold (GEMINI_API_KEY); used unless the user gives another. Never stored. */
  readonly environmentKey: string | null;
  readonly offlineVocabulary: PanelState['offlineVocabulary'];
  readonly service: string;
  /** What is said while there is no document; without this, that a picture is to be opened. */
  readonly noDocument?: PanelState['noDocument'];
  /** A sentence on keys that only this host needs. */
  readonly keyHint?: string;
  /** Whether there is a network; without this, there always is. */
  readonly network?: Network;
  readonly hostActions: HostActions;
}

export interface TakeFiles {
  /** The take as it looks, with its story. */
  exportPicture(from: AttachedDocument, history: History, take: Take, signal: AbortSignal): Promise<Result<Uint8Array, Failure>>;
  /** All rounds up to the take, pictures and words. */
  exportBranch(from: AttachedDocument, history: History, take: Take, signal: AbortSignal): Promise<Result<Uint8Array, Failure>>;
  readBranch(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<Result<TakeCopy, Failure>>;
  /** A name for it, without an ending. */
  nameOf(take: Take, number: number): string;
}

/** What the panel asks of the application around it, beyond the `Host` port. */
export interface HostActions {
  readonly can: Omit<PanelState['can'], 'pickFiles'>;
  setVisible(layer: LayerRef, visible: boolean): void;
  select(of: LayerRef | 'visible'): void;
  /** Gives the user a finished file. */
  handOver(name: string, bytes: Uint8Array): void;
  undo(): void;
  drawRegion(): void;
  clearRegion(): void;
  chooseFile(): void;
  chooseLayer(): void;
  /** A small picture of what is selected; null when there is none. */
  thumbnailOf(of: LayerRef | 'visible', signal: AbortSignal): Promise<string | null>;
  /** The application's own dialog, where a page's cannot be opened: for pictures, or for takes that were exported. [] when the user cancels. */
  pickFiles?(what: 'pictures' | 'takes'): Promise<readonly GivenFile[]>;
  readonly selection?: SelectionActions;
}

export interface Network {
  isOnline(): boolean;
  /** Calls `listen` when that may have changed. */
  watch(listen: () => void): void;
}

/** What a host knows and offers of a selection beyond the `Host` port; a file has none of it. */
export interface SelectionActions {
  /** Asked for after each change of the selection, and of an option. */
  describe(selection: Selection, signal: AbortSignal): Promise<HostTold>;
  /** What may be chosen once and for all. */
  settings(): readonly HostOption[];
  choose(option: string, choice: string): Promise<Result<void, Failure>>;
  /** The pictures of the selected layers, each in the role it most likely has. */
  references(signal: AbortSignal): Promise<Result<readonly Reference[], Failure>>;
  useAsRegion(): void;
}

export interface AttachedDocument {
  readonly host: Host;
  readonly store: DocumentStore;
}

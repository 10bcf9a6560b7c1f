/**
 * The two modules that UXP gives to a plug-in, as far as Retake uses them, mended where the published types are wrong or
 * silent: `@types/photoshop` 25.0.4 for `photoshop`, `uxp-types` 0.1.3 for `uxp`. Adapters take them as a parameter, so
 * that they run against Photoshop and against its simulator alike.
 */
/// <reference types="uxp-types/uxp" preserve="true" />
import type { action as Action, core as Core } from 'photoshop';
import type { Document } from 'photoshop/dom/Document';
import type { imaging as Imaging } from 'photoshop/dom/ImagingModule';
import type { Layer } from 'photoshop/dom/Layer';
import type { DocumentCreateOptions } from 'photoshop/dom/types/DocumentTypes';
import type { entrypoints, host, storage as Storage, shell, versions } from 'uxp';

export interface PhotoshopModules {
  readonly photoshop: PhotoshopModule;
  readonly uxp: UxpModule;
}

// ---- photoshop

export interface PhotoshopModule {
  readonly app: PsApp;
  readonly core: PsCore;
  readonly action: PsAction;
  readonly imaging: PsImaging;
}

export interface PsApp {
  /** Null when no document is open (declared as always there). */
  activeDocument: PsDocument | null;
  readonly documents: ArrayLike<PsDocument>;
  createDocument(options: NewDocument): Promise<PsDocument | null>;
}

export interface NewDocument extends Pick<DocumentCreateOptions, 'name' | 'width' | 'height' | 'resolution' | 'depth' | 'profile'> {
  mode: 'RGBColorMode';
  fill: 'transparent';
}

type FromDocument = 'id' | 'name' | 'path' | 'saved' | 'width' | 'height' | 'resolution' | 'colorProfileName' | 'quickMaskMode';

/** Enumerations cross as plain strings ("RGBColorMode"), not as the declared TypeScript enums, which do not exist at run time. */
export interface PsDocument extends Readonly<Pick<Document, FromDocument>> {
  readonly mode: string;
  readonly bitsPerChannel: string;
  /** Top first. */
  readonly layers: ArrayLike<PsLayer>;
  readonly activeLayers: ArrayLike<PsLayer>;
  readonly selection: PsSelection;
  readonly channels: ArrayLike<PsChannel>;
  readonly activeHistoryState: { readonly id: number };
  duplicate(name?: string, mergeLayersOnly?: boolean): Promise<PsDocument>;
  closeWithoutSaving(): void | Promise<void>;
  createPixelLayer(options?: { readonly name?: string }): Promise<PsLayer | null>;
  createLayerGroup(options: { readonly name: string; readonly fromLayers: PsLayer[] }): Promise<PsLayer | null>;
  /** Into another document where one is given, at the same place. */
  duplicateLayers(layers: PsLayer[], target?: PsDocument): Promise<ArrayLike<PsLayer>>;
}

export interface PsSelection {
  /** Null when nothing is selected; may reach beyond the canvas. */
  readonly bounds: Readonly<ImagingBounds> | null;
  /** A plain rectangle. */
  readonly solid: boolean;
  /** Into a new channel of that name. */
  save(channelName: string): Promise<void>;
  load(from: PsChannel): Promise<void>;
}

export interface PsChannel {
  readonly id: number;
  readonly name: string;
}

export interface PsLayer extends Readonly<Pick<Layer, 'id'>>, Pick<Layer, 'name' | 'allLocked' | 'isClippingMask'> {
  /** Null of all but groups. */
  readonly layers?: ArrayLike<PsLayer> | null;
  /** "placeBefore" is above. Declared as synchronous; it is awaited, as the command behind it takes its time. */
  move(relative: PsLayer, placement: 'placeBefore' | 'placeAfter' | 'placeAtBeginning' | 'placeAtEnd'): void | Promise<void>;
}

export type PsAction = Pick<typeof Action, 'batchPlay' | 'addNotificationListener' | 'removeNotificationListener'>;
export type ActionDescriptor = Awaited<ReturnType<typeof Action.batchPlay>>[number];

export interface PsCore {
  executeAsModal<T>(target: (context: ExecutionContext) => Promise<T>, options: ExecuteAsModalOptions): Promise<T>;
  showAlert(options: { readonly message: string }): Promise<void>;
}

type DeclaredModalOptions = Parameters<typeof Core.executeAsModal>[1];

export interface ExecuteAsModalOptions extends DeclaredModalOptions {
  /** Seconds that Photoshop itself waits for other modal work to end; 25.10 and later, where 1 is the default. */
  timeOut?: number;
}

type DeclaredContext = Parameters<Parameters<typeof Core.executeAsModal>[0]>[0];

export interface ExecutionContext extends Pick<DeclaredContext, 'isCancelled' | 'onCancel' | 'reportProgress'> {
  readonly hostControl: {
    suspendHistory(of: { documentID: number; name: string }): Promise<HistorySuspension>;
    /** Commits unless told otherwise. */
    resumeHistory(suspension: HistorySuspension, commit?: boolean): Promise<void>;
    registerAutoCloseDocument(documentID: number): Promise<void>;
    unregisterAutoCloseDocument(documentID: number): Promise<void>;
  };
}

/** Opaque: what one call gives, the other takes back. */
export type HistorySuspension = number | { readonly historySuspensionID: number };

export type ImagingBounds = Imaging.Bounds;

/** Reads and writes that Retake makes; what is given is disposed by who asked for it. */
export interface PsImaging {
  getPixels(options: ReadPixelsOptions): Promise<ImagingAnswer>;
  getLayerMask(options: Imaging.GetLayerMaskOptions): Promise<ImagingAnswer>;
  getSelection(options: Imaging.GetSelectionOptions): Promise<ImagingAnswer>;
  putPixels(options: WriteOptions): Promise<void>;
  putLayerMask(options: WriteOptions & { kind?: 'user' }): Promise<void>;
  createImageDataFromBuffer(
    data: Uint8Array | Uint16Array | Float32Array,
    options: Imaging.CreateImageDataFromBufferOptions,
  ): Promise<PsImageData>;
}

export type ReadPixelsOptions = Imaging.GetPixelsOptions;

/** Width and height of a target are ignored: only its corner counts. */
export interface WriteOptions {
  documentID: number;
  layerID: number;
  imageData: PsImageData;
  replace?: boolean;
  targetBounds: { left: number; top: number };
  commandName?: string;
}

export interface ImagingAnswer {
  readonly imageData: PsImageData;
  /** Trimmed to what holds pixels. */
  readonly sourceBounds: ImagingBounds;
  /** Of getPixels: the pyramid level, in whose pixels `sourceBounds` is counted. */
  readonly level?: number;
}

type DeclaredImageData = Awaited<ReturnType<typeof Imaging.createImageDataFromBuffer>>;

export interface PsImageData extends Readonly<Omit<DeclaredImageData, 'getData' | 'dispose' | 'chunky' | 'type' | 'pixelFormat'>> {
  getData(options?: Imaging.GetDataOptions): Promise<Uint8Array | Uint16Array | Float32Array>;
  /** Synchronous (declared as a promise). */
  dispose(): void;
}

// ---- uxp

type DeclaredFile = Storage.File;
type DeclaredFolder = Storage.Folder;

export interface UxpModule {
  readonly storage: UxpStorage;
  readonly host: Readonly<Pick<typeof host, 'name' | 'version' | 'uiLocale'>>;
  readonly versions: Readonly<typeof versions>;
  readonly shell: Pick<typeof shell, 'openExternal'>;
  readonly entrypoints: Pick<typeof entrypoints, 'setup' | 'getPanel'>;
  /** Photoshop 25.0 (UXP 7.2) and later; in neither package. */
  readonly xmp?: unknown;
}

export interface UxpStorage {
  readonly localFileSystem: UxpFileSystem;
  readonly formats: Readonly<typeof Storage.formats>;
  readonly secureStorage: UxpSecureStorage;
}

export interface UxpSecureStorage {
  /** Rejects an empty value. */
  setItem(key: string, value: string | Uint8Array): Promise<void>;
  /** Null or undefined when there is none (declared as always there). */
  getItem(key: string): Promise<Uint8Array | null | undefined>;
  /** Rejects when there is none. */
  removeItem(key: string): Promise<void>;
}

export interface UxpFileSystem {
  getTemporaryFolder(): Promise<UxpFolder>;
  getDataFolder(): Promise<UxpFolder>;
  /** For this run of Photoshop only. */
  createSessionToken(entry: UxpFile): string;
  getFileForOpening(options?: { types?: string[]; allowMultiple?: boolean }): Promise<UxpFile | UxpFile[] | null>;
  getFileForSaving(suggestedName: string, options?: { types?: string[] }): Promise<UxpFile | null>;
}

export type UxpFormat = Storage.FormatSymbol;

export interface UxpFile extends Pick<DeclaredFile, 'name'> {
  readonly isFile: boolean;
  readonly nativePath: string;
  /** Text unless `format` is binary. The argument may be left out (declared as required). */
  read(options?: { format?: UxpFormat }): Promise<string | ArrayBuffer>;
  write(data: string | ArrayBuffer, options?: { format?: UxpFormat }): Promise<number>;
  getMetadata(): Promise<{ readonly size: number; readonly dateModified: Date }>;
  delete(): Promise<unknown>;
}

export interface UxpFolder extends Pick<DeclaredFolder, 'name'> {
  readonly isFolder: boolean;
  readonly nativePath: string;
  getEntries(): Promise<readonly (UxpFile | UxpFolder)[]>;
  /** Rejects when there is none of that name. */
  getEntry(name: string): Promise<UxpFile | UxpFolder>;
  createFile(name: string, options?: { overwrite?: boolean }): Promise<UxpFile>;
  createFolder(name: string): Promise<UxpFolder>;
}

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
}

type FromDocument = 'id' | 'name' | 'width' | 'height' | 'resolution' | 'colorProfileName' | 'quickMaskMode';

/** Enumerations cross as plain strings ("RGBColorMode"), not as the declared TypeScript enums, which do not exist at run time. */
export interface PsDocument extends Readonly<Pick<Document, FromDocument>> {
  readonly mode: string;
  readonly bitsPerChannel: string;
  readonly activeLayers: ArrayLike<PsLayer>;
  readonly selection: { readonly bounds: Readonly<ImagingBounds> | null };
  duplicate(name?: string, mergeLayersOnly?: boolean): Promise<PsDocument>;
  convertProfile(profile: string, intent: string, blackPointCompensation?: boolean, dither?: boolean): Promise<void>;
  closeWithoutSaving(): void | Promise<void>;
  createPixelLayer(options?: { readonly name?: string }): Promise<PsLayer | null>;
}

export type PsLayer = Readonly<Pick<Layer, 'id' | 'name'>>;

export type PsAction = Pick<typeof Action, 'batchPlay' | 'addNotificationListener' | 'removeNotificationListener'>;
export type ActionDescriptor = Awaited<ReturnType<typeof Action.batchPlay>>[number];

export interface PsCore {
  executeAsModal<T>(target: (context: ExecutionContext) => Promise<T>, options: ExecuteAsModalOptions): Promise<T>;
}

type DeclaredModalOptions = Parameters<typeof Core.executeAsModal>[1];

export interface ExecuteAsModalOptions extends DeclaredModalOptions {
  /** Seconds that Photoshop itself waits for other modal work to end; 25.10 and later, where 1 is the default. */
  timeOut?: number;
}

export type ExecutionContext = Parameters<Parameters<typeof Core.executeAsModal>[0]>[0];

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

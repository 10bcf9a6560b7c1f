/** The DOM's Document. */
import type { Application } from '../application.ts';
import { nextName } from '../batchPlay/layers.ts';
import type { Mode } from '../color.ts';
import type { HistoryEntry, SimDocument } from '../document.ts';
import { convert, convertLayer, copiedState, crop, flatten, mergeVisible, resizeImage } from '../documentCommands.ts';
import { photoshopError, userCancelled } from '../errors.ts';
import type { Layer } from '../layer.ts';
import { addLayers, duplicateLayers, groupLayers, newLayer, newSpot, requireLayered, selectLayers } from '../layerCommands.ts';
import { type Depth, noBounds } from '../raster.ts';
import { writeFile } from '../saving.ts';
import { atLeast } from '../versions.ts';
import { type Collection, collection } from './collection.ts';
import { constants } from './constants.ts';
import { type DomLayer, layerCollection, layersWhere } from './domLayer.ts';
import { DomSelection } from './domSelection.ts';

const modes: Readonly<Record<Mode, string>> = {
  RGB: 'RGBColorMode',
  Grayscale: 'grayscaleMode',
  Lab: 'labColorMode',
  CMYK: 'CMYKColorMode',
  Indexed: 'indexedColorMode',
  Bitmap: 'bitmapMode',
  Duotone: 'duotoneMode',
  Multichannel: 'multichannelMode',
};
const modeOf = (name: string): Mode | undefined => (Object.keys(modes) as Mode[]).find((mode) => modes[mode] === name);

interface LayerOptions {
  readonly name?: string;
  readonly opacity?: number;
  readonly blendMode?: string;
  readonly mode?: string;
  readonly color?: string;
  readonly fromLayers?: DomLayer | readonly DomLayer[];
}

interface HistoryState {
  readonly id: number;
  readonly name: string;
  readonly docId: number;
  readonly typename: 'HistoryState';
}

interface FileEntry {
  readonly isFile?: boolean;
}

export class DomDocument {
  readonly id: number;
  readonly typename = 'Document';
  readonly #selection: DomSelection;
  readonly #app: Application;

  constructor(app: Application, document: SimDocument) {
    this.#app = app;
    this.id = document.id;
    this.#selection = new DomSelection(app, document.id);
  }

  get #document(): SimDocument {
    this.#app.alive();
    return this.#app.requireDocument(this.id);
  }
  /** Writes wait for Photoshop's thread, as every call of the DOM that answers a promise does. */
  async #write(event: string): Promise<SimDocument> {
    this.#app.mayWrite(event);
    await Promise.resolve();
    return this.#document;
  }

  /** Comes with 25.0. */
  get selection(): DomSelection | undefined {
    return atLeast(this.#app.version, 25) ? this.#selection : undefined;
  }
  get title(): string {
    return this.#document.title;
  }
  get name(): string {
    return this.#document.title;
  }
  get path(): string {
    return this.#document.path;
  }
  get saved(): boolean {
    return this.#document.saved;
  }
  get width(): number {
    return this.#document.state.width;
  }
  get height(): number {
    return this.#document.state.height;
  }
  get resolution(): number {
    return this.#document.state.resolution;
  }
  get mode(): string {
    return modes[this.#document.state.mode];
  }
  get bitsPerChannel(): string {
    const { mode, depth } = this.#document.state;
    return mode === 'Bitmap' ? 'bitDepth1' : `bitDepth${depth}`;
  }
  set bitsPerChannel(type: string) {
    this.#app.mayWrite('convertMode');
    const depth = Number(type.replace('bitDepth', '')) as Depth;
    convert(this.#document, this.#app.nextId, { depth }, `${depth} Bits/Channel`);
  }
  get colorProfileName(): string {
    const { profile, depth } = this.#document.state;
    return profile === '' ? 'None' : depth === 32 ? `${profile} (Linear RGB Profile)` : profile;
  }
  get colorProfileType(): string {
    const { profile } = this.#document.state;
    return profile === '' ? constants.ColorProfileType.NONE : constants.ColorProfileType.CUSTOM;
  }
  get quickMaskMode(): boolean {
    return this.#document.quickMask;
  }
  set quickMaskMode(isOn: boolean) {
    this.#app.mayWrite('set');
    this.#document.quickMask = isOn;
  }
  get pixelAspectRatio(): number {
    return 1;
  }
  get cloudDocument(): boolean {
    return false;
  }
  get layers(): Collection<DomLayer> {
    return layerCollection(this.#app, this.#document, this.#document.state.layers);
  }
  get artboards(): Collection<DomLayer> {
    return layersWhere(this.#app, this.#document, ({ isArtboard }) => isArtboard);
  }
  get backgroundLayer(): DomLayer | null {
    return layersWhere(this.#app, this.#document, ({ isBackground }) => isBackground)[0] ?? null;
  }
  get activeLayers(): Collection<DomLayer> {
    const { activeIds } = this.#document.state;
    return layersWhere(this.#app, this.#document, ({ id }) => activeIds.includes(id));
  }
  set activeLayers(layers: readonly DomLayer[]) {
    // Read-only before 26.9: a class without a setter throws in strict code.
    if (!atLeast(this.#app.version, 26, 9)) throw new TypeError('Cannot set property activeLayers of #<Document> which has only a getter');
    this.#app.mayWrite('select');
    selectLayers(
      this.#document,
      layers.map(({ id }) => id),
    );
  }
  get channels(): readonly { id: number; name: string; typename: string; remove(): Promise<void> }[] {
    return this.#document.state.channels.map(({ id, name }) => ({
      id,
      name,
      typename: 'Channel',
      remove: async (): Promise<void> => {
        const document = await this.#write('delete');
        const { state } = document;
        document.change('Delete Channel', { ...state, channels: state.channels.filter((one) => one.id !== id) });
      },
    }));
  }
  get historyStates(): Collection<HistoryState> {
    this.#app.mayRead();
    return collection(
      'HistoryStates',
      this.#document.history.map((entry) => this.#historyState(entry)),
    );
  }
  get activeHistoryState(): HistoryState {
    this.#app.mayRead();
    return this.#historyState(this.#document.activeEntry);
  }
  #historyState({ id, name }: HistoryEntry): HistoryState {
    return { id, name, docId: this.id, typename: 'HistoryState' };
  }
  set activeHistoryState(entry: HistoryState) {
    this.#app.mayWrite('select');
    const document = this.#document;
    if (document.suspension !== null || !document.goTo(entry.id)) throw photoshopError(-1, 'The history state is not available');
  }

  async createPixelLayer(options: LayerOptions = {}): Promise<DomLayer> {
    const document = await this.#write('make');
    requireLayered(document, 'Make');
    return this.#added(document, newLayer(this.#app.nextId, options.name ?? nextName(document, 'Layer'), 'pixel', restOf(options)));
  }
  async createLayer(kind: string = constants.LayerKind.NORMAL, options: LayerOptions = {}): Promise<DomLayer> {
    return kind === constants.LayerKind.GROUP ? this.createLayerGroup(options) : this.createPixelLayer(options);
  }
  async createLayerGroup(options: LayerOptions = {}): Promise<DomLayer> {
    const document = await this.#write('make');
    requireLayered(document, 'Make');
    const name = options.name ?? nextName(document, 'Group');
    const from = options.fromLayers === undefined ? [] : ([options.fromLayers].flat() as DomLayer[]);
    if (from.length === 0) return this.#added(document, newLayer(this.#app.nextId, name, 'group', restOf(options)));
    const group = groupLayers(
      document,
      this.#app.nextId,
      from.map(({ id }) => id),
      name,
      restOf(options),
    );
    return layerCollection(this.#app, document, [group])[0];
  }
  async groupLayers(layers: readonly DomLayer[]): Promise<DomLayer> {
    return this.createLayerGroup({ fromLayers: layers });
  }
  #added(document: SimDocument, layer: Layer): DomLayer {
    addLayers(document, layer.kind === 'group' ? 'New Group' : 'New Layer', [layer], newSpot(document));
    return layerCollection(this.#app, document, [layer])[0];
  }
  async duplicateLayers(layers: readonly DomLayer[], target?: DomDocument): Promise<readonly DomLayer[]> {
    const document = await this.#write('duplicate');
    const to = target === undefined ? document : this.#app.requireDocument(target.id);
    const ids = layers.map(({ id }) => id);
    const copies = duplicateLayers(document, ids, to, this.#app.nextId);
    return layerCollection(this.#app, to, copies);
  }

  async flatten(): Promise<void> {
    flatten(await this.#write('flattenImage'), this.#app.nextId);
  }
  async mergeVisibleLayers(): Promise<void> {
    mergeVisible(await this.#write('mergeVisible'), this.#app.nextId);
  }
  async crop({ left, top, right, bottom }: { left: number; top: number; right: number; bottom: number }): Promise<void> {
    crop(await this.#write('crop'), {
      x: Math.round(left),
      y: Math.round(top),
      width: Math.round(right - left),
      height: Math.round(bottom - top),
    });
  }
  async resizeImage(width?: number, height?: number, resolution?: number): Promise<void> {
    const document = await this.#write('imageSize');
    const { state } = document;
    const wide = width ?? (height === undefined ? state.width : Math.round((state.width * height) / state.height));
    resizeImage(document, wide, height ?? Math.round((state.height * wide) / state.width), resolution ?? state.resolution);
  }
  async resizeCanvas(width: number, height: number): Promise<void> {
    const document = await this.#write('canvasSize');
    const { state } = document;
    crop(document, { x: Math.round((state.width - width) / 2), y: Math.round((state.height - height) / 2), width, height });
  }
  async changeMode(name: string): Promise<void> {
    const document = await this.#write('convertMode');
    const mode = modeOf(name);
    if (mode === undefined) throw new Error(`changeMode: ${name} is no ChangeMode`);
    convert(document, this.#app.nextId, { mode }, 'Convert Mode');
  }
  async convertProfile(profile: string, _intent?: string): Promise<void> {
    convert(await this.#write('convertToProfile'), this.#app.nextId, { profile }, 'Convert to Profile');
  }
  /** What was copied, as a new layer in the middle of the canvas. */
  async paste(): Promise<DomLayer> {
    const document = await this.#write('paste');
    const { clipboard } = this.#app;
    if (clipboard === null) throw photoshopError(-32005, 'Could not import the clipboard ^0.');
    requireLayered(document, 'Paste');
    const { width, height } = clipboard.layer.raster?.bounds ?? noBounds;
    const { state } = document;
    const at = { x: Math.round((state.width - width) / 2), y: Math.round((state.height - height) / 2) };
    const raster = convertLayer(clipboard.layer, clipboard.from, state).raster;
    const placed = raster === null ? null : { ...raster, bounds: { ...raster.bounds, ...at } };
    return this.#added(document, newLayer(this.#app.nextId, nextName(document, 'Layer'), 'pixel', { raster: placed }));
  }
  async duplicate(name?: string, isMerged = false): Promise<DomDocument> {
    const document = await this.#write('duplicate');
    const copy = this.#app.add(
      name ?? `${document.title} copy`,
      copiedState(document.state, this.#app.nextId, isMerged),
      'Duplicate Image',
    );
    copy.xmp = document.xmp;
    return domDocument(this.#app, copy);
  }
  async close(saving: number = constants.SaveOptions.PROMPTTOSAVECHANGES): Promise<void> {
    const document = await this.#write('close');
    if (saving === constants.SaveOptions.SAVECHANGES) await this.save();
    else if (saving === constants.SaveOptions.PROMPTTOSAVECHANGES && !document.saved) throw userCancelled();
    this.#app.close(document);
  }
  closeWithoutSaving(): void {
    this.#app.mayWrite('close');
    this.#app.close(this.#document);
  }
  async save(): Promise<void> {
    const document = await this.#write('save');
    if (document.path === '') throw userCancelled();
    await writeFile(this.#app, document, document.path, 'psd', false);
  }
  get saveAs(): Readonly<Record<string, (entry: FileEntry, options?: object, isCopy?: boolean) => Promise<void>>> {
    const to =
      (format: 'psd' | 'png') =>
      async (entry: FileEntry, _options?: object, isCopy = false): Promise<void> => {
        const document = await this.#write('save');
        if (entry?.isFile !== true) throw new Error('saveAs: entry must be a file');
        await writeFile(this.#app, document, entry, format, isCopy);
      };
    return { psd: to('psd'), png: to('png') };
  }

  async suspendHistory(work: (context: object) => unknown, name: string): Promise<void> {
    const document = await this.#write('suspendHistory');
    const scope = this.#app.modal.inside();
    if (document.suspension !== null) throw photoshopError(-1, 'The history of the document is already suspended');
    document.suspend(this.#app.nextId(), name);
    let isThrown = true;
    try {
      await work(Object.assign(Object.create(scope?.context ?? null), { document: this }));
      isThrown = false;
    } finally {
      document.resume(!isThrown);
    }
  }
}

function restOf({ opacity, blendMode, mode, color }: LayerOptions): Partial<Layer> {
  const blend = blendMode ?? mode;
  return {
    ...(opacity === undefined ? {} : { opacity }),
    ...(blend === undefined ? {} : { blendMode: blend }),
    ...(color === undefined ? {} : { color }),
  };
}

export const domDocument = (app: Application, document: SimDocument): DomDocument => new DomDocument(app, document);

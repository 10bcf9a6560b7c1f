/**
 * The user's hands. Photoshop does nothing for a user while something is modal, except take Escape: then a hand throws,
 * so that a test notices what could not have happened.
 */
import type { Bounds } from '../../../shared/core/geometry.ts';
import type { Application } from './application.ts';
import type { Mode } from './color.ts';
import type { SimDocument } from './document.ts';
import { convert, copiedState, crop, flatten, resizeImage } from './documentCommands.ts';
import { pastedInto } from './imagePixels.ts';
import { everyLayer, type Layer, mapLayer, type Spot } from './layer.ts';
import { changeLayer, deleteLayers, duplicateLayers, groupLayers, restack, selectLayers, showLayers, translate } from './layerCommands.ts';
import { type PhotoshopPlan, type SelectionPlan, selectionFrom, stateFromPlan } from './plan.ts';
import { createSamples, type Depth, fullOf, replacePart } from './raster.ts';
import { openFile, writeFile } from './saving.ts';
import { inverseSelection, setSelection } from './selectionCommands.ts';

export class User {
  readonly #app: Application;

  constructor(app: Application) {
    this.#app = app;
  }

  #free(): void {
    this.#app.alive();
    if (this.#app.modal.isHeld) throw new Error('the user cannot do that while Photoshop is modal');
  }
  /** The document with that id; the active one when left out. */
  #document(id?: number): SimDocument {
    this.#free();
    return this.#app.requireDocument(id);
  }
  #named(document: SimDocument, name: string): Layer {
    const found = everyLayer(document.state.layers).find(({ layer }) => layer.name === name);
    if (found === undefined) throw new Error(`the document has no layer ${name}`);
    return found.layer;
  }
  #tell(event: string, descriptor: object = {}, document?: SimDocument): void {
    this.#app.events.tell(event, { _obj: event, ...(document === undefined ? {} : { documentID: document.id }), ...descriptor });
    if (!['select', 'open', 'close'].includes(event)) this.#app.events.tell('historyStateChanged', { _obj: 'historyStateChanged' });
  }

  /** Opens a document; answers its id. */
  open(plan: PhotoshopPlan): number {
    this.#free();
    const document = this.#app.add(plan.title ?? 'Untitled-1', stateFromPlan(plan, this.#app.nextId));
    document.quickMask = plan.quickMask ?? false;
    document.xmp = plan.xmp ?? '';
    this.#tell('open', {}, document);
    return document.id;
  }
  /** Opens a PSD from the disk. */
  async openFile(path: string): Promise<number> {
    this.#free();
    const document = await openFile(this.#app, path);
    this.#tell('open', {}, document);
    return document.id;
  }
  /** File ▸ Save As, or a copy of it. */
  async saveAs(path: string, { isCopy = false, documentId }: { isCopy?: boolean; documentId?: number } = {}): Promise<void> {
    await writeFile(this.#app, this.#document(documentId), path, 'psd', isCopy);
  }
  switchTo(documentId: number): void {
    this.#free();
    const document = this.#app.requireDocument(documentId);
    this.#app.active = document;
    this.#tell('select', { _target: [{ _ref: 'document', _id: documentId }] }, document);
  }
  close(documentId?: number): void {
    const document = this.#document(documentId);
    this.#app.close(document);
    this.#tell('close', {}, document);
  }

  /** Selects layers by name in the layers panel; none when nothing is named. */
  selectLayers(...names: readonly string[]): void {
    const document = this.#document();
    const ids = names.map((name) => this.#named(document, name).id);
    selectLayers(document, ids);
    this.#tell('select', { _target: [{ _ref: 'layer' }], layerID: ids }, document);
  }
  setVisible(name: string, visible: boolean): void {
    const document = this.#document();
    showLayers(document, [this.#named(document, name).id], visible);
    this.#tell(visible ? 'show' : 'hide', {}, document);
  }
  setLocked(name: string, all: boolean): void {
    const document = this.#document();
    changeLayer(document, 'Layer Locks', this.#named(document, name).id, (layer) => ({ ...layer, locks: { ...layer.locks, all } }));
    this.#tell('applyLocking', {}, document);
  }
  rename(name: string, to: string): void {
    const document = this.#document();
    changeLayer(document, 'Name Change', this.#named(document, name).id, (layer) => ({ ...layer, name: to }));
    this.#tell('set', {}, document);
  }
  deleteLayers(...names: readonly string[]): void {
    const document = this.#document();
    deleteLayers(
      document,
      names.map((name) => this.#named(document, name).id),
    );
    this.#tell('delete', {}, document);
  }
  moveLayer(name: string, by: { readonly x: number; readonly y: number }): void {
    const document = this.#document();
    translate(document, [this.#named(document, name).id], by);
    this.#tell('move', {}, document);
  }
  restack(name: string, spot: Spot): void {
    const document = this.#document();
    restack(document, [this.#named(document, name).id], spot);
    this.#tell('move', {}, document);
  }
  group(name: string, ...members: readonly string[]): void {
    const document = this.#document();
    groupLayers(
      document,
      this.#app.nextId,
      members.map((member) => this.#named(document, member).id),
      name,
    );
    this.#tell('make', {}, document);
  }
  /** Layer ▸ Duplicate Layer, into another document when one is named. */
  duplicateLayer(name: string, toDocument?: number): void {
    const document = this.#document();
    const to = toDocument === undefined ? document : this.#app.requireDocument(toDocument);
    duplicateLayers(document, [this.#named(document, name).id], to, this.#app.nextId, toDocument === undefined ? {} : { name });
    this.#tell('duplicate', {}, document);
  }
  /** Fills a rectangle of a layer with one colour, in the document's numbers without alpha. */
  paint(name: string, bounds: Bounds, color: readonly number[]): void {
    const document = this.#document();
    const { state } = document;
    const layer = this.#named(document, name);
    const channels = document.channelCount;
    const length = bounds.width * bounds.height * channels;
    const data = createSamples(state.depth, length);
    for (let i = 0; i < length; i += channels) data.set([...color.slice(0, channels - 1), fullOf(state.depth)], i);
    const patch = { bounds, channels, data };
    const raster = layer.raster === null ? patch : replacePart(layer.raster, patch);
    document.change('Brush Tool', { ...state, layers: mapLayer(state.layers, layer.id, (one) => ({ ...one, raster })) });
    this.#tell('set', {}, document);
  }
  /** Fills a rectangle of a layer's mask, as a hard brush does; 0 hides, 255 shows. */
  paintMask(name: string, bounds: Bounds, coverage: number): void {
    const document = this.#document();
    const { state } = document;
    const { id, mask } = this.#named(document, name);
    if (mask === null) throw new Error(`${name} has no mask`);
    const data = createSamples(state.depth, bounds.width * bounds.height).fill((coverage / 255) * fullOf(state.depth));
    const painted = pastedInto(mask, { bounds, channels: 1, data });
    document.change('Brush Tool', { ...state, layers: mapLayer(state.layers, id, (one) => ({ ...one, mask: { ...mask, ...painted } })) });
    this.#tell('set', {}, document);
  }

  /** Makes the selection, or drops it with null. */
  select(selection: SelectionPlan | null): void {
    const document = this.#document();
    setSelection(document, 'Selection', selection === null ? null : selectionFrom(document.state, selection));
    this.#tell('set', { _target: [{ _ref: 'channel', _property: 'selection' }] }, document);
  }
  invertSelection(): void {
    const document = this.#document();
    setSelection(document, 'Inverse', inverseSelection(document));
    this.#tell('inverse', {}, document);
  }
  setQuickMask(isOn: boolean): void {
    const document = this.#document();
    document.quickMask = isOn;
    this.#tell('set', {}, document);
  }

  flatten(): void {
    const document = this.#document();
    flatten(document, this.#app.nextId);
    this.#tell('flattenImage', {}, document);
  }
  crop(bounds: Bounds): void {
    const document = this.#document();
    crop(document, bounds);
    this.#tell('crop', {}, document);
  }
  resize(width: number, height: number, ppi?: number): void {
    const document = this.#document();
    resizeImage(document, width, height, ppi ?? document.state.resolution);
    this.#tell('imageSize', {}, document);
  }
  convert(to: { readonly mode?: Mode; readonly depth?: Depth; readonly profile?: string }): void {
    const document = this.#document();
    convert(document, this.#app.nextId, to, 'Convert Mode');
    this.#tell('convertMode', {}, document);
  }
  duplicateDocument(title?: string): number {
    const document = this.#document();
    const copy = this.#app.add(title ?? `${document.title} copy`, copiedState(document.state, this.#app.nextId, false), 'Duplicate Image');
    copy.xmp = document.xmp;
    this.#tell('duplicate', {}, copy);
    return copy.id;
  }
  undo(): boolean {
    return this.#step(-1);
  }
  redo(): boolean {
    return this.#step(1);
  }
  #step(by: -1 | 1): boolean {
    const document = this.#document();
    const isDone = document.step(by);
    if (isDone) this.#tell('select', { _target: [{ _ref: 'historyState' }] }, document);
    if (isDone) this.#app.events.tell('historyStateChanged', { _obj: 'historyStateChanged' });
    return isDone;
  }

  /** Escape, or Cancel in the progress bar, while the plug-in is modal. */
  pressEscape(): void {
    this.#app.modal.cancel();
  }
  /** Another plug-in runs a modal command ('' for a dialog of Photoshop's own); answers how it ends. */
  holdModal(by = 'com.adobe.testPlugin'): () => void {
    return this.#app.modal.hold(by);
  }
  /** An Action is being played: it owns the history. */
  playAction(isPlaying: boolean): void {
    this.#app.isActionPlaying = isPlaying;
  }
  /** Settings ▸ General ▸ Resize image during place. */
  setResizeDuringPlace(isOn: boolean): void {
    this.#app.preferences.resizePastePlace = isOn;
  }
}

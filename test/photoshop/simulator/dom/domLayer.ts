/** The DOM's Layer: reads are free, writes need the modal scope; everything goes by id, so that a deleted layer is noticed. */
import type { Application } from '../application.ts';
import type { SimDocument } from '../document.ts';
import { photoshopError } from '../errors.ts';
import { everyLayer, findLayer, isLocked, type Layer, type LayerMask, type Spot, toldBounds } from '../layer.ts';
import {
  changeLayer,
  deleteLayers,
  duplicateLayers,
  mergeLayers,
  requireLayer,
  restack,
  selectLayers,
  showLayers,
  translate,
} from '../layerCommands.ts';
import { centreOf, redrawn } from '../placing.ts';
import { mapQuad, quadOf, snapped, warped } from '../smartObject.ts';
import { boundsObject, type Collection, collection } from './collection.ts';
import { type DomDocument, domDocument } from './domDocument.ts';

const kinds: Readonly<Record<Layer['kind'], string>> = {
  pixel: 'pixel',
  group: 'group',
  smartObject: 'smartObject',
  text: 'text',
  adjustment: 'inversion',
  solidColor: 'solidColor',
};

/** A number of pixels, or `{_unit, _value}` in pixels or percent of `along`. */
const lengthOf = (value: number | { _unit: string; _value: number }, along: number): number =>
  typeof value === 'number' ? value : value._unit === 'percentUnit' ? (value._value * along) / 100 : value._value;

export class DomLayer {
  readonly id: number;
  readonly typename = 'Layer';
  readonly _docId: number;
  readonly #app: Application;

  constructor(app: Application, documentId: number, id: number) {
    this.#app = app;
    this._docId = documentId;
    this.id = id;
  }

  get #document(): SimDocument {
    this.#app.alive();
    return this.#app.requireDocument(this._docId);
  }
  get #layer(): Layer {
    return requireLayer(this.#document, this.id);
  }
  #change(name: string, change: (layer: Layer) => Layer): void {
    this.#app.mayWrite('set');
    changeLayer(this.#document, name, this.id, change);
  }
  #lock(locks: Partial<Layer['locks']>): void {
    if (this.#layer.isBackground) throw photoshopError(-1, 'The Background layer cannot be changed');
    this.#change('Layer Locks', (layer) => ({ ...layer, locks: { ...layer.locks, ...locks } }));
  }
  #changeMask(change: Partial<LayerMask>): void {
    if (this.#layer.mask === null) throw photoshopError(-1, 'The layer has no mask');
    this.#change('Layer Mask Properties', (layer) => ({ ...layer, mask: { ...(layer.mask as LayerMask), ...change } }));
  }

  get document(): DomDocument {
    return domDocument(this.#app, this.#document);
  }
  get name(): string {
    return this.#layer.name;
  }
  set name(name: string) {
    if (typeof name !== 'string') throw new Error('name must be a string');
    this.#change('Name Change', (layer) => (layer.name === name ? layer : { ...layer, name }));
  }
  get kind(): string {
    return kinds[this.#layer.kind];
  }
  get isBackgroundLayer(): boolean {
    return this.#layer.isBackground;
  }
  get visible(): boolean {
    return this.#layer.visible;
  }
  set visible(visible: boolean) {
    this.#app.mayWrite('set');
    showLayers(this.#document, [this.id], visible);
  }
  get opacity(): number {
    return this.#layer.opacity;
  }
  set opacity(opacity: number) {
    if (!(opacity >= 0 && opacity <= 100)) throw new Error('opacity must be from 0 to 100');
    if (this.#layer.isBackground) throw photoshopError(-1, 'The Background layer cannot be changed');
    this.#change('Opacity Change', (layer) => ({ ...layer, opacity }));
  }
  get fillOpacity(): number {
    return this.#layer.fillOpacity;
  }
  set fillOpacity(fillOpacity: number) {
    this.#change('Fill Opacity Change', (layer) => ({ ...layer, fillOpacity }));
  }
  get blendMode(): string {
    return this.#layer.blendMode;
  }
  set blendMode(blendMode: string) {
    if (this.#layer.isBackground) throw photoshopError(-1, 'The blend mode of the Background layer cannot be changed');
    this.#change('Blending Change', (layer) => ({ ...layer, blendMode }));
  }
  get isClippingMask(): boolean {
    return this.#layer.clipping;
  }
  set isClippingMask(clipping: boolean) {
    this.#change('Create Clipping Mask', (layer) => ({ ...layer, clipping }));
  }
  get locked(): boolean {
    return isLocked(this.#layer);
  }
  get allLocked(): boolean {
    return this.#layer.locks.all;
  }
  set allLocked(all: boolean) {
    this.#lock({ all });
  }
  get pixelsLocked(): boolean {
    return this.#layer.locks.pixels;
  }
  set pixelsLocked(pixels: boolean) {
    this.#lock({ pixels });
  }
  get positionLocked(): boolean {
    return this.#layer.locks.position;
  }
  set positionLocked(position: boolean) {
    this.#lock({ position });
  }
  get transparentPixelsLocked(): boolean {
    return this.#layer.locks.transparency;
  }
  set transparentPixelsLocked(transparency: boolean) {
    this.#lock({ transparency });
  }
  get layerMaskDensity(): number {
    return this.#layer.mask?.density ?? 100;
  }
  set layerMaskDensity(density: number) {
    this.#changeMask({ density });
  }
  get layerMaskFeather(): number {
    return this.#layer.mask?.featherPx ?? 0;
  }
  set layerMaskFeather(featherPx: number) {
    this.#changeMask({ featherPx });
  }
  get selected(): boolean {
    return this.#document.state.activeIds.includes(this.id);
  }
  set selected(isSelected: boolean) {
    this.#app.mayWrite('select');
    const others = this.#document.state.activeIds.filter((id) => id !== this.id);
    selectLayers(this.#document, isSelected ? [...others, this.id] : others);
  }
  get bounds(): object {
    return boundsObject(toldBounds(this.#layer, this.#document.canvas));
  }
  get boundsNoEffects(): object {
    return this.bounds;
  }
  get parent(): DomLayer | null {
    const parent = findLayer(this.#document.state.layers, this.id)?.parent ?? null;
    return parent === null ? null : new DomLayer(this.#app, this._docId, parent.id);
  }
  get layers(): Collection<DomLayer> | null {
    const { children } = this.#layer;
    return children === null ? null : layerCollection(this.#app, this.#document, children);
  }
  get linkedLayers(): Collection<DomLayer> {
    return layerCollection(this.#app, this.#document, []);
  }

  delete(): void {
    this.#app.mayWrite('delete');
    deleteLayers(this.#document, [this.id]);
  }

  async duplicate(relative?: DomLayer | DomDocument, placement?: string, name?: string): Promise<DomLayer> {
    this.#app.mayWrite('duplicate');
    await Promise.resolve();
    const isLayer = relative instanceof DomLayer;
    const to = isLayer
      ? this.#app.requireDocument(relative._docId)
      : relative === undefined
        ? this.#document
        : this.#app.requireDocument(relative.id);
    const spot = isLayer ? { spot: spotOf(relative, placement ?? 'placeBefore') } : {};
    const [copy] = duplicateLayers(this.#document, [this.id], to, this.#app.nextId, { ...(name === undefined ? {} : { name }), ...spot });
    return new DomLayer(this.#app, to.id, copy.id);
  }

  move(relative: DomLayer, placement: string): void {
    this.#app.mayWrite('move');
    if (!(relative instanceof DomLayer) || relative._docId !== this._docId)
      throw new Error('move: relativeObject must be a layer of the document');
    restack(this.#document, [this.id], spotOf(relative, placement));
  }
  bringToFront(): void {
    this.#app.mayWrite('move');
    restack(this.#document, [this.id], { at: 'top' });
  }
  sendToBack(): void {
    this.#app.mayWrite('move');
    restack(this.#document, [this.id], { at: 'bottom' });
  }

  async translate(
    horizontal: number | { _unit: string; _value: number },
    vertical: number | { _unit: string; _value: number },
  ): Promise<void> {
    this.#app.mayWrite('move');
    await Promise.resolve();
    const { width, height } = this.#document.state;
    translate(this.#document, [this.id], { x: lengthOf(horizontal, width), y: lengthOf(vertical, height) });
  }

  /** Percent of the present size, about the middle. */
  async scale(width: number, height: number): Promise<void> {
    this.#app.mayWrite('transform');
    await Promise.resolve();
    const document = this.#document;
    this.#change('Free Transform', (layer) => {
      const { raster, smart } = layer;
      const quad =
        smart?.quad ??
        (raster === null ? quadOf(0, 0, 0, 0) : quadOf(raster.bounds.x, raster.bounds.y, raster.bounds.width, raster.bounds.height));
      const centre = centreOf(quad);
      const next = snapped(
        mapQuad(quad, (x, y) => [centre.x + ((x - centre.x) * width) / 100, centre.y + ((y - centre.y) * height) / 100]),
      );
      if (smart !== null) return redrawn(document, layer, { ...smart, quad: next });
      return raster === null ? layer : { ...layer, raster: warped(raster, next) };
    });
  }

  async rasterize(_target?: string): Promise<void> {
    this.#app.mayWrite('rasterizeLayer');
    await Promise.resolve();
    if (this.#layer.kind === 'pixel') throw photoshopError(-1, 'The layer is a pixel layer');
    this.#change('Rasterize Layer', (layer) => ({ ...layer, kind: 'pixel', smart: null }));
  }

  /** A group by itself, another layer with the one beneath it. */
  async merge(): Promise<DomLayer> {
    this.#app.mayWrite('mergeLayersNew');
    await Promise.resolve();
    const document = this.#document;
    const { parent } = findLayer(document.state.layers, this.id) ?? { parent: null };
    const siblings = parent?.children ?? document.state.layers;
    const beneath = siblings[siblings.findIndex(({ id }) => id === this.id) + 1];
    const ids = this.#layer.children !== null || beneath === undefined ? [this.id] : [this.id, beneath.id];
    return new DomLayer(this.#app, this._docId, mergeLayers(document, this.#app.nextId, ids).id);
  }

  /** The whole layer to Photoshop's clipboard. */
  async copy(): Promise<void> {
    this.#app.mayWrite('copyEvent');
    await Promise.resolve();
    this.#app.clipboard = { layer: this.#layer, from: this.#document };
  }

  async clear(): Promise<void> {
    this.#app.mayWrite('delete');
    await Promise.resolve();
    this.#change('Clear', (layer) => ({ ...layer, raster: null }));
  }
}

function spotOf(relative: DomLayer, placement: string): Spot {
  const { id } = relative;
  switch (placement) {
    case 'placeBefore':
      return { at: 'above', id };
    case 'placeAfter':
      return { at: 'below', id };
    case 'placeInside':
    case 'placeAtBeginning':
    case 'placeAtEnd':
      if (relative.layers === null) throw new Error('move: only a group has an inside');
      return { at: placement === 'placeAtEnd' ? 'last-in' : 'first-in', id };
    default:
      throw new Error(`move: ${placement} is no ElementPlacement`);
  }
}

export const layerCollection = (app: Application, document: SimDocument, layers: readonly Layer[]): Collection<DomLayer> =>
  collection(
    'Layers',
    layers.map(({ id }) => new DomLayer(app, document.id, id)),
  );

/** Flat, top first: as `Document.activeLayers` and `artboards` list them. */
export const layersWhere = (app: Application, document: SimDocument, test: (layer: Layer) => boolean): Collection<DomLayer> =>
  layerCollection(
    app,
    document,
    everyLayer(document.state.layers)
      .map(({ layer }) => layer)
      .filter(test),
  );

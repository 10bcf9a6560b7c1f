/** What a test may look at, past every lock. */
import type { Bounds } from '../../../shared/core/geometry.ts';
import { boundsOf } from '../../../shared/core/geometry.ts';
import type { Application } from './application.ts';
import { composite } from './blend.ts';
import type { SimDocument } from './document.ts';
import { contentBounds, everyLayer, type Layer } from './layer.ts';
import type { Progress } from './modal.ts';
import type { Depth, Plane, Raster } from './raster.ts';

export interface TreeNode {
  readonly name: string;
  readonly id: number;
  readonly kind: Layer['kind'];
  readonly visible: boolean;
  readonly bounds: Bounds;
  readonly hasMask: boolean;
  readonly children?: readonly TreeNode[];
}

export class Inspector {
  readonly #app: Application;

  constructor(app: Application) {
    this.#app = app;
  }

  /** The document with that id; the active one when left out. Its `state` is immutable: keep it to compare with later. */
  document(id?: number): SimDocument {
    return this.#app.requireDocument(id);
  }
  get documents(): readonly SimDocument[] {
    return this.#app.documents;
  }
  tree(id?: number): readonly TreeNode[] {
    const node = (layer: Layer): TreeNode => ({
      name: layer.name,
      id: layer.id,
      kind: layer.kind,
      visible: layer.visible,
      bounds: contentBounds(layer),
      hasMask: layer.mask !== null,
      ...(layer.children === null ? {} : { children: layer.children.map(node) }),
    });
    return this.document(id).state.layers.map(node);
  }
  /** The first layer of that name. */
  layer(name: string, documentId?: number): Layer {
    const found = everyLayer(this.document(documentId).state.layers).find(({ layer }) => layer.name === name);
    if (found === undefined) throw new Error(`the document has no layer ${name}`);
    return found.layer;
  }
  /** A layer's own numbers: chunky, alpha last, 16 bits up to 32768. */
  pixels(name: string, documentId?: number): Raster {
    const { raster } = this.layer(name, documentId);
    if (raster === null) throw new Error(`${name} has no pixels`);
    return raster;
  }
  mask(name: string, documentId?: number): Plane | null {
    return this.layer(name, documentId).mask;
  }
  /** What the document shows. */
  composite(documentId?: number): Raster {
    const document = this.document(documentId);
    return composite(document.state.layers, boundsOf(document.state), document.state.depth as Depth, document.channelCount);
  }
  /** Names of the history states, oldest first. */
  history(documentId?: number): readonly string[] {
    return this.document(documentId).history.map(({ name }) => name);
  }
  get undisposed(): number {
    return this.#app.imageMemory.liveCount;
  }
  get imageBytes(): { readonly now: number; readonly most: number } {
    return { now: this.#app.imageMemory.liveBytes, most: this.#app.imageMemory.highWaterBytes };
  }
  /** Every notification that was told. */
  get events(): readonly { readonly event: string; readonly descriptor: object }[] {
    return this.#app.events.told;
  }
  get listenerCount(): number {
    return this.#app.events.listenerCount;
  }
  get progress(): readonly Progress[] {
    return this.#app.modal.reports;
  }
  /** Commands whose progress bar the user saw. */
  get barsShown(): readonly string[] {
    return this.#app.modal.barsShown;
  }
  get alerts(): readonly string[] {
    return this.#app.alerts;
  }
  get crashed(): string | null {
    return this.#app.crashed;
  }
  get isModal(): boolean {
    return this.#app.modal.isHeld;
  }
}

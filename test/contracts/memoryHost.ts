/**
 * The Host port in memory: a tree of layers with real pixels, undo and failure switches, for tests of the core.
 * Composites in normal mode only; straight alpha, no shortcuts, so that it may be compared with.
 */
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { Bounds, Extent } from '../../shared/core/geometry.ts';
import { boundsOf, union } from '../../shared/core/geometry.ts';
import type {
  DocumentInfo,
  Host,
  HostCapabilities,
  HostStep,
  LayerInfo,
  LayerRef,
  PlaceAsk,
  ReadAsk,
  ReadPixels,
  Selection,
} from '../../shared/core/host.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import type { Mask, Pixels } from '../../shared/core/pixels.ts';
import { createPixels, sRGB, toEightBit } from '../../shared/core/pixels.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import type { Provenance } from '../../shared/core/provenance.ts';
import type { Result } from '../../shared/core/result.ts';
import { err, ok } from '../../shared/core/result.ts';

/** A layer as a test writes it down. `children` make it a group; the first child is the topmost. */
export interface LayerPlan {
  readonly name: string;
  readonly pixels?: Pixels;
  /** Top left of `pixels`; 0, 0 when left out. */
  readonly at?: { readonly x: number; readonly y: number };
  readonly children?: readonly LayerPlan[];
  readonly visible?: boolean;
  readonly locked?: boolean;
  /** 0 to 1. */
  readonly opacity?: number;
  readonly mask?: Mask;
  readonly kind?: LayerInfo['kind'];
}

/** Top first. */
export interface DocumentPlan {
  readonly extent: Extent;
  readonly layers: readonly LayerPlan[];
  readonly title?: string;
}

/** One plain colour, [red, green, blue, alpha] 0 to 255. */
export function plainPixels(width: number, height: number, color: readonly [number, number, number, number]): Pixels {
  const pixels = createPixels(width, height);
  for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set(color, i);
  return pixels;
}

/** A picture in which every pixel differs from its neighbours, so that a shift by one is noticed. */
export function patternPixels(width: number, height: number, seed = 1): Pixels {
  const pixels = createPixels(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels.data.set([(x * 7 + seed * 31) & 255, (y * 11 + seed * 17) & 255, ((x ^ y) * 5 + seed) & 255, 255], (y * width + x) * 4);
    }
  }
  return pixels;
}

interface Node {
  readonly ref: LayerRef;
  readonly name: string;
  readonly kind: LayerInfo['kind'];
  readonly pixels: Pixels | null;
  readonly at: { readonly x: number; readonly y: number };
  readonly visible: boolean;
  readonly locked: boolean;
  readonly opacity: number;
  readonly mask: Mask | null;
  readonly children: readonly Node[];
  readonly provenance: Provenance | null;
  readonly story: string | null;
}

/** Host operations that a test can make fail once. */
export type Operation = 'document' | 'layers' | 'selection' | 'readPixels' | 'placePixels' | 'removeLayer' | 'setVisible';

export class MemoryStore implements DocumentStore {
  readonly entries = new Map<string, Uint8Array>();
  readonly pictures = new Map<string, Uint8Array>();
  /** Of one entry, and of all blobs together. */
  limitBytes = Number.POSITIVE_INFINITY;
  private readonly store: DocumentStore;
  readonly blobs: DocumentStore['blobs'];

  constructor() {
    const limit = (): number => this.limitBytes;
    this.store = createMemoryStore(this.entries, this.pictures, {
      get entryLimitBytes() {
        return limit();
      },
      get blobLimitBytes() {
        return limit();
      },
    });
    this.blobs = this.store.blobs;
  }
  get entryLimitBytes(): number {
    return this.limitBytes;
  }
  read(key: string): Promise<Result<Uint8Array | null, Failure>> {
    return this.store.read(key);
  }
  write(key: string, bytes: Uint8Array): Promise<Result<void, Failure>> {
    return this.store.write(key, bytes);
  }
  remove(key: string): Promise<Result<void, Failure>> {
    return this.store.remove(key);
  }
  keys(): Promise<Result<readonly string[], Failure>> {
    return this.store.keys();
  }
}

export class MemoryHost implements Host {
  readonly name = 'Memory';
  readonly can: HostCapabilities = { maxSidePx: 30000, masks: true, groups: true, undo: true, storeBytes: 1 << 20 };
  readonly store = new MemoryStore();
  /** What was placed and not undone at the time, oldest first. */
  readonly placed: PlaceAsk[] = [];
  private roots: readonly Node[];
  private chosen: Selection = { of: null, region: null };
  private readonly past: { readonly label: string; readonly roots: readonly Node[] }[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly failures = new Map<Operation, Failure>();
  private queue: Promise<unknown> = Promise.resolve();
  private count = 0;
  private readonly info: DocumentInfo;

  constructor(plan: DocumentPlan) {
    this.info = { id: 'memory-1', title: plan.title ?? 'memory', extent: plan.extent, profile: sRGB, depth: 8 };
    this.roots = plan.layers.map((layer) => this.grow(layer));
  }

  private grow(plan: LayerPlan): Node {
    return {
      ref: `layer-${++this.count}`,
      name: plan.name,
      kind: plan.kind ?? (plan.children ? 'group' : 'pixels'),
      pixels: plan.pixels ?? null,
      at: plan.at ?? { x: 0, y: 0 },
      visible: plan.visible ?? true,
      locked: plan.locked ?? false,
      opacity: plan.opacity ?? 1,
      mask: plan.mask ?? null,
      children: (plan.children ?? []).map((child) => this.grow(child)),
      provenance: null,
      story: null,
    };
  }

  /** The next call of `operation` answers `failure`. */
  failNext(operation: Operation, failure: Failure): void {
    this.failures.set(operation, failure);
  }

  private failing(operation: Operation): Failure | null {
    const failure = this.failures.get(operation) ?? null;
    this.failures.delete(operation);
    return failure;
  }

  select(selection: Selection): void {
    this.chosen = selection;
    this.tell();
  }

  /** Labels of the steps that can be undone, oldest first. */
  get undoLabels(): readonly string[] {
    return this.past.map((entry) => entry.label);
  }

  undo(): void {
    const entry = this.past.pop();
    if (!entry) return;
    this.roots = entry.roots;
    this.tell();
  }

  /** What a user does with a brush: `paint` replaces the layer's pixels at `at`, counted from its top left. */
  paintOn(ref: LayerRef, paint: Pixels, at: { readonly x: number; readonly y: number }): void {
    const before = this.roots;
    const painted = (nodes: readonly Node[]): readonly Node[] =>
      nodes.map((node) => {
        if (node.ref !== ref || node.pixels === null) return { ...node, children: painted(node.children) };
        const data = node.pixels.data.slice();
        for (let y = 0; y < paint.height; y++)
          data.set(paint.data.subarray(y * paint.width * 4, (y + 1) * paint.width * 4), ((at.y + y) * node.pixels.width + at.x) * 4);
        return { ...node, pixels: { ...node.pixels, data } };
      });
    this.roots = painted(before);
    this.past.push({ label: 'Paint', roots: before });
    this.tell();
  }

  /** The first layer of that name, wherever it is. */
  refOf(name: string): LayerRef {
    const found = everyNode(this.roots).find(({ node }) => node.name === name);
    if (!found) throw new Error(`the test's document has no layer ${name}`);
    return found.node.ref;
  }

  provenanceOf(ref: LayerRef): Provenance | null {
    return everyNode(this.roots).find(({ node }) => node.ref === ref)?.node.provenance ?? null;
  }

  async document(): Promise<Result<DocumentInfo, Failure>> {
    const failure = this.failing('document');
    return failure ? err(failure) : ok(this.info);
  }

  async layers(): Promise<Result<readonly LayerInfo[], Failure>> {
    const failure = this.failing('layers');
    if (failure) return err(failure);
    return ok(
      everyNode(this.roots).map(({ node, parent }) => ({
        ref: node.ref,
        name: node.name,
        kind: node.kind,
        parent,
        bounds: nodeBounds(node),
        visible: node.visible,
        locked: node.locked,
        opacity: node.opacity,
        hasMask: node.mask !== null,
      })),
    );
  }

  async selection(): Promise<Result<Selection, Failure>> {
    const failure = this.failing('selection');
    return failure ? err(failure) : ok(this.chosen);
  }

  async readPixels(ask: ReadAsk, signal: AbortSignal): Promise<Result<ReadPixels, Failure>> {
    const failure = this.failing('readPixels');
    if (failure) return err(failure);
    if (signal.aborted) return err({ kind: 'cancelled' });
    const pixels = createPixels(ask.bounds.width, ask.bounds.height);
    const except = new Set(ask.except ?? []);
    if (ask.of === 'visible') {
      paint(pixels, ask.bounds, this.roots, 1, except);
      return ok({ pixels, notes: [] });
    }
    const found = everyNode(this.roots).find(({ node }) => node.ref === ask.of);
    if (!found) return err(this.unknown(ask.of));
    paint(pixels, ask.bounds, [{ ...found.node, visible: true }], 1, except);
    return ok({ pixels, notes: [] });
  }

  async readStory(layer: LayerRef): Promise<Result<string | null, Failure>> {
    const found = everyNode(this.roots).find(({ node }) => node.ref === layer);
    return found === undefined ? err(this.unknown(layer)) : ok(found.node.story);
  }

  step<T>(label: string, signal: AbortSignal, work: (step: HostStep) => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
    const turn = this.queue.then(async (): Promise<Result<T, Failure>> => {
      if (signal.aborted) return err({ kind: 'cancelled' });
      const before = this.roots;
      const placedBefore = this.placed.length;
      const restore = (): void => {
        this.roots = before;
        this.placed.length = placedBefore;
      };
      const result = await work({
        placePixels: async (put) => this.place(put),
        removeLayer: async (ref) => this.remove(ref),
        setVisible: async (ref, isVisible) => this.show(ref, isVisible),
      });
      if (!result.ok || signal.aborted) {
        restore();
        return result.ok ? err({ kind: 'cancelled' }) : result;
      }
      if (this.roots !== before) {
        this.past.push({ label, roots: before });
        this.tell();
      }
      return result;
    });
    this.queue = turn;
    return turn;
  }

  watch(listen: () => void): () => void {
    this.listeners.add(listen);
    return () => this.listeners.delete(listen);
  }

  private tell(): void {
    for (const listen of [...this.listeners]) listen();
  }

  private unknown(ref: LayerRef): Failure {
    return { kind: 'no-such-layer', name: ref, existing: everyNode(this.roots).map(({ node }) => node.name) };
  }

  private place(put: PlaceAsk): Result<LayerRef, Failure> {
    const hidden = put.answer
      ? [this.grow({ name: put.answer.name, pixels: put.answer.pixels, at: put.answer.bounds, visible: false })]
      : [];
    const failure = this.failing('placePixels');
    if (failure) return err(failure);
    const layer: Node = {
      ...this.grow({ name: put.name, pixels: toEightBit(put.pixels), at: put.bounds, ...(put.mask ? { mask: put.mask } : {}) }),
      provenance: put.provenance,
      story: put.story,
    };
    const group: Node = { ...this.grow({ name: put.group, children: [] }), children: [layer, ...hidden] };
    const without = everyNode(this.roots).some(({ node }) => node.ref === put.above);
    this.roots = without ? insertAbove(this.roots, put.above, group) : [group, ...this.roots];
    this.placed.push(put);
    return ok(layer.ref);
  }

  private remove(ref: LayerRef): Result<void, Failure> {
    const failure = this.failing('removeLayer');
    if (failure) return err(failure);
    if (!everyNode(this.roots).some(({ node }) => node.ref === ref)) return err(this.unknown(ref));
    this.roots = without(this.roots, ref);
    return ok(undefined);
  }

  private show(ref: LayerRef, visible: boolean): Result<void, Failure> {
    const failure = this.failing('setVisible');
    if (failure) return err(failure);
    if (!everyNode(this.roots).some(({ node }) => node.ref === ref)) return err(this.unknown(ref));
    this.roots = shownAs(this.roots, ref, visible);
    return ok(undefined);
  }
}

function everyNode(nodes: readonly Node[], parent: LayerRef | null = null): { readonly node: Node; readonly parent: LayerRef | null }[] {
  return nodes.flatMap((node) => [{ node, parent }, ...everyNode(node.children, node.ref)]);
}

function insertAbove(nodes: readonly Node[], ref: LayerRef, added: Node): readonly Node[] {
  return nodes.flatMap((node) =>
    node.ref === ref ? [added, node] : [node.children.length > 0 ? { ...node, children: insertAbove(node.children, ref, added) } : node],
  );
}

function without(nodes: readonly Node[], ref: LayerRef): readonly Node[] {
  return nodes.filter((node) => node.ref !== ref).map((node) => ({ ...node, children: without(node.children, ref) }));
}

function shownAs(nodes: readonly Node[], ref: LayerRef, visible: boolean): readonly Node[] {
  return nodes.map((node) => (node.ref === ref ? { ...node, visible } : { ...node, children: shownAs(node.children, ref, visible) }));
}

function nodeBounds(node: Node): Bounds {
  if (node.pixels) return { ...node.at, width: node.pixels.width, height: node.pixels.height };
  return node.children.map(nodeBounds).reduce(union, { ...boundsOf({ width: 0, height: 0 }) });
}

/** Paints bottom first, pass-through groups with a group opacity as if each child had it (enough for disjoint children). */
function paint(onto: Pixels, at: Bounds, nodes: readonly Node[], opacity: number, except: ReadonlySet<LayerRef>): void {
  for (const node of [...nodes].reverse()) {
    if (!node.visible || except.has(node.ref)) continue;
    paint(onto, at, node.children, opacity * node.opacity, except);
    if (!node.pixels) continue;
    for (let y = 0; y < at.height; y++) {
      for (let x = 0; x < at.width; x++) {
        const fromX = at.x + x - node.at.x;
        const fromY = at.y + y - node.at.y;
        if (fromX < 0 || fromY < 0 || fromX >= node.pixels.width || fromY >= node.pixels.height) continue;
        const from = (fromY * node.pixels.width + fromX) * 4;
        const to = (y * at.width + x) * 4;
        const alpha = (node.pixels.data[from + 3] / 255) * opacity * node.opacity * (maskAt(node.mask, at.x + x, at.y + y) / 255);
        const beneath = onto.data[to + 3] / 255;
        const both = alpha + beneath * (1 - alpha);
        if (both === 0) continue;
        for (let c = 0; c < 3; c++) {
          onto.data[to + c] = (node.pixels.data[from + c] * alpha + onto.data[to + c] * beneath * (1 - alpha)) / both;
        }
        onto.data[to + 3] = both * 255;
      }
    }
  }
}

function maskAt(mask: Mask | null, x: number, y: number): number {
  if (!mask) return 255;
  const { bounds } = mask;
  const inside = x >= bounds.x && y >= bounds.y && x < bounds.x + bounds.width && y < bounds.y + bounds.height;
  return inside ? mask.data[(y - bounds.y) * bounds.width + (x - bounds.x)] : 0;
}

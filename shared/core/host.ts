import type { AbortSignal } from './abort.ts';
import type { Failure } from './failure.ts';
import type { Bounds, Extent } from './geometry.ts';
import type { ColorProfile, Mask, Pixels, Pixels16 } from './pixels.ts';
import type { Provenance } from './provenance.ts';
import { ok, type Result } from './result.ts';

/**
 * The application that holds the layers: Photoshop, Figma, or a file. An adapter is thin: plain data crosses this
 * port, never an object of the host's. Pixels that leave a host are sRGB; the host converts from and to its own.
 */
export interface Host {
  /** Shown to the user; never branched on. */
  readonly name: string;
  readonly can: HostCapabilities;
  document(): Promise<Result<DocumentInfo, Failure>>;
  /** Every layer, top first, as the layer list shows them. */
  layers(): Promise<Result<readonly LayerInfo[], Failure>>;
  selection(): Promise<Result<Selection, Failure>>;
  /**
   * What `of` shows inside `bounds`: with its masks and opacity applied, nothing beneath it, transparent where it has
   * no pixels. Exactly `bounds` large. Bounds may reach outside the document.
   */
  readPixels(ask: ReadAsk, signal: AbortSignal): Promise<Result<ReadPixels, Failure>>;
  /** The story that a layer was placed with, wherever it has been copied since; null when it has none. */
  readStory(layer: LayerRef): Promise<Result<string | null, Failure>>;
  /** Runs `work` as one undo entry; when it fails or is cancelled, nothing of it stays. */
  step<T>(label: string, signal: AbortSignal, work: (step: HostStep) => Promise<Result<T, Failure>>): Promise<Result<T, Failure>>;
  /** Calls `listen` whenever the selection or the layers may have changed; answers how to stop. */
  watch(listen: () => void): () => void;
  /**
   * Where a document has no pixels of its own (Figma's canvas), each layer brings its pixel grid: the host in that of `of`, which
   * stays the same whatever is selected later. `known` are bounds of an earlier read, in the grid of that time. Absent where all
   * layers share one grid.
   */
  pinned?(of: LayerRef | 'visible', known: Bounds | null): Promise<Result<Host, Failure>>;
  /** What of its steps could not be done as asked, in sentences; each is told once. */
  stepNotes?(): readonly string[];
}

/** The host in whose pixels places of `of`, and of takes of it, are given. */
export async function pinnedTo(host: Host, of: LayerRef | 'visible', known: Bounds | null = null): Promise<Result<Host, Failure>> {
  return (await host.pinned?.(of, known)) ?? ok(host);
}

/** Writing happens only inside a step. */
export interface HostStep {
  /** `on` is what the take was composed on, for a host that can show it by itself, beside its source. */
  placePixels(put: PlaceAsk, on?: PlacedOn): Promise<Result<LayerRef, Failure>>;
  removeLayer(layer: LayerRef): Promise<Result<void, Failure>>;
  /** Shows or hides a layer; the groups that it is in stay as they are. */
  setVisible(layer: LayerRef, isVisible: boolean): Promise<Result<void, Failure>>;
}

export interface PlacedOn {
  readonly pixels: Pixels;
  readonly bounds: Bounds;
}

export interface HostCapabilities {
  /** Largest side of a picture that the host can place, px. */
  readonly maxSidePx: number;
  readonly masks: boolean;
  readonly groups: boolean;
  readonly undo: boolean;
  /** Bytes that may be kept with the document under one key. */
  readonly storeBytes: number;
}

/** The host's own identifier of a layer; a string, stable while the document is open. */
export type LayerRef = string;

export interface DocumentInfo {
  readonly id: string;
  readonly title: string;
  readonly extent: Extent;
  readonly profile: ColorProfile;
  /** Bits per channel that the document stores. */
  readonly depth: 8 | 16 | 32;
}

export interface LayerInfo {
  readonly ref: LayerRef;
  readonly name: string;
  readonly kind: 'pixels' | 'group' | 'text' | 'shape' | 'smart-object' | 'adjustment' | 'other';
  /** The group it is in, or null at the top level. */
  readonly parent: LayerRef | null;
  readonly bounds: Bounds;
  readonly visible: boolean;
  readonly locked: boolean;
  /** 0 to 1. */
  readonly opacity: number;
  readonly hasMask: boolean;
}

export interface Selection {
  /** The layer to work on; 'visible' is the composite of all that shows; null when nothing is selected. */
  readonly of: LayerRef | 'visible' | null;
  /** Where the change may go, in document pixels; null for everywhere. */
  readonly region: Mask | null;
}

export interface ReadAsk {
  readonly of: LayerRef | 'visible';
  readonly bounds: Bounds;
  /** Layers left out of what is read (our own earlier takes and previews). */
  readonly except?: readonly LayerRef[];
  /** 16 asks for `deep` as well; 8 when not given. */
  readonly depth?: 8 | 16;
}

export interface ReadPixels {
  /** sRGB, `bounds` of the ask large. */
  readonly pixels: Pixels;
  /** The same with 16 bits, from a host that keeps so many and when it was asked for; never from others. */
  readonly deep?: Pixels16;
  /** What could not be shown exactly, in words for the user ("a layer style was left out"). */
  readonly notes: readonly string[];
  /** Of a take that stands by itself: what it was made from is in it, and does not lie beneath. */
  readonly standsAlone?: true;
  /** Of a take that is see-through together with what it was made from, as one: by how much. It is in the pixels of both. */
  readonly sharedOpacity?: number;
}

export interface PlaceAsk {
  /** sRGB. With 16 bits only where `deep` was read; a host rounds what its document cannot hold. */
  readonly pixels: Pixels | Pixels16;
  /** Where they go, in document pixels; the size of `pixels`. */
  readonly bounds: Bounds;
  /** Size of the document when its pixels were read: a host whose document may change meanwhile refuses when it has another. */
  readonly canvas?: Extent;
  /** Becomes the layer's editable mask. */
  readonly mask: Mask | null;
  /** The full answer, kept hidden beneath the layer in the same group, so that its mask can be widened by hand. */
  readonly answer?: { readonly pixels: Pixels; readonly bounds: Bounds; readonly name: string };
  readonly name: string;
  /** Name of the group that is made around the new layer; of the layer itself where the host makes no groups. */
  readonly group: string;
  /** The new group, or layer, lies right above this layer; on top when it is 'visible' or gone. */
  readonly above: LayerRef | 'visible';
  readonly provenance: Provenance;
  /** Kept on the layer itself, so that a copy in another document brings it along: JSON below 90 kB, without pictures or keys. */
  readonly story: string;
}

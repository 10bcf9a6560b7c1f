/**
 * What the standalone host offers to the page and to the command beyond the `Host` port: opening a file's bytes,
 * showing and choosing its layers, and saving. No DOM and no Node here: bytes in, bytes out.
 */
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { Host, LayerRef, Selection } from '../../shared/core/host.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import type { DocumentStore, PictureCodec } from '../../shared/core/ports.ts';
import type { Provenance } from '../../shared/core/provenance.ts';
import type { Result } from '../../shared/core/result.ts';

export type DocumentFormat = 'psd' | 'psb' | 'png' | 'jpeg' | 'webp';

export interface DocumentHost extends Host {
  /** Format of the file that was opened, by its bytes. */
  readonly format: DocumentFormat;
  /** What opening had to say ("16-bit picture read as 8-bit"); shown to the user. */
  readonly notes: readonly string[];
  readonly store: DocumentStore;
  select(selection: Selection): void;
  /** Shows or hides a layer, as one undo entry. */
  setVisible(layer: LayerRef, visible: boolean): Result<void, Failure>;
  canUndo(): boolean;
  undo(): void;
  /** All that shows, in sRGB, the document's size; `except` layers left out. */
  composite(signal: AbortSignal, except?: readonly LayerRef[]): Promise<Result<Pixels, Failure>>;
  /** A layer by itself in sRGB, small: its longer side at most `sidePx`; null where it has no pixels on the canvas. */
  smallPicture(layer: LayerRef, sidePx: number, signal: AbortSignal): Promise<Result<Pixels | null, Failure>>;
  /** PSD or PSB: every layer. PNG: the visible composite. Provenance goes with either. */
  save(format: 'psd' | 'psb' | 'png', signal: AbortSignal): Promise<Result<Uint8Array, Failure>>;
  /** Nothing will be asked of it any more: what it holds elsewhere can be let go. */
  close(): void;
}

/** Named by what is in the file, never by its extension. Limits are checked on headers, before decoding. */
export type OpenDocument = (
  bytes: Uint8Array,
  name: string,
  codec: PictureCodec,
  signal: AbortSignal,
) => Promise<Result<DocumentHost, Failure>>;

/** A picture made from text alone, as a document of one layer. */
export type DocumentFromPixels = (pixels: Pixels, name: string, provenance: Provenance | null, codec: PictureCodec) => DocumentHost;

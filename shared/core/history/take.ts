import type { Bounds } from '../geometry.ts';
import type { LayerRef } from '../host.ts';
import type { Usage } from '../model.ts';
import type { Provenance } from '../provenance.ts';

/** One answer that was placed. Immutable; the tree of takes grows by one. */
export interface Take {
  readonly id: string;
  /** The take it continues, or null for one made from the layer itself. */
  readonly parent: string | null;
  readonly instruction: string;
  /** The model's words beside the picture. */
  readonly description: string;
  readonly provenance: Provenance;
  readonly source: { readonly of: LayerRef | 'visible'; readonly name: string; readonly bounds: Bounds };
  readonly placed: { readonly layer: LayerRef; readonly bounds: Bounds };
  readonly usage: Usage | null;
  /** US dollars; null when no price is known. */
  readonly costUsd: number | null;
  /** Wall time of the whole walk. */
  readonly tookMs: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
}

/** What the panel in Figma needs of its host besides the core's `Host`: what is selected there, what the user leaves open, and runs that stay with it. */
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { Bounds, Extent } from '../../shared/core/geometry.ts';
import type { Host, LayerRef } from '../../shared/core/host.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import type { Result } from '../../shared/core/result.ts';
import type { Grid } from '../wire/grid.ts';
import type { NodeDetail, NodeId, PlaceAt, Scene } from '../wire/hostCalls.ts';

/** What is selected, as it would be read now. */
export interface FigmaSubject {
  /** The layers that are sent, front first; the shape of a region is not among them. */
  readonly nodes: readonly NodeDetail[];
  readonly as: Grid['as'];
  /** In which ways it can be read; one alone leaves nothing to choose. */
  readonly canBe: readonly Grid['as'][];
  /** Of the grid, px. */
  readonly extent: Extent;
  /** What is seen of the grid. */
  readonly bounds: Bounds;
  /** The shape that limits the change. */
  readonly region: ShapeName | null;
  /** A selected shape that could. */
  readonly regionFrom: ShapeName | null;
  readonly document: Scene['document'];
}

export interface ShapeName {
  readonly id: NodeId;
  readonly name: string;
}

export interface FigmaPanelHost extends Host {
  /** null when nothing is selected. */
  subject(): Promise<Result<FigmaSubject | null, Failure>>;
  /** How what is selected is read from now on. */
  readAs(as: Grid['as']): void;
  /** Where takes go from now on. */
  placeAt(at: PlaceAt['at']): void;
  /** null clears it. */
  setRegion(shape: NodeId | null): void;
  /** Each of the selected layers as it looks, by itself. */
  pictures(signal: AbortSignal): Promise<Result<readonly { readonly name: string; readonly pixels: Pixels }[], Failure>>;
  /** The layer as it looks, its longer side about `sidePx`; null when there is nothing to see. */
  smallPicture(of: LayerRef | 'visible', sidePx: number, signal: AbortSignal): Promise<Pixels | null>;
  /** A host that stays with `of`, its page and where its takes go, whatever is selected later. */
  pin(of: LayerRef | 'visible', signal: AbortSignal): Promise<Result<PinnedHost, Failure>>;
}

export interface PinnedHost {
  readonly host: Host;
  /** Shows on the canvas where the take will be; its placing fills it. Failures are nothing to tell of: the take comes all the same. */
  showPlaceholder(name: string): Promise<void>;
  /** Takes it away, when it was not filled. */
  dropPlaceholder(): Promise<void>;
}

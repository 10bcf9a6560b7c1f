/**
 * What the panel asks of Figma's main thread about the scene: plain data only, and bytes as `Uint8Array` (Figma lets nothing
 * else through). Nodes go by identifier, never as objects; each call looks them up anew.
 * Places are in page units unless said otherwise; a matrix is CSS's `matrix(a,b,c,d,e,f)`.
 */
import type { Affine } from '../../shared/core/compose/types.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { Extent } from '../../shared/core/geometry.ts';
import type { LayerInfo } from '../../shared/core/host.ts';
import type { Result } from '../../shared/core/result.ts';

export type NodeId = string;

/** A rectangle in page units, not rounded. */
export interface Box extends Extent {
  readonly x: number;
  readonly y: number;
}

/** What the panel knows of a node, or of a paint of ours (its `id` is a `paintRef`, see `takeData.ts`). */
export interface NodeLook {
  readonly id: NodeId;
  readonly name: string;
  /** Figma's own `node.type`. */
  readonly type: string;
  readonly kind: LayerInfo['kind'];
  /** The group among the listed nodes that it is in. */
  readonly parent: NodeId | null;
  /** The node's own units, before rotation and nesting. */
  readonly size: Extent;
  readonly toPage: Affine;
  /** Axis-aligned on the page, as Figma tells it; null for what has no place. */
  readonly pageBox: Box | null;
  readonly visible: boolean;
  readonly locked: boolean;
  readonly opacity: number;
  /** The `Grid` that a take's pixels lie in, as JSON; null on a node of the user's own. */
  readonly grid: string | null;
}

/** What has to be known of a node that is read. To find it out may take its picture's bytes, once a picture. */
export interface NodeDetail extends NodeLook {
  readonly page: NodeId;
  /** The topmost visible picture among its fills (ours left out), where its own bytes can be edited; else null. */
  readonly image: ImageFill | null;
  /** Whether any paint fills it: what is drawn by its outline alone has none. */
  readonly isFilled: boolean;
  /** Whether a take of it could be placed `flow`. Of a take: of its source, as long as that is there. */
  readonly isInFlow: boolean;
  /** What the user should know before sending it. */
  readonly caveats: readonly Caveat[];
}

export interface ImageFill {
  /** Figma's own hash of the picture. */
  readonly hash: string;
  readonly extent: Extent;
  /** Index among `fills`. */
  readonly paintIndex: number;
  readonly scaleMode: 'FILL' | 'FIT' | 'CROP';
  /** Of the paint, 0 to 1; the node's own comes on top. */
  readonly opacity: number;
  /** Picture pixels to the node's own units. */
  readonly toNode: Affine;
  readonly hasFilters: boolean;
  /** Children that show lie over it, as on a frame with a picture for its ground. */
  readonly isCovered: boolean;
}

export type Caveat =
  | 'instance'
  | 'cropped'
  | 'filtered'
  | 'wide-gamut'
  | 'hidden'
  | 'locked'
  | 'too-small'
  | 'too-large'
  | 'tiled'
  | 'mixed-fills'
  | 'animated'
  | 'missing-picture'
  /** As a whole, or blending with what is beneath. */
  | 'see-through'
  | 'see-through-fill';

/** Kept on a take's node in shared plug-in data, so that it goes with the node wherever it is copied. */
export interface TakeData {
  readonly story: string;
  /** The grid that its pixels lie in (see `Grid`), as JSON. */
  readonly grid: string;
}

export interface Scene {
  readonly document: {
    readonly id: string;
    readonly title: string;
    /** Of the container. */
    readonly page: { readonly id: NodeId; readonly name: string };
    readonly profile: 'SRGB' | 'DISPLAY_P3' | 'LEGACY';
    readonly isReadOnly: boolean;
  };
  /** Front first, as the layer list shows them; what is gone is left out. */
  readonly selected: readonly NodeDetail[];
  /**
   * Front first: the contents of `container`, groups opened (of very many the ones about what is selected), takes elsewhere
   * on the page after them, then what is selected and what takes were made from, as far as they are not among these.
   */
  readonly listed: readonly NodeLook[];
  /** Where a take of the selection would be listed: the first page, section or frame around it that may be added to. */
  readonly container: NodeId;
}

/** A node as it is rendered, and where that lies. */
export interface NodePicture {
  /** PNG in sRGB; null where nothing of it shows. */
  readonly png: Uint8Array | null;
  /** Pixels of the picture to page units. */
  readonly toPage: Affine;
}

/** Where a take goes. What is gone meanwhile is done without, and said in `PlacedNode.notes`. */
export interface PlaceAt {
  /**
   * `above` and `beside` make a node of their own, `fill` adds a paint to the source; `flow` makes a node of its own that auto layout
   * places right after the source, so that what lies around makes room.
   */
  readonly at: 'above' | 'beside' | 'fill' | 'flow';
  /** What it was made from; the first is the one that geometry, corners and blending are taken from. */
  readonly sources: readonly NodeId[];
  /** `NodeLook.toPage` of the first source when it was read: what was moved or turned since is followed. Null: places are as given. */
  readonly readAt: Affine | null;
  /** Right above this node; on top of `container` when null or gone. What may not be added to is climbed out of. */
  readonly above: NodeId | null;
  readonly container: NodeId;
  /** The page of `container`, for when that is gone too. */
  readonly page: NodeId;
  /** The instruction. */
  readonly name: string;
}

/** What is put on the canvas for one take. */
export interface PlaceNode extends PlaceAt {
  readonly picture: PicturedLikeFill | PicturedInTiles;
  /** The grid's `toNode` is worked out anew, from where the take comes to lie. */
  readonly data: TakeData & { readonly provenance: string };
  /** Gives way to the take at its place; a gone one is ignored. */
  readonly placeholder: NodeId | null;
  /** How much the source lets through, where that is not in the pixels: a fill has it from its node, and a node of its own is given it. */
  readonly leftOut?: number;
}

/**
 * In place of the picture of this fill: crop, filters and corners stay. The opacities of node and paint are in its pixels already; that
 * of the node is not for `beside` and `flow`, whose copy has it, and for `fill`.
 */
export interface PicturedLikeFill {
  readonly kind: 'like-fill';
  /** A source, or an earlier take that this one goes on from. */
  readonly node: NodeId;
  readonly paintIndex: number;
  /** Of the fill when it was read; found again by it when the fills were reordered. */
  readonly hash: string;
  /** As large as the fill's own picture, or of the same ratio. */
  readonly png: Uint8Array;
  /** `NodeLook.size`, `NodeLook.toPage` and `ImageFill.toNode` when it was read, and `ImageFill.extent`: for when the node or the fill is gone. */
  readonly was: { readonly size: Extent; readonly toPage: Affine; readonly pictureToNode: Affine; readonly extent: Extent };
}

/**
 * Rectangles side by side, each with a picture of at most 4096 px a side; several become a group. `toPage` maps `size` (pixels,
 * or any unit) to page units. For `beside` and `flow` they show the whole layer, not the change alone.
 */
export interface PicturedInTiles {
  readonly kind: 'tiles';
  readonly tiles: readonly { readonly png: Uint8Array; readonly size: Extent; readonly toPage: Affine }[];
}

export interface PlacedNode {
  /** A take that is a further fill goes by `paintRef` (takeData.ts): removing or hiding it touches the paint alone. */
  readonly id: NodeId;
  /** What could not be done as asked, in sentences ("The layer was deleted meanwhile; …"). */
  readonly notes: readonly string[];
}

type Call<Ask, Answer> = { readonly ask: Ask; readonly answer: Result<Answer, Failure> };

export type HostCalls = {
  /** `of` null: what is selected now. `container` null: where takes of it go. */
  scene: Call<{ readonly of: readonly NodeId[] | null; readonly container: NodeId | null }, Scene>;
  /** null for each that is gone. */
  looks: Call<{ readonly nodes: readonly NodeId[] }, readonly (NodeDetail | null)[]>;
  /** The bytes of a fill's picture, as the file holds them (PNG, JPEG or GIF); null when the file has lost it. */
  readImage: Call<{ readonly hash: string }, Uint8Array | null>;
  /**
   * The node as it shows by itself (a hidden one too), about `scale` pixels a unit and at most 4096 a side, without those nodes
   * in it that are `except`. All of its `pageBox`.
   */
  renderNode: Call<{ readonly node: NodeId; readonly scale: number; readonly except: readonly NodeId[] }, NodePicture>;
  /** What was kept with a take; null on a node of the user's own. */
  readStory: Call<{ readonly node: NodeId }, string | null>;
  /** Everything until `endStep` is one undo entry. Steps wait for one another. */
  beginStep: Call<{ readonly label: string }, { readonly step: number }>;
  place: Call<{ readonly step: number; readonly put: PlaceNode }, PlacedNode>;
  /** Takes effect with the step's end. */
  remove: Call<{ readonly step: number; readonly node: NodeId }, null>;
  setVisible: Call<{ readonly step: number; readonly node: NodeId; readonly isVisible: boolean }, null>;
  /** `keep` false leaves nothing of the step. */
  endStep: Call<{ readonly step: number; readonly keep: boolean }, null>;
  /** Shown where the take will be, until it is filled by `place` or taken away. */
  addPlaceholder: Call<PlaceAt & { readonly size: Extent; readonly toPage: Affine }, { readonly id: NodeId }>;
  dropPlaceholder: Call<{ readonly id: NodeId }, null>;
  /** Until `endRun`, the undo entry of a step stays open for what the run notes after it. */
  beginRun: Call<null, null>;
  endRun: Call<null, null>;
  /** Goes to their page, and shows them when they are out of sight. */
  select: Call<{ readonly nodes: readonly NodeId[] }, null>;
  undo: Call<null, null>;
};

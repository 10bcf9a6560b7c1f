/**
 * Takes part in auto layout, where that is asked for: right after the layer that it was made from and sized as that is, so that what
 * lies around makes room.
 */
import { composeAffine } from '../../../shared/core/compose/affine.ts';
import { affineOf } from '../scene/fillGeometry.ts';
import { isAutoLayout } from './attach.ts';
import { boxAround, type Lay, layOf, relativeTo } from './geometry.ts';
import { type Parent, type PlacePoint, placePoint } from './placePoint.ts';

type Axis = 'width' | 'height';
type Sizing = 'FIXED' | 'HUG' | 'FILL';
type FlowFrame = Parent & FrameNode;

export interface FlowSlot {
  readonly source: SceneNode;
  readonly parent: FlowFrame;
  /** The child of `parent` that holds the source: the new one comes right after it. */
  readonly after: SceneNode;
  /** What the source lies in and the new node does not, innermost first. */
  readonly climbed: readonly SceneNode[];
  /** In a grid whose children keep their cells: the one that is taken. */
  readonly cell: Cell | null;
  /** As the source is sized there; what had to be climbed out of is as large as it shows. */
  readonly sizing: { readonly width: Sizing; readonly height: Sizing };
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

export interface FlowPoint extends Pick<PlacePoint, 'climbed'> {
  readonly parent: FlowFrame;
  readonly after: SceneNode;
}

/** Null for what no auto layout places: on the canvas, in a plain frame, or with a fixed place of its own. */
export function flowPoint(source: SceneNode): FlowPoint | null {
  const point = placePoint(source);
  if (point === null || point.below === null) return null;
  const climbed = [...point.climbed];
  let after = point.below;
  let { parent } = point;
  // A group is one thing to the flow.
  while (parent.type === 'GROUP' && parent.parent !== null) {
    after = parent;
    climbed.push(parent);
    parent = parent.parent as Parent;
  }
  if (!isAutoLayout(parent) || ('layoutPositioning' in after && after.layoutPositioning === 'ABSOLUTE')) return null;
  return { parent: parent as FlowFrame, after, climbed };
}

/** In words, why there is none. */
export function flowSlot(source: SceneNode): FlowSlot | string {
  const point = flowPoint(source);
  if (point === null) return `“${source.name}” is not laid out by auto layout, so the take lies beside it.`;
  const { parent, after, climbed } = point;
  const cell = keepsCells(parent) ? nextCell(parent, after) : null;
  if (cell === null && keepsCells(parent) && parent.gridAutoTracks !== 'ROWS')
    return `The grid “${parent.name}” has no free cell left, so the take lies beside “${source.name}”.`;
  const isSized = climbed.length === 0 && 'layoutSizingHorizontal' in source;
  const sizing = isSized
    ? ({ width: source.layoutSizingHorizontal, height: source.layoutSizingVertical } as const)
    : ({ width: 'FIXED', height: 'FIXED' } as const);
  return { source, parent, after, climbed, cell, sizing };
}

const keepsCells = (frame: FlowFrame): boolean => frame.layoutMode === 'GRID' && frame.gridItemsPositioning !== 'ROW_AUTO_FLOW';

type GridChild = SceneNode & GridChildrenMixin;

const cellOf = (node: SceneNode): Cell | null =>
  'gridRowAnchorIndex' in node
    ? { row: node.gridRowAnchorIndex, column: node.gridColumnAnchorIndex, rows: node.gridRowSpan, columns: node.gridColumnSpan }
    : null;

/** The next one in reading order that is as large, from the first again after the last; else a single one. */
function nextCell(grid: FlowFrame, after: SceneNode): Cell | null {
  const taken = grid.children
    .filter((child) => !('layoutPositioning' in child && child.layoutPositioning === 'ABSOLUTE'))
    .flatMap((child) => cellOf(child) ?? []);
  const isFree = ({ row, column, rows, columns }: Cell): boolean =>
    row + rows <= grid.gridRowCount &&
    column + columns <= grid.gridColumnCount &&
    !taken.some(
      (one) => row < one.row + one.rows && one.row < row + rows && column < one.column + one.columns && one.column < column + columns,
    );
  const own = cellOf(after) ?? { row: 0, column: 0, rows: 1, columns: 1 };
  const count = grid.gridRowCount * grid.gridColumnCount;
  const from = own.row * grid.gridColumnCount + own.column;
  for (const span of [own, { rows: 1, columns: 1 }]) {
    for (let step = 1; step < count; step++) {
      const at = (from + step) % count;
      const cell: Cell = {
        row: Math.floor(at / grid.gridColumnCount),
        column: at % grid.gridColumnCount,
        rows: span.rows,
        columns: span.columns,
      };
      if (isFree(cell)) return cell;
    }
  }
  return null;
}

/**
 * Answers how to take back what the frame keeps of it when the node is removed again. Hidden until it is sized: the flow passes hidden
 * children over, so that all around moves once.
 */
export function attachInFlow(node: SceneNode & LayoutMixin, slot: FlowSlot, place: Pick<Lay, 'toPage' | 'own'>): () => void {
  const { parent, after, cell, sizing } = slot;
  const rows = parent.layoutMode === 'GRID' ? parent.gridRowCount : null;
  node.visible = false;
  // The flow sets its place; its turn is its own.
  node.relativeTransform = relativeTo(parent, place);
  parent.insertChild(parent.children.findIndex(({ id }) => id === after.id) + 1, node);
  // A copy of what had a fixed place elsewhere.
  if (node.layoutPositioning === 'ABSOLUTE') node.layoutPositioning = 'AUTO';
  if (cell !== null) takeCell(node as GridChild & typeof node, cell, after);
  size(node, 'width', sizing.width);
  size(node, 'height', sizing.height);
  node.visible = true;
  return () => {
    // With rows of its own accord a grid gives them up by itself, and throws when it is told to.
    if (rows !== null && !parent.removed && parent.gridAutoTracks !== 'ROWS' && parent.gridRowCount > rows) parent.gridRowCount = rows;
  };
}

/** It has a cell since it was added: the first free one, as Figma chooses it. */
function takeCell(node: GridChild, { row, column, rows, columns }: Cell, after: SceneNode): void {
  // What a copy spans would not fit everywhere.
  if (node.gridRowSpan !== 1) node.gridRowSpan = 1;
  if (node.gridColumnSpan !== 1) node.gridColumnSpan = 1;
  if (node.gridRowAnchorIndex !== row || node.gridColumnAnchorIndex !== column) node.setGridChildPosition(row, column);
  if (rows !== 1) node.gridRowSpan = rows;
  if (columns !== 1) node.gridColumnSpan = columns;
  if (!('gridChildHorizontalAlign' in after)) return;
  node.gridChildHorizontalAlign = after.gridChildHorizontalAlign;
  node.gridChildVerticalAlign = after.gridChildVerticalAlign;
}

/** FIXED is what a copy has, at the size that it was read at; what cannot fill or hug stays so. */
function size(node: SceneNode & LayoutMixin, axis: Axis, sizing: Sizing): void {
  if (sizing === 'FIXED' || (sizing === 'FILL' && !canFill(node)) || (sizing === 'HUG' && !canHug(node))) return;
  try {
    if (axis === 'width') node.layoutSizingHorizontal = sizing;
    else node.layoutSizingVertical = sizing;
  } catch {
    // Figma knows more kinds that cannot; the node is as large as its source all the same.
  }
}

const canFill = ({ type }: SceneNode): boolean => type !== 'GROUP' && type !== 'BOOLEAN_OPERATION';
const canHug = (node: SceneNode): boolean => node.type === 'TEXT' || isAutoLayout(node);

/** Whether one more child as large as the source would squeeze or stretch what is there: not even for a moment may it be put in then. */
export function isElastic({ parent, cell, sizing }: FlowSlot): boolean {
  if (parent.layoutMode === 'GRID')
    return cell === null || [...parent.gridRowSizes, ...parent.gridColumnSizes].some(({ type }) => type === 'HUG');
  const along: Axis = parent.layoutMode === 'HORIZONTAL' ? 'width' : 'height';
  if (sizing[along] === 'FILL') return true;
  const axes: readonly Axis[] = parent.layoutWrap === 'WRAP' ? ['width', 'height'] : [along];
  return axes.some((axis) => yields(parent, axis));
}

/** Whether others change when a frame's content becomes longer along `axis`. */
function yields(frame: FlowFrame, axis: Axis): boolean {
  const isAlong = (frame.layoutMode === 'HORIZONTAL') === (axis === 'width');
  const grows = sizingOf(frame, axis) === 'HUG';
  // Along a frame of fixed length those that fill share what is left; across one that hugs they become as broad as the broadest.
  const stretches = frame.layoutMode === 'GRID' || (isAlong ? !grows : grows);
  if (stretches && frame.children.some((child) => child.visible && sizingOf(child, axis) === 'FILL')) return true;
  const around = frame.parent;
  return grows && around !== null && isAutoLayout(around) && frame.layoutPositioning !== 'ABSOLUTE' && yields(around as FlowFrame, axis);
}

const sizingOf = (node: SceneNode, axis: Axis): Sizing => {
  if (!('layoutSizingHorizontal' in node)) return 'FIXED';
  return axis === 'width' ? node.layoutSizingHorizontal : node.layoutSizingVertical;
};

/** As Figma shows where something would be dropped: a bar behind the layer, across the flow. */
export function insertionBar({ parent, after }: FlowSlot): Lay {
  const { size: whole, toPage } = layOf(parent);
  const box = boxAround(after, 'relativeTransform' in after ? affineOf(after.relativeTransform) : [1, 0, 0, 1, 0, 0]);
  const isRow = parent.layoutMode !== 'VERTICAL';
  const thick = Math.min(16, Math.max(2, (isRow ? box.width : box.height) / 20));
  const gap = parent.layoutMode === 'GRID' ? parent.gridColumnGap : parent.itemSpacing;
  const behind = (end: number, length: number): number => Math.min(end + gap / 2 - thick / 2, length - thick);
  const [x, y] = isRow ? [behind(box.x + box.width, whole.width), box.y] : [box.x, behind(box.y + box.height, whole.height)];
  return {
    size: isRow ? { width: thick, height: box.height } : { width: box.width, height: thick },
    toPage: composeAffine(toPage, [1, 0, 0, 1, x, y]),
  };
}

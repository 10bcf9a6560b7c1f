/** The rules of auto-layout on sizes and positions, with Figma's words where they are broken. */
import type { NodeData, SimDocument } from './document.ts';
import { hasLayout } from './geometry.ts';
import { cellOf, gridSize } from './layout.ts';
import { refuse } from './values.ts';

type Axis = 'width' | 'height';
const sizingName = (axis: Axis): string => (axis === 'width' ? 'layoutSizingHorizontal' : 'layoutSizingVertical');

function layoutParent(document: SimDocument, node: NodeData): NodeData | null {
  const parent = node.parent === null ? null : document.find(node.parent);
  return parent !== null && hasLayout(parent) ? parent : null;
}

export function setSizing(document: SimDocument, node: NodeData, axis: Axis, value: string): void {
  const where = `set_${sizingName(axis)}`;
  const parent = layoutParent(document, node);
  const isLayoutFrame = hasLayout(node);
  if (value === 'FILL' && parent === null) refuse(where, 'FILL can only be set on children of auto-layout frames');
  if (value === 'HUG' && !isLayoutFrame && !(node.type === 'TEXT' && parent !== null)) {
    refuse(where, 'HUG can only be set on auto-layout frames or text children of auto-layout frames');
  }
  if (parent === null && !isLayoutFrame) refuse(where, 'node must be an auto-layout frame or a child of an auto-layout frame');
  if (value === 'FILL' && node.props.layoutPositioning === 'ABSOLUTE') {
    refuse(where, 'FILL cannot be set on absolute positioned auto-layout children');
  }
  // Groups and boolean operations are as large as what is in them; a line has no height.
  if (value === 'FILL' && (['GROUP', 'BOOLEAN_OPERATION'].includes(node.type) || (node.type === 'LINE' && axis === 'height'))) {
    refuse(where, 'FILL cannot be set on this node');
  }
  document.setProp(node.id, sizingName(axis), value);
}

/** A frame that becomes an auto-layout hugs what is in it, as through Figma's API. */
export function setLayoutMode(document: SimDocument, node: NodeData, mode: string): void {
  const was = node.props.layoutMode ?? 'NONE';
  if (was === mode) return;
  document.setProp(node.id, 'layoutMode', mode);
  if (was === 'NONE' && mode !== 'GRID') document.setProps(node.id, { layoutSizingHorizontal: 'HUG', layoutSizingVertical: 'HUG' });
  if (mode === 'NONE' || mode === 'GRID') {
    for (const axis of ['layoutSizingHorizontal', 'layoutSizingVertical']) {
      if (document.at(node.id).props[axis] === 'HUG') document.setProp(node.id, axis, 'FIXED');
    }
  }
  for (const child of document.children(node.id)) {
    if (mode === 'NONE') leaveLayout(document, child);
    if (mode === 'GRID') takeFreeCell(document, node.id, child);
  }
}

export function setPositioning(document: SimDocument, node: NodeData, value: string): void {
  if (value === 'ABSOLUTE' && layoutParent(document, node) === null) {
    refuse('set_layoutPositioning', 'Can only set layoutPositioning = ABSOLUTE if the parent node has layoutMode !== NONE');
  }
  document.setProp(node.id, 'layoutPositioning', value);
  if (value !== 'ABSOLUTE') return;
  for (const axis of ['layoutSizingHorizontal', 'layoutSizingVertical']) {
    if (document.at(node.id).props[axis] === 'FILL') document.setProp(node.id, axis, 'FIXED');
  }
}

/** After `resize`: sizes that were given are fixed. */
export function fixSizes(document: SimDocument, id: string): void {
  const node = document.at(id);
  if (node.type === 'TEXT') document.setProp(id, 'textAutoResize', 'NONE');
  for (const axis of ['layoutSizingHorizontal', 'layoutSizingVertical']) {
    if (['HUG', 'FILL'].includes(String(node.props[axis]))) document.setProp(id, axis, 'FIXED');
  }
}

/** For a node that comes into another parent. */
export function enterParent(document: SimDocument, id: string, parent: string): void {
  const into = document.at(parent);
  if (!hasLayout(into)) leaveLayout(document, id);
  else {
    if (document.at(id).props.layoutPositioning === 'ABSOLUTE') document.setProp(id, 'layoutPositioning', 'AUTO');
    if (into.props.layoutMode === 'GRID') takeFreeCell(document, parent, id);
  }
}

function leaveLayout(document: SimDocument, id: string): void {
  const { props } = document.at(id);
  if (props.layoutPositioning === 'ABSOLUTE') document.setProp(id, 'layoutPositioning', 'AUTO');
  for (const axis of ['layoutSizingHorizontal', 'layoutSizingVertical']) {
    const needsParent = props[axis] === 'FILL' || (props[axis] === 'HUG' && !hasLayout(document.at(id)));
    if (needsParent) document.setProp(id, axis, 'FIXED');
  }
}

/** Whose cells these are, without `except`. */
function occupied(document: SimDocument, grid: string, except: string): (row: number, column: number) => boolean {
  const cells = document
    .children(grid)
    .filter((child) => child !== except && document.at(child).props.layoutPositioning !== 'ABSOLUTE')
    .map((child) => cellOf(document.at(child)));
  return (row, column) =>
    cells.some((one) => row >= one.row && row < one.row + one.rowSpan && column >= one.column && column < one.column + one.columnSpan);
}

function takeFreeCell(document: SimDocument, grid: string, id: string): void {
  const { rows, columns } = gridSize(document.at(grid));
  const isTaken = occupied(document, grid, id);
  for (let row = 0; ; row++) {
    for (let column = 0; column < columns; column++) {
      if (isTaken(row, column)) continue;
      // A full grid grows by a row.
      if (row >= rows) document.setProp(grid, 'gridRowCount', row + 1);
      document.setProps(id, { gridRowAnchorIndex: row, gridColumnAnchorIndex: column });
      return;
    }
  }
}

export function setGridChildPosition(document: SimDocument, id: string, row: number, column: number): void {
  const where = 'setGridChildPosition';
  const node = document.at(id);
  const grid = layoutParent(document, node);
  if (grid === null || grid.props.layoutMode !== 'GRID') refuse(where, 'Node is not a child of a grid');
  if (grid.props.gridItemsPositioning === 'ROW_AUTO_FLOW') refuse(where, 'Cannot set the position of a child of a grid with ROW_AUTO_FLOW');
  const { rows, columns } = gridSize(grid);
  const cell = cellOf(node);
  if (row < 0 || column < 0 || row + cell.rowSpan > rows || column + cell.columnSpan > columns)
    refuse(where, 'Position is out of bounds of the grid');
  const isTaken = occupied(document, grid.id, id);
  for (let r = row; r < row + cell.rowSpan; r++)
    for (let c = column; c < column + cell.columnSpan; c++) if (isTaken(r, c)) refuse(where, 'Position is occupied by another node');
  document.setProps(id, { gridRowAnchorIndex: row, gridColumnAnchorIndex: column });
}

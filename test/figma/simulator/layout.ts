/** Auto-layout: rows, columns and grids. Run for each frame that an edit may have changed, until nothing moves any more. */
import type { NodeData, SimDocument } from './document.ts';
import { setSize, setTransform, sizeOf, transformOf } from './geometry.ts';
import { boxOf, placed } from './matrix.ts';
import type { Rect } from './values.ts';

type Axis = 'width' | 'height';

interface Item {
  readonly id: string;
  /** The child's box as it is turned, relative to its own place. */
  readonly box: Rect;
  readonly fills: { readonly width: boolean; readonly height: boolean };
}

const numberOf = (node: NodeData, name: string): number => (node.props[name] as number | undefined) ?? 0;
export const sizingOf = (node: NodeData, axis: Axis): string =>
  String(node.props[axis === 'width' ? 'layoutSizingHorizontal' : 'layoutSizingVertical'] ?? 'FIXED');

export function isLaidOut(node: NodeData): boolean {
  return node.props.visible !== false && node.props.layoutPositioning !== 'ABSOLUTE';
}

export function layOut(document: SimDocument, id: string): void {
  const frame = document.at(id);
  const items = document
    .children(id)
    .map((child) => document.at(child))
    .filter(isLaidOut)
    .map((node): Item => {
      const box = boxOf(placed(transformOf(node), 0, 0), { x: 0, y: 0, ...sizeOf(node) });
      return { id: node.id, box, fills: { width: sizingOf(node, 'width') === 'FILL', height: sizingOf(node, 'height') === 'FILL' } };
    });
  if (frame.props.layoutMode === 'GRID') layOutGrid(document, frame, items);
  else layOutLine(document, frame, items, frame.props.layoutMode === 'HORIZONTAL' ? 'width' : 'height');
}

const paddings = (frame: NodeData) => ({
  left: numberOf(frame, 'paddingLeft'),
  top: numberOf(frame, 'paddingTop'),
  width: numberOf(frame, 'paddingLeft') + numberOf(frame, 'paddingRight'),
  height: numberOf(frame, 'paddingTop') + numberOf(frame, 'paddingBottom'),
});

function layOutLine(document: SimDocument, frame: NodeData, items: readonly Item[], main: Axis): void {
  const cross: Axis = main === 'width' ? 'height' : 'width';
  const padding = paddings(frame);
  const size = { ...sizeOf(frame) };
  const spacing = numberOf(frame, 'itemSpacing');
  const lines =
    frame.props.layoutWrap === 'WRAP' && sizingOf(frame, main) !== 'HUG'
      ? wrapped(items, main, size[main] - padding[main], spacing)
      : [items];
  const lineGap = (frame.props.counterAxisSpacing as number | null | undefined) ?? spacing;
  const lineCross = lines.map((line) =>
    Math.max(0, ...line.filter((item) => !item.fills[cross] || sizingOf(frame, cross) === 'HUG').map((item) => item.box[cross])),
  );

  if (sizingOf(frame, main) === 'HUG' && items.length > 0) {
    size[main] = padding[main] + items.reduce((sum, item) => sum + item.box[main], 0) + spacing * (items.length - 1);
  }
  if (sizingOf(frame, cross) === 'HUG' && items.length > 0) {
    size[cross] = padding[cross] + lineCross.reduce((sum, one) => sum + one, 0) + lineGap * (lines.length - 1);
  }
  setSize(document, frame.id, size.width, size.height, true);

  let across = cross === 'width' ? padding.left : padding.top;
  lines.forEach((line, i) => {
    const room = lines.length === 1 ? size[cross] - padding[cross] : lineCross[i];
    placeLine(document, frame, line, main, { along: size[main] - padding[main], across: room, from: across, spacing });
    across += room + lineGap;
  });
}

interface Room {
  readonly along: number;
  readonly across: number;
  readonly from: number;
  readonly spacing: number;
}

function placeLine(document: SimDocument, frame: NodeData, line: readonly Item[], main: Axis, room: Room): void {
  const cross: Axis = main === 'width' ? 'height' : 'width';
  const hugs = sizingOf(frame, main) === 'HUG';
  const isFilling = (item: Item): boolean => item.fills[main] && !hugs;
  const fixed = line.filter((item) => !isFilling(item)).reduce((sum, item) => sum + item.box[main], 0);
  const free = room.along - fixed - room.spacing * Math.max(0, line.length - 1);
  const filling = line.filter(isFilling).length;
  const align = String(frame.props.primaryAxisAlignItems ?? 'MIN');
  const left = filling > 0 ? 0 : free;
  const padding = paddings(frame);
  let along = main === 'width' ? padding.left : padding.top;
  let gap = room.spacing;
  if (align === 'MAX') along += left;
  if (align === 'CENTER') along += left / 2;
  if (align === 'SPACE_BETWEEN' && line.length > 1 && filling === 0) gap = (room.along - fixed) / (line.length - 1);
  for (const item of line) {
    const length = isFilling(item) ? Math.max(0.01, free / filling) : item.box[main];
    const breadth = item.fills[cross] ? Math.max(0.01, room.across) : item.box[cross];
    if (isFilling(item) || item.fills[cross]) {
      const size = sizeOf(document.at(item.id));
      const next = { ...size, ...(isFilling(item) ? { [main]: length } : {}), ...(item.fills[cross] ? { [cross]: breadth } : {}) };
      setSize(document, item.id, next.width, next.height, true);
    }
    const counter = String(frame.props.counterAxisAlignItems ?? 'MIN');
    const shift = counter === 'MAX' ? room.across - breadth : counter === 'CENTER' ? (room.across - breadth) / 2 : 0;
    const [x, y] = main === 'width' ? [along, room.from + shift] : [room.from + shift, along];
    putAt(document, item, x, y);
    along += length + gap;
  }
}

function putAt(document: SimDocument, { id, box }: Item, x: number, y: number): void {
  const now = transformOf(document.at(id));
  const to = placed(now, x - box.x, y - box.y);
  if (to[0][2] !== now[0][2] || to[1][2] !== now[1][2]) setTransform(document, id, to);
}

function wrapped(items: readonly Item[], main: Axis, along: number, spacing: number): readonly (readonly Item[])[] {
  const lines: Item[][] = [[]];
  let used = 0;
  for (const item of items) {
    const line = lines.at(-1)!;
    if (line.length > 0 && used + spacing + item.box[main] > along) {
      lines.push([item]);
      used = item.box[main];
    } else {
      used += item.box[main] + (line.length > 0 ? spacing : 0);
      line.push(item);
    }
  }
  return lines;
}

interface Track {
  readonly type: 'FLEX' | 'FIXED' | 'HUG';
  readonly value?: number;
}

export interface Cell {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
}

export const cellOf = (node: NodeData): Cell => ({
  row: numberOf(node, 'gridRowAnchorIndex'),
  column: numberOf(node, 'gridColumnAnchorIndex'),
  rowSpan: (node.props.gridRowSpan as number | undefined) ?? 1,
  columnSpan: (node.props.gridColumnSpan as number | undefined) ?? 1,
});

export const gridSize = (frame: NodeData) => ({
  rows: (frame.props.gridRowCount as number | undefined) ?? 1,
  columns: (frame.props.gridColumnCount as number | undefined) ?? 1,
});

function layOutGrid(document: SimDocument, frame: NodeData, items: readonly Item[]): void {
  const { rows, columns } = gridSize(frame);
  const padding = paddings(frame);
  const { width, height } = sizeOf(frame);
  const extent = (axis: Axis, index: number): number =>
    Math.max(
      0,
      ...items
        .filter(({ id }) => (axis === 'width' ? cellOf(document.at(id)).column : cellOf(document.at(id)).row) === index)
        .map((item) => item.box[axis]),
    );
  const across = tracks(frame.props.gridColumnSizes, columns, width - padding.width, numberOf(frame, 'gridColumnGap'), (i) =>
    extent('width', i),
  );
  const down = tracks(frame.props.gridRowSizes, rows, height - padding.height, numberOf(frame, 'gridRowGap'), (i) => extent('height', i));
  for (const item of items) {
    const cell = cellOf(document.at(item.id));
    const [x, right] = span(across, cell.column, cell.columnSpan);
    const [y, bottom] = span(down, cell.row, cell.rowSpan);
    const size = sizeOf(document.at(item.id));
    setSize(document, item.id, item.fills.width ? right - x : size.width, item.fills.height ? bottom - y : size.height, true);
    const { gridChildHorizontalAlign: h = 'AUTO', gridChildVerticalAlign: v = 'AUTO' } = document.at(item.id).props;
    const shift = (align: unknown, room: number): number => (align === 'CENTER' ? room / 2 : align === 'MAX' ? room : 0);
    const dx = item.fills.width ? 0 : shift(h, right - x - item.box.width);
    const dy = item.fills.height ? 0 : shift(v, bottom - y - item.box.height);
    putAt(document, item, padding.left + x + dx, padding.top + y + dy);
  }
}

function span(tracks: readonly (readonly [number, number])[], from: number, count: number): [number, number] {
  const last = Math.min(tracks.length - 1, from + count - 1);
  return [tracks[Math.min(from, tracks.length - 1)][0], tracks[last][1]];
}

function tracks(
  given: unknown,
  count: number,
  room: number,
  gap: number,
  hug: (index: number) => number,
): readonly (readonly [number, number])[] {
  const sizes: Track[] = Array.from({ length: count }, (_, i) => (given as Track[] | undefined)?.[i] ?? { type: 'FLEX', value: 1 });
  const lengths = sizes.map((track, i) => (track.type === 'FIXED' ? (track.value ?? 0) : track.type === 'HUG' ? hug(i) : 0));
  const parts = sizes.reduce((sum, track) => sum + (track.type === 'FLEX' ? (track.value ?? 1) : 0), 0);
  const free = Math.max(0, room - lengths.reduce((sum, one) => sum + one, 0) - gap * (count - 1));
  let at = 0;
  return sizes.map((track, i) => {
    const from = at;
    const length = track.type === 'FLEX' ? (free * (track.value ?? 1)) / parts : lengths[i];
    at += length + gap;
    return [from, from + length] as const;
  });
}

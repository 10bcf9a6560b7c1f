/**
 * Decides the shape that is sent: which of the model's cells, how the layer is padded to that cell's true ratio, and how
 * large it goes out. The delivered ratio is never quite the nominal one (16:9 is 1376 × 768 = 1.792, 0.8 % off), so the
 * padding is computed from the delivered size, remembered here, and cut away again by the same numbers.
 */
import { area, type Extent, longSide, type Point } from '../geometry.ts';
import type { Cell, SizeClass } from '../model.ts';
import { cellsOf, type ModelEntry, sizeClassesOf, trueRatio } from '../models/registry.ts';

export interface Frame {
  readonly cell: Cell;
  /** The layer with its padding, in layer pixels: the cell's true ratio to within half a pixel. */
  readonly padded: Extent;
  /** Top left of the layer within the padded picture, in layer pixels. */
  readonly at: Point;
  /** What goes out: never larger than the padded layer, the cell, or what the model can see. */
  readonly sent: Extent;
}

/** `extent` widened or heightened, never reduced, to the ratio of `cell`. */
function padTo(extent: Extent, cell: Extent): Extent {
  const ratio = trueRatio(cell);
  return extent.width / extent.height > ratio
    ? { width: extent.width, height: Math.max(extent.height, Math.round(extent.width / ratio)) }
    : { width: Math.max(extent.width, Math.round(extent.height * ratio)), height: extent.height };
}

/** The share of the padded picture that is padding, 0 to 1. */
const waste = (extent: Extent, cell: Extent): number => 1 - area(extent) / area(padTo(extent, cell));

/**
 * The cell that wastes least and, of its size classes, the smallest that holds every pixel of the layer; the largest
 * when none does. `wanted` fixes the class. Null when the model has no cell of that class.
 */
export function planFrame(extent: Extent, model: ModelEntry, wanted: SizeClass | null): Frame | null {
  if (model.shapeFields === 'none') return followInput(extent, model);
  const cells = cellsOf(model).filter((cell) => wanted === null || cell.size === wanted || cell.size === null);
  if (cells.length === 0 || (wanted !== null && !sizeClassesOf(model).includes(wanted))) return null;
  const least = Math.min(...cells.map((cell) => waste(extent, cell.extent)));
  // Classes of one ratio differ by rounding only; compare them as equals.
  const sameRatio = cells.filter((cell) => waste(extent, cell.extent) - least < 0.004).sort((a, b) => area(a.extent) - area(b.extent));
  const cell = sameRatio.find((c) => holds(c.extent, padTo(extent, c.extent))) ?? sameRatio[sameRatio.length - 1];
  const padded = padTo(extent, cell.extent);
  return { cell, padded, at: centered(extent, padded), sent: sendExtent(padded, cell.extent, model.maxSendSidePx) };
}

const holds = (cell: Extent, padded: Extent): boolean => cell.width >= padded.width && cell.height >= padded.height;

const centered = (extent: Extent, padded: Extent): Point => ({
  x: Math.floor((padded.width - extent.width) / 2),
  y: Math.floor((padded.height - extent.height) / 2),
});

function sendExtent(padded: Extent, cell: Extent, maxSidePx: number): Extent {
  const scale = Math.min(1, cell.width / padded.width, cell.height / padded.height, maxSidePx / longSide(padded));
  return { width: Math.max(1, Math.round(padded.width * scale)), height: Math.max(1, Math.round(padded.height * scale)) };
}

/** A model that takes no shape answers in its input's: nothing is padded, and only its own size is a limit. */
function followInput(extent: Extent, model: ModelEntry): Frame {
  const scale = Math.min(1, model.maxSendSidePx / longSide(extent));
  const sent = { width: Math.max(1, Math.round(extent.width * scale)), height: Math.max(1, Math.round(extent.height * scale)) };
  return { cell: { ratio: null, size: null, extent: sent }, padded: extent, at: { x: 0, y: 0 }, sent };
}

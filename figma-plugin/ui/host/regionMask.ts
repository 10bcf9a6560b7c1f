/** A drawn shape as the mask of where the change may go. */
import type { Bounds } from '../../../shared/core/geometry.ts';
import { coveredBounds, cropMask, type Mask, type Pixels } from '../../../shared/core/pixels.ts';

/** A layer that the user named so is the region of what lies under it. */
export const isRegionName = (name: string): boolean => /^(retake )?region$/i.test(name.trim());

/** How the shape counts: by its fill, however see-through that is, or by what its outline goes around. */
export function maskOfShape({ data, width, height }: Pixels, bounds: Bounds, isFilled: boolean): Mask | null {
  const coverage = new Uint8ClampedArray(width * height);
  let most = 0;
  for (let i = 0; i < coverage.length; i++) most = Math.max(most, data[i * 4 + 3]);
  if (most === 0) return null;
  // A fill that lets the layer through is meant wholly; a soft edge stays soft.
  for (let i = 0; i < coverage.length; i++) coverage[i] = (data[i * 4 + 3] * 255) / most;
  const mask = { bounds, data: isFilled ? coverage : filledOutline(coverage, width, height) };
  const covered = coveredBounds(mask);
  return covered.width === 0 ? null : cropMask(mask, covered);
}

/** All that cannot be reached from outside without crossing the line. An open line encloses nothing but itself. */
function filledOutline(line: Uint8ClampedArray, width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const isOutside = new Uint8Array(line.length);
  const open: number[] = [];
  const visit = (i: number): void => {
    if (isOutside[i] === 1 || line[i] >= 128) return;
    isOutside[i] = 1;
    open.push(i);
  };
  for (let x = 0; x < width; x++) {
    visit(x);
    visit((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    visit(y * width);
    visit(y * width + width - 1);
  }
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const x = i % width;
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < line.length - width) visit(i + width);
  }
  return Uint8ClampedArray.from(line, (value, i) => (isOutside[i] === 1 ? value : 255));
}

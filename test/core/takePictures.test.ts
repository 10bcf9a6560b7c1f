import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { makeThumbnail } from '../../shared/core/edit/takePictures.ts';
import type { Composition, Subject } from '../../shared/core/edit/types.ts';
import { rectangleMask } from '../../shared/core/pixels.ts';
import { nodeClock } from '../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { plainPixels } from '../contracts/memoryHost.ts';

/** A grey layer of that size at 100, 50, with a red change over its left half, under a mask of its upper half. */
async function thumbnail(
  width: number,
  height: number,
): Promise<{ width: number; height: number; bytes: number; at(x: number, y: number): number[] }> {
  const bounds = { x: 100, y: 50, width, height };
  const left = { ...bounds, width: width / 2 };
  const subject: Subject = {
    of: 'layer-1',
    name: 'photo',
    bounds,
    pixels: plainPixels(width, height, [120, 120, 120, 255]),
    region: null,
    notes: [],
  };
  const composition: Composition = {
    pixels: plainPixels(left.width, height, [220, 30, 30, 255]),
    bounds: left,
    mask: rectangleMask({ ...left, height: height / 2 }),
    answer: null,
    findings: null,
    evidence: null,
    notes: [],
  };
  const made = await makeThumbnail(subject, composition, createNodeCodec(), nodeClock, neverAborted);
  if (made === null) throw new Error('no thumbnail');
  const { data, info } = await sharp(made.bytes).raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    bytes: made.bytes.length,
    at: (x, y) => [...data.subarray((y * info.width + x) * info.channels, (y * info.width + x) * info.channels + 3)],
  };
}

describe('the thumbnail of a take', () => {
  test.each([
    [4000, 3000, 160, 120],
    [300, 400, 120, 160],
    [80, 60, 80, 60],
  ])('of a layer of %i × %i shows the layer with the take on it, where its mask lets it', async (width, height, small, low) => {
    const seen = await thumbnail(width, height);
    expect([seen.width, seen.height]).toEqual([small, low]);
    expect(seen.bytes).toBeLessThanOrEqual(8192);
    const near = (x: number, y: number, color: readonly number[]): void => {
      for (const [c, level] of seen.at(Math.round(x * small), Math.round(y * low)).entries())
        expect(Math.abs(level - color[c])).toBeLessThan(12);
    };
    near(0.25, 0.25, [220, 30, 30]);
    near(0.75, 0.25, [120, 120, 120]);
    near(0.25, 0.75, [120, 120, 120]);
    // The edge lies where it does in the layer, to a pixel.
    near(0.5 - 3 / small, 0.25, [220, 30, 30]);
    near(0.5 + 3 / small, 0.25, [120, 120, 120]);
  });
});

/** The geometry and the ranges between Photoshop's answers and what leaves the host, without Photoshop. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRect, layCoverage, layTile } from '../../../photoshop-uxp/host/fullRect.ts';
import { rowsOf } from '../../../photoshop-uxp/host/layerRows.ts';
import { deepFrom15, tablesTo, to15FromDeep, wholeSamples } from '../../../photoshop-uxp/host/samples.ts';
import { mostTilePixels, tilesOf } from '../../../photoshop-uxp/host/tiles.ts';
import { intersection, isEmpty } from '../../../shared/core/geometry.ts';

describe('tiles', () => {
  it('cover every pixel once, and none holds more than one call may', () => {
    const side = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: -20, max: 20 }),
        fc.integer(),
        side,
        side,
        fc.integer({ min: 1, max: 500 }),
        (x, y, width, height, most) => {
          const tiles = tilesOf({ x, y, width, height }, most);
          expect(tiles.reduce((sum, tile) => sum + tile.width * tile.height, 0)).toBe(width * height);
          for (const [i, tile] of tiles.entries()) {
            expect(tile.width * tile.height).toBeLessThanOrEqual(most);
            expect(tiles.slice(i + 1).every((other) => isEmpty(intersection(tile, other)))).toBe(true);
          }
        },
      ),
    );
  });

  it('of 24 megapixels are seven bands', () => {
    const tiles = tilesOf({ x: 0, y: 0, width: 6000, height: 4000 });
    expect(tiles.length).toBe(7);
    expect(Math.max(...tiles.map((tile) => tile.width * tile.height))).toBeLessThanOrEqual(mostTilePixels);
  });
});

describe('ranges', () => {
  it('bring every one of Photoshop’s 16-bit levels back as it was', () => {
    for (let v = 0; v <= 32_768; v++) expect(to15FromDeep(deepFrom15(v))).toBe(v);
    expect([deepFrom15(0), deepFrom15(32_768)]).toEqual([0, 65_535]);
  });

  it('bring light in floats back within a sixteen-bit level, clipped to what a screen shows', () => {
    const { color, alpha } = tablesTo(32, 65_535);
    const levels = Uint16Array.from({ length: 1000 }, (_, i) => i * 65);
    const light = Float32Array.from(levels, (v) => color[v]);
    const { data } = wholeSamples(light, 1, true);
    expect(Math.max(...levels.map((v, i) => Math.abs(v - data[i])))).toBeLessThanOrEqual(1);
    expect(alpha[65_535]).toBe(1);
    expect([...wholeSamples(Float32Array.of(-0.5, 7, Number.NaN), 1, true).data]).toEqual([0, 65_535, 0]);
  });

  it('leave the alpha of floats without a curve', () => {
    expect([...wholeSamples(Float32Array.of(0.5, 0.5, 0.5, 0.5), 4, true).data]).toEqual([48_192, 48_192, 48_192, 32_768]);
  });
});

describe('a full rectangle', () => {
  const bounds = { x: 10, y: 20, width: 3, height: 2 };
  const at = (data: ArrayLike<number>, x: number, y: number): number[] => Array.from({ length: 4 }, (_, c) => data[(y * 3 + x) * 4 + c]);

  it('takes a trimmed answer at its place, and is transparent elsewhere', () => {
    const rect = emptyRect(bounds, false);
    layTile(rect, { bounds: { x: 11, y: 21, width: 1, height: 1 }, data: Uint8Array.of(9, 8, 7, 6), components: 4, isLinear: false });
    expect(at(rect.pixels.data, 1, 1)).toEqual([9, 8, 7, 6]);
    expect(rect.pixels.data.filter((v) => v !== 0).length).toBe(4);
  });

  it('takes RGB without alpha, grey, and grey with alpha', () => {
    const read = (components: number, samples: number[]): number[] => {
      const rect = emptyRect(bounds, false);
      layTile(rect, { bounds: { x: 10, y: 20, width: 1, height: 1 }, data: Uint8Array.from(samples), components, isLinear: false });
      return at(rect.pixels.data, 0, 0);
    };
    expect(read(3, [1, 2, 3])).toEqual([1, 2, 3, 255]);
    expect(read(1, [5])).toEqual([5, 5, 5, 255]);
    expect(read(2, [5, 77])).toEqual([5, 5, 5, 77]);
  });

  it('keeps sixteen bits beside the eight, and leaves out what reaches beyond it', () => {
    const rect = emptyRect(bounds, true);
    const data = Uint16Array.from({ length: 5 * 4 * 4 }, () => 16_384);
    layTile(rect, { bounds: { x: 9, y: 19, width: 5, height: 4 }, data, components: 4, isLinear: false });
    expect(new Set(rect.deep?.data)).toEqual(new Set([32_768]));
    expect(new Set(rect.pixels.data)).toEqual(new Set([128]));
  });

  it('takes the coverage of a mask of any depth', () => {
    const onto = new Uint8ClampedArray(6).fill(9);
    layCoverage(onto, bounds, {
      bounds: { x: 12, y: 19, width: 4, height: 2 },
      data: Uint16Array.of(1, 1, 1, 1, 32_768, 0, 0, 0),
      components: 1,
      isLinear: false,
    });
    expect([...onto]).toEqual([9, 9, 255, 9, 9, 9]);
  });
});

describe('the list of layers', () => {
  const section = (value: string) => ({ _enum: 'layerSectionType', _value: value });
  const edges = (left: number, top: number, right: number, bottom: number) => ({
    left: { _unit: 'pixelsUnit', _value: left },
    top: { _unit: 'pixelsUnit', _value: top },
    right: { _unit: 'pixelsUnit', _value: right },
    bottom: { _unit: 'pixelsUnit', _value: bottom },
  });
  const layer = (layerID: number, more: object = {}) => ({
    _obj: 'layer',
    layerID,
    name: `layer ${layerID}`,
    layerKind: 1,
    layerSection: section('layerSectionContent'),
    boundsNoEffects: edges(0, 0, 10, 10),
    ...more,
  });
  const end = { _obj: 'layer', layerSection: section('layerSectionEnd'), name: '</Layer group>' };

  it('becomes a tree, top first, with groups as large as what is in them', () => {
    const rows = rowsOf([
      layer(1, { background: true, layerKind: 12 }),
      end,
      end,
      layer(2, { boundsNoEffects: edges(5, 5, 8, 9) }),
      layer(3, { layerSection: section('layerSectionStart'), layerKind: 7 }),
      layer(4, { boundsNoEffects: edges(20, 0, 30, 4), opacity: 51, group: true }),
      layer(5, { layerSection: section('layerSectionStart'), layerKind: 7, layerLocking: { protectAll: true } }),
    ]);
    expect(rows.map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
    expect(rows.map(({ parent }) => parent?.id ?? null)).toEqual([null, 5, 5, 3, null]);
    expect(rows[0].bounds).toEqual({ x: 5, y: 0, width: 25, height: 9 });
    expect(rows.map(({ kind }) => kind)).toEqual(['group', 'pixels', 'group', 'pixels', 'pixels']);
    expect([rows[0].isLocked, rows[1].isClipped, rows[1].opacity, rows[4].isBackground]).toEqual([true, true, 0.2, true]);
  });

  it('knows Photoshop’s kinds, and an artboard by its own size', () => {
    const kinds = [2, 3, 4, 5, 6, 11].map((layerKind, i) => layer(i + 1, { layerKind }));
    expect(rowsOf(kinds).map(({ kind }) => kind)).toEqual(['other', 'other', 'smart-object', 'shape', 'text', 'adjustment']);
    const artboard = {
      layerSection: section('layerSectionStart'),
      artboardEnabled: true,
      artboard: { artboardRect: edges(0, 0, 500, 400) },
    };
    expect(rowsOf([end, layer(2), layer(3, artboard)])[0]).toMatchObject({
      isArtboard: true,
      kind: 'group',
      bounds: { width: 500, height: 400 },
    });
  });
});

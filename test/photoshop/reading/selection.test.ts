/** The user's selection as a region, whatever its shape, in every mode. */
import { describe, expect, it } from 'vitest';
import type { Mask } from '../../../shared/core/pixels.ts';
import { patternPixels, plainPixels } from '../../contracts/memoryHost.ts';
import { breath } from '../handClock.ts';
import { answerOf, openHost, refOf } from '../openHost.ts';
import type { PhotoshopPlan, SelectionPlan } from '../simulator/index.ts';

const extent = { width: 60, height: 40 };
const plan = (selection: SelectionPlan | null, more: Partial<PhotoshopPlan> = {}): PhotoshopPlan => ({
  title: 'Model.psd',
  extent,
  layers: [{ name: 'photo', pixels: patternPixels(60, 40, 2) }],
  selection,
  ...more,
});

const regionOf = async (made: PhotoshopPlan): Promise<Mask | null> => answerOf(await openHost(made).host.selection()).region;
const at = ({ bounds, data }: Mask, x: number, y: number): number => data[(y - bounds.y) * bounds.width + (x - bounds.x)];

describe('the selection becomes the region', () => {
  it('none, and all, is no region', async () => {
    expect(await regionOf(plan(null))).toBe(null);
    expect(await regionOf(plan({ kind: 'rectangle', bounds: { x: 0, y: 0, ...extent } }))).toBe(null);
  });

  it('a rectangle, of one pixel too', async () => {
    for (const bounds of [
      { x: 5, y: 6, width: 20, height: 10 },
      { x: 59, y: 39, width: 1, height: 1 },
    ]) {
      const region = await regionOf(plan({ kind: 'rectangle', bounds }));
      expect(region?.bounds).toEqual(bounds);
      expect(region?.data.every((v) => v === 255)).toBe(true);
    }
  });

  it.each([
    { mode: 'RGB', depth: 8 },
    { mode: 'RGB', depth: 16 },
    { mode: 'RGB', depth: 32 },
    { mode: 'Grayscale', depth: 16 },
    { mode: 'CMYK', depth: 8 },
  ] as const)('a feathered ellipse in $mode with $depth bits, level by level', async (document) => {
    const selection = { kind: 'ellipse', bounds: { x: 10, y: 8, width: 30, height: 20 }, featherPx: 4 } as const;
    const open = openHost(plan(selection, document));
    const { state, saved } = open.ps.inspect.document();
    const region = answerOf(await open.host.selection()).region as Mask;
    expect([at(region, 25, 18), at(region, region.bounds.x, region.bounds.y)]).toEqual([255, 0]);
    const plane = state.selection;
    const full = { 8: 255, 16: 32_768, 32: 1 }[document.depth];
    const soft = new Set<number>();
    for (let y = 0; y < region.bounds.height; y++) {
      for (let x = 0; x < region.bounds.width; x++) {
        const value =
          plane?.data[(y + region.bounds.y - plane.bounds.y) * plane.bounds.width + (x + region.bounds.x - plane.bounds.x)] ?? 0;
        expect(Math.abs(region.data[y * region.bounds.width + x] - (value / full) * 255)).toBeLessThanOrEqual(0.51);
        soft.add(region.data[y * region.bounds.width + x]);
      }
    }
    expect(soft.size).toBeGreaterThan(20);
    expect([open.ps.inspect.document().state, open.ps.inspect.document().saved]).toEqual([state, saved]);
    expect(open.ps.inspect.document().state).toBe(state);
  });

  it('inverted, and in two parts with nothing between', async () => {
    const open = openHost(plan({ kind: 'rectangle', bounds: { x: 10, y: 10, width: 10, height: 10 } }));
    open.ps.user.invertSelection();
    const inverted = answerOf(await open.host.selection()).region as Mask;
    expect([at(inverted, 15, 15), at(inverted, 9, 9), at(inverted, 59, 39)]).toEqual([0, 255, 255]);
    const data = new Uint8ClampedArray(60 * 40);
    data[0] = data[60 * 40 - 1] = 200;
    open.ps.user.select({ kind: 'mask', mask: { bounds: { x: 0, y: 0, ...extent }, data } });
    const parts = answerOf(await open.host.selection()).region as Mask;
    expect([at(parts, 0, 0), at(parts, 59, 39), at(parts, 30, 20)]).toEqual([200, 200, 0]);
  });

  it('in parts so far from each other that a whole read lies between', async () => {
    const size = { width: 2500, height: 4000 };
    const data = new Uint8ClampedArray(size.width * size.height);
    data[0] = data[data.length - 1] = 255;
    const layers = [{ name: 'dot', pixels: plainPixels(1, 1, [1, 1, 1, 255]) }];
    const region = (await regionOf({
      extent: size,
      layers,
      selection: { kind: 'mask', mask: { bounds: { x: 0, y: 0, ...size }, data } },
    })) as Mask;
    expect([at(region, 0, 0), at(region, 2499, 3999), at(region, 1000, 2000)]).toEqual([255, 255, 0]);
  });

  it('partly beyond the canvas: the part on it; wholly: as it is, so that the walk can say so', async () => {
    const partly = await regionOf(plan({ kind: 'rectangle', bounds: { x: 50, y: 30, width: 100, height: 100 } }));
    expect(partly?.bounds).toEqual({ x: 50, y: 30, width: 10, height: 10 });
    const wholly = await regionOf(plan({ kind: 'rectangle', bounds: { x: 100, y: 5, width: 8, height: 8 } }));
    expect(wholly?.bounds).toEqual({ x: 100, y: 5, width: 8, height: 8 });
  });

  it('is read once for each selection that there is', async () => {
    const open = openHost(plan({ kind: 'ellipse', bounds: { x: 0, y: 0, width: 30, height: 30 } }));
    const first = answerOf(await open.host.selection()).region;
    expect(answerOf(await open.host.selection()).region).toBe(first);
    open.ps.user.select({ kind: 'ellipse', bounds: { x: 3, y: 0, width: 30, height: 30 } });
    expect(answerOf(await open.host.selection()).region).not.toBe(first);
  });
});

describe('the selected layer', () => {
  const two: PhotoshopPlan = {
    extent,
    layers: [
      { name: 'a', pixels: plainPixels(3, 3, [1, 1, 1, 255]) },
      { name: 'b', pixels: plainPixels(3, 3, [2, 2, 2, 255]) },
    ],
  };

  it('can be everything visible instead, until the user selects another', async () => {
    const { ps, host } = openHost(two);
    ps.user.selectLayers('a');
    answerOf(await host.select('visible'));
    expect(answerOf(await host.selection()).of).toBe('visible');
    ps.user.selectLayers('b');
    expect(answerOf(await host.selection()).of).toBe(await refOf(host, 'b'));
    answerOf(await host.select(await refOf(host, 'a')));
    expect(answerOf(await host.selection()).of).toBe(await refOf(host, 'a'));
    expect(await host.select('layer-999')).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
  });
});

describe('watching', () => {
  it('tells of what Photoshop tells, and of what it does not, by looking', async () => {
    const { ps, host, clock, documentId } = openHost(plan(null));
    let told = 0;
    const stop = host.watch(() => told++);
    ps.user.select({ kind: 'rectangle', bounds: { x: 0, y: 0, width: 5, height: 5 } });
    await breath();
    expect(told).toBeGreaterThan(0);
    const other = ps.user.open(plan(null, { title: 'other' }));
    await breath();
    // A script of another plug-in switches documents: no event.
    const { app, core } = ps.modules.photoshop;
    const before = told;
    await core.executeAsModal(
      async () => {
        app.activeDocument = Array.from(app.documents).find(({ id }) => id === documentId) as typeof app.activeDocument;
      },
      { commandName: 'Other plug-in' },
    );
    await breath();
    expect([told, ps.inspect.document().id, other]).toEqual([before, documentId, other]);
    await clock.pass(800);
    expect(told).toBeGreaterThan(before);
    const nothingNew = told;
    await clock.pass(800);
    expect(told).toBe(nothingNew);
    stop();
    expect(ps.inspect.listenerCount).toBe(0);
    ps.user.selectLayers('photo');
    await clock.pass(5000);
    expect(told).toBe(nothingNew);
  });
});

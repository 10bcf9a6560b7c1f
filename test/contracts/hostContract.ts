/**
 * What every host promises, whatever application is behind it. Differences are declared as flags, never found out
 * by name. A host joins with one call: `hostContract('Figma (simulated)', make, flags)`.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Bounds } from '../../shared/core/geometry.ts';
import type { Host, LayerInfo, LayerRef, PlaceAsk, Selection } from '../../shared/core/host.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import type { Provenance } from '../../shared/core/provenance.ts';
import { digitalSourceTypes } from '../../shared/core/provenance.ts';
import { err, ok } from '../../shared/core/result.ts';
import type { DocumentPlan } from './memoryHost.ts';
import { patternPixels, plainPixels } from './memoryHost.ts';

export interface HostFlags {
  readonly masks: boolean;
  readonly groups: boolean;
  readonly undo: boolean;
  /** Levels by which pixels that were read may differ from those that were put in (colour conversion, host rounding). */
  readonly tolerance: number;
}

/** A host that holds the planned document, and the hands of its user. */
export interface HostUnderTest {
  readonly host: Host;
  select(selection: Selection): void | Promise<void>;
  undo(): void | Promise<void>;
}

export const contractProvenance: Provenance = {
  schema: 1,
  takeId: 'take-1',
  parentTakeId: null,
  model: 'offline',
  modelVersion: 'offline-1',
  responseId: 'response-1',
  instruction: 'make the jacket red',
  prompt: { id: 'edit/layer', version: 1 },
  inputHash: 'a'.repeat(64),
  promptHash: 'b'.repeat(64),
  answerHash: 'c'.repeat(64),
  at: '2026-01-02T03:04:05Z',
  digitalSourceType: digitalSourceTypes.composite,
  software: 'Retake',
};

/** Any text of Unicode below 90 kB; hosts do not look into it. */
export const contractStory = JSON.stringify({ schema: 2, take: 'Straße ✓ 🦊 "quoted"', ancestors: ['x'.repeat(20_000)] });

/** 64 x 48: a half transparent badge in a group, a hidden layer, a masked one, a plain ground. */
const plan: DocumentPlan = {
  extent: { width: 64, height: 48 },
  title: 'contract',
  layers: [
    { name: 'hidden', pixels: plainPixels(10, 10, [0, 0, 255, 255]), at: { x: 50, y: 2 }, visible: false },
    {
      name: 'people',
      children: [
        { name: 'badge', pixels: plainPixels(8, 6, [200, 10, 20, 255]), at: { x: 4, y: 5 }, opacity: 128 / 255 },
        { name: 'portrait', pixels: patternPixels(20, 16, 3), at: { x: 2, y: 3 } },
      ],
    },
    {
      name: 'masked',
      pixels: plainPixels(12, 12, [10, 220, 30, 255]),
      at: { x: 30, y: 30 },
      mask: { bounds: { x: 30, y: 30, width: 12, height: 12 }, data: new Uint8ClampedArray(144).map((_, i) => (i % 12 < 6 ? 0 : 255)) },
    },
    { name: 'ground', pixels: patternPixels(64, 48, 1), locked: true },
  ],
};

const never = new AbortController().signal;

export function hostContract(name: string, make: (plan: DocumentPlan) => Promise<HostUnderTest>, flags: HostFlags): void {
  describe(`${name} keeps the host's promises`, () => {
    let under: HostUnderTest;
    let host: Host;
    beforeEach(async () => {
      under = await make(plan);
      host = under.host;
    });

    const layers = async (): Promise<readonly LayerInfo[]> => answerOf(await host.layers());
    const named = async (layerName: string): Promise<LayerInfo> => {
      const found = (await layers()).find((layer) => layer.name === layerName);
      if (!found) throw new Error(`no layer ${layerName}`);
      return found;
    };
    const read = async (of: LayerRef | 'visible', bounds: Bounds, except: readonly LayerRef[] = []): Promise<Pixels> =>
      answerOf(await host.readPixels({ of, bounds, except }, never)).pixels;
    const ask = (above: LayerRef | 'visible', extra: Partial<PlaceAsk> = {}): PlaceAsk => ({
      pixels: plainPixels(5, 4, [240, 130, 20, 255]),
      bounds: { x: 7, y: 9, width: 5, height: 4 },
      mask: null,
      name: 'jacket',
      group: 'make the jacket red',
      above,
      provenance: contractProvenance,
      story: contractStory,
      ...extra,
    });
    const place = (above: LayerRef | 'visible', extra: Partial<PlaceAsk> = {}) =>
      host.step('Retake', never, (step) => step.placePixels(ask(above, extra)));
    /** What a placed layer goes by: where no group is made, by what the group would be. */
    const placedName = flags.groups ? 'jacket' : 'make the jacket red';
    const called = (layerName: string): Partial<PlaceAsk> => ({ name: layerName, ...(flags.groups ? {} : { group: layerName }) });
    const expectNear = (got: Pixels, wanted: Pixels): void => {
      expect([got.width, got.height]).toEqual([wanted.width, wanted.height]);
      expect(worst(got, wanted)).toBeLessThanOrEqual(flags.tolerance);
    };

    it('tells the size of its document', async () => {
      expect(answerOf(await host.document()).extent).toEqual({ width: 64, height: 48 });
    });

    it('lists layers top first, children below their group', async () => {
      const list = await layers();
      expect(list.map((layer) => layer.name)).toEqual(['hidden', 'people', 'badge', 'portrait', 'masked', 'ground']);
      const people = await named('people');
      expect(list.map((layer) => layer.parent)).toEqual([null, null, people.ref, people.ref, null, null]);
      expect(list.map((layer) => layer.kind)).toEqual(['pixels', 'group', 'pixels', 'pixels', 'pixels', 'pixels']);
    });

    it('tells bounds, visibility, locks, opacity and masks', async () => {
      expect((await named('badge')).bounds).toEqual({ x: 4, y: 5, width: 8, height: 6 });
      expect((await named('badge')).opacity).toBeCloseTo(128 / 255, 2);
      expect((await named('hidden')).visible).toBe(false);
      expect((await named('ground')).visible).toBe(true);
      expect((await named('ground')).locked).toBe(true);
      expect((await named('masked')).hasMask).toBe(flags.masks);
      expect((await named('ground')).hasMask).toBe(false);
    });

    it('answers the selection that the user made', async () => {
      const { ref } = await named('portrait');
      await under.select({ of: ref, region: null });
      expect(answerOf(await host.selection())).toMatchObject({ of: ref, region: null });
      await under.select({ of: null, region: null });
      expect(answerOf(await host.selection()).of).toBe(null);
    });

    it('reads a layer by itself, exactly as large as asked', async () => {
      const { ref } = await named('portrait');
      expectNear(await read(ref, { x: 2, y: 3, width: 20, height: 16 }), patternPixels(20, 16, 3));
    });

    it('reads transparent where the layer has no pixels, outside the document too', async () => {
      const { ref } = await named('portrait');
      const pixels = await read(ref, { x: -4, y: -5, width: 10, height: 12 });
      expect([pixels.width, pixels.height]).toEqual([10, 12]);
      expect(alphaAt(pixels, 0, 0)).toBe(0);
      expect(alphaAt(pixels, 5, 8)).toBe(0);
      expect(alphaAt(pixels, 6, 8)).toBe(255);
      expect(alphaAt(pixels, 6, 7)).toBe(0);
    });

    it('reads a hidden layer', async () => {
      const pixels = await read((await named('hidden')).ref, { x: 50, y: 2, width: 10, height: 10 });
      expectNear(pixels, plainPixels(10, 10, [0, 0, 255, 255]));
    });

    it('applies opacity to what it reads, and nothing beneath it', async () => {
      const pixels = await read((await named('badge')).ref, { x: 4, y: 5, width: 8, height: 6 });
      expectNear(pixels, plainPixels(8, 6, [200, 10, 20, 128]));
    });

    it.skipIf(!flags.masks)('applies the mask to what it reads', async () => {
      const pixels = await read((await named('masked')).ref, { x: 30, y: 30, width: 12, height: 12 });
      expect(alphaAt(pixels, 5, 5)).toBe(0);
      expect(alphaAt(pixels, 6, 5)).toBe(255);
    });

    it('reads a group as the composite of its layers', async () => {
      const group = await read((await named('people')).ref, { x: 2, y: 3, width: 20, height: 16 });
      const portrait = patternPixels(20, 16, 3);
      expect(pixelAt(group, 19, 15)).toEqual(pixelAt(portrait, 19, 15));
      const [red] = pixelAt(group, 4, 4);
      expect(Math.abs(red - (200 * 128 + pixelAt(portrait, 4, 4)[0] * 127) / 255)).toBeLessThanOrEqual(1 + flags.tolerance);
    });

    it('reads what shows: hidden layers left out, layers to except left out', async () => {
      const ground = patternPixels(64, 48, 1);
      const visible = await read('visible', { x: 0, y: 0, width: 64, height: 48 });
      expect(near(pixelAt(visible, 55, 6), pixelAt(ground, 55, 6), flags.tolerance)).toBe(true);
      expect(near(pixelAt(visible, 20, 17), pixelAt(patternPixels(20, 16, 3), 18, 14), flags.tolerance)).toBe(true);
      const without = await read('visible', { x: 0, y: 0, width: 64, height: 48 }, [
        (await named('portrait')).ref,
        (await named('badge')).ref,
      ]);
      expect(near(pixelAt(without, 20, 17), pixelAt(ground, 20, 17), flags.tolerance)).toBe(true);
    });

    it('says which layer it does not know', async () => {
      const answer = await host.readPixels({ of: 'no-such-ref', bounds: { x: 0, y: 0, width: 1, height: 1 } }, never);
      expect(answer).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
    });

    it('reads nothing for a caller who has cancelled', async () => {
      const answer = await host.readPixels({ of: 'visible', bounds: { x: 0, y: 0, width: 4, height: 4 } }, AbortSignal.abort());
      expect(answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
    });

    it(`places a take right above its source${flags.groups ? ', in a group of its own' : ''}`, async () => {
      const source = await named('masked');
      const ref = answerOf(await place(source.ref));
      const list = await layers();
      const wanted = flags.groups
        ? ['hidden', 'people', 'badge', 'portrait', 'make the jacket red', 'jacket', 'masked', 'ground']
        : ['hidden', 'people', 'badge', 'portrait', 'make the jacket red', 'masked', 'ground'];
      expect(list.map((layer) => layer.name)).toEqual(wanted);
      const placed = list.find((layer) => layer.ref === ref);
      expect(placed).toMatchObject({ name: placedName, bounds: { x: 7, y: 9, width: 5, height: 4 }, visible: true });
      if (flags.groups) expect(placed?.parent).toBe((await named('make the jacket red')).ref);
    });

    it('gives a take the parent of its source', async () => {
      const source = await named('portrait');
      await place(source.ref);
      const group = await named('make the jacket red');
      expect(group.parent).toBe(source.parent);
    });

    it('places above a whole group when the source is a group', async () => {
      await place((await named('people')).ref);
      const list = await layers();
      expect(list[1]).toMatchObject({ name: 'make the jacket red', parent: null });
    });

    it('places on top for the visible composite, and when the source is gone', async () => {
      await place('visible');
      expect((await layers())[0].parent).toBe(null);
      expect((await layers())[flags.groups ? 1 : 0].name).toBe(placedName);
      await place('gone', called('second'));
      expect((await layers())[flags.groups ? 1 : 0].name).toBe('second');
    });

    it('shows what was placed, and keeps every other layer as it was', async () => {
      const before = await Promise.all((await layers()).map((layer) => read(layer.ref, { x: 0, y: 0, width: 64, height: 48 })));
      const refsBefore = (await layers()).map((layer) => layer.ref);
      const pixels = patternPixels(5, 4, 9);
      const ref = answerOf(await place((await named('ground')).ref, { pixels }));
      expectNear(await read(ref, { x: 7, y: 9, width: 5, height: 4 }), pixels);
      for (const [i, old] of refsBefore.entries()) {
        expect(worst(await read(old, { x: 0, y: 0, width: 64, height: 48 }), before[i])).toBe(0);
      }
    });

    it('keeps the alpha of what was placed', async () => {
      const pixels = plainPixels(5, 4, [240, 130, 20, 77]);
      const ref = answerOf(await place('visible', { pixels }));
      expectNear(await read(ref, { x: 7, y: 9, width: 5, height: 4 }), pixels);
    });

    it.skipIf(!flags.masks)('makes the mask of a take an editable one', async () => {
      const mask = { bounds: { x: 7, y: 9, width: 5, height: 4 }, data: new Uint8ClampedArray(20).map((_, i) => (i % 5 < 2 ? 255 : 0)) };
      const ref = answerOf(await place('visible', { mask }));
      expect((await named('jacket')).hasMask).toBe(true);
      const pixels = await read(ref, { x: 7, y: 9, width: 5, height: 4 });
      expect(alphaAt(pixels, 1, 1)).toBe(255);
      expect(alphaAt(pixels, 2, 1)).toBe(0);
    });

    it('leaves nothing of a step that failed', async () => {
      const before = await layers();
      const answer = await host.step('Retake', never, async (step) => {
        await step.placePixels(ask('visible'));
        return err({ kind: 'host', operation: 'place', message: 'a test says no' } as const);
      });
      expect(answer).toMatchObject({ ok: false, error: { kind: 'host' } });
      expect(await layers()).toEqual(before);
    });

    it('leaves nothing of a step that was cancelled', async () => {
      const before = await layers();
      const stop = new AbortController();
      const answer = await host.step('Retake', stop.signal, async (step) => {
        const ref = await step.placePixels(ask('visible'));
        stop.abort();
        return ref;
      });
      expect(answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
      expect(await layers()).toEqual(before);
    });

    it('does not begin a step for a caller who has cancelled', async () => {
      let began = false;
      const answer = await host.step('Retake', AbortSignal.abort(), async () => {
        began = true;
        return ok(1);
      });
      expect(answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
      expect(began).toBe(false);
    });

    it('goes on after a failed step', async () => {
      await host.step('Retake', never, async () => err({ kind: 'no-selection' } as const));
      expect((await place('visible')).ok).toBe(true);
    });

    it('runs steps that were begun together one after the other, and keeps both', async () => {
      const answers = await Promise.all([place('visible', called('one')), place('visible', called('two'))]);
      expect(answers.every((answer) => answer.ok)).toBe(true);
      const names = (await layers()).map((layer) => layer.name);
      expect(names).toContain('one');
      expect(names).toContain('two');
    });

    it.skipIf(!flags.undo)('undoes a whole step at once', async () => {
      const before = await layers();
      await host.step('Retake', never, async (step) => {
        await step.placePixels(ask('visible', called('one')));
        return step.placePixels(ask('visible', called('two')));
      });
      expect((await layers()).length).toBeGreaterThan(before.length);
      await under.undo();
      expect(await layers()).toEqual(before);
    });

    it('keeps the story of a layer on the layer', async () => {
      const ref = answerOf(await place('visible'));
      expect(answerOf(await host.readStory(ref))).toBe(contractStory);
      expect(answerOf(await host.readStory((await named('portrait')).ref))).toBe(null);
      expect(await host.readStory('no-such-ref')).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
    });

    it('hides a layer inside a step and shows it again, and reads it all the same', async () => {
      const { ref, bounds } = await named('portrait');
      const before = answerOf(await host.readPixels({ of: ref, bounds }, never));
      for (const isVisible of [false, true]) {
        expect(await host.step('Retake', never, (step) => step.setVisible(ref, isVisible))).toEqual({ ok: true, value: undefined });
        expect((await named('portrait')).visible).toBe(isVisible);
        expect(answerOf(await host.readPixels({ of: ref, bounds }, never)).pixels.data).toEqual(before.pixels.data);
      }
      const answer = await host.step('Retake', never, (step) => step.setVisible('no-such-ref', false));
      expect(answer).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
    });

    it('removes a layer inside a step', async () => {
      const { ref } = await named('portrait');
      expect(await host.step('Retake', never, (step) => step.removeLayer(ref))).toEqual({ ok: true, value: undefined });
      expect((await layers()).map((layer) => layer.name)).not.toContain('portrait');
      const answer = await host.step('Retake', never, (step) => step.removeLayer(ref));
      expect(answer).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
    });

    it('tells watchers of a selection and of a step, until they stop', async () => {
      let told = 0;
      const stop = host.watch(() => told++);
      await under.select({ of: 'visible', region: null });
      expect(told).toBeGreaterThan(0);
      const afterSelect = told;
      await place('visible');
      expect(told).toBeGreaterThan(afterSelect);
      stop();
      const afterStop = told;
      await under.select({ of: null, region: null });
      expect(told).toBe(afterStop);
    });
  });
}

function answerOf<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.error)}`);
  return result.value;
}

const pixelAt = (pixels: Pixels, x: number, y: number): number[] => {
  const i = (y * pixels.width + x) * 4;
  return [...pixels.data.subarray(i, i + 4)];
};

const alphaAt = (pixels: Pixels, x: number, y: number): number => pixels.data[(y * pixels.width + x) * 4 + 3];

const near = (a: readonly number[], b: readonly number[], most: number): boolean => a.every((v, i) => Math.abs(v - b[i]) <= most);

/** The largest difference; colour under full transparency does not count. */
function worst(a: Pixels, b: Pixels): number {
  let most = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    if (a.data[i + 3] === 0 && b.data[i + 3] === 0) continue;
    for (let c = 0; c < 4; c++) most = Math.max(most, Math.abs(a.data[i + c] - b.data[i + c]));
  }
  return most;
}

/** History shares its pixels: no command may write into them, whichever came before. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bench, bench, type Loose, portrait, put, rgba, smallPlan } from './support.ts';

/** All of a state in a few letters: numbers as they are, samples by their hash. */
const digest = (state: object): string =>
  JSON.stringify(state, (_, value) =>
    ArrayBuffer.isView(value)
      ? createHash('sha256')
          .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
          .digest('hex')
      : value instanceof Map
        ? [...value]
        : value,
  );

const first = (ps: Bench): Loose => ps.app.activeDocument.layers[0];
const image = (ps: Bench): Promise<Loose> => ps.imaging.createImageDataFromBuffer(new Uint8Array(64).fill(77), rgba(4, 4));
const gray = (ps: Bench): Promise<Loose> =>
  ps.imaging.createImageDataFromBuffer(new Uint8Array(16).fill(99), {
    width: 4,
    height: 4,
    components: 1,
    colorSpace: 'Grayscale',
    colorProfile: 'Gray Gamma 2.2',
  });

/** Each may be refused in the state that it meets; then it changes nothing. */
const commands: Readonly<Record<string, (ps: Bench) => unknown>> = {
  put: async (ps) => put(ps, 'putPixels', await image(ps), { layerID: first(ps).id, replace: false, targetBounds: { left: 3, top: 2 } }),
  mask: async (ps) => put(ps, 'putLayerMask', await gray(ps), { layerID: first(ps).id, replace: false, targetBounds: { left: 5, top: 4 } }),
  selection: async (ps) => put(ps, 'putSelection', await gray(ps), { replace: false, targetBounds: { left: 9, top: 8 } }),
  ellipse: (ps) => ps.user.select({ kind: 'ellipse', bounds: { x: 4, y: 4, width: 20, height: 10 }, featherPx: 2 }),
  invert: (ps) => ps.user.invertSelection(),
  move: (ps) => ps.modal(() => first(ps).translate(3, -1)),
  scale: (ps) => ps.modal(() => first(ps).scale(50, 150)),
  duplicate: (ps) => ps.modal(() => first(ps).duplicate()),
  group: (ps) => ps.modal(() => ps.app.activeDocument.createLayerGroup({ fromLayers: [first(ps)] })),
  merge: (ps) => ps.modal(() => first(ps).merge()),
  smart: (ps) => ps.play({ _obj: 'newPlacedLayer', _target: [{ _ref: 'layer', _id: first(ps).id }] }),
  delete: (ps) => ps.modal(() => first(ps).delete()),
  deep: (ps) => ps.user.convert({ depth: 16 }),
  eight: (ps) => ps.user.convert({ depth: 8 }),
  lab: (ps) => ps.user.convert({ mode: 'Lab' }),
  resize: (ps) => ps.user.resize(50, 40),
  crop: (ps) => ps.user.crop({ x: 2, y: 3, width: 30, height: 20 }),
  flatten: (ps) => ps.user.flatten(),
  paint: (ps) => ps.user.paint('portrait', { x: 1, y: 1, width: 3, height: 3 }, [1, 2, 3]),
};

test('after any commands, every earlier state is there to the number', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(commands)), { minLength: 1, maxLength: 8 }), async (names) => {
      const ps = bench();
      ps.user.open(smallPlan({}, [{ name: 'placed', kind: 'smart-object', pixels: portrait(6, 6), at: { x: 20, y: 20 } }]));
      const kept = [digest(ps.inspect.document().state)];
      for (const name of names) {
        await Promise.resolve()
          .then(() => commands[name](ps))
          .catch(() => {});
        if (ps.inspect.history().length > kept.length) kept.push(digest(ps.inspect.document().state));
      }
      expect(ps.inspect.history()).toHaveLength(kept.length);
      for (const state of kept.reverse()) {
        expect(digest(ps.inspect.document().state)).toBe(state);
        ps.user.undo();
      }
      ps.assertClean();
    }),
    { numRuns: 60 },
  );
});

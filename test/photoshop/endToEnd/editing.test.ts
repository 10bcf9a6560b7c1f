/** The built plug-in on the simulated Photoshop, in a Chromium without what UXP lacks: an edit, what may be done with it, and where it is kept. */
import { describe, expect, test } from 'vitest';
import { setUpBench } from './bench.ts';

const bench = setUpBench();
const selection = { kind: 'ellipse', bounds: { x: 165, y: 115, width: 150, height: 130 }, featherPx: 8 } as const;

describe('an edit of a feathered selection in 16 bits at 300 ppi', () => {
  test('lies where it belongs, changes no other number, is one step, and undone it is gone', async () => {
    const driver = await bench.open();
    await driver.openDocument(await bench.plan({ depth: 16, ppi: 300, selection }));
    await driver.ps((ps) => Object.assign(globalThis, { before: ps.inspect.composite(), stateBefore: ps.inspect.document().state }));
    await driver.page.waitForSelector('.rt-region-line');
    await driver.send('Put a blue disc here');
    await driver.takesAre(1);
    const told = await driver.ps((ps) => {
      const { before, stateBefore } = globalThis as unknown as {
        before: ReturnType<typeof ps.inspect.composite>;
        stateBefore: { layers: readonly object[] };
      };
      const after = ps.inspect.composite();
      const { width } = ps.inspect.document().state;
      const [group] = ps.inspect.tree();
      const mask = ps.inspect.mask(group.children?.[0].name ?? '');
      let [outside, blue, x, y] = [0, 0, 0, 0];
      for (let i = 0; i < after.data.length / 4; i++) {
        const [r, g, b] = [0, 1, 2].map((c) => after.data[i * 4 + c] / 32768);
        const at = [i % width, Math.floor(i / width)];
        if (b > 0.6 && r < 0.2 && g < 0.4) {
          blue++;
          x += at[0] + 0.5;
          y += at[1] + 0.5;
        }
        const isSame = [0, 1, 2, 3].every((c) => before.data[i * 4 + c] === after.data[i * 4 + c]);
        const inside = mask === null ? 1 : (mask.data[(at[1] - mask.bounds.y) * mask.bounds.width + at[0] - mask.bounds.x] ?? 0);
        const isIn = mask !== null && at[0] >= mask.bounds.x && at[0] < mask.bounds.x + mask.bounds.width && inside > 0;
        if (!isSame && !isIn) outside++;
      }
      const { layers } = ps.inspect.document().state;
      return {
        names: ps.inspect.tree().map(({ name }) => name),
        hasMask: group.children?.[0].hasMask,
        outside,
        blue,
        center: [x / blue, y / blue],
        history: ps.inspect.history(),
        isUntouched: layers[1] === stateBefore.layers[0] && layers[2] === stateBefore.layers[1],
        bits: ps.inspect.pixels(group.children?.[0].name ?? '').data instanceof Uint16Array,
      };
    });
    expect(told).toMatchObject({
      names: ['Put a blue disc here', 'photo', 'Background'],
      hasMask: true,
      outside: 0,
      history: ['Open', 'Retake: Put a blue disc here'],
      isUntouched: true,
      bits: true,
    });
    expect(told.blue).toBeGreaterThan(1000);
    // The disc was drawn in the middle of what was sent, which is the middle of the document and of the selection.
    expect([Math.round(told.center[0] - 240), Math.round(told.center[1] - 180)].map(Math.abs)).toEqual([0, 0]);
    expect(
      await driver.ps(
        (ps) => ps.user.undo() && ps.inspect.document().state === (globalThis as never as { stateBefore: object }).stateBefore,
      ),
    ).toBe(true);
  });
});

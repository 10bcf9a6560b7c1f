/** The built plug-in on the simulated Photoshop, in a Chromium without what UXP lacks: an edit, what may be done with it, and where it is kept. */
import { describe, expect, test } from 'vitest';
import { historyOf, namesIn, setUpBench } from './bench.ts';
import type { PhotoshopDriver } from './photoshopDriver.ts';

const bench = setUpBench();
const selection = { kind: 'ellipse', bounds: { x: 165, y: 115, width: 150, height: 130 }, featherPx: 8 } as const;

describe('an edit of a feathered selection in 16 bits at 300 ppi', () => {
  test('lies where it belongs, changes no other number, is one step, and undone it is gone', async () => {
    const driver = await bench.open();
    await driver.openDocument(await bench.plan({ depth: 16, ppi: 300, selection }));
    await driver.page.waitForSelector('.rt-region-line');
    await driver.ps((ps) => Object.assign(globalThis, { before: ps.inspect.composite(), stateBefore: ps.inspect.document().state }));
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

const isSeenInFocus = (driver: PhotoshopDriver) =>
  expect.poll(() => driver.page.evaluate(() => document.activeElement?.classList.contains('rt-focus'))).toBe(true);

test('everything is done from the keyboard alone, and every button stays in reach', async () => {
  const driver = await bench.open();
  const { page } = driver;
  await driver.openDocument(await bench.plan({ selection }));
  const tabTo = async (name: string): Promise<void> => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        return [element?.textContent ?? '', element?.getAttribute('aria-label') ?? ''] as const;
      });
      if (at[0].trim() !== name && at[1] !== name) continue;
      // Where the keyboard is can be seen.
      await isSeenInFocus(driver);
      return;
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  const send = 'RetakeCtrl ↵';
  // Nothing can be sent yet, and the button says so; pressed all the same, it does nothing.
  await tabTo(send);
  expect(await page.locator('.rt-foot .rt-primary').getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Enter');
  expect(await page.locator('#panel [disabled]').count()).toBe(0);
  await page.focus('#rt-instruction');
  await page.keyboard.type('Put a blue disc here');
  await tabTo(send);
  await page.keyboard.press('Enter');
  await driver.takesAre(1);
  await tabTo('Settings');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#rt-key');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#rt-instruction');
  expect(bench.gemini.asked).toHaveLength(1);
});

test('a take is refined, branched, compared, discarded and put back', async () => {
  const driver = await bench.open();
  const { page } = driver;
  await driver.openDocument(await bench.plan());
  await driver.send('Put a blue disc here');
  await driver.takesAre(1);
  await driver.send('Make the disc darker');
  await driver.takesAre(2);
  // The second goes on from the first, and lies where the first did.
  await expect.poll(() => driver.text('.rt-card-title')).toContain('Make the disc darker');
  expect((await historyOf(driver)).slice(1)).toEqual(['Retake: Put a blue disc here', 'Retake: Make the disc darker']);

  await page.getByRole('option', { name: /Take 1,/ }).click();
  await driver.button('Go on from here').click();
  await driver.send('Make the disc lighter');
  await driver.takesAre(3);
  await driver.button('All takes').click();
  const depths = () => page.$$eval('[role=treeitem]', (rows) => rows.map((row) => row.getAttribute('aria-level')));
  await expect.poll(depths).toEqual(['2', '2', '1']);
  // Each row has the focus itself, and arrows walk.
  await page.getByRole('treeitem', { name: /Take 3,/ }).focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toContain('Take 2,');
  await isSeenInFocus(driver);

  await driver.button('Compare with the source').click();
  await page.waitForSelector('.rt-compare-pair img');
  await expect
    .poll(async () => {
      const frame = await page.locator('.rt-compare-pair').boundingBox();
      return (frame?.width ?? 0) / (frame?.height ?? 1);
    })
    .toBeCloseTo(480 / 360, 1);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.rt-tree');

  await driver.button('More').click();
  await driver.button('Discard').click();
  await page.waitForFunction(() => document.querySelectorAll('[role=treeitem]').length === 2);
  await driver.button('Discarded').click();
  await page.getByRole('treeitem', { name: /Take 2,/ }).click();
  await driver.button('More').click();
  await driver.button('Restore').click();
  await page.waitForFunction(() => document.querySelectorAll('[role=treeitem]').length === 0);
  await driver.button('All').click();
  await page.waitForFunction(() => document.querySelectorAll('[role=treeitem]').length === 3);
});

test('takes come back with the document, wherever it is saved, and with a layer that is copied to another', async () => {
  const driver = await bench.open();
  await driver.openDocument(await bench.plan({ selection }));
  await driver.send('Put a blue disc here');
  await driver.takesAre(1);
  const names = await namesIn(driver);
  await driver.ps((ps) => ps.user.saveAs('/Users/me/Pictures/Cup.psd'));
  await driver.ps((ps) => ps.user.saveAs('/Users/me/Pictures/Cup two.psd'));
  await driver.restart();
  await driver.ps((ps) => ps.user.openFile('/Users/me/Pictures/Cup two.psd'));
  await driver.takesAre(1);
  expect(await namesIn(driver)).toEqual(names);
  await driver.page.waitForSelector('.rt-card-picture img');

  const other = await driver.openBehindThePanel(await bench.plan({ title: 'Other.psd' }));
  await driver.takesAre(0);
  const cup = await driver.ps((ps) => {
    const found = ps.inspect.documents.find(({ title }) => title.startsWith('Cup two'));
    ps.user.switchTo(found?.id ?? 0);
    return found?.id ?? 0;
  });
  await driver.takesAre(1);
  await driver.ps((ps, to) => ps.user.duplicateLayer('Put a blue disc here', to), other);
  // By way of a third, whose takes are none: what is counted afterwards is the other's.
  await driver.openBehindThePanel(await bench.plan({ title: 'Third.psd' }));
  await driver.takesAre(0);
  await driver.ps((ps, to) => ps.user.switchTo(to), other);
  await driver.ps((ps, gone) => ps.user.close(gone), cup);
  await driver.takesAre(1);
  await expect.poll(() => driver.text('.rt-card-title')).toContain('Put a blue disc here');
});

test('a branch of takes goes to another document by a file, through Photoshop’s own dialogs', async () => {
  const driver = await bench.open();
  await driver.openDocument(await bench.plan({ selection }));
  await driver.send('Put a blue disc here');
  await driver.takesAre(1);
  const path = '/Users/me/Pictures/branch.zip';
  await driver.ps((ps, to) => ps.pick(to), path);
  await driver.button('More').click();
  await driver.button('Export the branch as ZIP').click();
  await expect.poll(() => driver.ps((ps, at) => ps.disk.files.get(at)?.length ?? 0, path)).toBeGreaterThan(1000);
  await driver.openBehindThePanel(await bench.plan({ title: 'Third.psd' }));
  await driver.takesAre(0);
  await driver.button('Import').click();
  await driver.takesAre(1);
  expect((await namesIn(driver))[0]).toBe('Put a blue disc here');
});

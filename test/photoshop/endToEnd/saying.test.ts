/** What is said before anything is sent, when the service fails, and what the commands of the Plugins menu do. */
import { describe, expect, test } from 'vitest';
import { failures } from '../../geminiServer/failures.ts';
import { historyOf, namesIn, setUpBench } from './bench.ts';

const bench = setUpBench();
const cardSays = async (driver: Awaited<ReturnType<typeof bench.open>>, pattern: RegExp) =>
  expect.poll(() => driver.text('.ps')).toMatch(pattern);

describe('before anything is sent', () => {
  test('the state of the document is told, with what to do', async () => {
    const driver = await bench.open();
    await driver.showsWhatIsSelected();
    expect(await driver.text('.rt-subject-words')).toContain('No document is open');
    for (const [mode, says] of [
      ['Bitmap', /A Bitmap document has no layers/],
      ['Indexed', /Indexed Color has no layers/],
      ['Duotone', /does not let plug-ins read a Duotone/],
      ['Multichannel', /A Multichannel document has no layers/],
    ] as const) {
      const id = await driver.openBehindThePanel({ ...(await bench.plan()), mode, layers: (await bench.plan()).layers.slice(1) });
      await cardSays(driver, says);
      await driver.page.fill('#rt-instruction', 'Put a blue disc here');
      await expect.poll(() => driver.page.locator('.rt-foot .rt-primary').isDisabled()).toBe(true);
      await driver.ps((ps, which) => ps.user.close(which), id);
      await driver.showsWhatIsSelected();
    }
    await driver.openDocument(await bench.plan({ depth: 32 }));
    await cardSays(driver, /Light brighter than white is not sent/);
    await driver.ps((ps) => ps.user.setQuickMask(true));
    await cardSays(driver, /Press Q to leave it/);
    expect(bench.gemini.requests).toHaveLength(0);
  });

  test('the layer is told of: none, Background, locked, hidden, empty, beyond the canvas', async () => {
    const driver = await bench.open();
    const plan = await bench.plan();
    await driver.openDocument({
      ...plan,
      layers: [{ name: 'empty' }, { ...plan.layers[0], name: 'beyond', at: { x: 900, y: 0 } }, ...plan.layers],
    });
    await cardSays(driver, /empty/);
    await driver.page.fill('#rt-instruction', 'Put a blue disc here');
    for (const name of ['empty', 'beyond']) {
      await driver.ps((ps, layer) => ps.user.selectLayers(layer), name);
      await driver.showsWhatIsSelected();
      await driver.page.press('#rt-instruction', 'Control+Enter');
      await driver.failure();
    }
    await driver.ps((ps) => {
      ps.user.setVisible('photo', false);
      ps.user.setLocked('photo', true);
      ps.user.selectLayers('photo');
    });
    await cardSays(driver, /hidden · locked, stays as it is/);
    await driver.ps((ps) => ps.user.selectLayers('Background'));
    await driver.showsWhatIsSelected();
    await driver.ps((ps) => ps.user.selectLayers());
    await cardSays(driver, /Composite|Nothing is selected/);
    expect(bench.gemini.requests).toHaveLength(0);
    expect(await historyOf(driver)).toEqual(['Open', 'Layer Locks']);
  });

  test('an older Photoshop is told of, and nothing is touched', async () => {
    const driver = await bench.open({ version: '24.7.0' });
    await driver.openDocument(await bench.plan());
    await cardSays(driver, /This is Photoshop 24\.7.*needs 25\.0/);
    expect(await historyOf(driver)).toEqual(['Open']);
  });
});

test('a service that fails is told of plainly, and a key that Photoshop has forgotten is asked for again', async () => {
  const driver = await bench.open();
  // Chromium itself tells of refused requests in its console.
  driver.expectTroubles(/Failed to load resource/);
  await driver.openDocument(await bench.plan());
  for (const [name, says] of [
    ['key-invalid', /key/i],
    ['quota-day', /quota|too many|limit/i],
  ] as const) {
    bench.gemini.always(failures[name]);
    await driver.send('Put a blue disc here');
    expect(await driver.failure()).toMatch(says);
  }
  bench.gemini.always(null);
  driver.setOnline(false);
  await driver.send('Put a blue disc here');
  expect(await driver.failure()).toMatch(/network|connection|reach/i);
  expect(await historyOf(driver)).toEqual(['Open']);

  await driver.restart({ key: '' });
  await driver.openDocument(await bench.plan());
  await driver.page.waitForSelector('text=Add a Gemini key');
});

describe('commands of the Plugins menu', () => {
  test('ask for the panel where it is closed; shown, hidden and shown again it stays as it was', async () => {
    const driver = await bench.open({ isShown: false });
    await driver.ps((ps) => ps.plugin.runCommand('repeat'));
    await expect.poll(() => driver.ps((ps) => ps.inspect.alerts)).toEqual([expect.stringContaining('Open the Retake panel first')]);
    await driver.show();
    await driver.page.fill('#rt-instruction', 'half a sentence');
    await driver.ps((ps) => ps.plugin.showPanel('retake', document.getElementById('panel')));
    expect(await driver.page.inputValue('#rt-instruction')).toBe('half a sentence');
    expect(await driver.page.locator('.rt-panel').count()).toBe(1);
    // Entry points in 20 ms and callbacks in 300 ms, as the simulator counts them.
    expect(await driver.ps((ps) => ps.plugin.failures)).toEqual([]);
  });

  test('repeat the last edit, and place a picture from the disk as a take', async () => {
    const driver = await bench.open();
    const plan = await bench.plan();
    await driver.openDocument(plan);
    await driver.ps((ps) => ps.plugin.runCommand('repeat'));
    await cardSays(driver, /There is nothing to repeat/);
    await driver.send('Put a blue disc here');
    await driver.takesAre(1);
    await driver.ps((ps) => ps.plugin.runCommand('repeat'));
    await driver.takesAre(2);
    expect(bench.gemini.asked).toHaveLength(2);
    await driver.ps((ps, png) => {
      ps.disk.files.set(
        '/Users/me/Pictures/mine.png',
        Uint8Array.from(atob(png), (c) => c.charCodeAt(0)),
      );
      ps.pick('/Users/me/Pictures/mine.png');
      return ps.plugin.runCommand('place');
    }, plan.layers[0].png ?? '');
    await driver.takesAre(3);
    await cardSays(driver, /mine/);
    expect(await driver.ps((ps) => ps.plugin.failures)).toEqual([]);
    await driver.ps((ps) => {
      ps.pick('/Users/me/Pictures/gone.png');
      return ps.plugin.runCommand('place');
    });
    await cardSays(driver, /gone\.png/);
    expect((await namesIn(driver)).length).toBeGreaterThan(3);
  });

  test('tell about this host, to be copied', async () => {
    const driver = await bench.open();
    await driver.ps((ps) => ps.plugin.runCommand('about'));
    await driver.page.waitForSelector('.ps-probes li');
    await driver.button('Copy').click();
    await driver.page.waitForSelector('text=Copied');
    const copied = await driver.ps((ps) => ps.desk.clipboard);
    expect(copied).toMatch(/Photoshop: 27\.9\.1/);
    expect(copied).toMatch(/Canvas: shapes only/);
    expect(copied).toMatch(/WebAssembly accepts a module: absent/);
    for (const name of [
      'crypto.subtle',
      'Worker',
      'WebAssembly',
      'Intl',
      'MutationObserver',
      'matchMedia',
      'OffscreenCanvas',
      'ResizeObserver',
    ])
      expect(copied).toContain(`${name}: absent`);
    expect(copied).toMatch(/Stand-ins in use: .*TextEncoder.*structuredClone/);
    await driver.page.keyboard.press('Escape');
    await driver.page.waitForSelector('.rt-foot');
  });
});

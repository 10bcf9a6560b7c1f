/** The built panel in Figma's window: quick edits, the key, size, theme, links, downloads, and what it must not listen to. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { FigmaDriver } from '../frame/figmaDriver.ts';
import { type FigmaWorld, openWorld } from '../frame/localService.ts';
import { createFigmaFile, type FigmaFile, type RunOptions, type SimPlugin } from '../simulator/index.ts';

vi.setConfig({ testTimeout: 300_000 });
const soon = { timeout: 75_000 };

let world: FigmaWorld;
let photo: Uint8Array;
let file: FigmaFile;
let hero: string;
let driver: FigmaDriver;

beforeAll(async () => {
  [world, photo] = await Promise.all([openWorld(), readFile('test/fixtures/photos/astronaut.png')]);
});
afterAll(() => world?.close());
beforeEach(() => {
  file = createFigmaFile({ name: 'Landing page' });
  const hash = file.addImage(new Uint8Array(photo));
  hero = file.build((figma) => {
    const rectangle = figma.createRectangle();
    rectangle.name = 'Hero';
    rectangle.resize(300, 300);
    rectangle.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: hash }];
    return rectangle.id;
  });
  file.user.select(hero);
  driver = new FigmaDriver(world, file);
});
afterEach(async () => {
  await driver.close();
  expect(driver.troubles).toEqual([]);
});

/** As the panel keeps it for the user on this machine. */
const keep = (key: string, value: string): Promise<void> => file.user.plugin.figma.clientStorage.setAsync(`retake.${key}`, value);
const kept = (key: string): Promise<unknown> => file.user.plugin.figma.clientStorage.getAsync(`retake.${key}`);

async function opened(options: RunOptions = { command: 'open' }): Promise<SimPlugin> {
  const plugin = await driver.run(options);
  await expect.poll(() => driver.text('.rt-subject strong'), soon).toBe('Hero');
  return plugin;
}

const quick: RunOptions = { command: 'quick', parameters: { instruction: 'make the orange suit blue' } };
const takes = (): readonly string[] =>
  file
    .tree('0:1')
    .children.map(({ name }) => name)
    .filter((name) => name.startsWith('make'));

describe('a quick edit', () => {
  test('with a key is done with the panel hidden, told in Figma’s own window, and ends the plug-in', async () => {
    await keep('gemini.key', world.service.key);
    const plugin = await driver.run(quick);
    await expect
      .poll(() => plugin.notifications.map(({ message, button }) => `${message} [${button}]`), soon)
      .toEqual(['Retake is working: make the orange suit blue [Cancel]', 'Retake: make the orange suit blue [Open Retake]']);
    expect(plugin.ui.look?.isVisible).toBe(false);
    expect(takes()).toEqual(['make the orange suit blue']);
    plugin.notifications[1].dequeue('timeout');
    await expect.poll(() => plugin.isClosed, soon).toBe(true);
    expect(JSON.stringify(file.tree())).not.toContain(world.service.key);
  });

  test('without a key brings the panel out, with the words in their field', async () => {
    const plugin = await driver.run(quick);
    await expect.poll(() => plugin.ui.look?.isVisible, soon).toBe(true);
    const panel = await driver.panel();
    await expect.poll(() => panel.locator('#rt-instruction').inputValue(), soon).toBe('make the orange suit blue');
    expect(takes()).toEqual([]);
  });
});

describe('the window', () => {
  test('is resized by its corner, and is as large the next time', async () => {
    const plugin = await opened();
    const { page, frame } = await driver.frame();
    const corner = frame.locator('.fg-resize');
    await corner.hover();
    const { x, y } = (await corner.boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.move(Math.ceil(x) + 4, Math.ceil(y) + 4);
    await page.mouse.down();
    await page.mouse.move(Math.ceil(x) - 20, Math.ceil(y) - 116, { steps: 4 });
    await page.mouse.up();
    const size = { width: 320 - 24, height: 560 - 120 };
    await expect.poll(() => kept('figma.panel-size'), soon).toBe(`${size.width} ${size.height}`);
    await expect.poll(() => plugin.ui.look, soon).toMatchObject(size);
    const again = await opened();
    expect(again.ui.look).toMatchObject(size);
    await (await driver.find('.fg-resize')).press('ArrowRight');
    await expect.poll(() => again.ui.look?.width, soon).toBe(size.width + 20);
  });

  test('follows Figma’s theme while it is open', async () => {
    await opened();
    const { frame, setTheme } = await driver.frame();
    const ground = () => frame.evaluate(() => getComputedStyle(document.querySelector('.rt-panel') as Element).backgroundColor);
    expect(await ground()).toBe('rgb(255, 255, 255)');
    await setTheme('dark');
    expect(await ground()).toBe('rgb(44, 44, 44)');
  });

  test('says when there is no network', async () => {
    await keep('gemini.key', world.service.key);
    await opened();
    const { setOffline } = await driver.frame();
    await setOffline(true);
    await expect.poll(() => driver.text('.rt-notice'), soon).toContain('You are offline.');
    await setOffline(false);
    await expect.poll(async () => (await driver.find('.rt-notice')).count(), soon).toBe(0);
  });

  test('opens links in the user’s browser', async () => {
    const plugin = await driver.run({ command: 'settings' });
    await (await driver.find('a[href*="aistudio"]')).click();
    await expect.poll(() => plugin.opened, soon).toEqual(['https://aistudio.google.com/apikey']);
  });

  test('does not listen to other windows, nor to messages that are not its own', async () => {
    await opened();
    const { frame, post, postFromElsewhere } = await driver.frame();
    // After the panel's own listener, which was there first.
    await frame.evaluate(() => {
      const heard: string[] = [];
      addEventListener('message', ({ source, data }) => heard.push(source === parent ? String(data?.pluginMessage) : 'from elsewhere'));
      Object.assign(window, { heard });
    });
    const heard = () => frame.evaluate(() => (window as never as { readonly heard: readonly string[] }).heard);
    const settings = { kind: 'news', of: 0, news: { kind: 'started', command: 'settings', instruction: null, isPanelShown: true } };
    await postFromElsewhere(settings);
    for (const strange of [
      'hello',
      4,
      null,
      [],
      { kind: 'news' },
      { kind: 'answer', id: 'x' },
      { kind: 'answer', id: 1e9, answer: 1 },
      'the last',
    ])
      await post(strange);
    await expect.poll(heard, soon).toEqual(expect.arrayContaining(['from elsewhere', 'the last']));
    // What it had led to would be drawn.
    await frame.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect(await frame.locator('.rt-subject').count()).toBe(1);
    await post(settings);
    await expect.poll(() => frame.locator('[aria-label="Settings"].rt-settings').count(), soon).toBe(1);
  });
});

test('a key is masked, tested, kept on this machine alone, and forgotten', async () => {
  await driver.run({ command: 'settings' });
  const panel = await driver.panel();
  await panel.locator('#rt-key').fill(world.service.key);
  await panel.getByRole('button', { name: 'Save and test' }).click();
  await expect.poll(() => driver.text('.rt-verdict'), soon).toBe('The key works.');
  expect(await panel.locator('body').innerText()).not.toContain(world.service.key);
  expect(await kept('gemini.key')).toBe(world.service.key);
  expect(JSON.stringify(file.tree())).not.toContain(world.service.key);
  await panel.getByRole('button', { name: 'Forget' }).click();
  await expect.poll(() => kept('gemini.key'), soon).toBe(undefined);
});

test('a take is explained from its button on the canvas, and exported as a file', async () => {
  await opened();
  const panel = await driver.panel();
  await panel.locator('#rt-instruction').fill('make the orange suit blue');
  await panel.locator('.rt-primary').click();
  await expect.poll(takes, soon).toEqual(['make the orange suit blue']);
  await expect.poll(() => panel.locator('.rt-card-picture img').count(), soon).toBe(1);
  await panel.locator('.rt-foot .rt-primary').waitFor();
  const take = file.tree('0:1').children.find(({ name }) => name === 'make the orange suit blue');
  expect(Object.keys(file.relaunchButtons(take?.id ?? '')).sort()).toEqual(['explain', 'refine']);

  const { page } = await driver.frame();
  await panel.getByRole('button', { name: 'More', exact: true }).click();
  const download = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Export as PNG, with its story' }).click();
  expect((await download).suggestedFilename()).toMatch(/make-the-orange-suit-blue.*\.png$|make the orange suit blue.*\.png$/);
  await (await download).delete();

  file.user.select(take?.id ?? '');
  await driver.run({ command: 'explain' });
  await expect.poll(() => driver.text('.rt-evidence-figures'), soon).toContain('of the layer');
});

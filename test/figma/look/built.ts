/**
 * Screenshots of the built plug-in at work on a simulated file: `node test/run-ts.mjs test/figma/look/built.ts FOLDER`. Each of the
 * four widths in both themes, before and after an edit. For the eye; nothing is compared.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { takesIn } from '../endToEnd/nodes.ts';
import { nestedScene } from '../endToEnd/scenes.ts';
import { FigmaDriver } from '../frame/figmaDriver.ts';
import { openWorld } from '../frame/localService.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name a folder for the pictures.');
await mkdir(folder, { recursive: true });
const world = await openWorld();
try {
  const { file } = await nestedScene();
  const driver = new FigmaDriver(world, file);
  await driver.run();
  const { page, frame, setSize, setTheme } = await driver.frame();
  const look = async (name: string): Promise<void> => {
    for (const width of [280, 320, 400, 520])
      for (const theme of ['light', 'dark'] as const) {
        await setSize({ width, height: 640 });
        await setTheme(theme);
        await page.waitForTimeout(150);
        await page.locator('iframe').screenshot({ path: join(folder, `${name}-${width}-${theme}.png`) });
      }
  };
  await frame.getByText('Inside an instance').waitFor();
  await look('selected');
  await frame.fill('#rt-instruction', 'change magenta to green');
  await frame.press('#rt-instruction', 'Control+Enter');
  while (takesIn(file).length === 0) await page.waitForTimeout(100);
  await frame.locator('.rt-foot .rt-primary').waitFor();
  await look('edited');
  await driver.close();
  for (const trouble of driver.troubles) console.error(trouble);
} finally {
  await world.close();
}

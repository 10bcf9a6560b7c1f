/**
 * How long the panel's own thread is held in Figma, with a picture fill of 12 megapixels: while it is selected and edited, in
 * the frame that the tests have for Figma's, with the panel's worker and without. Told as in `bench/pageThread.ts`. Run it after
 * `node figma-plugin/build.mjs`:
 *
 *   node test/run-ts.mjs bench/figmaThread.ts [--runs N] [--with-workers] [--traces FOLDER]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { takesIn } from '../test/figma/endToEnd/nodes.ts';
import { photo, photoScene } from '../test/figma/endToEnd/scenes.ts';
import { FigmaDriver } from '../test/figma/frame/figmaDriver.ts';
import { openWorld } from '../test/figma/frame/localService.ts';
import { type Held, heldThreads, median } from './heldThreads.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, 'with-workers': { type: 'boolean' }, traces: { type: 'string' } },
});
const bytes = await photo(4000, 3000);

async function walk(hasWorkers: boolean, name: string): Promise<readonly Held[]> {
  const world = await openWorld();
  const { file, id } = await photoScene({ bytes });
  const driver = new FigmaDriver(world, file, { hasWorkers });
  try {
    await driver.person.edit((figma) => figma.clientStorage.setAsync('retake.gemini.key', world.service.key));
    file.user.select();
    await driver.run();
    const { page, frame } = await driver.frame();
    const card = frame.locator('.rt-subject-block, .rt-subject').first();
    await card.getByText('Nothing is selected').waitFor();
    const held = (label: string, work: () => Promise<unknown>): Promise<Held> =>
      heldThreads(
        world.browser,
        page,
        frame,
        label,
        work,
        values.traces && join(values.traces, `${name}-${label.replaceAll(' ', '-')}.json`),
      );
    return [
      await held('select the picture', async () => {
        file.user.select(id);
        await card.getByText('Picture fill').waitFor();
      }),
      await held('edit it', async () => {
        await frame.fill('#rt-instruction', 'make it brighter');
        await frame.waitForSelector('.rt-foot .rt-primary:not([disabled])');
        await frame.press('#rt-instruction', 'Control+Enter');
        while (takesIn(file).length === 0) await page.waitForTimeout(50);
        await frame.waitForSelector('.rt-foot .rt-primary', { timeout: 120_000 });
      }),
    ];
  } finally {
    await driver.close();
    await world.close();
  }
}

async function measure(label: string, hasWorkers: boolean): Promise<void> {
  const runs: (readonly Held[])[] = [];
  for (let run = 0; run < Number(values.runs); run++) runs.push(await walk(hasWorkers, `figma-${label.replaceAll(' ', '-')}-${run + 1}`));
  console.log(`\nin Figma, ${label}, median of ${runs.length}`);
  console.table(runs[0].map((_, i) => median(runs.map((rows) => rows[i]))));
}

await measure('with workers', true);
if (values['with-workers'] !== true) await measure('without', false);

/** What the panel finds when it opens: storage that is full, words that nobody understands, no network, no workers, other pages. */
import { describe, expect, test } from 'vitest';
import type { FigmaFile } from '../simulator/index.ts';
import { soon, useStudio } from './designer.ts';
import { placeholdersIn, takesIn } from './nodes.ts';
import { photoScene } from './scenes.ts';

const studio = useStudio();

/** Notes of another tool, of a later version, and of none. */
const strange: readonly string[] = ['', 'not JSON', '{}', '[]', 'null', '{"schema":99}', '{"schema":1,"takes":7}', '1'];

function scribble(file: FigmaFile, id: string): void {
  file.build((figma) => {
    const node = figma.getNodeById(id) as RectangleNode;
    for (const [i, key] of ['story', 'grid', 'provenance', 'name'].entries())
      node.setSharedPluginData('retake', key, strange[(i + 1) % strange.length]);
    for (const [i, text] of strange.entries()) {
      figma.currentPage.setSharedPluginData('retake', `shelves-strange${i}`, text);
      figma.root.setSharedPluginData('retake', `e/take/strange${i}`, text);
      void figma.clientStorage.setAsync(`retake.recent.instructions`, text);
      void figma.clientStorage.setAsync(`retake.figma.panel-size`, text);
      void figma.clientStorage.setAsync(`retake.history.sittings`, text);
    }
  });
}

describe('the plug-in', () => {
  test('opens a file whose notes it does not understand, keeps them, and works', async () => {
    const { file, id } = await photoScene();
    scribble(file, id);
    const notes = file.tree(id).data;
    const designer = await studio.open(file);
    await designer.cardSays('Photo');
    await designer.edit('make the box green');
    expect(file.tree(id).data).toEqual(notes);
    expect(file.tree('0:0').data).toMatchObject({ 'shared/retake/e/take/strange5': '{"schema":99}' });
  });

  test('works with this machine’s storage full, and says so when something is to be kept there', async () => {
    const { file } = await photoScene();
    const designer = await studio.open(file);
    // To the last bytes.
    for (let size = 1 << 22; size >= 1; size = Math.floor(size / 2))
      await file.build((figma) => figma.clientStorage.setAsync(`ballast ${size}`, 'x'.repeat(size))).catch(() => {});
    await designer.edit('make the box green');
    expect(takesIn(file)).toHaveLength(1);
    await (await designer.panel()).click('[aria-label="Settings"]');
    await (await designer.panel()).fill('#rt-key', `${studio.world.service.key}-longer-than-the-one-before`);
    await designer.press('Save and test');
    await expect.poll(() => designer.text('.rt-panel'), soon).toContain('for this session');
    await (await designer.panel()).click('[aria-label="Back"]');
    await designer.failsWith('5 MB');
  });

  test('says that there is no network, and edits when it is back', async () => {
    const { file } = await photoScene();
    const designer = await studio.open(file, { expects: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED/] });
    await designer.cardSays('Picture fill');
    const { setOffline } = await designer.frame();
    await setOffline(true);
    await expect.poll(() => designer.text('.rt-notice'), soon).toContain('offline');
    expect(placeholdersIn(file)).toEqual([]);
    await setOffline(false);
    await expect.poll(async () => (await designer.find('.rt-notice')).count(), soon).toBe(0);
    await designer.edit('make the box green');
  });

  test('works where workers are forbidden', async () => {
    const { file } = await photoScene();
    const designer = await studio.open(file, { hasWorkers: false, expects: [/worker/i] });
    await designer.edit('make the box green');
    expect(takesIn(file)).toHaveLength(1);
  });

  test('lists the takes of a page that is not loaded', async () => {
    const { file, id } = await photoScene();
    const designer = await studio.open(file);
    const take = await designer.edit('make the box green');
    await designer.close();
    const other = file.build((figma) => figma.createPage().id);
    file.reopen();
    file.user.goTo(other);
    await designer.run();
    await designer.isReady();
    await designer.cardSays('Nothing is selected');
    await expect.poll(() => designer.text('.rt-takes'), soon).toContain('make the box green');
    expect(file.exists(take.id)).toBe(true);
    expect(file.exists(id)).toBe(true);
  });
});

/** What happens in the file while the model works, and around the run: no layer is lost, and what was paid for is kept. */
import { describe, expect, test } from 'vitest';
import { failures } from '../../geminiServer/failures.ts';
import type { FigmaFile } from '../simulator/index.ts';
import { type Designer, soon, useStudio } from './designer.ts';
import { nodesIn, placeholdersIn, takesIn } from './nodes.ts';
import { photoScene } from './scenes.ts';

const studio = useStudio();

/** Sends an instruction, waits until the service works on it, and answers how to let it go on. */
async function startRun(designer: Designer, instruction: string): Promise<() => void> {
  const release = studio.model.hold();
  const before = studio.model.underWay;
  await designer.send(instruction);
  await expect.poll(() => studio.model.underWay, soon).toBe(before + 1);
  return release;
}

const takeArrives = (file: FigmaFile, count = 1): Promise<void> => expect.poll(() => takesIn(file).length, soon).toBe(count);
const ownNodes = (file: FigmaFile) => nodesIn(file).map(({ name }) => name);

describe('while the model works', () => {
  test('its place is kept on the canvas, and given up to the take', async () => {
    const { file, id } = await photoScene();
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    const [placeholder] = placeholdersIn(file);
    expect([placeholder.props.width, placeholder.props.height]).toEqual([240, 180]);
    goOn();
    await takeArrives(file);
    await designer.atRest();
    expect(placeholdersIn(file)).toEqual([]);
    expect(file.exists(id)).toBe(true);
  });

  test('another selection and page change nothing: the take goes where it was asked for', async () => {
    const { file, id } = await photoScene();
    const other = file.build((figma) => {
      const page = figma.createPage();
      page.name = 'Other';
      return page.id;
    });
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    file.user.select();
    file.user.goTo(other);
    await file.settled();
    goOn();
    await takeArrives(file);
    await designer.atRest();
    const [page] = file.tree().children;
    expect(page.children.map(({ name }) => name)).toEqual(expect.arrayContaining(['Photo', 'make the box green']));
    expect(page.children.findIndex((node) => node.id === id)).toBeLessThan(
      page.children.findIndex(({ name }) => name === 'make the box green'),
    );
  });

  test('the layer is moved and turned: the take follows it', async () => {
    const { file, id } = await photoScene();
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    file.user.edit((figma) => {
      const node = figma.getNodeById(id) as RectangleNode;
      node.rotation = 30;
      [node.x, node.y] = [500, 400];
    });
    goOn();
    await takeArrives(file);
    await designer.atRest();
    const [at, original] = file.build((figma) =>
      [takesIn(file)[0].id, id].map((one) => (figma.getNodeById(one) as RectangleNode).absoluteTransform.flat().map((n) => n.toFixed(2))),
    );
    expect(at).toEqual(original);
  });

  test('the layer is deleted: the take lies where it was, and that is said', async () => {
    const { file, id } = await photoScene();
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    file.user.remove(id);
    goOn();
    await takeArrives(file);
    await designer.atRest();
    const [take] = takesIn(file);
    const at = file.build((figma) => (figma.getNodeById(take.id) as RectangleNode).absoluteBoundingBox);
    expect(at!.x).toBeGreaterThanOrEqual(40);
    expect(at!.x + at!.width).toBeLessThanOrEqual(280);
    await expect.poll(() => designer.text('.rt-card'), soon).toContain('deleted');
  });

  test('the layer moves to another page: the take lies where it was, and that is said', async () => {
    const { file, id } = await photoScene();
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    const page = file.user.edit((figma) => {
      const made = figma.createPage();
      made.name = 'Other';
      made.appendChild(figma.getNodeById(id) as RectangleNode);
      return made.id;
    });
    goOn();
    await takeArrives(file);
    await designer.atRest();
    expect(file.tree(page).children.map(({ name }) => name)).toEqual(['Photo']);
    expect(file.tree('0:1').children.map(({ name }) => name)).toContain('make the box green');
    await expect.poll(() => designer.text('.rt-card'), soon).toContain('moved to another page meanwhile; the take lies where it was');
  });

  test('the layer’s making is undone: the take is there all the same', async () => {
    const { file, id } = await photoScene();
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    while (file.exists(id)) expect(file.user.undo()).toBe(true);
    goOn();
    await takeArrives(file);
    await designer.atRest();
    expect(ownNodes(file)).toContain('make the box green');
  });

  test('the user stops it: nothing is left of it', async () => {
    const { file } = await photoScene();
    const before = file.tree('0:1').children;
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    await (await designer.panel()).press('#rt-instruction', 'Escape');
    await designer.failsWith('Cancelled');
    goOn();
    await designer.atRest();
    expect(placeholdersIn(file)).toEqual([]);
    expect(takesIn(file)).toEqual([]);
    expect(file.tree('0:1').children.filter(({ name }) => name === 'Photo')).toEqual(before);
  });

  test('the plug-in is closed: no placeholder is left, and the next start knows of the round', async () => {
    const { file } = await photoScene();
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    await designer.close();
    goOn();
    expect(placeholdersIn(file)).toEqual([]);
    expect(takesIn(file)).toEqual([]);
    await designer.run();
    await designer.isReady();
    await expect.poll(() => designer.text('.rt-takes'), soon).toContain('make the box green');
    // For some minutes it might also be running in another window of the same person.
    await expect.poll(() => designer.text('.rt-takes'), soon).toMatch(/broken off/i);
  });

  test('the document is closed: it opens again with all its layers', async () => {
    const { file, id } = await photoScene();
    const before = file.tree(id);
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    file.reopen();
    goOn();
    await designer.close();
    expect(file.tree(id)).toEqual(before);
    expect(placeholdersIn(file)).toEqual([]);
    file.user.select(id);
    await designer.run();
    await designer.isReady();
    await designer.edit('make the box green');
  });
});

describe('after a run', () => {
  test('the plug-in is closed and opened: its takes are there, and the next goes on from them', async () => {
    const { file, id } = await photoScene();
    const designer = await studio.open(file);
    await designer.edit('make the box green');
    file.reopen();
    file.user.select(id);
    await designer.run();
    await designer.isReady();
    await expect.poll(() => designer.text('.rt-takes'), soon).toContain('make the box green');
    await designer.edit('make the box teal');
    expect(takesIn(file).map(({ name }) => name)).toEqual(['make the box green', 'make the box teal']);
  });

  test('one undo of the user’s takes the take away, and redo brings it back', async () => {
    const { file } = await photoScene();
    const designer = await studio.open(file);
    await designer.edit('make the box green');
    await designer.hasCommitted();
    file.user.undo();
    expect(takesIn(file)).toEqual([]);
    await file.settled();
    file.user.redo();
    expect(takesIn(file)).toHaveLength(1);
  });

  test('the take cannot be placed: it is kept, and offered to be placed again', async () => {
    const { file, id } = await photoScene();
    const designer = await studio.open(file);
    const goOn = await startRun(designer, 'make the box green');
    designer.refuse('createImage', 'in createImage: Image type is unsupported');
    goOn();
    await (await designer.find('.rt-failure')).waitFor(soon);
    await designer.atRest();
    expect(takesIn(file)).toEqual([]);
    expect(file.exists(id)).toBe(true);
    designer.refuse(null);
    const asked = studio.world.service.asked.length;
    await designer.press('Place');
    await takeArrives(file);
    expect(studio.world.service.asked).toHaveLength(asked);
  });

  test('a failure of the service leaves nothing behind but what is said', async () => {
    const { file } = await photoScene();
    const designer = await studio.open(file);
    studio.world.service.always(failures['quota-day']);
    await designer.send('make the box green');
    await designer.failsWith('quota');
    expect(placeholdersIn(file)).toEqual([]);
    expect(takesIn(file)).toEqual([]);
    studio.world.service.always(null);
    await designer.edit('make the box green');
  });
});

/** Whatever a designer can select: the card says what matters of it, and an edit leaves every layer as it was. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createFigmaFile } from '../simulator/index.ts';
import { soon, useStudio } from './designer.ts';
import { placeholdersIn, takesIn } from './nodes.ts';
import { photo, photoScene } from './scenes.ts';
import { green } from './testModel.ts';

const studio = useStudio();

type Selected = keyof Awaited<ReturnType<typeof gallery>>['ids'];

/** A page with one of each kind that something is to be said of; answers their identifiers by name. */
async function gallery() {
  const file = createFigmaFile({ name: 'Gallery' });
  const bytes = await photo(160, 120);
  const [picture, lost] = [file.addImage(bytes), file.addImage(await photo(96, 64))];
  const gif = file.addImage(new Uint8Array(await sharp(bytes).gif().toBuffer()));
  const dot = file.addImage(await photo(1, 1));
  const remote = file.buildRemote((figma) => {
    const made = figma.createComponent();
    made.resize(80, 60);
    made.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: picture }];
    return made;
  });
  const ids = file.build((figma) => {
    let x = 0;
    const shown = <T extends SceneNode & DimensionAndPositionMixin>(node: T, name: string, width = 160, height = 120): T => {
      node.name = name;
      if ('resize' in node) node.resize(width, height);
      node.x = x;
      x += width + 40;
      return node;
    };
    const filled = (name: string, imageHash: string, width?: number, height?: number): RectangleNode => {
      const node = shown(figma.createRectangle(), name, width, height);
      node.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash }];
      return node;
    };
    const text = shown(figma.createText(), 'Words');
    text.characters = 'Two colours';
    text.setRangeFills(0, 3, [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }]);
    const tiled = filled('Tiled', picture);
    tiled.fills = [{ type: 'IMAGE', scaleMode: 'TILE', scalingFactor: 0.5, imageHash: picture }];
    const locked = filled('Locked', picture);
    locked.locked = true;
    const hidden = filled('Hidden', picture);
    hidden.visible = false;
    const empty = shown(figma.createFrame(), 'Empty');
    empty.fills = [];
    const instance = shown((figma.getNodeById(remote) as ComponentNode).createInstance(), 'From a library', 80, 60);
    const [one, two] = [filled('One', picture, 60, 60), shown(figma.createEllipse(), 'Two', 60, 60)];
    return {
      picture: filled('Picture', picture).id,
      lost: filled('Lost', lost).id,
      gif: filled('Moving', gif).id,
      dot: filled('Dot', dot, 1, 1).id,
      ...{ text: text.id, tiled: tiled.id, locked: locked.id, hidden: hidden.id, empty: empty.id, instance: instance.id },
      several: [one.id, two.id],
    };
  });
  file.loseImage(lost);
  return { file, ids, remote };
}

describe('the card', () => {
  test('says what matters of each selection, and of none', async () => {
    const { file, ids } = await gallery();
    const designer = await studio.open(file);
    await designer.cardSays('Nothing is selected');
    const says: readonly (readonly [readonly string[], string])[] = [
      [[ids.picture], 'Picture fill'],
      [[ids.lost], 'The file has lost the picture of this fill'],
      [[ids.gif], 'A GIF: its first frame is sent'],
      [[ids.dot], 'Very small'],
      [[ids.text], 'Its parts have different fills'],
      [[ids.tiled], 'repeats as a pattern'],
      [[ids.locked], 'it is read only, and stays as it is'],
      [[ids.hidden], 'Hidden'],
      [[ids.instance], 'From a library'],
      [ids.several, '2 layers, as they look'],
      [[], 'Nothing is selected'],
    ];
    for (const [selected, words] of says) {
      file.user.select(...selected);
      await designer.cardSays(words);
    }
  });

  test('says that a file can only be viewed, and sends nothing', async () => {
    const { file } = await photoScene({ access: 'view' });
    const before = file.tree();
    const designer = await studio.open(file);
    await designer.cardSays('You can only view this file');
    const button = await designer.find('.rt-foot .rt-primary');
    await expect.poll(() => button.isDisabled(), soon).toBe(true);
    await designer.close();
    expect(file.tree()).toEqual(before);
  });
});

describe('an edit', () => {
  test.each<readonly [string, readonly Selected[]]>([
    ['a lost picture, a GIF and a single pixel', ['lost', 'gif', 'dot']],
    ['a text of two colours, an instance from a library and two layers at once', ['text', 'instance', 'several']],
  ])('of %s gives a take each, and leaves the layers as they were', async (_, selections) => {
    const { file, ids, remote } = await gallery();
    const own = Object.values(ids).flat();
    const before = own.map((id) => file.tree(id));
    const designer = await studio.open(file);
    for (const name of selections) {
      const selected = [ids[name]].flat();
      file.user.select(...selected);
      await designer.cardSays(selected.length > 1 ? `${selected.length} layers` : file.tree(selected[0]).name);
      await designer.edit(`make the box of ${name} green`);
    }
    expect(own.map((id) => file.tree(id))).toEqual(before);
    expect(file.exists(remote)).toBe(true);
    expect(takesIn(file)).toHaveLength(selections.length);
  });

  test('of a layer without pixels says so, and costs nothing', async () => {
    const { file, ids } = await gallery();
    const designer = await studio.open(file);
    file.user.select(ids.empty);
    await designer.cardSays('Empty');
    await designer.send('make it green');
    await designer.failsWith('“Empty”');
    expect(studio.world.service.asked).toEqual([]);
    expect(takesIn(file)).toEqual([]);
    expect(placeholdersIn(file)).toEqual([]);
  });

  test('in a drawn region changes nothing outside of it, and not the shape that was drawn', async () => {
    const { file, id } = await photoScene();
    const region = file.build((figma) => {
      const shape = figma.createEllipse();
      shape.name = 'Region';
      shape.resize(240, 90);
      [shape.x, shape.y] = [40, 30];
      return shape.id;
    });
    const shape = file.tree(region);
    const before = await file.pixels(id);
    const designer = await studio.open(file);
    await designer.cardSays('Region 2');
    const take = await designer.edit('make the box green');
    expect(file.tree(region)).toEqual(shape);
    // The box goes from 45 to 126, the ellipse to 90.
    const { width, data } = await file.pixels(take.id);
    const at = (x: number, y: number): readonly number[] => [...data.slice((y * width + x) * 4, (y * width + x) * 4 + 4)];
    const [r, g, b, alpha] = at(108, 60);
    expect(alpha).toBeGreaterThan(240);
    for (const [c, value] of [r, g, b].entries()) expect(Math.abs(value - green[c])).toBeLessThan(16);
    for (const y of [110, 120, 150]) expect(at(108, y)[3]).toBe(0);
    expect(await file.pixels(id)).toEqual(before);
  });

  test('as a further fill keeps the old one beneath it', async () => {
    const { file, id, hash } = await photoScene();
    const designer = await studio.open(file);
    await designer.cardSays('Picture fill');
    const asFill = (await designer.panel()).getByRole('radio', { name: 'As a fill' });
    await asFill.click();
    await expect.poll(() => asFill.isChecked(), soon).toBe(true);
    await designer.send('make the box green');
    await expect.poll(() => (file.tree(id).props.fills as readonly unknown[]).length, soon).toBe(2);
    await designer.atRest();
    const [old, added] = file.tree(id).props.fills as readonly ImagePaint[];
    expect(old).toMatchObject({ imageHash: hash, visible: true });
    expect(added).toMatchObject({ type: 'IMAGE', scaleMode: 'FILL' });
    const { width, data } = await file.pixels(id);
    const middle = (80 * width + 108) * 4;
    for (const c of [0, 1, 2]) expect(Math.abs(data[middle + c] - green[c])).toBeLessThan(16);
  });
});

/** A take that auto layout places, chosen in the built panel: it and its placeholder push aside what lies around, and one undo brings all back. */
import { expect, test } from 'vitest';
import { soon, useStudio } from './designer.ts';
import { photoScene } from './scenes.ts';
import { green } from './testModel.ts';

const studio = useStudio();

test('a take in the flow comes right after its layer, and what follows moves on', async () => {
  const { file, id, hash } = await photoScene();
  const { row, other } = file.build((figma) => {
    const row = figma.createFrame();
    row.layoutMode = 'HORIZONTAL';
    row.itemSpacing = 20;
    const other = figma.createEllipse();
    for (const node of [figma.getNodeById(id) as RectangleNode, other]) row.appendChild(node);
    return { row: row.id, other: other.id };
  });
  file.user.select(id);
  const before = file.tree(row);
  const designer = await studio.open(file);
  await designer.cardSays('Picture fill');
  const panel = await designer.panel();
  await panel.getByRole('combobox', { name: 'Place' }).selectOption({ label: 'In the flow' }, soon);
  const release = studio.model.hold();
  await designer.send('make the box green');
  const names = (): readonly string[] => file.tree(row).children.map(({ name }) => name);
  await expect.poll(names, soon).toEqual(['Photo', 'Retake: make the box green', 'Ellipse']);
  release();
  await expect.poll(names, soon).toEqual(['Photo', 'make the box green', 'Ellipse']);
  await designer.atRest();
  await designer.hasCommitted();

  const [, take] = file.tree(row).children;
  const fills = take.props.fills as readonly ImagePaint[];
  expect(fills.map(({ visible, imageHash }) => [visible, imageHash === hash])).toEqual([
    [false, true],
    [true, false],
  ]);
  expect(file.build((figma) => [take.id, other].map((each) => (figma.getNodeById(each) as RectangleNode).x))).toEqual([260, 520]);
  const { width, data } = await file.pixels(take.id);
  const middle = (80 * width + 108) * 4;
  for (const c of [0, 1, 2]) expect(Math.abs(data[middle + c] - green[c])).toBeLessThan(16);

  expect(file.user.undo()).toBe(true);
  expect(file.tree(row)).toEqual(before);
});

/** The hardest case at once: a picture fill that is cropped and turned, in auto-layout, in an instance, in auto-layout. */
import { describe, expect, test } from 'vitest';
import type { FigmaFile, RgbaPixels } from '../simulator/index.ts';
import { useStudio } from './designer.ts';
import { nodesIn, takesIn } from './nodes.ts';
import { box, nestedScene } from './scenes.ts';
import { green } from './testModel.ts';

const studio = useStudio();

type Matrix = readonly (readonly number[])[];
const inverse = ([[a, c, e], [b, d, f]]: Matrix): Matrix => {
  const det = a * d - b * c;
  return [
    [d / det, -c / det, (c * f - d * e) / det],
    [-b / det, a / det, (b * e - a * f) / det],
  ];
};
const mapped = ([[a, c, e], [b, d, f]]: Matrix, x: number, y: number) => [a * x + c * y + e, b * x + d * y + f] as const;

/** What differs between two renderings of the row, told by where it lies in the photo. */
function changes(file: FigmaFile, photo: string, row: string, before: RgbaPixels, after: RgbaPixels) {
  const { absoluteTransform, width, height, fills } = file.build((figma) => {
    const node = figma.getNodeById(photo) as RectangleNode;
    const { absoluteTransform, width, height } = node;
    return { absoluteTransform, width, height, fills: node.fills as readonly ImagePaint[] };
  });
  const origin = file.build((figma) => (figma.getNodeById(row) as FrameNode).absoluteBoundingBox!);
  const toPhoto = inverse(absoluteTransform as Matrix);
  const counts = { inside: 0, insideGreen: 0, outside: 0, outsideChanged: 0 };
  for (let y = 0; y < before.height; y++)
    for (let x = 0; x < before.width; x++) {
      const [nodeX, nodeY] = mapped(toPhoto, origin.x + x + 0.5, origin.y + y + 0.5);
      const [u, v] = mapped(fills[0].imageTransform as Matrix, nodeX / width, nodeY / height);
      const margin = 0.03;
      const [left, top, right, bottom] = box;
      const isShown = nodeX > 2 && nodeY > 2 && nodeX < width - 2 && nodeY < height - 2;
      const i = (y * before.width + x) * 4;
      const differs = [0, 1, 2, 3].some((c) => Math.abs(before.data[i + c] - after.data[i + c]) > 3);
      if (isShown && u > left + margin && u < right - margin && v > top + margin && v < bottom - margin) {
        counts.inside++;
        if (green.every((value, c) => Math.abs(value - after.data[i + c]) < 16)) counts.insideGreen++;
      } else if (u < left - margin || u > right + margin || v < top - margin || v > bottom + margin) {
        counts.outside++;
        if (differs) counts.outsideChanged++;
      }
    }
  return counts;
}

describe('a photo that is cropped and turned, in auto-layout inside an instance', () => {
  test('gets a take above the instance, with the same crop and turn; one undo takes it away', async () => {
    const { file, id, hash, row, instance } = await nestedScene();
    const before = { tree: file.tree(row), pixels: await file.pixels(row), photo: file.tree(id) };
    // The script exactly as it is shipped.
    const designer = await studio.open(file, { isExact: true });
    for (const words of ['Photo', 'Inside an instance', 'Cropped']) await designer.cardSays(words);
    const stepsBefore = file.user.undoSteps().steps.length;

    const take = await designer.edit('make the box green');

    // The tree: above the instance and in no one's flow.
    const after = file.tree(row);
    expect(after.children.map(({ name }) => name)).toEqual(['Before', 'Card of the shop', 'make the box green', 'After']);
    expect(take.type).toBe('RECTANGLE');
    expect(take.props.layoutPositioning).toBe('ABSOLUTE');
    expect(after.children.filter(({ id: one }) => one !== take.id)).toEqual(before.tree.children);
    expect(after.props).toEqual(before.tree.props);
    expect(file.tree(id)).toEqual(before.photo);
    const placed = file.build((figma) => {
      const [node, original] = [figma.getNodeById(take.id) as RectangleNode, figma.getNodeById(id) as RectangleNode];
      const fills = [node.fills, original.fills] as ImagePaint[][];
      return {
        at: [node.absoluteTransform, original.absoluteTransform],
        sizes: [node.width, node.height],
        fills,
        radius: node.topLeftRadius,
      };
    });
    expect(placed.at[0].flat().map((n) => n.toFixed(3))).toEqual(placed.at[1].flat().map((n) => n.toFixed(3)));
    expect(placed.sizes).toEqual([180, 140]);
    expect(placed.radius).toBe(10);
    const [[fill], [original]] = placed.fills;
    expect(fill).toMatchObject({ type: 'IMAGE', scaleMode: 'CROP' });
    expect(fill.imageTransform!.flat().map((n) => n.toFixed(3))).toEqual(original.imageTransform!.flat().map((n) => n.toFixed(3)));
    expect(original.imageHash).toBe(hash);
    expect(fill.imageHash).not.toBe(hash);

    // The pixels: green where it was painted, and untouched elsewhere.
    const seen = changes(file, id, row, before.pixels, await file.pixels(row));
    expect(seen.inside).toBeGreaterThan(1_000);
    expect(seen.insideGreen / seen.inside).toBeGreaterThan(0.98);
    expect(seen.outside).toBeGreaterThan(20_000);
    expect(seen.outsideChanged).toBe(0);

    // The plug-in data: where it came from, and the way back in; no key.
    const { data } = file.tree(take.id);
    expect(JSON.parse(data['shared/retake/provenance'])).toMatchObject({ model: expect.stringContaining('gemini') });
    expect(JSON.parse(data['shared/retake/grid'])).toMatchObject({ as: 'image', sources: [id], extent: { width: 320, height: 240 } });
    expect(Object.keys(file.relaunchButtons(take.id)).sort()).toEqual(['explain', 'refine']);
    const everything = JSON.stringify(nodesIn(file).map((node) => node.data));
    expect(everything).not.toContain(studio.world.service.key);

    // Undo: one step, which leaves the file as it was.
    await designer.hasCommitted();
    expect(file.user.undoSteps().steps.length).toBeGreaterThan(stepsBefore);
    expect(file.user.undo()).toBe(true);
    expect(takesIn(file)).toEqual([]);
    expect(file.tree(row)).toEqual(before.tree);
    expect(file.exists(instance)).toBe(true);
    file.user.redo();
    expect(file.tree(row).children.map(({ name }) => name)).toContain('make the box green');
  });
});

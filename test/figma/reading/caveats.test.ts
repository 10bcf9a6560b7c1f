import { describe, expect, test } from 'vitest';
import type { Caveat } from '../../../figma-plugin/wire/hostCalls.ts';
import { neverAborted } from '../../../shared/core/abort.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { type Canvas, filled, openCanvas, readWhole, slope, solid, worst } from './canvas.ts';

const gif = new Uint8Array([
  ...[0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 2, 0, 2, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255],
  ...[0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 3, 0x44, 0x02, 0x05, 0, 0x3b],
]);

const picture = (
  figma: PluginAPI,
  canvas: Canvas,
  more: Partial<ImagePaint> = {},
  extent: readonly [number, number] = [80, 80],
): RectangleNode => {
  const node = figma.createRectangle();
  node.resize(80, 80);
  filled(node, canvas.image(slope(...extent)), more);
  return node;
};

const cases: readonly (readonly [Caveat, (figma: PluginAPI, canvas: Canvas) => SceneNode])[] = [
  ['cropped', (figma, canvas) => picture(figma, canvas, {}, [160, 80])],
  ['filtered', (figma, canvas) => picture(figma, canvas, { filters: { exposure: 0.3 } })],
  [
    'see-through',
    (figma, canvas) => {
      const node = picture(figma, canvas);
      node.opacity = 0.7;
      return node;
    },
  ],
  [
    'see-through',
    (figma, canvas) => {
      const node = picture(figma, canvas);
      node.blendMode = 'MULTIPLY';
      return node;
    },
  ],
  ['see-through-fill', (figma, canvas) => picture(figma, canvas, { opacity: 0.7 })],
  ['see-through-fill', (figma, canvas) => picture(figma, canvas, { blendMode: 'SCREEN' })],
  ['tiled', (figma, canvas) => picture(figma, canvas, { scaleMode: 'TILE', scalingFactor: 0.5 })],
  ['too-small', (figma, canvas) => picture(figma, canvas, {}, [1, 1])],
  [
    'too-small',
    (figma) => {
      const node = figma.createRectangle();
      node.resize(5, 5);
      node.fills = [solid(1, 0, 0)];
      return node;
    },
  ],
  [
    'too-large',
    (figma) => {
      const node = figma.createRectangle();
      node.resize(9000, 20);
      node.fills = [solid(1, 0, 0)];
      return node;
    },
  ],
  [
    'hidden',
    (figma, canvas) => {
      const node = picture(figma, canvas);
      node.visible = false;
      return node;
    },
  ],
  [
    'locked',
    (figma, canvas) => {
      const node = picture(figma, canvas);
      const group = figma.group([node], figma.currentPage);
      group.locked = true;
      return node;
    },
  ],
  [
    'instance',
    (figma, canvas) => {
      const component = figma.createComponent();
      component.appendChild(picture(figma, canvas));
      const [inner] = component.createInstance().children;
      return inner;
    },
  ],
  [
    'animated',
    (figma, canvas) => {
      const node = figma.createRectangle();
      filled(node, canvas.file.addImage(gif));
      return node;
    },
  ],
];

describe('what the user should know of a layer', () => {
  test.each(cases)('%s', async (caveat, draw) => {
    const canvas = openCanvas();
    canvas.draw((figma) => draw(figma, canvas));
    const subject = valueIn(await canvas.host.subject());
    expect(subject?.nodes[0].caveats).toEqual([caveat]);
  });

  test('a text in several colours', async () => {
    const canvas = openCanvas();
    await canvas.file.user.edit(async (figma) => {
      await figma.loadFontAsync({ family: 'Inter', style: 'Regular' });
      const node = figma.createText();
      node.characters = 'red and blue';
      node.fontSize = 40;
      node.setRangeFills(0, 3, [solid(1, 0, 0)]);
      figma.currentPage.selection = [node];
    });
    expect(valueIn(await canvas.host.subject())?.nodes[0].caveats).toEqual(['mixed-fills']);
  });

  test('a document in Display P3', async () => {
    const canvas = openCanvas({ profile: 'DISPLAY_P3' });
    canvas.draw((figma) => picture(figma, canvas));
    expect(valueIn(await canvas.host.subject())?.nodes[0].caveats).toEqual(['wide-gamut']);
  });

  test('nothing unusual', async () => {
    const canvas = openCanvas();
    canvas.draw((figma) => picture(figma, canvas));
    expect(valueIn(await canvas.host.subject())?.nodes[0].caveats).toEqual([]);
  });
});

describe('a picture that the file has lost', () => {
  test.each(['unknown', 'unreadable'] as const)('%s: the layer is read as Figma still shows it', async (how) => {
    const canvas = openCanvas();
    const id = canvas.draw((figma) => picture(figma, canvas));
    canvas.file.loseImage(
      canvas.file.build((figma) => ((figma.getNodeById(id) as RectangleNode).fills as ImagePaint[])[0].imageHash ?? ''),
      how,
    );
    const subject = valueIn(await canvas.host.subject());
    expect(subject).toMatchObject({ as: 'rendered', nodes: [{ caveats: ['missing-picture'] }] });
    const { pixels } = await canvas.readSelected();
    expect(worst(pixels, await canvas.truth(id, pixels.width))).toBe(0);
  });

  test('between looking and reading: rendered into the picture’s grid, and said', async () => {
    const canvas = openCanvas();
    const id = canvas.draw((figma) => picture(figma, canvas));
    const { host } = valueIn(await canvas.host.pin(id, neverAborted));
    const hash = valueIn(await canvas.host.subject())?.nodes[0].image?.hash ?? '';
    canvas.file.loseImage(hash, 'unreadable');
    const { pixels, notes } = await readWhole(host);
    expect([pixels.width, pixels.height]).toEqual([80, 80]);
    expect(notes.join()).toContain('could not be opened');
  });
});

test('a GIF is read as the frame that Figma shows', async () => {
  const canvas = openCanvas();
  const id = canvas.draw((figma) => {
    const node = figma.createRectangle();
    node.resize(20, 20);
    filled(node, canvas.file.addImage(gif));
    return node;
  });
  const { pixels } = await canvas.readSelected();
  expect(worst(pixels, await canvas.truth(id, pixels.width))).toBe(0);
});

test('a picture of one pixel is read as that', async () => {
  const canvas = openCanvas();
  canvas.draw((figma) => picture(figma, canvas, {}, [1, 1]));
  const { pixels } = await canvas.readSelected();
  expect([pixels.width, pixels.height, [...pixels.data]]).toEqual([1, 1, [...slope(1, 1).data]]);
});

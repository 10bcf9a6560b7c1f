/** Files to work on. */
import sharp from 'sharp';
import { createFigmaFile, type FigmaFile, type FigmaFileOptions } from '../simulator/index.ts';
import { magenta } from './testModel.ts';

/** Where a photo has a magenta box, of its width and height: left, top, right, bottom. */
export const box = [0.3, 0.25, 0.6, 0.7] as const;

/** A photo of a size, with detail everywhere, so that what changed can be told, and a magenta box in it. */
export async function photo(width: number, height: number): Promise<Uint8Array> {
  const [left, top, right, bottom] = box;
  const [r, g, b] = magenta;
  const size = { width: Math.ceil((right - left) * width), height: Math.ceil((bottom - top) * height) };
  const input = { create: { ...size, channels: 3, background: { r, g, b } } } as const;
  const picture = sharp('test/fixtures/photos/coffee.png').resize(width, height, { fit: 'cover' });
  return new Uint8Array(
    await picture
      .composite([{ input, left: Math.floor(left * width), top: Math.floor(top * height) }])
      .png()
      .toBuffer(),
  );
}

export interface PhotoScene {
  readonly file: FigmaFile;
  /** The layer that is selected. */
  readonly id: string;
  /** Its picture. */
  readonly hash: string;
}

/** One rectangle with a picture, selected. */
export async function photoScene(options: FigmaFileOptions & { readonly bytes?: Uint8Array } = {}): Promise<PhotoScene> {
  const { bytes = await photo(240, 180), ...rest } = options;
  const file = createFigmaFile({ name: 'Poster', ...rest });
  const hash = file.addImage(bytes);
  const id = file.build((figma) => {
    const rect = figma.createRectangle();
    rect.name = 'Photo';
    rect.resize(240, 180);
    [rect.x, rect.y] = [40, 30];
    rect.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: hash }];
    return rect.id;
  });
  file.user.select(id);
  return { file, id, hash };
}

/**
 * A photo, cropped by its fill and turned, in a card with auto-layout that is a component; its instance lies in a row with
 * auto-layout, in front of one sibling and behind another. The photo in the instance is selected.
 */
export async function nestedScene(): Promise<PhotoScene & { readonly row: string; readonly instance: string }> {
  const file = createFigmaFile({ name: 'Shop' });
  const hash = file.addImage(await photo(320, 240));
  const made = file.build((figma) => {
    const card = figma.createComponent();
    card.name = 'Card';
    card.layoutMode = 'VERTICAL';
    card.itemSpacing = 12;
    [card.paddingLeft, card.paddingTop, card.paddingRight, card.paddingBottom] = [30, 40, 30, 20];
    const picture = figma.createRectangle();
    picture.name = 'Photo';
    picture.resize(180, 140);
    picture.cornerRadius = 10;
    picture.effects = [
      { type: 'DROP_SHADOW', color: { r: 0, g: 0, b: 0, a: 0.4 }, offset: { x: 0, y: 2 }, radius: 4, visible: true, blendMode: 'NORMAL' },
    ];
    picture.fills = [
      {
        type: 'IMAGE',
        scaleMode: 'CROP',
        imageHash: hash,
        imageTransform: [
          [0.75, 0, 0.15],
          [0, 0.78, 0.1],
        ],
      },
    ];
    card.appendChild(picture);
    picture.rotation = 12;
    const line = figma.createRectangle();
    line.name = 'Line';
    line.resize(120, 8);
    card.appendChild(line);
    card.y = 600;

    const row = figma.createFrame();
    row.name = 'Row';
    row.layoutMode = 'HORIZONTAL';
    row.itemSpacing = 16;
    [row.paddingLeft, row.paddingTop, row.paddingRight, row.paddingBottom] = [20, 20, 20, 20];
    [row.x, row.y] = [100, 50];
    for (const name of ['Before', 'After']) {
      const box = figma.createRectangle();
      box.name = name;
      box.resize(40, 200);
      row.appendChild(box);
    }
    const instance = card.createInstance();
    instance.name = 'Card of the shop';
    row.insertChild(1, instance);
    return { id: instance.findOne(({ name }) => name === 'Photo')!.id, row: row.id, instance: instance.id };
  });
  file.user.select(made.id);
  return { file, hash, ...made };
}

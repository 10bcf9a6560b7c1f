/** Small pictures and scenes for the simulator's own tests. */
import { encode } from 'fast-png';
import { createFigmaFile, type FigmaFile, type RgbaPixels } from './index.ts';

export type Colour = readonly [number, number, number, number];

export function picture(width: number, height: number, colourAt: (x: number, y: number) => Colour): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colourAt(x, y), (y * width + x) * 4);
  return encode({ width, height, data, channels: 4 });
}

export const flat = (width: number, height: number, colour: Colour): Uint8Array => picture(width, height, () => colour);

export const red: Colour = [255, 0, 0, 255];
export const blue: Colour = [0, 0, 255, 255];
export const green: Colour = [0, 255, 0, 255];
export const clear: Colour = [0, 0, 0, 0];

export const solid = ([r, g, b, a]: Colour): SolidPaint => ({
  type: 'SOLID',
  color: { r: r / 255, g: g / 255, b: b / 255 },
  opacity: a / 255,
});

export const colourAt = ({ data, width }: RgbaPixels, x: number, y: number): Colour =>
  [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)] as unknown as Colour;

export function rectangle(figma: PluginAPI, x: number, y: number, width: number, height: number, colour: Colour = red): RectangleNode {
  const rect = figma.createRectangle();
  rect.resize(width, height);
  rect.x = x;
  rect.y = y;
  rect.fills = [solid(colour)];
  return rect;
}

/** Edits by hand and gives back the identifier of what was made. */
export const made = (file: FigmaFile, work: (figma: PluginAPI) => BaseNode): string => file.build((figma) => work(figma).id);

/** The node as the plugin gets it. */
export async function got<T extends BaseNode>(file: FigmaFile, id: string): Promise<T> {
  const node = await file.figma.getNodeByIdAsync(id);
  if (node === null) throw new Error(`no node ${id}`);
  return node as T;
}

/** A file with one node that was made by hand, and that node as the plugin gets it. */
export async function fileWith<T extends BaseNode>(work: (figma: PluginAPI) => T): Promise<{ file: FigmaFile; figma: PluginAPI; node: T }> {
  const file = createFigmaFile();
  const id = made(file, work);
  return { file, figma: file.figma, node: await got<T>(file, id) };
}

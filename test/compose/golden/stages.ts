/** The stages of composing, one picture each: registered, its tone undone, the mask, the composed result. */
import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { neverAborted } from '../../../shared/core/abort.ts';
import { type Composed, compose } from '../../../shared/core/compose/compose.ts';
import type { ComparedPictures } from '../../../shared/core/compose/evidence.ts';
import type { ComposeAsk } from '../../../shared/core/compose/types.ts';
import { layPixelsOver, maskedWithin } from '../../../shared/core/edit/layPixelsOver.ts';
import { boundsOf } from '../../../shared/core/geometry.ts';
import { createPixels, type Pixels, pixelsFrom } from '../../../shared/core/pixels.ts';

export const cases = ['portrait', 'fur', 'leaves', 'text', 'lines'] as const;
export type Name = (typeof cases)[number];

export const fileOf = (name: Name, what: 'source' | 'answer' | 'stages'): URL => new URL(`${name}-${what}.png`, import.meta.url);

export async function read(file: URL | Buffer): Promise<Pixels> {
  const bytes = Buffer.isBuffer(file) ? file : readFileSync(file);
  const { data, info } = await sharp(bytes).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return pixelsFrom(info, data);
}

export const imageOf = ({ data, width, height }: Pixels): Sharp =>
  sharp(Buffer.from(data.buffer, data.byteOffset, data.length), { raw: { width, height, channels: 4 } }).removeAlpha();

async function comparedOf(composed: Composed): Promise<ComparedPictures> {
  const compared = await composed.compared(neverAborted);
  if (compared === null) throw new Error('not aborted');
  return compared;
}

/** Side by side, two and two; the first three at the size they were compared in, put into the top left of their quarter. */
export async function stagesOf(source: Pixels, answer: Pixels): Promise<Pixels> {
  const clock = { now: () => 0, sleep: async () => true };
  const composed = async (tone: ComposeAsk['tone']) => {
    const result = await compose(source, answer, { region: null, tone, scope: 'local', whole: false }, clock, neverAborted);
    if (result === null) throw new Error('not aborted');
    return result;
  };
  const undone = await composed('auto');
  const compared = await comparedOf(undone);
  const mask = createPixels(compared.width, compared.height);
  for (let i = 0, k = 0; i < compared.coverage.length; i++, k += 4) {
    mask.data.fill(compared.coverage[i], k, k + 3);
    mask.data[k + 3] = 255;
  }
  const { delta } = undone;
  const result =
    delta === null ? source : layPixelsOver(source, maskedWithin(boundsOf(source), { ...delta, pixels: delta.pixels as Pixels }));
  const sheet = createPixels(source.width * 2, source.height * 2);
  for (const [n, picture] of [(await comparedOf(await composed('keep'))).answer, compared.answer, mask, result].entries())
    for (let y = 0; y < picture.height; y++) {
      const row = picture.data.subarray(y * picture.width * 4, (y + 1) * picture.width * 4);
      sheet.data.set(row, ((y + (n >> 1) * source.height) * sheet.width + (n & 1) * source.width) * 4);
    }
  return sheet;
}

/**
 * Makes the inputs of the golden pictures and what composing makes of them: `node test/run-ts.mjs test/compose/golden/make.ts`.
 * Look at every one before it is committed.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp, { type Region } from 'sharp';
import { cases, fileOf, imageOf, type Name, read, stagesOf } from './stages.ts';

const here = resolve('test/compose/golden');
const fixtures = join(dirname(dirname(here)), 'fixtures/photos');
const at = (name: Name, what: 'source' | 'answer' | 'stages'): string => join(here, fileOf(name, what).pathname.split('/').pop() ?? '');
const width = 300;
const height = 224;

const svg = (inside: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${inside}</svg>`);
const photo = (name: string, cut: Region): Promise<Buffer> =>
  sharp(join(fixtures, name)).extract(cut).resize(width, height, { fit: 'fill' }).png().toBuffer();
const drawn = (inside: string): Promise<Buffer> =>
  sharp(svg(`<rect width="100%" height="100%" fill="#f6f1e7"/>${inside}`))
    .png()
    .toBuffer();
const over = (source: Buffer, input: Buffer): Promise<Buffer> => sharp(source).composite([{ input }]).png().toBuffer();

let seed = 7;
const random = (): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed / 0x7fffffff;
};
const leaves = Array.from({ length: 900 }, () => {
  const hue = 80 + 50 * random();
  const turn = 360 * random();
  const x = width * random();
  const y = height * random();
  return `<ellipse cx="${x}" cy="${y}" rx="${4 + 8 * random()}" ry="${2 + 2 * random()}" transform="rotate(${turn} ${x} ${y})" fill="hsl(${hue}, 45%, ${18 + 45 * random()}%)"/>`;
}).join('');
const word = (text: string): string =>
  `<text x="24" y="150" font-family="DejaVu Sans, sans-serif" font-weight="bold" font-size="34" fill="#20242c">${text}</text>`;
const poster = `<text x="24" y="60" font-family="DejaVu Sans, sans-serif" font-size="22" fill="#20242c">Café at the corner</text><rect x="24" y="172" width="180" height="6" fill="#b3432b"/><circle cx="250" cy="60" r="26" fill="none" stroke="#b3432b" stroke-width="3"/>`;
const sketch = Array.from(
  { length: 24 },
  (_, i) =>
    `<path d="M${10 + i * 12} 20 Q${40 + i * 8} ${100 + (i % 5) * 12} ${20 + i * 11} 205" stroke="#26303a" stroke-width="1.4" fill="none"/>`,
).join('');

/** The source, and the source as it was edited. */
const edits: Record<Name, () => Promise<readonly [Buffer, Buffer]>> = {
  // The suit turns blue.
  portrait: async () => {
    const source = await photo('astronaut.png', { left: 60, top: 20, width: 400, height: 299 });
    const { data, info } = await sharp(source).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    for (let k = 0; k < data.length; k += 3)
      if (data[k] > data[k + 2] + 60 && data[k] > 110 && k / 3 / width > 120) data.set([data[k + 2], data[k + 1], data[k]], k);
    return [
      source,
      await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
        .png()
        .toBuffer(),
    ];
  },
  // A part gets out of focus.
  fur: async () => {
    const source = await photo('chelsea.png', { left: 60, top: 20, width: 340, height: 254 });
    const round = svg('<circle cx="110" cy="130" r="52" fill="#fff"/>');
    const blurred = await sharp(await sharp(source).blur(4).png().toBuffer())
      .ensureAlpha()
      .composite([{ input: round, blend: 'dest-in' }])
      .png()
      .toBuffer();
    return [source, await over(source, blurred)];
  },
  // A red ball lies among leaves.
  leaves: async () => {
    const source = await drawn(`<rect width="100%" height="100%" fill="#1d2a16"/>${leaves}`);
    return [
      source,
      await over(
        source,
        svg(
          '<defs><radialGradient id="g" cx="0.35" cy="0.3"><stop offset="0" stop-color="#ff9d86"/><stop offset="1" stop-color="#b31f1a"/></radialGradient></defs><circle cx="190" cy="110" r="38" fill="url(#g)"/>',
        ),
      ),
    ];
  },
  text: async () => [await drawn(poster + word('Open at nine')), await drawn(poster + word('Open until ten'))],
  lines: async () => {
    const source = await drawn(sketch);
    return [source, await over(source, svg('<path d="M30 180 Q150 10 270 170" stroke="#d21e28" stroke-width="3" fill="none"/>'))];
  },
};

/** As a model returns it: smaller, zoomed, shifted, tinted, with a trace of JPEG. */
const returned = async (edited: Buffer): Promise<Buffer> => {
  const jpeg = await sharp(edited)
    .extract({ left: 3, top: 2, width: width - 5, height: height - 5 })
    .resize(240, 176, { fit: 'fill' })
    .removeAlpha()
    .linear([1.02, 1, 0.98], [3, -1, 2])
    .jpeg({ quality: 92 })
    .toBuffer();
  return sharp(jpeg).png().toBuffer();
};

for (const name of cases) {
  // Text depends on the fonts of the machine: inputs are made once.
  if (!existsSync(at(name, 'source'))) {
    const [source, edited] = await edits[name]();
    await sharp(source).removeAlpha().png({ compressionLevel: 9 }).toFile(at(name, 'source'));
    await sharp(await returned(edited))
      .png({ compressionLevel: 9 })
      .toFile(at(name, 'answer'));
  }
  const stages = await stagesOf(await read(pathToFileURL(at(name, 'source'))), await read(pathToFileURL(at(name, 'answer'))));
  await imageOf(stages).png({ compressionLevel: 9 }).toFile(at(name, 'stages'));
}

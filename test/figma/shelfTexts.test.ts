/** Bytes as texts on Figma's shelves: forms, keys, and the limit of an entry in UTF-8. */
import { expect, it } from 'vitest';
import { carriedBy, carrierOf } from '../../figma-plugin/ui/store/carrierPng.ts';
import {
  bytesToText,
  headOf,
  inParts,
  mostTextBytes,
  partsNamed,
  readHeadKey,
  textToBytes,
  wholeOfPart,
} from '../../figma-plugin/ui/store/shelfTexts.ts';
import { takeNamespace } from '../../figma-plugin/wire/takeData.ts';
import { headerExtent } from '../../shared/codecs/sniff.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { toUtf8 } from '../../shared/core/text.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { valueIn } from '../documents/valueIn.ts';

it.each([
  ['nothing', new Uint8Array(0)],
  ['words', toUtf8('Wörter ✓ 🦊\nand a line')],
  ['words with a mark of byte order', toUtf8('\ufeffwords')],
  ['a zero', Uint8Array.of(65, 0, 66)],
  ['a carriage return, which an editor might change', toUtf8('a\r\nb')],
  ['no UTF-8', Uint8Array.of(0xff, 0xc0, 0x80)],
  ['a half of a pair', Uint8Array.of(0xed, 0xa0, 0x80)],
  ['all bytes', Uint8Array.from({ length: 256 }, (_, i) => i)],
])('gives back %s', (_, bytes) => {
  expect(textToBytes(bytesToText(bytes))).toEqual(bytes);
});

it('keeps words as words, so that others can read them', () => {
  expect(bytesToText(toUtf8('{"schema":2}'))).toBe('t{"schema":2}');
});

it.each(['e/take/one', 'e/take/a~3.x#0', 'e/take/ä ✓ 🦊\n', `b/${'0'.repeat(64)}.3000`, 'x/e/take/one'])(
  'reads the key of %s again',
  (of) => {
    const head = headOf(of, 17, 'a1b2c3d4-0f0f0f0f');
    expect(readHeadKey(head.key)).toEqual(head);
    const [part] = inParts(head.key, 'x'.repeat(200_000));
    expect(readHeadKey(part.key)).toBe(null);
    expect(wholeOfPart(part.key)).toBe(head.key);
  },
);

it.each(['shelf', 'story', 'e/take/one', 'e/take~x.y', 'take/one~1.a'])('takes %s for no key of its own', (key) => {
  expect(readHeadKey(key)).toBe(null);
});

const utf8Of = (key: string, text: string): number => toUtf8(takeNamespace + key + text).length;

for (const character of ['x', 'ä', '✓', '🦊']) {
  const each = toUtf8(character).length;
  it.each([-1, 0, 1])(`splits at the limit in UTF-8, of characters with ${each} bytes, %i characters from it`, (off) => {
    const { key } = headOf('e/take/✓', 12, 'a-b');
    const text = `t${character.repeat(Math.floor((mostTextBytes - toUtf8(`${takeNamespace}${key}#9999`).length - 1) / each) + off)}`;
    const texts = inParts(key, text);
    expect(texts.length).toBe(off > 0 ? 3 : 1);
    for (const part of texts) expect(utf8Of(part.key, part.text ?? '')).toBeLessThanOrEqual(mostTextBytes);
    // The head comes last, so that whoever sees it finds the parts.
    const head = texts[texts.length - 1];
    expect(head.key).toBe(key);
    if (off > 0) {
      expect(partsNamed(head.text ?? '')).toBe(2);
      expect(
        texts
          .slice(0, -1)
          .map(({ text }) => text)
          .join(''),
      ).toBe(text);
    } else expect(head.text).toBe(text);
  });
}

it('cuts no character in two, wherever the limit falls', () => {
  const { key } = headOf('e/take/one', 1, 'a-b');
  for (let shift = 0; shift < 4; shift++) {
    const text = `t${'x'.repeat(shift)}${'🦊'.repeat(60_000)}`;
    const texts = inParts(key, text);
    expect(
      texts
        .slice(0, -1)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  }
});

it('carries bytes of any length inside a picture that decoders take', async () => {
  for (const length of [0, 1, 5_000, (4 << 20) + 1]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) & 255);
    const png = carrierOf(bytes);
    expect(Buffer.compare(carriedBy(png), bytes)).toBe(0);
    expect(headerExtent(png)).toEqual({ width: 32, height: 32 });
    const pixels = valueIn(await createNodeCodec().decode(png, neverAborted));
    expect(pixels.data.every((byte) => byte === 0)).toBe(true);
  }
});

it('finds nothing carried in a picture that is cut short or somebody else’s', () => {
  const png = carrierOf(Uint8Array.of(1, 2, 3));
  expect(carriedBy(png.subarray(0, 45))).toEqual(new Uint8Array(0));
  expect(carriedBy(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1))).toEqual(new Uint8Array(0));
});

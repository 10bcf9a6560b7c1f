import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../shared/core/base64.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import { isSigned, modelTurn, ownReferences, packRound, picturesOf, readRound, roundBlobs } from '../../shared/core/history/round.ts';
import { unhurried } from '../../shared/core/pace.ts';
import { toUtf8 } from '../../shared/core/text.ts';
import { MemoryHost } from '../contracts/memoryHost.ts';
import { valueIn } from '../documents/valueIn.ts';

const blobsOf = () => new MemoryHost({ extent: { width: 1, height: 1 }, layers: [] }).store.blobs;
type Blobs = ReturnType<typeof blobsOf>;
const picture = (role: 'subject' | 'object', byte: number) => ({
  role,
  label: `a ${role}`,
  type: 'image/png' as const,
  bytes: new Uint8Array([byte, 2, 3]),
});

async function keep(blobs: Blobs, parts: readonly string[]): Promise<string> {
  const packed = await packRound(
    {
      text: 'do it',
      pictures: [picture('subject', 1), picture('object', 2), picture('object', 3)],
      repeated: 1,
      subject: { hash: 'ab', width: 1, height: 1 },
      parts,
      mask: null,
    },
    unhurried,
  );
  for (const { bytes } of packed.blobs) valueIn(await blobs.write(bytes));
  return packed.hash;
}

describe('a round', () => {
  test('gives the model’s parts back to the letter, whatever their spelling', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.constantFrom('=', '\\u003d', ''), async (bytes, padding) => {
        const base64 = toBase64(bytes);
        const data = base64.replaceAll('=', padding);
        const parts = [
          `{ "thoughtSignature" : "YQ==", "text":"1 \\u003c 2" }`,
          `{"inlineData": {"data":"${data}" , "mimeType":"image/jpeg"},\n "x": 1.0, "thoughtSignature":"Yg"}`,
          `{"thought":true,"inlineData":{"mimeType":"image/png","data":"%%% not base64"}}`,
          `{"inlineData":{"mimeType":"image/png","data":"${base64.replaceAll('+', '-').replaceAll('/', '_')}"}}`,
        ];
        const blobs = blobsOf();
        const round = valueIn(await readRound(blobs, await keep(blobs, parts)));
        if (round === null) throw new Error('no round');
        expect(valueIn(await modelTurn(round, blobs))).toEqual({ role: 'model', parts });
        // The picture lies among the blobs under its own hash, as the answer that is shown.
        expect(roundBlobs(round)).toContain(sha256Hex(bytes));
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  test('tells its own references from those that it repeated, and which pictures are still here', async () => {
    const blobs = blobsOf();
    const round = valueIn(await readRound(blobs, await keep(blobs, ['{"text":"done"}'])));
    if (round === null) throw new Error('no round');
    expect((await picturesOf(ownReferences(round), blobs)).map(({ bytes }) => bytes[0])).toEqual([3]);
    valueIn(await blobs.remove(round.user.pictures[0].hash));
    expect((await picturesOf(round.user.pictures, blobs)).map(({ role }) => role)).toEqual(['object', 'object']);
  });

  test('is signed when each picture that is no thought is', async () => {
    const blobs = blobsOf();
    const signed = async (parts: readonly string[]) => {
      const round = valueIn(await readRound(blobs, await keep(blobs, parts)));
      return round !== null && isSigned(round);
    };
    const data = toBase64(new Uint8Array([9, 9, 9]));
    expect(await signed([`{"inlineData":{"data":"${data}"},"thoughtSignature":"YQ=="}`])).toBe(true);
    expect(await signed([`{"inlineData":{"data":"${data}"}}`])).toBe(false);
    expect(await signed([`{"inlineData":{"data":"${data}"},"thoughtSignature":""}`])).toBe(false);
    expect(await signed([`{"inlineData":{"data":"${data}"},"thought":true}`, '{"text":"words"}'])).toBe(true);
  });

  test('that is not here is null; one that cannot be read is corrupt, and no exception', async () => {
    const blobs = blobsOf();
    expect(valueIn(await readRound(blobs, 'ab'.repeat(32)))).toBeNull();
    for (const text of [
      '',
      'null',
      '[]',
      '{"schema":2}',
      '{"schema":1}',
      '{"schema":1,"user":{"text":"a","pictures":[null],"repeated":0},"subject":{"hash":"ab","width":1,"height":1},"parts":[],"mask":null}',
      '{"schema":1,"user":{"text":"a","pictures":[],"repeated":0},"subject":{"hash":"ab","width":1,"height":1},"parts":[7],"mask":null}',
    ]) {
      const hash = valueIn(await blobs.write(toUtf8(text)));
      expect(await readRound(blobs, hash)).toMatchObject({ ok: false, error: { kind: 'corrupt' } });
    }
  });

  test('whose picture is gone cannot be returned', async () => {
    const blobs = blobsOf();
    const hash = await keep(blobs, [`{"inlineData":{"data":"${toBase64(new Uint8Array([9, 9, 9]))}"}}`]);
    valueIn(await blobs.remove(sha256Hex(new Uint8Array([9, 9, 9]))));
    const round = valueIn(await readRound(blobs, hash));
    expect(round && valueIn(await modelTurn(round, blobs))).toBeNull();
  });
});

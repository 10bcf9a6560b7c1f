import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { toSrgb } from '../../shared/core/color/convert.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { contractProvenance, contractStory } from '../contracts/hostContract.ts';
import { plainPixels } from '../contracts/memoryHost.ts';
import { valueIn } from './valueIn.ts';

const photo = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../fixtures/photos/${name}`, import.meta.url)));
const codec = createNodeCodec();

test.each(['astronaut.png', 'chelsea.png', 'coffee.png', 'rocket.jpg'])(
  '%s opens as one layer of its name and survives saving',
  async (name) => {
    const decoded = valueIn(await codec.decode(photo(name), neverAborted));
    const host = valueIn(await openDocument(photo(name), name, codec, neverAborted));
    const layers = valueIn(await host.layers());
    expect(layers.map((layer) => layer.name)).toEqual([name.split('.')[0]]);
    await host.step('Retake', neverAborted, (step) =>
      step.placePixels({
        pixels: plainPixels(40, 30, [255, 0, 0, 128]),
        bounds: { x: 10, y: 20, width: 40, height: 30 },
        mask: null,
        name: 'take',
        group: 'Grüße 你好',
        above: layers[0].ref,
        provenance: contractProvenance,
        story: contractStory,
      }),
    );
    const saved = valueIn(await host.save('psd', neverAborted));
    const again = valueIn(await openDocument(saved, 'saved.psd', codec, neverAborted));
    const found = valueIn(await again.layers());
    expect(found.map((layer) => layer.name)).toEqual(['Grüße 你好', 'take', name.split('.')[0]]);
    const bounds = { x: 0, y: 0, width: decoded.width, height: decoded.height };
    const read = valueIn(await again.readPixels({ of: found[2].ref, bounds }, neverAborted));
    expect(Buffer.compare(Buffer.from(read.pixels.data), Buffer.from(toSrgb(decoded).data))).toBe(0);
  },
);

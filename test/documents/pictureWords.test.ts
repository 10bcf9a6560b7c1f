/** What a picture that is saved flat says of itself: the model's words on all of it, where nobody has described it yet. */
import { beforeAll, expect, test, vi } from 'vitest';
import { withPngExtras } from '../../shared/codecs/pngChunks.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import type { Bounds } from '../../shared/core/geometry.ts';
import { wordsOf } from '../../shared/core/history/take.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import type { Mask } from '../../shared/core/pixels.ts';
import { fromUtf8 } from '../../shared/core/text.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { nodeClock, nodeIds } from '../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import type { DocumentHost } from '../../standalone/documents/document.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { readRasterExtras } from '../../standalone/documents/rasterExtras.ts';
import { patternPixels } from '../contracts/memoryHost.ts';
import { valueIn } from './valueIn.ts';

vi.setConfig({ testTimeout: 120_000 });

const codec = createNodeCodec();
let photo: Uint8Array;
beforeAll(async () => {
  photo = valueIn(await codec.encode(patternPixels(96, 72, 3), { type: 'image/png' }, neverAborted));
});
const open = async (bytes: Uint8Array): Promise<DocumentHost> => valueIn(await openDocument(bytes, 'photo.png', codec, neverAborted));

const solid = (bounds: Bounds): Mask => ({ bounds, data: new Uint8ClampedArray(bounds.width * bounds.height).fill(255) });

async function edit(host: DocumentHost, of: string, instruction: string, region: Mask | null = null) {
  const { take } = valueIn(
    await editLayer(
      {
        host,
        store: host.store,
        model: createOffline({ codec, clock: nodeClock }),
        entry: findModel('offline'),
        clock: nodeClock,
        ids: nodeIds,
        codec,
      },
      { of, region, instruction, references: [], size: null, thinking: null },
      neverAborted,
    ),
  );
  return take;
}

/** The texts of both properties, as XML holds them; [] where they are not there. */
async function saidOfPicture(host: DocumentHost): Promise<readonly string[]> {
  const { xmp } = readRasterExtras(valueIn(await host.save('png', neverAborted)), 'image/png');
  const text = fromUtf8(xmp ?? new Uint8Array()) ?? '';
  return ['dc:description', 'Iptc4xmpCore:AltTextAccessibility'].flatMap((name) => {
    const found = new RegExp(`<${name}[ >].*?<rdf:li[^>]*>(.*?)</rdf:li>`, 's').exec(text);
    return found === null ? [] : [found[1]];
  });
}

test('is what the model said of the latest take of all of it that shows', async () => {
  const host = await open(photo);
  const all = await edit(host, 'visible', 'make it darker');
  expect(wordsOf(all)).not.toBe('');
  expect(await saidOfPicture(host)).toEqual([wordsOf(all), wordsOf(all)]);
  // A part's words are no description of the whole.
  await edit(host, all.placed?.layer ?? '', 'make it black and white', solid({ x: 8, y: 8, width: 24, height: 20 }));
  expect(await saidOfPicture(host)).toEqual([wordsOf(all), wordsOf(all)]);
  // Opened again from a PSD it is known still; hidden, it is not what the picture shows.
  const again = await open(valueIn(await host.save('psd', neverAborted)));
  expect(await saidOfPicture(again)).toEqual([wordsOf(all), wordsOf(all)]);
  valueIn(await again.step('hide', neverAborted, (step) => step.setVisible(all.placed?.layer ?? '', false)));
  expect(await saidOfPicture(again)).toEqual([]);
});

test('leaves a description that was there', async () => {
  const own = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">My cat</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>`;
  const host = await open(withPngExtras(photo, { xmp: own }));
  const take = await edit(host, 'visible', 'make it darker');
  expect(await saidOfPicture(host)).toEqual(['My cat', wordsOf(take)]);
});

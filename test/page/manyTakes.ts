/** A document that remembers thousands of takes: a chain with a branch every so often, small pictures among them. */
import sharp from 'sharp';
import { neverAborted } from '../../shared/core/abort.ts';
import { keepTake } from '../../shared/core/history/keepTake.ts';
import { noPictures, type PictureRef } from '../../shared/core/history/take.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { makeTake } from '../history/makeTake.ts';

const subjects = ['coat', 'sky', 'window', 'lamp', 'sea', 'hair', 'sofa', 'street'];
const colours = ['red', 'teal', 'amber', 'violet', 'green', 'ivory', 'navy'];
/** Distinct small pictures; more would only make the file larger. */
const pictureCount = 64;

export async function documentWithTakes(photo: Uint8Array, count: number): Promise<Uint8Array> {
  const opened = await openDocument(photo, 'many.png', createNodeCodec(), neverAborted);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const { store } = opened.value;
  const thumbnails: PictureRef[] = [];
  for (let n = 0; n < pictureCount; n++) {
    const bytes = await sharp({
      create: { width: 160, height: 120, channels: 3, background: `hsl(${(n * 360) / pictureCount}, 60%, 60%)` },
    })
      .jpeg()
      .toBuffer();
    const hash = await store.blobs.write(new Uint8Array(bytes));
    if (!hash.ok) throw new Error(JSON.stringify(hash.error));
    thumbnails.push({ hash: hash.value, type: 'image/jpeg', width: 160, height: 120, byteLength: bytes.length });
  }
  for (let n = 0; n < count; n++) {
    // Every ninth goes back some steps, so that there are branches all along.
    const back = n % 9 === 8 ? 2 + (n % 5) : 1;
    await keepTake(
      store,
      makeTake(`take-${String(n).padStart(5, '0')}`, {
        order: n + 1,
        parent: n < back ? null : `take-${String(n - back).padStart(5, '0')}`,
        instruction: `make the ${subjects[n % subjects.length]} ${colours[n % colours.length]}, round ${n}`,
        pictures: { ...noPictures, thumbnail: thumbnails[n % pictureCount] },
        placed: { layer: `gone-${n}`, bounds: { x: 0, y: 0, width: 8, height: 8 } },
        at: Date.UTC(2026, 0, 1) + n * 60_000,
      }),
    );
  }
  const saved = await opened.value.save('psd', neverAborted);
  if (!saved.ok) throw new Error(JSON.stringify(saved.error));
  return saved.value;
}

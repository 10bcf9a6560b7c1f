/** Runs inside the frame of the browser test: one edit, told to the parent. */
import { createBrowserCodec } from '../../shared/codecs/browserCodec.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import { createPixels } from '../../shared/core/pixels.ts';
import { createGemini } from '../../shared/models/gemini/createGemini.ts';

const { settings } = globalThis as unknown as { settings: { address: string; key: string } };
const entry = findModel('gemini-nano-banana-2.1');
const model = createGemini({
  entry,
  apiKey: settings.key,
  baseUrl: settings.address,
  codec: createBrowserCodec(),
  clock: {
    now: () => performance.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(true), ms);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve(false);
        });
      }),
  },
});

const pixels = createPixels(80, 80);
for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set([i & 255, 90, 160, 255], i);
const controller = new AbortController();
// The parent's one word.
addEventListener('message', () => controller.abort());
void model
  .edit(
    {
      model: entry.id,
      cell: { ratio: '1:1', size: '1K', extent: { width: 1024, height: 1024 } },
      pictures: [{ role: 'subject', label: '', pixels }],
      instruction: 'x',
      prompt: { id: 'test/browser', version: 1, text: 'Change it' },
      turns: [],
      thinking: null,
    },
    controller.signal,
  )
  .then((result) => {
    const told = result.ok
      ? { ok: true, extent: [result.value.picture.pixels.width, result.value.picture.pixels.height] }
      : { ok: false, kind: result.error.kind };
    parent.postMessage(told, '*');
  });

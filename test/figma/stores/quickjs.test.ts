/** The main thread's half in the engine that Figma runs it in, with nothing but Figma's globals and its messages. */
import { afterEach, expect, it } from 'vitest';
import { createFigmaSettings } from '../../../figma-plugin/ui/store/figmaSettings.ts';
import { createFigmaStore } from '../../../figma-plugin/ui/store/figmaStore.ts';
import type { FigmaCalls } from '../../../figma-plugin/wire/calls.ts';
import { createCaller, type FromWorker } from '../../../shared/line/line.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { createFigmaFile } from '../simulator/index.ts';
import { flat, red } from '../simulator/kit.ts';
import { bundleForSandbox } from '../vm/bundle.ts';
import { type Sandbox, startSandbox } from '../vm/sandbox.ts';
import { startPlugin } from './runtime.ts';

const entry = `
import { storeCalls } from './figma-plugin/sandbox/store/storeCalls.ts';
import { createUndoEdge } from './figma-plugin/sandbox/undoEdge.ts';
import { answerCalls } from './shared/line/line.ts';
figma.showUI('<p></p>');
const post = { postMessage: (message) => figma.ui.postMessage(message) };
figma.ui.onmessage = answerCalls(post, storeCalls(figma, createUndoEdge(figma)));
`;

let sandbox: Sandbox | null = null;
afterEach(() => sandbox?.dispose());

it('keeps entries, pictures and settings in QuickJS, and gives them to whoever opens the file', async () => {
  const file = createFigmaFile();
  const { figma, ui } = file.user.run();
  sandbox = await startSandbox({ code: await bundleForSandbox(entry), figma, html: '', allowedDomains: [], watchesRejections: true });
  const caller = createCaller<FigmaCalls>({ postMessage: (message) => ui.send(message) });
  ui.onReceived = (message) => caller.hear(message as FromWorker);
  ui.ready();
  const store = createFigmaStore(caller, { machine: 'one', sitting: 'first' });
  const settings = createFigmaSettings(caller);
  const [words, picture, other] = [new TextEncoder().encode('✓🦊'.repeat(40_000)), flat(40, 30, red), new Uint8Array(9000).fill(3)];

  valueIn(await store.write('take/one', words));
  valueIn(await store.write('take/two', words.subarray(0, 3)));
  valueIn(await store.remove('take/two'));
  const hashes = [valueIn(await store.blobs.write(picture)), valueIn(await store.blobs.write(other))];
  valueIn(await settings.set('key', 'kept'));
  expect(valueIn(await settings.get('key'))).toBe('kept');

  const later = startPlugin(file.join('bob')).store();
  for (const each of [store, later]) {
    expect(valueIn(await each.keys())).toEqual(['take/one']);
    expect(Buffer.compare(valueIn(await each.read('take/one')) ?? new Uint8Array(0), words)).toBe(0);
    expect(valueIn(await each.blobs.read(hashes[0]))).toEqual(picture);
    expect(Buffer.compare(valueIn(await each.blobs.read(hashes[1])) ?? new Uint8Array(0), other)).toBe(0);
  }
  valueIn(await store.blobs.remove(hashes[0]));
  expect(valueIn(await later.blobs.list()).map(({ hash }) => hash)).toEqual([hashes[1]]);
  expect(sandbox.troubles).toEqual([]);
});

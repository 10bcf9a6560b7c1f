/**
 * The built plug-in, all of it, in a bare context: UXP's globals, a DOM that draws nothing, the simulated Photoshop, and a local
 * Gemini service. No browser is there to help; what the oldest UXP lacks is not there at all.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiKeySetting } from '../../shared/core/ports.ts';
import { patternPixels, plainPixels } from '../contracts/memoryHost.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { domGlobals, PlainDocument, type PlainElement, PlainEvent } from './plainDom.ts';
import { bareContext } from './simulator/bareContext.ts';
import { createPhotoshop, type Photoshop, type PhotoshopLayerPlan, type PhotoshopPlan } from './simulator/index.ts';

const waitMs = { timeout: 60_000, interval: 20 };
let folder = '';
let gemini: GeminiServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retake-bare-'));
  execFileSync(process.execPath, ['photoshop-uxp/build.mjs', '--out', folder, '--quiet']);
  gemini = await startGeminiServer({ answer: withDisc });
});
afterAll(async () => {
  await gemini?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What was sent, with a blue disc in its middle, at a quarter of the model's own size: these tests are about the plug-in. */
async function withDisc(request: { readonly pictures: readonly { readonly bytes: Uint8Array }[] }) {
  const side = 256;
  const disc = `<svg width="${side}" height="${side}"><circle cx="${side / 2}" cy="${side / 2}" r="${side / 6}" fill="#1e3cc8"/></svg>`;
  const bytes = await sharp(request.pictures[0].bytes)
    .resize(side, side, { fit: 'fill' })
    .composite([{ input: Buffer.from(disc) }])
    .jpeg({ quality: 95 })
    .toBuffer();
  return { picture: { bytes: new Uint8Array(bytes), type: 'image/jpeg' as const }, text: 'A blue disc, as you asked.' };
}

/** In a context of Node's each use of a global name asks the object behind it, which makes composing twenty times as slow. */
const languageNames =
  'Math, Number, Object, Array, Map, Set, Float32Array, Float64Array, Int32Array, Uint8Array, Uint16Array, Uint32Array, Uint8ClampedArray';
const withNames = (code: string): string => `(function (${languageNames}) {\n${code}\n}).call(globalThis, ${languageNames});`;

interface BarePanel {
  readonly ps: Photoshop;
  readonly root: PlainElement;
  text(): string;
  send(instruction: string): void;
}

async function opened(version: string, plan: PhotoshopPlan, select: readonly string[]): Promise<BarePanel> {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const ps = createPhotoshop({
    version,
    manifest: JSON.parse(read('manifest.json')),
    network: (url, init) => {
      const { pathname, search } = new URL(url);
      return fetch(`${gemini.url}${pathname}${search}`, init);
    },
  });
  ps.keys.entries.set(
    apiKeySetting,
    Uint8Array.from(gemini.key, (c) => c.charCodeAt(0)),
  );
  const document = new PlainDocument();
  const root = document.createElement('div');
  document.body.appendChild(root);
  const { run } = bareContext(ps, domGlobals(document));
  await ps.plugin.load(() => {
    run(read('main.js'), 'main.js');
    run(withNames(read('panel.js')), 'panel.js');
  });
  await ps.plugin.showPanel('retake', root);
  ps.user.open(plan);
  ps.user.selectLayers(...select);
  const text = (): string => root.textContent;
  return {
    ps,
    root,
    text,
    send(instruction) {
      const field = root.querySelector('#rt-instruction') as PlainElement;
      field.focus();
      field.value = instruction;
      field.dispatchEvent(new PlainEvent('input'));
      field.dispatchEvent(new PlainEvent('keydown', { key: 'Enter', ctrlKey: true }));
    },
  };
}

const extent = { width: 320, height: 320 };
const photo: PhotoshopLayerPlan = { name: 'photo', pixels: patternPixels(320, 320, 2) };
const selection = { kind: 'ellipse', bounds: { x: 70, y: 70, width: 180, height: 180 }, featherPx: 6 } as const;
const plan = (more: Partial<PhotoshopPlan> = {}): PhotoshopPlan => ({ title: 'Cup.psd', extent, layers: [photo], ...more });
const taken = ['Open', 'Retake: Put a blue disc here'];
const title = ({ root }: BarePanel): string => root.querySelector('.rt-subject-words strong')?.textContent ?? '';

describe.each(['25.0.0', '27.11.0'])('with the globals of Photoshop %s', (version) => {
  test('the panel opens, an edit of a feathered selection is one step, and where it came from is kept', async () => {
    gemini.forget();
    const panel = await opened(version, plan({ depth: 16, ppi: 300, selection }), ['photo']);
    const { ps } = panel;
    await expect.poll(() => title(panel), waitMs).toBe('photo');
    await expect.poll(() => panel.text(), waitMs).toContain('Region');
    const before = ps.inspect.composite();
    panel.send('Put a blue disc here');
    await expect.poll(() => ps.inspect.history(), waitMs).toEqual(taken);
    await expect.poll(() => ps.inspect.document().xmp, waitMs).toContain('<Iptc4xmpExt:DigitalSourceType>');
    await expect.poll(() => panel.text(), waitMs).toContain('A blue disc, as you asked.');

    const after = ps.inspect.composite();
    const at = (x: number, y: number): number[] => [0, 1, 2].map((c) => after.data[(y * extent.width + x) * 4 + c] / 32_768);
    const [r, , b] = at(160, 160);
    expect([r < 0.25, b > 0.6]).toEqual([true, true]);
    for (const [x, y] of [
      [5, 5],
      [315, 160],
      [160, 20],
    ])
      expect(at(x, y)).toEqual([0, 1, 2].map((c) => before.data[(y * 320 + x) * 4 + c] / 32_768));
    expect([gemini.understood.length, gemini.malformed]).toEqual([1, []]);
    expect(gemini.asked.every(({ query, headers }) => query.get('key') === null && headers['x-goog-api-key'] === gemini.key)).toBe(true);
    expect([...ps.disk.files.values()].some((bytes) => Buffer.from(bytes).includes(gemini.key))).toBe(false);
    ps.assertClean();
  });
});

test('several selected layers are one to the panel, and edited as they look together', async () => {
  const parts: PhotoshopLayerPlan[] = [
    { name: 'left', pixels: plainPixels(160, 320, [200, 60, 40, 255]) },
    { name: 'right', pixels: plainPixels(160, 320, [40, 160, 60, 255]), at: { x: 160, y: 0 } },
  ];
  const panel = await opened('27.11.0', plan({ layers: [...parts, photo] }), ['left', 'right']);
  await expect.poll(() => title(panel), waitMs).toBe('2 layers');
  await expect.poll(() => panel.text(), waitMs).toContain('Together, as they look · 320 × 320');
  panel.send('Put a blue disc here');
  await expect.poll(() => panel.ps.inspect.history(), waitMs).toEqual(taken);
  expect(panel.ps.inspect.tree().map(({ name }) => name)).toEqual(['Put a blue disc here', 'left', 'right', 'photo']);
  await expect.poll(() => panel.text(), waitMs).toContain('A blue disc, as you asked.');
});

test('while another plug-in is busy the panel says that it waits, and goes on by itself', async () => {
  const panel = await opened('27.11.0', plan({ selection }), ['photo']);
  const { ps } = panel;
  await expect.poll(() => panel.text(), waitMs).toContain('Region');
  gemini.forget();
  gemini.script([{ kind: 'slow', delayMs: 400, next: null }]);
  panel.send('Put a blue disc here');
  await expect.poll(() => gemini.asked.length, waitMs).toBe(1);
  let leave: (() => void) | null = null;
  await expect
    .poll(() => {
      // Somebody else comes in as soon as nobody is inside.
      if (leave === null && !ps.inspect.isModal) leave = ps.user.holdModal();
      return leave !== null;
    }, waitMs)
    .toBe(true);
  await expect.poll(() => panel.text(), waitMs).toContain('Retake waits for a dialog');
  expect(ps.inspect.history()).toEqual(['Open']);
  (leave as unknown as () => void)();
  await expect.poll(() => ps.inspect.history(), waitMs).toEqual(taken);
  await expect.poll(() => panel.text(), waitMs).not.toContain('Retake waits for a dialog');
});

test('About this host is told in a document of its own, to be copied', async () => {
  const { ps, root, text } = await opened('27.11.0', plan(), ['photo']);
  await expect.poll(text, waitMs).toContain('photo');
  await ps.plugin.runCommand('about');
  await expect.poll(text, waitMs).toContain('is kept, without a history state');
  root.querySelector('.rt-primary')?.dispatchEvent(new PlainEvent('click'));
  await expect.poll(() => ps.desk.clipboard, waitMs).toContain('Key store: keeps 131072 bytes and more');
  expect(ps.desk.clipboard).toContain('WebAssembly: absent');
  expect([ps.inspect.documents.length, ps.inspect.history()]).toEqual([1, ['Open']]);
});

/**
 * What this Photoshop and its UXP can do, tried out at run time: the questions that no documentation answers. Each answer is
 * a word or two, for "About this host", where the user can copy them.
 */
import { messageOf } from '../host/hostError.ts';
import { probeImaging } from '../host/probeImaging.ts';
import type { RequestFigures } from '../runtime/watchRequests.ts';
import type { PhotoshopModules, UxpSecureStorage } from '../types/modules.ts';

export interface Probe {
  readonly name: string;
  readonly answer: string;
}

type Globals = Readonly<Record<string, unknown>>;

const present = (globals: Globals, name: string): string => (globals[name] === undefined ? 'absent' : 'present');

async function tried(work: () => unknown): Promise<string> {
  try {
    const answer = await work();
    return typeof answer === 'string' ? answer : 'works';
  } catch (cause) {
    return `refused: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

export interface ProbePorts {
  readonly modules: PhotoshopModules;
  readonly globals: Globals;
  /** Stand-ins that were put in place, so that they are not taken for the host's own. */
  readonly missing: readonly string[];
  /** Of this sitting so far. */
  readonly requests: RequestFigures;
  readonly createCanvas: () => unknown;
  /** Whether a style rule is understood; null where that cannot be asked. */
  readonly supports: ((property: string, value: string) => boolean) | null;
}

const optional = [
  'FormData',
  'Request',
  'Response',
  'Blob',
  'WebSocket',
  'Worker',
  'WebAssembly',
  'Intl',
  'IndexedDB',
  'localStorage',
  'requestAnimationFrame',
  'ImageBlob',
  'ResizeObserver',
  'MutationObserver',
  'matchMedia',
  'OffscreenCanvas',
  'createImageBitmap',
] as const;

/** In the order in which they are shown. Nothing in the document is changed. */
export async function probeHost({ modules, globals, missing, requests, createCanvas, supports }: ProbePorts): Promise<readonly Probe[]> {
  const { photoshop, uxp } = modules;
  const { app } = photoshop;
  const document = app.activeDocument;
  const bounds = { left: 0, top: 0, right: 1, bottom: 1 };
  const read = async (): Promise<void> => {
    if (document === null) throw new Error('no document is open');
    const { imageData } = await photoshop.imaging.getPixels({ documentID: document.id, sourceBounds: bounds });
    imageData.dispose();
  };
  const crypto = globals.crypto as { subtle?: unknown; randomUUID?: unknown } | undefined;
  const canvas = (): Record<string, unknown> | null => {
    const made = createCanvas() as { getContext?: (kind: string) => unknown } | null;
    return (made?.getContext?.('2d') ?? null) as Record<string, unknown> | null;
  };
  const drawing = await tried(() => {
    const context = canvas();
    if (context === null) return 'no 2D context';
    const able = ['drawImage', 'putImageData', 'getImageData', 'fillText', 'setTransform'].filter(
      (name) => typeof context[name] === 'function',
    );
    return able.length === 0 ? 'shapes only' : able.join(', ');
  });
  const wasm = globals.WebAssembly as { validate?: (bytes: Uint8Array) => boolean } | undefined;
  return [
    { name: 'Photoshop', answer: uxp.host.version },
    { name: 'UXP', answer: String((uxp.versions as { uxp?: unknown }).uxp ?? 'not told') },
    { name: 'Engine', answer: engineOf(globals) },
    { name: 'Language', answer: uxp.host.uiLocale },
    { name: 'Stand-ins in use', answer: missing.length === 0 ? 'none' : missing.join(', ') },
    { name: 'Reading pixels outside a modal scope', answer: await tried(read) },
    {
      name: 'Reading pixels inside',
      answer: await tried(() => photoshop.core.executeAsModal(read, { commandName: 'Retake: About this host' })),
    },
    {
      name: 'Reading the history outside a modal scope',
      answer: await tried(() => String(document?.activeHistoryState.id ?? 'no document is open')),
    },
    ...(await probeImaging(photoshop).catch((cause) => [{ name: 'Imaging', answer: `refused: ${messageOf(cause)}` }])),
    { name: 'XMP module', answer: uxp.xmp === undefined ? 'absent' : 'present' },
    { name: 'crypto.subtle', answer: crypto?.subtle === undefined ? 'absent' : 'present' },
    { name: 'crypto.randomUUID', answer: crypto?.randomUUID === undefined ? 'absent' : 'present' },
    // The smallest module that is one: eight bytes.
    {
      name: 'WebAssembly accepts a module',
      answer: await tried(() => String(wasm?.validate?.(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) ?? 'absent')),
    },
    { name: 'Canvas', answer: drawing },
    ...['gap', 'grid-template-columns', 'transition', 'transform', 'object-fit', 'aspect-ratio'].map((property) => ({
      name: `CSS ${property}`,
      answer: supports === null ? 'cannot be asked' : supports(property, probes[property] ?? '1') ? 'understood' : 'not understood',
    })),
    ...optional.map((name) => ({ name, answer: present(globals, name) })),
    { name: 'Key store', answer: await tried(() => keyStoreOf(uxp.storage.secureStorage)) },
    { name: 'Plug-in folder', answer: await tried(async () => void (await uxp.storage.localFileSystem.getDataFolder())) },
    ...(requests.answered === 0
      ? [{ name: 'Requests', answer: 'none was answered yet: edit once, then look here again' }]
      : [
          { name: 'Longest answer read', answer: `${(requests.longestText / 1e6).toFixed(1)} million characters` },
          { name: 'Longest wait for one', answer: `${(requests.longestMs / 1000).toFixed(0)} s` },
        ]),
  ];
}

/** Bytes: of a key, and of what nobody says whether it fits. */
const keySizes = [1, 1024, 16_384, 131_072];

/** How much it keeps; what it refuses is told with its own words. */
async function keyStoreOf(store: UxpSecureStorage): Promise<string> {
  const key = 'retake.probe';
  let kept = 0;
  try {
    for (const size of keySizes) {
      try {
        await store.setItem(key, new Uint8Array(size).fill(120));
      } catch (cause) {
        return `keeps ${kept} bytes, refuses ${size}: ${messageOf(cause)}`;
      }
      const back = await store.getItem(key);
      if (back?.length !== size) return kept === 0 ? 'does not keep' : `keeps ${kept} bytes, and of ${size} ${back?.length ?? 'none'}`;
      kept = size;
    }
    return `keeps ${kept} bytes and more`;
  } finally {
    // Rejected where there is none.
    await store.removeItem(key).catch(() => undefined);
  }
}

const probes: Readonly<Record<string, string>> = {
  gap: '4px',
  'grid-template-columns': '1fr 1fr',
  transition: 'opacity 1s',
  transform: 'rotate(1deg)',
  'object-fit': 'cover',
  'aspect-ratio': '1 / 1',
};

/** V8 by what it knows, since no version is told: each method came with a later one. */
function engineOf(globals: Globals): string {
  const has = (of: unknown, name: string): boolean => typeof (of as Record<string, unknown> | undefined)?.[name] === 'function';
  const arrays = (globals.Array as { prototype?: unknown } | undefined)?.prototype;
  if (has(globals.Promise, 'withResolvers')) return 'ES2024';
  if (has(arrays, 'toSorted')) return 'ES2023';
  if (has(arrays, 'at')) return 'ES2022';
  return 'ES2021 or older';
}

export const probeText = (probes: readonly Probe[]): string => probes.map(({ name, answer }) => `${name}: ${answer}`).join('\n');

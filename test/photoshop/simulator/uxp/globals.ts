/**
 * The globals that UXP has, for a bare context. What its documentation leaves open (handbook §5: TextEncoder,
 * structuredClone, queueMicrotask) is absent unless a profile adds it.
 */
import { atLeast, type Version } from '../versions.ts';

export interface GlobalsProfile {
  /** Names taken away. */
  readonly without?: readonly string[];
  /** Names of Node's own globals put in all the same. */
  readonly with?: readonly string[];
}

/** Binary types and errors of this realm, so that `instanceof` holds for what the host hands over. */
const sharedTypes = [
  'ArrayBuffer',
  'DataView',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
] as const;

const always = [
  'AbortController',
  'AbortSignal',
  'URL',
  'atob',
  'btoa',
  'clearInterval',
  'clearTimeout',
  'console',
  'setInterval',
  'setTimeout',
  'Blob',
  'Event',
  'EventTarget',
] as const;

const mostRandomBytes = 65_536;

export function uxpGlobals(
  version: Version,
  fetch: unknown,
  requireModule: (name: string) => unknown,
  profile: GlobalsProfile,
): Record<string, unknown> {
  const here = globalThis as unknown as Record<string, unknown>;
  const found = (names: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(names.filter((name) => name in here).map((name) => [name, here[name]]));
  const globals: Record<string, unknown> = {
    ...found(sharedTypes),
    ...found(always),
    fetch,
    require: requireModule,
    crypto: {
      getRandomValues<T extends ArrayBufferView>(array: T): T {
        if (array.byteLength > mostRandomBytes) throw new Error(`getRandomValues takes at most ${mostRandomBytes} bytes`);
        return globalThis.crypto.getRandomValues(array as unknown as Uint8Array<ArrayBuffer>) as unknown as T;
      },
      randomUUID: () => globalThis.crypto.randomUUID(),
    },
    localStorage: plainStorage(),
    sessionStorage: plainStorage(),
    navigator: atLeast(version, 26) ? { language: 'en-US', userAgent: 'UXP' } : { userAgent: 'UXP' },
    ...(atLeast(version, 24, 4) ? { ImageBlob } : {}),
    ...(atLeast(version, 25, 2) ? found(['Headers', 'Request', 'Response', 'FormData']) : {}),
    ...(atLeast(version, 27, 2) ? found(['URLSearchParams']) : {}),
    ...found(profile.with ?? []),
  };
  for (const name of profile.without ?? []) delete globals[name];
  return globals;
}

/** Pixels for an `<img>`, through URL.createObjectURL (7.0). */
class ImageBlob extends Blob {
  constructor(
    pixels: ArrayBufferView | ArrayBuffer,
    options: { width: number; height: number; components: number; componentSize?: number; type?: string },
  ) {
    const { width, height, components, componentSize = 8 } = options;
    if (pixels.byteLength !== (width * height * components * componentSize) / 8)
      throw new Error('ImageBlob: the buffer does not fit its size');
    super([pixels as BlobPart], { type: options.type ?? 'image/uncompressed' });
  }
}

function plainStorage(): object {
  const items = new Map<string, string>();
  return {
    get length(): number {
      return items.size;
    },
    key: (index: number) => [...items.keys()][index] ?? null,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, String(value)),
    removeItem: (key: string) => void items.delete(key),
    clear: () => items.clear(),
  };
}

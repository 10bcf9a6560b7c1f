/**
 * Stand-ins for what a UXP may lack, put in place before any library loads: the bundle's first import. What the host has
 * stays the host's own. Which these are is told by `missing`, for "About this host".
 */
import { PlainHeaders } from './plainHeaders.ts';
import { PlainDecoder, Utf8Encoder } from './textEncoding.ts';

const globals = globalThis as unknown as Record<string, unknown>;

/** Deep copies of plain data: all that is ever given to it here. */
const plainClone = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plainClone);
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainClone(each)]));
};

const standIns: Readonly<Record<string, unknown>> = {
  TextEncoder: Utf8Encoder,
  TextDecoder: PlainDecoder,
  Headers: PlainHeaders,
  // Named by the SDK while it loads and never used by us: answers are read whole.
  ReadableStream: class {},
  structuredClone: plainClone,
  // The JPEG encoder hands its bytes over in one.
  Buffer: { from: (bytes: ArrayLike<number>) => Uint8Array.from(bytes) },
  queueMicrotask: (work: () => void) => void Promise.resolve().then(work),
};

/** Globals that this host lacked. */
export const missing: readonly string[] = Object.keys(standIns).filter((name) => globals[name] === undefined);
for (const name of missing) globals[name] = standIns[name];

/** ES2022's, which the engines of the first UXP versions may not have. */
const objects = Object as { hasOwn?: typeof Object.hasOwn };
objects.hasOwn ??= (of: object, name: PropertyKey) => Object.hasOwn(of, name);
const last = function at<T>(this: ArrayLike<T>, index: number): T | undefined {
  return this[index < 0 ? this.length + index : index];
};
for (const type of [Array, String, Uint8Array, Uint8ClampedArray, Uint16Array, Float32Array]) {
  const methods = type.prototype as { at?: unknown };
  if (methods.at === undefined) Object.defineProperty(methods, 'at', { value: last, writable: true, configurable: true });
}
const texts = String.prototype as { replaceAll?: unknown };
if (texts.replaceAll === undefined)
  Object.defineProperty(texts, 'replaceAll', {
    value: function replaceAll(this: string, what: string, by: string) {
      return this.split(what).join(by);
    },
    writable: true,
    configurable: true,
  });

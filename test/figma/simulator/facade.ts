/** The `figma` global as a plugin holds it: objects without a state of their own over `Operations`. */
import type { Operations } from './operations.ts';
import { HostRef, isPlain } from './values.ts';

export interface Facade {
  readonly figma: PluginAPI;
  /** The object that a plugin holds for a reference, the same one each time. */
  wrap(value: unknown): unknown;
  /** The reference behind such an object. */
  unwrap(value: unknown): unknown;
}

export function createFacade(operations: Operations): Facade {
  const objects = new Map<string, object>();
  const refs = new WeakMap<object, HostRef>();
  const callbacks = new WeakMap<object, (...given: unknown[]) => unknown>();

  const wrap = (value: unknown): unknown => {
    if (value instanceof HostRef) return objectOf(value);
    if (value instanceof Promise) return value.then(wrap);
    if (Array.isArray(value)) return value.some(hasRef) ? Object.freeze(value.map(wrap)) : value;
    if (isPlain(value) && Object.values(value).some(hasRef)) {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, wrap(one)]));
    }
    return value;
  };

  const unwrap = (value: unknown): unknown => {
    if (typeof value === 'function') return callbackOf(value as (...given: unknown[]) => unknown);
    if (typeof value !== 'object' || value === null) return value;
    const ref = refs.get(value);
    if (ref !== undefined) return ref;
    if (Array.isArray(value)) return value.map(unwrap);
    return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unwrap(one)])) : value;
  };

  /** The same for the same function, so that `off` finds what `on` was given. */
  const callbackOf = (heard: (...given: unknown[]) => unknown): ((...given: unknown[]) => unknown) => {
    const known = callbacks.get(heard);
    if (known !== undefined) return known;
    const made = (...given: unknown[]): unknown => unwrap(heard(...given.map(wrap)));
    callbacks.set(heard, made);
    return made;
  };

  const objectOf = (ref: HostRef): object => {
    const key = `${ref.kind} ${ref.id}`;
    const known = objects.get(key);
    if (known !== undefined) return known;
    const made = new Proxy(Object.create(null), {
      // Symbols and `then` are asked for by the language itself: a node can be awaited.
      get: (_, name) => {
        if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
        if (operations.isMethod(ref, name)) return (...given: unknown[]) => wrap(operations.call(ref, name, given.map(unwrap)));
        return wrap(operations.get(ref, name));
      },
      set: (_, name, value) => {
        operations.set(ref, String(name), unwrap(value));
        return true;
      },
      has: (_, name) => typeof name === 'string' && operations.has(ref, name),
      deleteProperty: () => false,
      defineProperty: (_, name) => {
        throw new TypeError(`Cannot add property ${String(name)}, object is not extensible`);
      },
      ownKeys: () => [],
    });
    objects.set(key, made);
    refs.set(made, ref);
    return made;
  };

  return { figma: objectOf(new HostRef('figma', 'figma')) as PluginAPI, wrap, unwrap };
}

function hasRef(value: unknown): boolean {
  if (value instanceof HostRef) return true;
  if (Array.isArray(value)) return value.some(hasRef);
  return isPlain(value) && Object.values(value).some(hasRef);
}

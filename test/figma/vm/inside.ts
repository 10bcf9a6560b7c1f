/** The plug-in's end of the membrane; evaluated in its engine before the plug-in, and leaving nothing there but what Figma gives. */
import { type Ask, createMembrane, type Parcel, type Shape } from './membrane.ts';

/** `send` is the one function of the other realm; answers the function that takes what comes from there. */
export function start(send: (text: string, buffers: readonly ArrayBuffer[]) => readonly [string, readonly ArrayBuffer[]]) {
  const cross = ({ text, buffers }: Parcel): Parcel => {
    const [answer, back] = send(text, buffers);
    return { text: answer, buffers: back };
  };
  // A plug-in's own objects are data to Figma.
  const membrane = createMembrane({ send: cross, isReference: () => false, standIn });
  return {
    /** Gives this realm its globals: object 0 of the other side has them as properties. */
    begin(): void {
      for (const name of membrane.ask('keys', 0, []) as string[])
        Object.defineProperty(globalThis, name, { value: membrane.ask('get', 0, [name]), writable: true, configurable: true });
    },
    receive(text: string, buffers: readonly ArrayBuffer[]): readonly [string, readonly ArrayBuffer[]] {
      const answer = membrane.receive({ text, buffers });
      return [answer.text, answer.buffers];
    },
  };
}

/** A host object: every question goes to the other realm, so that its refusals are heard in its words. */
function standIn(ask: Ask, { fixedKeys }: Shape): object {
  // No plain object, whoever asks.
  const target: object = Object.create(Object.create(Object.prototype));
  // A proxy may only call itself non-extensible when its target is, with the same keys.
  for (const key of fixedKeys ?? []) Object.defineProperty(target, key, { value: undefined, configurable: true, enumerable: true });
  if (fixedKeys !== null) Object.preventExtensions(target);
  const descriptor = (key: string | symbol): PropertyDescriptor | undefined =>
    (ask('keys', 0, []) as (string | symbol)[]).includes(key)
      ? { value: ask('get', 0, [key]), writable: true, enumerable: true, configurable: true }
      : undefined;
  return new Proxy(target, {
    get: (_, key) => ask('get', 0, [key]),
    set: (_, key, value) => ask('set', 0, [key, value]) as boolean,
    has: (_, key) => ask('has', 0, [key]) as boolean,
    deleteProperty: (_, key) => ask('delete', 0, [key]) as boolean,
    defineProperty: (_, key, { value, get, set }) => ask('define', 0, [key, get || set ? { get, set } : { value }]) as boolean,
    ownKeys: () => ask('keys', 0, []) as string[],
    getOwnPropertyDescriptor: (_, key) => descriptor(key),
    getPrototypeOf: () => Object.prototype,
  });
}

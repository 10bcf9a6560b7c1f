/**
 * A membrane between two realms that share no objects: the simulated Figma in Node, and a plug-in in an engine of its own. Both
 * ends run this same code and exchange text and bytes. Plain data is copied, as Figma copies it; host objects, functions and
 * promises cross by reference and keep their identity, so that `node === node` and `figma.off('x', listener)` work as they do
 * in one realm. What is thrown is thrown on, with its name and message.
 */

/** One crossing: the text of what is meant, and the buffers it speaks of. */
export interface Parcel {
  readonly text: string;
  readonly buffers: readonly ArrayBuffer[];
}

export interface MembraneOptions {
  /** Hands a parcel to the other end's `receive`, and answers what that answered. */
  readonly send: (parcel: Parcel) => Parcel;
  /** Whether an object of this realm crosses by reference; other objects are copied. */
  readonly isReference: (value: object) => boolean;
  /** An object of the other realm that is no function and no promise. */
  readonly standIn: (ask: Ask, shape: Shape) => object;
  /** Object 0, which the other realm knows without being given it. */
  readonly root?: object;
  /** Around each call into the other realm, for what it throws when nobody there waits for it. */
  readonly around?: (call: () => unknown) => unknown;
}

export interface Membrane {
  receive(parcel: Parcel): Parcel;
  /** Sends something unasked and answers its result. */
  ask: Ask;
}

export interface Shape {
  /** Its own keys, when it takes no further ones; else null. */
  readonly fixedKeys: readonly (string | symbol)[] | null;
}

/** An operation on an object of the other realm; throws what it throws there. */
export type Ask = (what: Operation, of: number, given: readonly unknown[]) => unknown;

export type Operation = 'get' | 'set' | 'has' | 'keys' | 'delete' | 'define' | 'call' | 'settle';

type Coded =
  | null
  | boolean
  | number
  | string
  | { readonly k: 'undefined' | 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  | { readonly k: 'bigint' | 'date' | 'known-symbol' | 'strange'; readonly v: string }
  | { readonly k: 'list'; readonly v: readonly Coded[]; readonly frozen: boolean }
  | { readonly k: 'record'; readonly v: readonly (readonly [string, Coded])[]; readonly frozen: boolean }
  | { readonly k: 'bytes'; readonly v: number; readonly type: string }
  | { readonly k: 'error'; readonly name: string; readonly message: string; readonly stack: string }
  | Lent
  | { readonly k: 'yours'; readonly v: number };

type Lent = { readonly k: 'mine'; readonly v: number } & (
  | { readonly is: 'object'; readonly keys: readonly Coded[] | null }
  | { readonly is: 'function' | 'promise' }
  | { readonly is: 'symbol'; readonly name: string }
);

interface Question {
  readonly what: Operation;
  readonly of: number;
  readonly given: Coded;
}
interface Answer {
  readonly ok: boolean;
  readonly value: Coded;
}

const bufferTypes: Readonly<Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>> = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  DataView,
};
const errorTypes: Readonly<Record<string, ErrorConstructor>> = { Error, TypeError, RangeError, ReferenceError, SyntaxError };
const knownSymbols = Object.getOwnPropertyNames(Symbol).filter(
  (name) => typeof (Symbol as never as Record<string, unknown>)[name] === 'symbol',
);

export function createMembrane({ send, isReference, standIn, root = {}, around = (call) => call() }: MembraneOptions): Membrane {
  const mine: unknown[] = [root];
  const numbers = new Map<unknown, number>();
  const theirs = new Map<number, unknown>();
  const numbersOfTheirs = new Map<unknown, number>();
  /** How to settle a promise of theirs; one that is settled already arrives after its settling. */
  const settling = new Map<number, (isFulfilled: boolean, value: unknown) => void>();
  const settledEarly = new Map<number, readonly [boolean, unknown]>();

  /** The number by which this realm's value is known on the other side, and whether it is known there yet. */
  const lend = (value: unknown): { readonly v: number; readonly isNew: boolean } => {
    const known = numbers.get(value);
    if (known !== undefined) return { v: known, isNew: false };
    const v = mine.push(value) - 1;
    numbers.set(value, v);
    return { v, isNew: true };
  };

  function encode(value: unknown, buffers: ArrayBuffer[], within: readonly object[] = []): Coded {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (value === undefined) return { k: 'undefined' };
    if (typeof value === 'number')
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { k: Object.is(value, -0) ? '-0' : (String(value) as 'NaN') };
    if (typeof value === 'bigint') return { k: 'bigint', v: String(value) };
    const foreign = numbersOfTheirs.get(value);
    if (foreign !== undefined) return { k: 'yours', v: foreign };
    if (typeof value === 'symbol') {
      const known = knownSymbols.find((name) => (Symbol as never as Record<string, unknown>)[name] === value);
      return known !== undefined
        ? { k: 'known-symbol', v: known }
        : { k: 'mine', v: lend(value).v, is: 'symbol', name: value.description ?? '' };
    }
    if (typeof value === 'function') return { k: 'mine', v: lend(value).v, is: 'function' };
    return encodeObject(value, buffers, within);
  }

  function encodeObject(value: object, buffers: ArrayBuffer[], within: readonly object[]): Coded {
    // Asked first: of a host object, nothing else may be asked before.
    if (isReference(value)) return { k: 'mine', v: lend(value).v, is: 'object', keys: fixedKeys(value, buffers) };
    if (value instanceof Promise) return lendPromise(value);
    if (value instanceof ArrayBuffer) return { k: 'bytes', v: buffers.push(value.slice(0)) - 1, type: 'ArrayBuffer' };
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteOffset, byteLength } = value;
      return {
        k: 'bytes',
        v: buffers.push(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer) - 1,
        type: value.constructor.name,
      };
    }
    if (value instanceof Date) return { k: 'date', v: String(value.getTime()) };
    if (value instanceof Error) return { k: 'error', name: value.name, message: value.message, stack: value.stack ?? '' };
    if (within.includes(value)) throw new TypeError('circular reference');
    const inside = [...within, value];
    const frozen = Object.isFrozen(value);
    if (Array.isArray(value)) return { k: 'list', v: value.map((one) => encode(one, buffers, inside)), frozen };
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return { k: 'strange', v: prototype.constructor?.name ?? '' };
    return { k: 'record', v: Object.entries(value).map(([key, one]) => [key, encode(one, buffers, inside)]), frozen };
  }

  const fixedKeys = (value: object, buffers: ArrayBuffer[]): readonly Coded[] | null =>
    Object.isExtensible(value) ? null : Reflect.ownKeys(value).map((key) => encode(key, buffers));

  /** It is forgotten once it is settled, on both sides, and with it what came of it. */
  function lendPromise(promise: Promise<unknown>): Coded {
    const { v, isNew } = lend(promise);
    const settle = (isFulfilled: boolean, value: unknown): void => {
      numbers.delete(promise);
      mine[v] = undefined;
      ask('settle', v, [isFulfilled, value]);
    };
    if (isNew)
      promise.then(
        (value) => settle(true, value),
        (cause) => settle(false, cause),
      );
    return { k: 'mine', v, is: 'promise' };
  }

  function decode(coded: Coded, buffers: readonly ArrayBuffer[]): unknown {
    if (coded === null || typeof coded !== 'object') return coded;
    switch (coded.k) {
      case 'undefined':
        return undefined;
      case 'NaN':
      case 'Infinity':
      case '-Infinity':
      case '-0':
        return Number(coded.k);
      case 'bigint':
        return BigInt(coded.v);
      case 'date':
        return new Date(Number(coded.v));
      case 'known-symbol':
        return (Symbol as never as Record<string, symbol>)[coded.v];
      case 'strange':
        // Whoever is given it must see that it is not plain.
        return Object.create(Object.create(Object.prototype, { constructor: { value: { name: coded.v } } }));
      case 'list': {
        const list = coded.v.map((one) => decode(one, buffers));
        return coded.frozen ? Object.freeze(list) : list;
      }
      case 'record': {
        const record = Object.fromEntries(coded.v.map(([key, one]) => [key, decode(one, buffers)]));
        return coded.frozen ? Object.freeze(record) : record;
      }
      case 'bytes':
        return coded.type === 'ArrayBuffer' ? buffers[coded.v] : new (bufferTypes[coded.type] ?? Uint8Array)(buffers[coded.v]);
      case 'error': {
        const error = new (errorTypes[coded.name] ?? Error)(coded.message);
        if (error.name !== coded.name) error.name = coded.name;
        Object.defineProperty(error, 'stack', {
          value: `${coded.name}: ${coded.message}\n${coded.stack}`,
          configurable: true,
          writable: true,
        });
        return error;
      }
      case 'yours':
        return mine[coded.v];
      case 'mine': {
        if (theirs.has(coded.v)) return theirs.get(coded.v);
        const made = makeTheirs(coded, buffers);
        // A promise that is settled already is known no more on the other side.
        if (coded.is === 'promise' && !settling.has(coded.v)) return made;
        theirs.set(coded.v, made);
        numbersOfTheirs.set(made, coded.v);
        return made;
      }
    }
  }

  function makeTheirs(coded: Lent, buffers: readonly ArrayBuffer[]): unknown {
    switch (coded.is) {
      case 'symbol':
        return Symbol(coded.name);
      case 'promise':
        return new Promise((resolve, reject) => {
          const settle = (isFulfilled: boolean, value: unknown): void => (isFulfilled ? resolve : reject)(value);
          const early = settledEarly.get(coded.v);
          if (early === undefined) settling.set(coded.v, settle);
          else settle(...early);
          settledEarly.delete(coded.v);
        });
      case 'function':
        return function (this: unknown, ...given: unknown[]): unknown {
          return around(() => ask('call', coded.v, [this, ...given]));
        };
      case 'object':
        return standIn((what, _, given) => ask(what, coded.v, given), {
          fixedKeys: coded.keys && (coded.keys.map((key) => decode(key, buffers)) as (string | symbol)[]),
        });
    }
  }

  const pack = (message: (buffers: ArrayBuffer[]) => Question | Answer): Parcel => {
    const buffers: ArrayBuffer[] = [];
    return { text: JSON.stringify(message(buffers)), buffers };
  };

  const ask: Ask = (what, of, given) => {
    const answer = send(pack((buffers) => ({ what, of, given: encode(given, buffers) })));
    const { ok, value } = JSON.parse(answer.text) as Answer;
    const decoded = decode(value, answer.buffers);
    if (!ok) throw decoded;
    return decoded;
  };

  function act(what: Operation, of: number, given: readonly unknown[]): unknown {
    if (what === 'settle') {
      const [isFulfilled, value] = given as [boolean, unknown];
      const settle = settling.get(of);
      settling.delete(of);
      numbersOfTheirs.delete(theirs.get(of));
      theirs.delete(of);
      if (settle === undefined) settledEarly.set(of, [isFulfilled, value]);
      else settle(isFulfilled, value);
      return undefined;
    }
    const target = mine[of] as object;
    const key = given[0] as string;
    switch (what) {
      case 'call':
        return Reflect.apply(target as () => unknown, given[0], given.slice(1));
      case 'get':
        return Reflect.get(target, key);
      case 'set':
        return Reflect.set(target, key, given[1]);
      case 'has':
        return Reflect.has(target, key);
      case 'keys':
        return Reflect.ownKeys(target);
      case 'delete':
        return Reflect.deleteProperty(target, key);
      case 'define':
        return Reflect.defineProperty(target, key, given[1] as PropertyDescriptor);
    }
  }

  return {
    ask,
    receive({ text, buffers }) {
      try {
        const { what, of, given } = JSON.parse(text) as Question;
        const value = act(what, of, decode(given, buffers) as unknown[]);
        return pack((out) => ({ ok: true, value: encode(value, out) }));
      } catch (cause) {
        return pack((out) => ({ ok: false, value: encode(cause, out) }));
      }
    },
  };
}

/** What crosses between a plugin and the simulated Figma besides plain data: host objects, by reference. */

/** `figma.mixed`. */
export const mixed: unique symbol = Symbol('figma.mixed');

export type HostKind =
  | 'figma'
  | 'ui'
  | 'clientStorage'
  | 'viewport'
  | 'parameters'
  | 'node'
  | 'image'
  | 'style'
  | 'notification'
  | 'droppedFile'
  | 'suggestions';

/** A host object as plain data: its state lies in the document or in the run, never in the object that a plugin holds. */
export class HostRef {
  readonly kind: HostKind;
  readonly id: string;
  /** Node type of a node: known even after the node is gone. */
  readonly type: string;
  constructor(kind: HostKind, id: string, type = '') {
    this.kind = kind;
    this.id = id;
    this.type = type;
  }
}

export type Transform = readonly [readonly [number, number, number], readonly [number, number, number]];
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What Figma throws from a method or setter: `in resize: …`. */
export function refuse(where: string, why: string): never {
  throw new Error(`in ${where}: ${why}`);
}

/** Something real Figma has and this simulator has not; no plugin of ours may depend on it before it is modelled. */
export function notModelled(what: string): never {
  throw new Error(`the Figma simulator does not model ${what}`);
}

/**
 * A frozen copy, all the way down, with numbers as Figma keeps them, in 32 bits: what was 0.1 is read as 0.10000000149011612. Host
 * objects, bytes and symbols stay as they are.
 */
export function kept<T>(value: T): T {
  if (typeof value === 'number') return Math.fround(value) as T;
  if (Array.isArray(value)) return Object.freeze(value.map(kept)) as T;
  if (isPlain(value)) return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, kept(one)]))) as T;
  return value;
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/**
 * Where the data of a take lies: in Figma's shared plug-in data, so that it travels with the node into copies and other files.
 * A take that is a further fill of the user's own node has its data there too, under keys that end in the picture's hash.
 */
import type { NodeId } from './hostCalls.ts';

export const takeNamespace = 'retake';

export type TakeKey = 'story' | 'grid' | 'provenance';

export const takeKey = (key: TakeKey, paint: PaintRef | null): string => (paint === null ? key : `${key}-${paint.hash}`);

/** Its presence says that a node only keeps a take's place; such a node is never listed, read or copied. */
export const placeholderKey = 'placeholder';

/** Its presence says that a node holds the file's history; such a node, with all in it, is never listed, read or copied. */
export const shelfKey = 'shelf';

/** A paint on a node, by its picture. */
export interface PaintRef {
  readonly node: NodeId;
  /** Figma's hash of the picture. */
  readonly hash: string;
}

/** Figma's own identifiers hold digits, letters, `:` and `;` only. */
export const paintRef = ({ node, hash }: PaintRef): NodeId => `${node}#${hash}`;

/** Null for what is the identifier of a node. */
export function readPaintRef(ref: NodeId): PaintRef | null {
  const at = ref.indexOf('#');
  return at < 0 ? null : { node: ref.slice(0, at), hash: ref.slice(at + 1) };
}

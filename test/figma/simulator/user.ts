/** A person who has the file open: what is selected, which page, own undo history, own machine. */
import type { Journal } from './undo.ts';

export interface SimUser {
  readonly name: string;
  /** The part before the colon in the identifiers of nodes that this person makes. */
  readonly session: number;
  journal: Journal;
  currentPage: string;
  viewport: { readonly center: { readonly x: number; readonly y: number }; readonly zoom: number };
  /** By page. */
  readonly selection: Map<string, readonly string[]>;
  /** By plugin, then key: this machine's `clientStorage`. */
  readonly storage: Map<string, Map<string, unknown>>;
}

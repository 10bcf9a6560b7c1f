/**
 * The shelves of a Figma file that a document's history lies on, and the user's settings on this machine; the panel's side
 * makes stores of them. A shelf is a hidden node that one sitting alone writes to: Figma merges what two people change field by
 * field, and all plug-in data of a node may count as one field (docs/decisions/0014).
 */
import type { Failure } from '../../shared/core/failure.ts';
import type { Result } from '../../shared/core/result.ts';

type Call<Ask, Answer> = { readonly ask: Ask; readonly answer: Result<Answer, Failure> };

/** Who writes: each machine has a frame of its own in the file, and each sitting a shelf in that. */
export interface ShelfWriter {
  readonly machine: string;
  readonly sitting: string;
}

export interface ShelfText {
  readonly key: string;
  /** null takes it away. */
  readonly text: string | null;
}

export interface ShelfChange {
  /** As the shelves stood right before the change, and as they stand after it. */
  readonly before: number;
  readonly after: number;
}

/** Where a picture lies: kept as JSON under its key. */
export interface KeptPicture {
  /** `carrier`: a tiny picture that has the bytes inside. */
  readonly as: 'picture' | 'carrier';
  /** Figma's own hash. */
  readonly hash: string;
}

export type StoreCalls = {
  /** Texts by key, null for what is not there; and all keys of all shelves, unless they are as they were at `known`. */
  readTexts: Call<
    { readonly keys: readonly string[]; readonly known: number | null },
    { readonly texts: readonly (string | null)[]; readonly version: number; readonly keys: readonly string[] | null }
  >;
  /**
   * On the writer's own shelf, and `spent` keys off those of the same machine's earlier sittings: all of it or nothing. Then Figma is
   * let go of the pictures with the hashes in `drop`.
   */
  writeTexts: Call<
    {
      readonly writer: ShelfWriter;
      readonly texts: readonly ShelfText[];
      readonly spent: readonly string[];
      readonly drop: readonly string[];
    },
    ShelfChange
  >;
  /** Keeps a picture as the fill of a hidden node and says so under `key`. null: Figma takes no such picture, or has it no more. */
  keepPicture: Call<
    {
      readonly writer: ShelfWriter;
      readonly key: string;
      readonly as: KeptPicture['as'];
      readonly picture: { readonly bytes: Uint8Array } | { readonly hash: string };
    },
    (ShelfChange & { readonly kept: KeptPicture }) | null
  >;
  readPicture: Call<{ readonly hash: string }, Uint8Array | null>;
  /** The user's own settings on this machine (`clientStorage`). */
  getSetting: Call<{ readonly key: string }, string | null>;
  setSetting: Call<{ readonly key: string; readonly value: string | null }, null>;
};

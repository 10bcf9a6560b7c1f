/** The raw shelves of Figma that a document's history and the user's settings lie on; the panel's side makes stores of them. */
import type { Failure } from '../../shared/core/failure.ts';
import type { Result } from '../../shared/core/result.ts';

type Call<Ask, Answer> = { readonly ask: Ask; readonly answer: Result<Answer, Failure> };

export type StoreCalls = {
  /** Texts in the file's shared plug-in data, by key. */
  readTexts: Call<{ readonly keys: readonly string[] }, readonly (string | null)[]>;
  /** null removes; all of one call, or none of it. */
  writeTexts: Call<{ readonly texts: readonly { readonly key: string; readonly text: string | null }[] }, null>;
  textKeys: Call<null, readonly string[]>;
  /** A picture that stays with the file as the fill of a hidden node; answers Figma's own hash of it. */
  keepPicture: Call<{ readonly name: string; readonly bytes: Uint8Array }, { readonly hash: string }>;
  readPicture: Call<{ readonly hash: string }, Uint8Array | null>;
  dropPicture: Call<{ readonly name: string }, null>;
  /** The user's own settings on this machine (`clientStorage`). */
  getSetting: Call<{ readonly key: string }, string | null>;
  setSetting: Call<{ readonly key: string; readonly value: string | null }, null>;
};

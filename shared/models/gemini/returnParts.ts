/**
 * The model's own parts go out as the very characters in which they came. The SDK takes objects and writes them anew, so
 * it is given a stand-in for each part, and the text it has written gets the part in the stand-in's place.
 */
import type { RawPart } from '../../core/model.ts';
import type { Fetch } from './exchange.ts';

export interface StandIns {
  /** In the order of the request. */
  readonly parts: readonly RawPart[];
  /** The text of the stand-in for `parts[index]`. */
  textOf(index: number): string;
}

/** `texts`: everything else that the request says; no stand-in can be taken for one of them. */
export function standInsFor(parts: readonly RawPart[], texts: readonly string[]): StandIns {
  let mark = 'part';
  while (texts.some((text) => text.startsWith(mark))) mark += '-';
  return { parts, textOf: (index) => `${mark}:${index}` };
}

/** `fetch`, with the parts in their places. Throws before anything is sent when the body is not what was expected. */
export const returningParts =
  (fetch: Fetch, standIns: StandIns): Fetch =>
  (input, init) => {
    if (standIns.parts.length === 0) return fetch(input, init);
    if (typeof init?.body !== 'string') throw new Error('The earlier turns cannot be returned: the request is not a text.');
    return fetch(input, { ...init, body: withParts(init.body, standIns) });
  };

function withParts(body: string, { parts, textOf }: StandIns): string {
  const pieces: string[] = [];
  let from = 0;
  parts.forEach((part, index) => {
    // Nothing inside a JSON string looks like this, because its quotation marks are escaped there.
    const standIn = JSON.stringify({ text: textOf(index) });
    const at = body.indexOf(standIn, from);
    if (at < 0 || body.indexOf(standIn) !== body.lastIndexOf(standIn))
      throw new Error(`The earlier turns cannot be returned: part ${index + 1} of ${parts.length} has no single place in the request.`);
    pieces.push(body.slice(from, at), part);
    from = at + standIn.length;
  });
  return [...pieces, body.slice(from)].join('');
}

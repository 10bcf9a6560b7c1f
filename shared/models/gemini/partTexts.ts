/**
 * The model's parts as the service wrote them: slices of its answer's own characters. It wants them back unchanged, and
 * whoever parses and writes JSON again changes it: the SDK reorders a part's fields and drops those that it does not know,
 * and numbers and escapes have several spellings.
 *
 * Text that JSON.parse has taken needs no grammar, it is skipped through. Nearly all of it is strings (a 4K picture is
 * 10 MB of base64), and their end is the next quotation mark.
 */
import type { RawPart } from '../../core/model.ts';

/** Of the first candidate, in order; [] when it has none. `body` is a text that JSON.parse takes. */
export function partTexts(body: string): readonly RawPart[] {
  let at: number | null = pastSpace(body, 0);
  for (const step of ['candidates', 0, 'content', 'parts'] as const) at = at === null ? null : childAt(body, at, step);
  return at === null || body[at] !== '[' ? [] : childrenAt(body, at).map(({ start, end }) => body.slice(start, end));
}

interface Child {
  /** null in an array. */
  readonly name: string | null;
  readonly start: number;
  readonly end: number;
}

function childAt(body: string, at: number, step: string | number): number | null {
  const children = childrenAt(body, at);
  // Of a name that stands twice the last one counts, as for JSON.parse.
  const child = typeof step === 'number' ? children[step] : children.filter(({ name }) => name === step).at(-1);
  return child?.start ?? null;
}

/** Of the object or array that begins at `at`; [] for any other value. */
function childrenAt(body: string, at: number): readonly Child[] {
  const isObject = body[at] === '{';
  if (!isObject && body[at] !== '[') return [];
  const children: Child[] = [];
  let next = pastSpace(body, at + 1);
  while (body[next] !== '}' && body[next] !== ']') {
    let name: string | null = null;
    if (isObject) {
      const end = pastString(body, next);
      name = JSON.parse(body.slice(next, end)) as string;
      next = pastSpace(body, pastSpace(body, end) + 1);
    }
    const end = pastValue(body, next);
    children.push({ name, start: next, end });
    next = pastSpace(body, end);
    if (body[next] === ',') next = pastSpace(body, next + 1);
  }
  return children;
}

function pastValue(body: string, at: number): number {
  if (body[at] === '"') return pastString(body, at);
  if (body[at] !== '{' && body[at] !== '[') return past(body, at, /[^\s,\]}]*/y);
  const marks = /["{}[\]]/g;
  let depth = 0;
  marks.lastIndex = at;
  for (let mark = marks.exec(body); mark !== null; mark = marks.exec(body)) {
    if (mark[0] === '"') marks.lastIndex = pastString(body, mark.index);
    else depth += mark[0] === '{' || mark[0] === '[' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return body.length;
}

function pastString(body: string, at: number): number {
  for (let end = body.indexOf('"', at + 1); end >= 0; end = body.indexOf('"', end + 1)) {
    let escapes = 0;
    while (body[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return body.length;
}

const pastSpace = (body: string, at: number): number => past(body, at, /\s*/y);

function past(body: string, at: number, what: RegExp): number {
  what.lastIndex = at;
  what.exec(body);
  return what.lastIndex;
}

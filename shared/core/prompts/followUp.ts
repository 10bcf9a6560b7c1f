/**
 * What an instruction says about the rounds before it. Deliberately narrow, like `readIntent`: words that are not surely
 * about going back are an ordinary instruction, and reach the model as they were typed.
 */
export interface FollowUp {
  /** How many rounds to go back before anything is asked; `all` to the layer itself, 0 for none. */
  readonly back: number | 'all';
  /** What is left to ask from there, '' when going back was all. The whole instruction when `back` is 0. */
  readonly rest: string;
  /** It cannot be understood without the picture before it ("more", "again but softer"). */
  readonly isElliptical: boolean;
  /** It says the last round in another way ("now green", "rather at night"), and means the same thing by it. */
  readonly isRevision: boolean;
}

const numbers: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  couple: 2,
  last: 1,
  previous: 1,
  twice: 2,
};

const number = '(\\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|a couple(?: of)?)';
const unit = '(?:steps?|rounds?|takes?|versions?|edits?|changes?|times?)';
const start = '^(?:please |ok(?:ay)?,? |now,? )*';

/** Each answers the number of rounds in its first group, or none for one round. */
const stepsBack: readonly RegExp[] = [
  new RegExp(`${start}(?:go|step|move|jump|take me) back (?:by )?${number}(?: (?:more )?${unit})?`, 'i'),
  new RegExp(`${start}(?:go|step|move|jump|take me) back an? ${unit}`, 'i'),
  new RegExp(`${start}(?:go|step|get|take me) back to (?:the |my )?(?:one|${unit}|picture|result) before(?: (?:that|this|it))?`, 'i'),
  new RegExp(`${start}(?:go |return |revert |back )+to (?:the |my )?(?:previous|last) (?:one|${unit}|picture|result)`, 'i'),
  new RegExp(`${start}(?:undo|revert|take back) (?:the )?(?:last |previous )?${number} ?(?:${unit})?`, 'i'),
  new RegExp(`${start}undo twice`, 'i'),
  new RegExp(`${start}(?:undo|revert|take back) (?:that|this|it|(?:the |my )?(?:last|previous) (?:one|${unit}|thing))`, 'i'),
  new RegExp(`${start}(?:undo|go back|step back)`, 'i'),
];

const allBack: readonly RegExp[] = [
  new RegExp(
    `${start}(?:go |return |revert |get )*(?:back )?to (?:the |my )?(?:original(?: (?:layer|picture|photo|image))?|start|beginning)`,
    'i',
  ),
  new RegExp(`${start}(?:start|begin) (?:over|again|afresh|anew)(?: from (?:the )?(?:original|start|beginning|scratch))?`, 'i'),
  new RegExp(`${start}undo (?:everything|all(?: of (?:that|it))?)`, 'i'),
];

/** What may stand between going back and what is asked next; anything else means that the words said something else. */
const joint =
  /^(?:[\s.,;:!…–-]*$|[\s]*(?:[.,;:!…–-]+|\band\b|\bthen\b|\bbut\b|\binstead\b)[\s.,;:]*(?:(?:and|then|but|instead|now)\b[\s,]*)*)/i;

const elliptical =
  /^(?:and |but |now |ok(?:ay)?,? |please |just )*(?:(?:a (?:little|tiny )?(?:bit|touch|little|lot)|slightly|much|even|far|still|way) )*(?:more|less|again|stronger|weaker|softer|harder|once more|same again|the same again|try again|another (?:one|try|go|version)|not (?:so|that|quite)|too (?:much|little|strong|weak|dark|bright|far))\b/i;

const revision = /^(?:ok(?:ay)?,? |and |but |no,? |please |make (?:it|that) )*(?:now|rather|instead|actually)\b,?(?: [^\s]+){1,3}[.!]?$/i;
/** What begins another round rather than changing the last one. */
const another = /\b(?:add|put|remove|erase|delete|replace|also|make|turn)\b/i;

export function readFollowUp(instruction: string): FollowUp {
  const words = instruction.trim();
  for (const pattern of allBack) {
    const rest = restAfter(words, pattern.exec(words));
    if (rest !== null) return { back: 'all', rest, isElliptical: false, isRevision: false };
  }
  for (const pattern of stepsBack) {
    const match = pattern.exec(words);
    const rest = restAfter(words, match);
    if (match !== null && rest !== null) return { back: countOf(match), rest, isElliptical: false, isRevision: false };
  }
  return { back: 0, rest: words, isElliptical: elliptical.test(words), isRevision: revision.test(words) && !another.test(words) };
}

function restAfter(words: string, match: RegExpExecArray | null): string | null {
  if (match === null) return null;
  const after = words.slice(match[0].length);
  const joined = joint.exec(after);
  return joined === null ? null : after.slice(joined[0].length).trim();
}

function countOf(match: RegExpExecArray): number {
  if (/twice$/i.test(match[0])) return 2;
  const said = match[1]?.toLowerCase();
  if (said === undefined) return 1;
  return /^\d/.test(said) ? Math.max(1, Number(said)) : (numbers[said.replace(/^a couple.*/, 'couple')] ?? 1);
}

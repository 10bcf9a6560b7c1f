/**
 * An instruction as tokens: quoted texts set apart, phrases joined, numbers read, one wrong letter forgiven in the words
 * that the offline model knows.
 */
import { colorNames, colorOfHex, colorShifts, type NamedColor, shiftedColor } from './colors.ts';
import { shapeNames } from './commands.ts';
import { hueDifference } from './oklab.ts';
import { effectWords } from './vocabulary.ts';

export type Token =
  | { readonly kind: 'word'; readonly word: string; readonly typed: string }
  | { readonly kind: 'color'; readonly color: NamedColor; readonly typed: string }
  | { readonly kind: 'number'; readonly value: number; readonly percent: boolean }
  | { readonly kind: 'quote'; readonly text: string }
  /** Ends a clause: a full stop, a comma, a line. */
  | { readonly kind: 'stop' };

export const verbs = {
  change:
    'make turn change recolour recolor paint dye colour color replace swap convert set switch shift give render use apply match let get',
  add: 'add put place write draw insert overlay stamp type print include',
  more: 'increase boost raise enhance improve',
  less: 'reduce decrease lower',
  remove: 'remove delete erase drop',
} as const;
export type VerbKind = keyof typeof verbs;
export const verbOf: ReadonlyMap<string, VerbKind> = new Map(
  (Object.keys(verbs) as VerbKind[]).flatMap((kind) => verbs[kind].split(' ').map((word) => [word, kind] as const)),
);

/** How much, as a factor on the plain word. */
export const intensities: ReadonlyMap<string, number> = new Map(
  Object.entries({
    barely: 0.3,
    subtly: 0.4,
    subtle: 0.4,
    slightly: 0.5,
    slight: 0.5,
    gently: 0.5,
    tad: 0.5,
    touch: 0.5,
    bit: 0.55,
    little: 0.55,
    somewhat: 0.75,
    rather: 0.9,
    quite: 1.1,
    strongly: 1.6,
    strong: 1.6,
    heavily: 1.8,
    heavy: 1.8,
    very: 1.6,
    really: 1.6,
    much: 1.7,
    far: 1.8,
    lot: 1.8,
    way: 1.8,
    extremely: 2.4,
    super: 2,
    dramatically: 2.2,
    twice: 2,
    double: 2,
  }),
);

export const verticals: Readonly<Record<string, 'top' | 'middle' | 'bottom'>> = {
  top: 'top',
  upper: 'top',
  bottom: 'bottom',
  lower: 'bottom',
};
export const horizontals: Readonly<Record<string, 'left' | 'right'>> = { left: 'left', right: 'right' };
export const middles = new Set(['middle', 'centre', 'center', 'central', 'centred', 'centered']);
export const placeNouns = new Set(['half', 'side', 'corner', 'part', 'third', 'quarter', 'area', 'edge', 'end']);

export const sizes: ReadonlyMap<string, number> = new Map(
  Object.entries({
    tiny: 0.4,
    small: 0.6,
    smaller: 0.6,
    little: 0.6,
    medium: 1,
    big: 1.5,
    large: 1.5,
    larger: 1.5,
    bigger: 1.5,
    huge: 2.2,
    giant: 2.4,
  }),
);

const shapeAliases: Readonly<Record<string, string>> = {
  disc: 'circle',
  disk: 'circle',
  dot: 'circle',
  oval: 'circle',
  box: 'square',
  rhombus: 'diamond',
  border: 'frame',
  plus: 'cross',
  crescent: 'moon',
  rosette: 'badge',
  sticker: 'badge',
  donut: 'ring',
};

/** Said around a command and changing nothing in it. */
const fillers = new Set(
  (
    'please kindly could can would will you we i us me my your hey hi hello thanks thank the a an this that these those it its he she his her their them ' +
    'image picture photo photograph layer whole entire all everything every overall of in on at by be is are as so do does look looks looking like appear seem effect filter style ' +
    'version feel feeling want need wish should must just only simply maybe perhaps also some any more-or-less now instead here there for from to into with using via ' +
    "it's i'd let's let way which who whose one ones thing things shade shades hue hues tone tones colored coloured colour color colours colors overlay result new same than such while too not no time day daytime"
  ).split(' '),
);
export const isFiller = (word: string): boolean => fillers.has(word);

const otherWords = [
  ...'background backdrop ground subject text title caption headline words word label letters saying lettering font bold more less again undo revert back previous stronger weaker reference except but keep leave without horizontally vertically horizontal vertical half percent transparent reds blues greens'.split(
    ' ',
  ),
];

const shapes = new Set<string>(shapeNames);
export function shapeOf(word: string): string | null {
  const single = word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
  for (const candidate of [word, single]) {
    if (shapes.has(candidate)) return candidate;
    const alias = shapeAliases[candidate];
    if (alias !== undefined) return alias;
  }
  return null;
}

const known = new Set<string>([
  ...effectWords.keys(),
  ...verbOf.keys(),
  ...intensities.keys(),
  ...sizes.keys(),
  ...shapes,
  ...Object.keys(verticals),
  ...Object.keys(horizontals),
  ...middles,
  ...placeNouns,
  ...fillers,
  ...otherWords,
  ...Object.keys(colorShifts),
]);

/** Words worth correcting to, by length; fillers and short words are not. */
const correctable = [
  ...new Set([...effectWords.keys(), ...verbOf.keys(), ...colorNames.keys(), ...shapes, ...otherWords, 'centre', 'slightly']),
].filter((word) => word.length >= 4 && !word.includes('-'));

/** Common words one letter away from one of ours; what they name is not ours. */
const notTypos = new Set(
  'house mouse horse shirt skirt short shoes shoe sheet street cloud clouds crowd crown bread beard board road tent test next lime line lines time wine wing ring rings hair chair stair stairs stars grass glass class plane plant plate place paper flower flowers towel tower bowl boat coat goat hat cat car cup face lace lake cake hand sand band land wand wall ball hall tall tree trees greet greek great beach peach teach book look cook bird words sword light right night sight fight might tight lights night sky skin sink lips hips lipstick ships shape shapes read head dead bed pillow yellow fellow hello brow frown drown grown bride bridge tan pan man fan van women woman person people child field shield sign signs cover lover over river roses noise nose rosy pose soft sofa loft draw drawn raw window shadow mellow logo floor door table cable label stone store story bronze mint hint point paint pint print dress press cross blouse glove gloves sleeve jeans beans trousers sweater jumper jacket scarf collar'.split(
    ' ',
  ),
);

/** Whether one letter was missed, doubled, mistyped or swapped with its neighbour. */
export function isOneSlip(typed: string, word: string): boolean {
  if (typed === word || Math.abs(typed.length - word.length) > 1) return false;
  let at = 0;
  while (at < typed.length && at < word.length && typed[at] === word[at]) at++;
  if (typed.slice(at + 1) === word.slice(at)) return true;
  if (typed.slice(at) === word.slice(at + 1)) return true;
  if (typed.slice(at + 1) === word.slice(at + 1)) return true;
  return typed[at] === word[at + 1] && typed[at + 1] === word[at] && typed.slice(at + 2) === word.slice(at + 2);
}

function corrected(typed: string): string {
  if (typed.length < 4 || known.has(typed) || colorNames.has(typed) || notTypos.has(typed) || shapeOf(typed) !== null) return typed;
  // Four letters leave too many neighbours: there only a swap or a doubled letter counts, and the first letter stays.
  const candidates = correctable.filter(
    (word) =>
      word[0] === typed[0] && isOneSlip(typed, word) && (typed.length > 4 || [...typed].sort().join('') === [...word].sort().join('')),
  );
  return candidates[0] ?? typed;
}

const phrases: readonly (readonly [RegExp, string])[] = [
  [/\b(?:black\s*(?:&|and|\+)\s*white|b\s*&\s*w)\b(?!\s+(?:stripes|checks|dots))/g, ' black-and-white '],
  [/\bline[\s-]+(art|drawing)\b/g, ' line-$1 '],
  [/\b(?:cut(?:ting)?|clip)[\s-]+(?:(it|this|the subject|the person|the object)\s+)?out\b/g, ' cut-out '],
  [/\bknock(?:ed)?[\s-]+out\b/g, ' cut-out '],
  [/\bout[\s-]+of[\s-]+focus\b/g, ' out-of-focus '],
  [/\bupside[\s-]+down\b/g, ' upside-down '],
  [/\bnight[\s-]+time\b/g, ' nighttime '],
  [/\btwo[\s-]+(tone|colour|color)\b/g, ' duotone '],
  [/\bgo(?:ing)?\s+back\b|\bput\s+it\s+back\b/g, ' undo '],
  [/\bwashed[\s-]+out\b/g, ' faded '],
  [/\bupper[\s-]+case\b/g, ' '],
  [/\bdo\s*(?:n['’]?t|\s+not)\b/g, ' without '],
  [/\bright[\s-]+hand\b/g, ' right '],
  [/\bleft[\s-]+hand\b/g, ' left '],
  [/\bper\s*cent\b/g, ' percent '],
];

// A private-use character, which no keyboard types.
const quoteMark = '\ue000';
/** Double, curly and angle quotes anywhere; single ones only around whole words, because of apostrophes, which may stand inside. */
const quotes =
  /"([^"]{1,400})"|“([^”“]{1,400})[”“]|„([^“”]{1,400})[“”]|«([^»]{1,400})»|‘([^’‘]{1,400})’(?!\w)|(?<!\w)'((?:[^']|(?<=\w)'(?=\w)){1,400})'(?!\w)/g;

export function tokenise(instruction: string): Token[] {
  const quoted: string[] = [];
  let text = instruction.slice(0, 20_000).replace(quotes, (_, ...groups: (string | undefined)[]) => {
    quoted.push((groups.slice(0, 6).find((group) => group !== undefined) ?? '').trim());
    return ` ${quoteMark} `;
  });
  text = text.toLowerCase().replace(/’/g, "'").replace(/'s\b/g, '');
  for (const [pattern, to] of phrases) text = text.replace(pattern, to);
  const pieces = text.match(/\ue000|#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|\d+(?:\.\d+)?\s*%?|→|->|=>|[\p{L}][\p{L}'-]*|[,;.!?\n:&+]/gu) ?? [];
  const tokens: Token[] = [];
  let nextQuote = 0;
  for (const piece of pieces) {
    if (piece === quoteMark) tokens.push({ kind: 'quote', text: quoted[nextQuote++] ?? '' });
    else if (/^[,;.!?\n:]$/.test(piece)) tokens.push({ kind: 'stop' });
    else if (piece === '&' || piece === '+') tokens.push({ kind: 'word', word: 'and', typed: piece });
    else if (piece === '→' || piece === '->' || piece === '=>') tokens.push({ kind: 'word', word: 'to', typed: piece });
    else if (piece.startsWith('#')) tokens.push({ kind: 'color', color: colorOfHex(piece) as NamedColor, typed: piece });
    else if (/^\d/.test(piece)) tokens.push({ kind: 'number', value: Number.parseFloat(piece), percent: piece.endsWith('%') });
    else tokens.push(wordToken(piece));
  }
  return joinColors(tokens);
}

const manner = /^(.{3,})(?:ish|er)$/;

function wordToken(typed: string): Token {
  const word = leaning(typed) === null ? corrected(typed) : typed;
  const color = colorNames.get(word) ?? (word.endsWith('s') ? colorNames.get(word.slice(0, -1)) : undefined);
  if (color !== undefined) return { kind: 'color', color, typed: word };
  return { kind: 'word', word, typed };
}

/** "bluer" and "bluish": the colour they lean to, or null. */
export function leaning(word: string): NamedColor | null {
  const stem = manner.exec(word)?.[1];
  if (stem === undefined || known.has(word)) return null;
  // reddish, redder · bluish, bluer · pinker
  for (const candidate of [stem, `${stem}e`, stem.slice(0, -1)]) {
    const color = colorNames.get(candidate);
    if (color !== undefined) return color;
  }
  return null;
}

/** "light blue", "sky blue" and "navy blue" are one colour each. */
function joinColors(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (const token of tokens) {
    const before = out[out.length - 1];
    if (token.kind !== 'color' || before === undefined) {
      out.push(token);
      continue;
    }
    const word = before.kind === 'word' ? before.word : before.kind === 'color' ? before.typed : '';
    const joined = colorNames.get(word + token.typed);
    if (joined !== undefined)
      out[out.length - 1] = { kind: 'color', color: { ...joined, name: `${word} ${token.typed}` }, typed: `${word} ${token.typed}` };
    else if (before.kind === 'word' && colorShifts[word] !== undefined)
      out[out.length - 1] = { kind: 'color', color: shiftedColor(word, token.color), typed: `${word} ${token.typed}` };
    else if (before.kind === 'color' && !basic.has(before.color.name) && basic.has(token.color.name) && isKin(before.color, token.color))
      continue;
    else out.push(token);
  }
  return out;
}

/** "mustard yellow" names one colour, "beige purple" two. */
function isKin(a: NamedColor, b: NamedColor): boolean {
  return a.seen.kind === 'hue' && b.seen.kind === 'hue' && Math.abs(hueDifference(a.seen.hue, b.seen.hue)) < 38;
}

const basic = new Set(['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'brown', 'grey', 'white', 'black', 'gold']);

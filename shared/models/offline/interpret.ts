/**
 * From tokens to commands. An instruction is cut into clauses; each clause is sorted into slots (verb, effect words,
 * colours, place, amount, things) and must be understood whole: a word that fits no slot makes it unknown, because
 * half of a sentence carried out is worse than a question.
 */
import type { NamedColor } from './colors.ts';
import type { ColorSource, Command, Effect, Place, ShapeName, Target } from './commands.ts';
import { type EntryId, effectWords } from './vocabulary.ts';
import {
  horizontals,
  intensities,
  isFiller,
  leaning,
  middles,
  placeNouns,
  shapeOf,
  sizes,
  type Token,
  tokenise,
  type VerbKind,
  verbOf,
  verticals,
} from './words.ts';

export type Meaning =
  | { readonly kind: 'commands'; readonly commands: readonly Command[] }
  /** About the step before: once more, stronger or weaker; in another colour; or taken back. */
  | { readonly kind: 'again'; readonly factor: number }
  | { readonly kind: 'weaker'; readonly factor: number }
  | { readonly kind: 'instead'; readonly color: NamedColor }
  | { readonly kind: 'undo' }
  | { readonly kind: 'unknown' };

export function interpret(instruction: string): Meaning {
  const clauses = split(tokenise(instruction));
  const commands: Command[] = [];
  let verb: VerbKind | null = null;
  let flipping = false;
  for (const tokens of clauses) {
    const first = tokens[0];
    if (first?.kind === 'word' && dropped.has(first.word)) continue;
    const slots = sort(tokens);
    // In "make the red square blue" the square is a thing that is there, not one to draw.
    const isDrawing = (slots.verb ?? verb ?? 'add') === 'add';
    if (!isDrawing) slots.things.push(...slots.shapes.splice(0).map(({ name, at }) => ({ word: name, at })));
    // "flip horizontally and vertically": the second clause has only the direction.
    if (flipping && slots.effects.length === 0 && slots.axis !== null && slots.things.length === 0) {
      commands.push({ effect: { kind: 'flip', axis: slots.axis }, target: { kind: 'whole' } });
      continue;
    }
    if (clauses.length === 1) {
      const followUp = readFollowUp(slots);
      if (followUp !== null) return followUp;
    }
    const understood = readClause(slots, slots.verb ?? verb);
    if (understood === null) return { kind: 'unknown' };
    commands.push(...understood);
    verb = slots.verb ?? verb;
    flipping = understood.some((command) => command.effect.kind === 'flip');
  }
  return commands.length === 0 ? { kind: 'unknown' } : { kind: 'commands', commands };
}

/** A clause that begins so says what must stay, which it does anyway. */
const dropped = new Set(['keep', 'leave', 'without', 'preserve', 'ensure', 'maintain', 'keeping', 'leaving', 'preserving']);
const breaks = new Set(['and', 'then', 'but', 'plus', 'afterwards', 'finally', 'without', 'keep', 'keeping', 'leave', 'leaving']);

function split(tokens: readonly Token[]): Token[][] {
  const clauses: Token[][] = [];
  let clause: Token[] = [];
  const end = (): void => {
    if (clause.some((token) => token.kind !== 'word' || !isFiller(token.word))) clauses.push(clause);
    clause = [];
  };
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    if (token.kind === 'stop') {
      end();
    } else if (token.kind === 'word' && breaks.has(token.word) && !(token.word === 'but' && clause.some(isAll))) {
      // Two colours of one print, and "everything but the red", stay together.
      const before = tokens[i - 1];
      const isPair =
        token.word === 'and' && before?.kind === 'color' && next?.kind === 'color' && clause.some((t) => entryOf(t) === 'duotone');
      if (isPair) return;
      if (
        token.word === 'and' &&
        before?.kind === 'color' &&
        next?.kind === 'color' &&
        tokens.slice(i + 2).some((t) => entryOf(t) === 'duotone')
      )
        return;
      end();
      if (dropped.has(token.word)) clause.push(token);
    } else {
      clause.push(token);
    }
  });
  end();
  return clauses;
}

const isAll = (token: Token): boolean => token.kind === 'word' && (token.word === 'everything' || token.word === 'all');
const entryOf = (token: Token): EntryId | null => (token.kind === 'word' ? (effectWords.get(token.word)?.id ?? null) : null);

interface Slots {
  verb: VerbKind | null;
  readonly effects: { readonly id: EntryId; readonly sign: number; readonly at: number }[];
  readonly colors: { readonly color: NamedColor; readonly typed: string; readonly at: number }[];
  readonly quotes: string[];
  readonly shapes: { readonly name: ShapeName; readonly at: number }[];
  readonly things: { readonly word: string; readonly at: number }[];
  vertical: Place['vertical'] | null;
  horizontal: Place['horizontal'] | null;
  isMiddle: boolean;
  axis: 'horizontal' | 'vertical' | null;
  isUpsideDown: boolean;
  /** Sign of "more" (1), "less" and "too" (-1); 0 when neither was said. */
  direction: number;
  factor: number | null;
  number: { readonly value: number; readonly percent: boolean } | null;
  size: number | null;
  background: boolean;
  except: number | null;
  /** Index of the reference picture that is named. */
  reference: number | null;
  pivotAt: number | null;
  insteadOf: boolean;
  lean: NamedColor | null;
  undo: boolean;
  again: boolean;
  stronger: number;
  saysColor: boolean;
  saysText: boolean;
}

const textNouns = new Set(
  'text title caption headline words word label letters saying says lettering font bold reading big heading'.split(' '),
);

function sort(tokens: readonly Token[]): Slots {
  const slots: Slots = {
    verb: null,
    effects: [],
    colors: [],
    quotes: [],
    shapes: [],
    things: [],
    vertical: null,
    horizontal: null,
    isMiddle: false,
    axis: null,
    isUpsideDown: false,
    direction: 0,
    factor: null,
    number: null,
    size: null,
    background: false,
    except: null,
    reference: null,
    pivotAt: null,
    insteadOf: false,
    lean: null,
    undo: false,
    again: false,
    stronger: 0,
    saysColor: false,
    saysText: false,
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.kind === 'quote') slots.quotes.push(token.text);
    else if (token.kind === 'color') slots.colors.push({ color: token.color, typed: token.typed, at });
    else if (token.kind === 'number') slots.number = token;
    else if (token.kind === 'word') at += placeWord(slots, token.word, at, tokens);
  }
  return slots;
}

/** Puts one word into its slot; answers how many further tokens it used. */
function placeWord(slots: Slots, word: string, at: number, tokens: readonly Token[]): number {
  const next = tokens[at + 1];
  const nextWord = next?.kind === 'word' ? next.word : '';
  const effect = effectWords.get(word);
  const lean = leaning(word);
  const shape = shapeOf(word);
  const verb = verbOf.get(word);
  if (word === 'image' || word === 'picture' || word === 'reference') {
    if (next?.kind === 'number' && !next.percent) {
      slots.reference = Math.max(0, Math.round(next.value) - (word === 'reference' ? 1 : 2));
      return 1;
    }
    if (word === 'reference') slots.reference = 0;
    return 0;
  }
  if (word === 'more' || word === 'further') slots.direction = slots.direction === 0 ? 1 : slots.direction;
  else if (word === 'less' || word === 'too' || word === 'fewer') slots.direction = -1;
  else if (word === 'not' || word === 'no') slots.direction = -1;
  else if (word === 'undo' || word === 'revert' || word === 'previous') slots.undo = true;
  else if (word === 'back' && tokens.length <= 3) slots.undo = true;
  else if (word === 'again' || word === 'repeat') slots.again = true;
  else if (word === 'stronger' || word === 'weaker') slots.stronger = word === 'stronger' ? 1 : -1;
  else if (word === 'percent') {
    if (slots.number !== null) slots.number = { ...slots.number, percent: true };
  } else if (word === 'background' || word === 'backdrop' || word === 'ground') slots.background = true;
  else if (word === 'except' || (word === 'but' && slots.except === null)) slots.except = at;
  else if (word === 'horizontally' || word === 'horizontal') slots.axis = 'horizontal';
  else if (word === 'vertically' || word === 'vertical') slots.axis = 'vertical';
  else if (word === 'to' || word === 'into' || word === 'with') slots.pivotAt = at;
  else if (word === 'instead' && nextWord === 'of') slots.insteadOf = true;
  // "at the right", but "right now"; a place word before anything else it could mean.
  // "the lower half", but "lower the contrast".
  else if (word === 'lower' && slots.verb === null && !placeNouns.has(nextWord) && !Object.hasOwn(horizontals, nextWord))
    slots.verb = 'less';
  else if (Object.hasOwn(verticals, word)) slots.vertical = verticals[word] as Place['vertical'];
  else if (Object.hasOwn(horizontals, word)) slots.horizontal = horizontals[word] as Place['horizontal'];
  else if (middles.has(word)) slots.isMiddle = true;
  else if (placeNouns.has(word) && (slots.vertical ?? slots.horizontal) !== null) return 0;
  else if (word === 'half' && effectsNear(tokens, at)) slots.factor = 0.5;
  else if (intensities.has(word)) {
    slots.factor = (slots.factor ?? 1) * (intensities.get(word) as number);
    if (sizes.has(word)) slots.size = sizes.get(word) as number;
  } else if (sizes.has(word)) slots.size = sizes.get(word) as number;
  else if (effect !== undefined) {
    slots.effects.push({ ...effect, at });
    if (word === 'upside-down') slots.isUpsideDown = true;
  } else if (verb !== undefined && slots.verb === null && !(word === 'colour' || word === 'color' ? at > 0 : false)) slots.verb = verb;
  else if (word === 'colour' || word === 'color' || word === 'colours' || word === 'colors') slots.saysColor = true;
  else if (textNouns.has(word)) slots.saysText = true;
  else if (lean !== null) slots.lean = lean;
  else if (shape !== null) slots.shapes.push({ name: shape as ShapeName, at });
  else if (isFiller(word)) return 0;
  else slots.things.push({ word, at });
  return 0;
}

const effectsNear = (tokens: readonly Token[], at: number): boolean => entryOf(tokens[at + 1] ?? { kind: 'stop' }) !== null || at === 0;

function readFollowUp(slots: Slots): Meaning | null {
  const bare =
    slots.effects.length === 0 &&
    slots.things.length === 0 &&
    slots.quotes.length === 0 &&
    slots.shapes.length === 0 &&
    slots.lean === null &&
    !slots.background &&
    !slots.saysText;
  if (!bare || slots.vertical !== null || slots.horizontal !== null || slots.reference !== null) return null;
  if (slots.undo && slots.colors.length === 0) return { kind: 'undo' };
  if (slots.colors.length === 1 && slots.verb === null && slots.pivotAt === null && slots.except === null)
    return { kind: 'instead', color: (slots.colors[0] as { color: NamedColor }).color };
  if (slots.colors.length > 0 || slots.saysColor || slots.axis !== null || slots.isMiddle) return null;
  const amount = slots.factor ?? 1;
  if (slots.direction < 0 || slots.stronger < 0) return { kind: 'weaker', factor: 1 / (1 + Math.min(1.5, amount)) };
  if (slots.direction > 0 || slots.again || slots.stronger > 0) return { kind: 'again', factor: amount };
  return null;
}

const half: Place = { vertical: 'middle', horizontal: 'centre' };

function placeOf(slots: Slots): Place | null {
  if (slots.vertical === null && slots.horizontal === null) return slots.isMiddle ? half : null;
  return { vertical: slots.vertical ?? 'middle', horizontal: slots.horizontal ?? 'centre' };
}

/** The commands of one clause; null when any of it was not understood. */
function readClause(slots: Slots, verb: VerbKind | null): Command[] | null {
  if (slots.undo || slots.again) return null;
  if (slots.quotes.length > 0) return readText(slots, verb);
  const cuts = slots.effects.some((effect) => effect.id === 'cutOut') || (slots.background && verb === 'remove');
  if (cuts) return readCutOut(slots);
  if (slots.effects.length > 0) return readEffects(slots, verb);
  if (slots.shapes.length > 0) return readShape(slots, verb);
  if (slots.lean !== null && slots.colors.length === 0) {
    const target = targetOf(slots, null);
    return target === null
      ? null
      : [{ effect: { kind: 'tint', to: { kind: 'named', color: slots.lean }, amount: 0.3 * (slots.factor ?? 1) }, target }];
  }
  if (slots.saysColor && slots.colors.length === 0 && slots.reference === null) return readColorfulness(slots, verb);
  return readRecolor(slots, verb);
}

function readText(slots: Slots, verb: VerbKind | null): Command[] | null {
  // "replace “A” with “B”" would need to read the picture.
  if (slots.things.length > 0 || slots.colors.length > 1 || (verb !== 'add' && verb !== null && slots.verb !== null && !slots.saysText))
    return null;
  if (slots.verb === 'remove' || slots.verb === 'less' || slots.background) return null;
  const color = slots.colors[0]?.color ?? null;
  return slots.quotes.map((text, i) => ({
    effect: {
      kind: 'text',
      text,
      place: placeOf(slots) ?? (i === 0 ? { vertical: 'bottom', horizontal: 'centre' } : half),
      color,
      size: slots.size ?? 1,
    },
    target: { kind: 'whole' },
  }));
}

function readShape(slots: Slots, verb: VerbKind | null): Command[] | null {
  if (verb !== 'add' && verb !== null) return null;
  if (slots.things.length > 0 || slots.shapes.length > 1 || slots.colors.length > 1 || slots.background) return null;
  const shape = slots.shapes[0]?.name as ShapeName;
  return [
    {
      effect: { kind: 'shape', shape, place: placeOf(slots) ?? half, color: slots.colors[0]?.color ?? null, size: slots.size ?? 1 },
      target: { kind: 'whole' },
    },
  ];
}

const subjects = new Set('subject person object product figure foreground it item'.split(' '));

function readCutOut(slots: Slots): Command[] | null {
  if (slots.colors.length > 1 || slots.things.some(({ word }) => !subjects.has(word) && word !== 'transparent')) return null;
  return [{ effect: { kind: 'cutOut', fill: slots.colors[0]?.color ?? null }, target: { kind: 'whole' } }];
}

/** "more colour", "remove the colours". */
function readColorfulness(slots: Slots, verb: VerbKind | null): Command[] | null {
  const target = targetOf(slots, null);
  if (target === null) return null;
  if (verb === 'remove') return [{ effect: { kind: 'blackAndWhite', amount: 1 }, target }];
  const direction = verb === 'more' ? 1 : verb === 'less' ? -1 : slots.direction;
  if (direction === 0) return null;
  return [{ effect: { kind: 'saturation', amount: direction * amountOf(slots, 0.3) }, target }];
}

/** `unit`: the percentage that the plain word stands for. */
function amountOf(slots: Slots, unit: number): number {
  if (slots.number?.percent) return Math.min(4, slots.number.value / 100 / unit);
  return Math.min(4, slots.factor ?? 1);
}

function readEffects(slots: Slots, verb: VerbKind | null): Command[] | null {
  if (verb === 'remove' || slots.shapes.some((shape) => shape.name !== 'line') || slots.colors.length > 2) return null;
  const direction = (slots.direction === 0 ? 1 : slots.direction) * (verb === 'less' ? -1 : 1);
  const commands: Command[] = [];
  let colors = slots.colors;
  const takeColor = (): NamedColor | null => {
    const last = colors[colors.length - 1];
    colors = colors.slice(0, -1);
    return last?.color ?? null;
  };
  const effects: Effect[] = [];
  for (const { id, sign } of slots.effects) {
    switch (id) {
      case 'brightness':
        // In percent of light: "20% darker" keeps 80 %.
        effects.push({ kind: id, amount: direction * sign * lightAmount(slots, direction * sign) });
        break;
      case 'contrast':
      case 'warmth':
      case 'saturation':
        effects.push({ kind: id, amount: direction * sign * amountOf(slots, 0.3) });
        break;
      case 'blackAndWhite':
      case 'sepia':
      case 'invert':
      case 'lineArt':
      case 'night':
      case 'blur':
      case 'sharpen':
      case 'pixelate':
      case 'posterise':
        if (direction < 0) return null;
        effects.push({ kind: id, amount: amountOf(slots, 0.5) });
        break;
      case 'duotone': {
        const second = takeColor();
        const first = takeColor();
        effects.push({ kind: 'duotone', colors: [first ?? ink, second ?? paper] });
        break;
      }
      case 'tint': {
        const color = takeColor() ?? slots.lean;
        // "a sepia tint", "a warm tint": the other word says it all.
        if (color === null) {
          if (slots.effects.length < 2) return null;
          break;
        }
        effects.push({ kind: 'tint', to: { kind: 'named', color }, amount: 0.42 * amountOf(slots, 0.42) });
        break;
      }
      case 'flip': {
        if (slots.things.length > 0 || slots.colors.length > 0 || slots.except !== null) return null;
        return [
          { effect: { kind: 'flip', axis: slots.axis ?? (slots.isUpsideDown ? 'vertical' : 'horizontal') }, target: { kind: 'whole' } },
        ];
      }
      default:
        return null;
    }
  }
  const target = targetOf({ ...slots, colors }, null);
  if (target === null) return null;
  for (const effect of effects) commands.push({ effect, target });
  return commands;
}

// The pair for "duotone" alone.
const ink: NamedColor = { name: 'navy', rgb: [22, 38, 79], seen: { kind: 'grey', lightness: [0, 1] } };
const paper: NamedColor = { name: 'cream', rgb: [245, 236, 212], seen: { kind: 'grey', lightness: [0, 1] } };

function lightAmount(slots: Slots, sign: number): number {
  if (!slots.number?.percent) return Math.min(4, slots.factor ?? 1);
  const share = Math.min(0.9, slots.number.value / 100);
  return Math.abs(Math.log(sign > 0 ? 1 + slots.number.value / 100 : 1 - share) / Math.log(1.32));
}

/** What a clause is for, once the colours that belong to the effect are gone; `null` for what makes no sense. */
function targetOf(slots: Slots, source: { color: NamedColor; words: string } | null): Target | null {
  const words = slots.things.map(({ word }) => word).join(' ');
  const color =
    source ?? (slots.colors[0] === undefined ? null : { color: slots.colors[0].color, words: `${slots.colors[0].typed} ${words}`.trim() });
  if (slots.except !== null) return color === null || slots.colors.length > 1 ? null : { kind: 'except', color: color.color };
  if (color !== null) return { kind: 'color', color: color.color, words: color.words };
  if (slots.background) return slots.things.length > 0 ? null : { kind: 'background' };
  const place = placeOf(slots);
  if (slots.things.length > 0) return place === null ? { kind: 'thing', words } : null;
  return place === null ? { kind: 'whole' } : { kind: 'place', place };
}

function readRecolor(slots: Slots, verb: VerbKind | null): Command[] | null {
  if (verb !== null && verb !== 'change') return null;
  if (slots.reference !== null) return readReference(slots, { kind: 'reference', index: slots.reference });
  const [first, second] = slots.colors;
  if (first === undefined || slots.colors.length > 2) return null;
  if (second === undefined) {
    // The colour stands last: what follows it would be another thing to draw ("turn it into a blue bike").
    if (slots.things.some((thing) => thing.at > first.at) || slots.except !== null) return null;
    const target = targetOf({ ...slots, colors: [] }, null);
    if (target === null) return null;
    // Without a verb and with a thing ("jacket blue") it is still an order; a colour alone was read as a follow-up.
    const slight = (slots.factor ?? 1) < 0.8 && target.kind === 'whole';
    const to: ColorSource = { kind: 'named', color: first.color };
    return [{ effect: slight ? { kind: 'tint', to, amount: 0.3 } : { kind: 'recolor', to }, target }];
  }
  const [source, to] = slots.insteadOf ? [second, first] : [first, second];
  const things = slots.things.filter((thing) => !slots.insteadOf || thing.at > second.at);
  if (
    !slots.insteadOf &&
    slots.things.some((thing) => thing.at > second.at && !things.some((other) => other.at < second.at && other.word === thing.word))
  )
    return null;
  const words = [source.typed, ...new Set(things.map(({ word }) => word))].join(' ');
  const target: Target = slots.except !== null ? { kind: 'except', color: source.color } : { kind: 'color', color: source.color, words };
  return [{ effect: { kind: 'recolor', to: { kind: 'named', color: to.color } }, target }];
}

function readReference(slots: Slots, to: ColorSource): Command[] | null {
  if (slots.colors.length > 1) return null;
  // "put the hat of image 2 on him" names a thing and no colour: that needs a real model.
  if (slots.things.length > 0 && !slots.saysColor) return null;
  const target = targetOf(slots, null);
  return target === null ? null : [{ effect: { kind: 'recolor', to }, target }];
}

/** The sentences that stand beside a picture, or in its place. Each says that no AI was at work. */
import { exhaustive } from '../../core/result.ts';
import type { ColorSource, Command, Effect, Place, Target } from './commands.ts';
import { vocabulary } from './vocabulary.ts';

export const hint = 'Offline model (not AI):';

/** "recoloured the orange suit to teal, then made it brighter" as a sentence. */
export function describeEdit(commands: readonly Command[]): string {
  const phrases = commands.map(({ effect, target: of }, i) => {
    const what = target(of);
    const before = commands[i - 1];
    return phrase(effect, before !== undefined && target(before.target) === what ? 'it' : what);
  });
  return `${hint} ${listed(phrases, ', then ')}.`;
}

export const describeBack = `${hint} went back to the picture before the last step.`;

export const nothingBefore = `${hint} there is no earlier step in this conversation to go on from. Say what should change, for example “make the red jacket blue”.`;

export function describePainting(used: readonly string[]): string {
  return used.length === 0
    ? `${hint} a decorative picture; it cannot draw what words describe. Name colours, shapes or a text in quotes, or add a Gemini API key.`
    : `${hint} a decorative picture with ${listed(used, ' and ')}; it cannot draw what words describe.`;
}

/** Names what it can do, for an instruction that it cannot follow. */
export function describeUnknown(instruction: string): string {
  const short = instruction.replace(/\s+/g, ' ').trim();
  const shown = short.length > 80 ? `${short.slice(0, 79)}…` : short;
  const find = (id: string): string => vocabulary().find((entry) => entry.id === id)?.examples[0] ?? '';
  return (
    `${hint} it follows a small list of commands and does not know how to do “${shown}”. It can recolour, change light, contrast and colour, ` +
    `blur, sharpen, flip, stylise, add words or shapes, and cut out a plain ground. Try “${find('recolour')}”, “brighter and warmer” or ` +
    `‘${find('text')}’, or add a Gemini API key for everything else.`
  );
}

export const describeNoColor = (words: string, seen: readonly string[]): string =>
  `${hint} it finds no ${words} in this picture.` +
  (seen.length === 0
    ? ' It sees hardly any colour here.'
    : ` The colours it sees are ${listed(seen, ' and ')}; try “make the ${seen[0]} ${seen[0] === 'blue' ? 'red' : 'blue'}”.`);

export const describeUnseen = (words: string, seen: readonly string[]): string => {
  const colour = seen[0] ?? 'red';
  return (
    `${hint} it cannot recognise things, so it does not know where “${words}” is. Name its colour, for example ` +
    `“make the ${colour} ${words.split(' ').pop() ?? ''} ${colour === 'blue' ? 'red' : 'blue'}”, or draw a region around it.`
  );
};

export const describeNoGround = `${hint} the background is not one plain colour, and it can only cut out a subject from a plain ground. Try a product shot or a logo, or add a Gemini API key.`;

export const describePlain = `${hint} the background is one plain colour already, so there is nothing to blur or sharpen in it.`;

export const describeNoReference = `${hint} the instruction speaks of a reference picture, but none was sent. Add one, or name a colour.`;

export const describeNoLetters = (missing: string): string =>
  `${hint} its one typeface has no letter “${missing}”, so it cannot write that text. Try Latin letters.`;

export const nothingToEdit = `${hint} no picture was sent and none is in the conversation.`;

function listed(items: readonly string[], joint: string): string {
  if (items.length < 2) return items.join('');
  if (joint === ' and ') return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
  return items.join(joint);
}

function target(of: Target): string {
  switch (of.kind) {
    case 'whole':
      return 'the picture';
    case 'color':
      return `the ${of.words}`;
    case 'except':
      return `everything except the ${of.color.name}`;
    case 'place':
      return `the ${partText(of.place)}`;
    case 'background':
      return 'the background';
    case 'thing':
      return `the ${of.words}`;
    default:
      return exhaustive(of);
  }
}

function partText(place: Place): string {
  const isMiddle = place.vertical === 'middle' && place.horizontal === 'centre';
  const isCorner = place.vertical !== 'middle' && place.horizontal !== 'centre';
  return `${placeText(place)}${isMiddle ? '' : isCorner ? ' corner' : ' half'}`;
}

function placeText(place: Place): string {
  const words = [place.vertical === 'middle' ? '' : place.vertical, place.horizontal === 'centre' ? '' : place.horizontal].filter(
    (word) => word !== '',
  );
  return words.length === 0 ? 'middle' : words.join(' ');
}

const colorText = (source: ColorSource): string =>
  source.kind === 'named' ? source.color.name : `the colours of image ${source.index + 2}`;

function degree(amount: number): string {
  const size = Math.abs(amount);
  return size < 0.8 ? 'slightly ' : size > 1.3 ? 'much ' : '';
}

function phrase(effect: Effect, what: string): string {
  switch (effect.kind) {
    case 'recolor':
      return effect.to.kind === 'named' ? `recoloured ${what} to ${colorText(effect.to)}` : `gave ${what} ${colorText(effect.to)}`;
    case 'tint':
      return `tinted ${what} ${degree(effect.amount / 0.42).trim()}${effect.amount / 0.42 < 0.8 ? ' ' : ''}${colorText(effect.to)}`.replace(
        'much',
        '',
      );
    case 'brightness':
      return `made ${what} ${degree(effect.amount)}${effect.amount < 0 ? 'darker' : 'brighter'}`;
    case 'contrast':
      return `gave ${what} ${degree(effect.amount)}${effect.amount < 0 ? 'less' : 'more'} contrast`;
    case 'warmth':
      return `made ${what} ${degree(effect.amount)}${effect.amount < 0 ? 'cooler' : 'warmer'}`;
    case 'saturation':
      return `gave ${what} ${degree(effect.amount)}${effect.amount < 0 ? 'less' : 'more'} colour`;
    case 'blackAndWhite':
      return `made ${what} black and white`;
    case 'sepia':
      return `tinted ${what} sepia`;
    case 'invert':
      return `inverted ${what}`;
    case 'lineArt':
      return `drew ${what} as line art`;
    case 'night':
      return `turned ${what} into night`;
    case 'duotone':
      return `printed ${what} in ${effect.colors[0].name} and ${effect.colors[1].name}`;
    case 'blur':
      return `blurred ${what}`;
    case 'sharpen':
      return `sharpened ${what}`;
    case 'pixelate':
      return `pixelated ${what}`;
    case 'posterise':
      return `posterised ${what}`;
    case 'flip':
      return `flipped ${what} ${effect.axis === 'both' ? 'both ways' : `${effect.axis}ly`}`;
    case 'text':
      return `wrote “${effect.text}” at the ${placeText(effect.place)}`;
    case 'shape':
      return `added a ${effect.color === null ? '' : `${effect.color.name} `}${effect.shape} at the ${placeText(effect.place)}`;
    case 'cutOut':
      return `put a plain ${effect.fill === null ? 'ground' : `${effect.fill.name} ground`} behind the subject`;
    default:
      return exhaustive(effect);
  }
}

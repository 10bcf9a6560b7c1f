/**
 * The offline model's whole vocabulary, as one table: what it can do, the words that ask for it, and examples that
 * are tried by a test. The words carry their sign: "darker" is brightness at -1.
 */
export type EntryId =
  | 'recolour'
  | 'tint'
  | 'brightness'
  | 'contrast'
  | 'warmth'
  | 'saturation'
  | 'blackAndWhite'
  | 'sepia'
  | 'duotone'
  | 'night'
  | 'invert'
  | 'blur'
  | 'sharpen'
  | 'pixelate'
  | 'posterise'
  | 'lineArt'
  | 'flip'
  | 'text'
  | 'shape'
  | 'cutOut'
  | 'followUp';

export interface VocabularyEntry {
  readonly id: EntryId;
  /** Completes "It can …". */
  readonly does: string;
  readonly examples: readonly string[];
  /** Words that name the effect, with the sign and size they give it; phrases are joined with "-". */
  readonly words: Readonly<Record<string, number>>;
}

const each = (words: string, value = 1): Record<string, number> => Object.fromEntries(words.split(' ').map((word) => [word, value]));

const entries: readonly VocabularyEntry[] = [
  {
    id: 'recolour',
    does: 'recolour everything of a named colour, a half or corner, a plain background or the whole picture',
    examples: [
      'make the red jacket blue',
      'change blue to green',
      'turn the orange suit teal',
      'make it purple',
      'use the colours of image 2',
    ],
    words: {},
  },
  { id: 'tint', does: 'tint it', examples: ['tint it blue', 'a slightly pink tint'], words: each('tint tinted tinge wash') },
  {
    id: 'brightness',
    does: 'make it brighter or darker',
    examples: ['brighter', '20% darker', 'make the red jacket a bit brighter'],
    words: {
      ...each('bright brighter brighten brightness light lighter lighten lightness exposure'),
      ...each('dark darker darken dim dimmer darkness', -1),
    },
  },
  {
    id: 'contrast',
    does: 'give it more or less contrast',
    examples: ['more contrast', 'slightly less contrast'],
    words: { ...each('contrast contrasty punchy punchier'), ...each('flat flatter', -1) },
  },
  {
    id: 'warmth',
    does: 'make it warmer or cooler',
    examples: ['warmer', 'much cooler'],
    words: { ...each('warm warmer warmth temperature'), ...each('cool cooler cold colder', -1) },
  },
  {
    id: 'saturation',
    does: 'give it more or less colour',
    examples: ['more vivid', 'less colour', 'muted'],
    words: {
      ...each('saturation saturate saturated vivid vibrant vibrance colourful colorful'),
      ...each('muted mute desaturate desaturated faded', -1),
      ...each('pale paler', -1),
    },
  },
  {
    id: 'blackAndWhite',
    does: 'make it black and white',
    examples: ['black and white', 'make everything except the red black and white'],
    words: each('black-and-white monochrome greyscale grayscale'),
  },
  { id: 'sepia', does: 'tint it sepia', examples: ['tint sepia'], words: each('sepia vintage') },
  {
    id: 'duotone',
    does: 'print it in two colours',
    examples: ['duotone navy and peach'],
    words: each('duotone duotones two-tone two-colour'),
  },
  { id: 'night', does: 'turn day into night', examples: ['make it night'], words: each('night nighttime moonlight moonlit') },
  { id: 'invert', does: 'invert it', examples: ['invert'], words: each('invert inverted negative') },
  {
    id: 'blur',
    does: 'blur it',
    examples: ['blur', 'blur the left half strongly'],
    words: each('blur blurry blurred blurrier defocus out-of-focus soften softer'),
  },
  { id: 'sharpen', does: 'sharpen it', examples: ['sharpen'], words: each('sharpen sharp sharper crisp crisper') },
  {
    id: 'pixelate',
    does: 'pixelate it',
    examples: ['pixelate', 'pixelate the centre'],
    words: each('pixelate pixelated pixels pixelise pixelize mosaic'),
  },
  { id: 'posterise', does: 'posterise it', examples: ['posterise'], words: each('posterise posterised posterize posterized') },
  {
    id: 'lineArt',
    does: 'draw it as line art',
    examples: ['line art', 'turn it into a sketch'],
    words: each('line-art sketch sketched drawing line-drawing outlines pencil ink'),
  },
  {
    id: 'flip',
    does: 'flip it',
    examples: ['flip horizontally', 'flip vertically', 'mirror'],
    words: each('flip flipped mirror mirrored upside-down'),
  },
  {
    id: 'text',
    does: 'add words in quotes at a place',
    examples: ['add "SALE" at the top right in white', 'write “Open late” at the bottom'],
    words: {},
  },
  {
    id: 'shape',
    does: 'add a shape (circle, ring, square, triangle, star, heart, arrow …)',
    examples: ['add a yellow star at the top left', 'draw a large red heart in the middle'],
    words: {},
  },
  {
    id: 'cutOut',
    does: 'cut a subject out of a plain ground',
    examples: ['remove the background', 'cut out the background'],
    words: each('cut-out cutout isolate'),
  },
  {
    id: 'followUp',
    does: 'go on from the last step',
    examples: ['more', 'less', 'again', 'now blue', 'undo that'],
    words: {},
  },
];

/** What the offline model understands; the README, the panel and its own "I cannot" sentence are made from this. */
export const vocabulary = (): readonly VocabularyEntry[] => entries;

/** Every effect word with its entry and sign. */
export const effectWords: ReadonlyMap<string, { readonly id: EntryId; readonly sign: number }> = new Map(
  entries.flatMap((entry) => Object.entries(entry.words).map(([word, sign]) => [word, { id: entry.id, sign }] as const)),
);

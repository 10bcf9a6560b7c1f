/**
 * Models are data. This file is the data and the little logic on it; a model's own behaviour is in its adapter.
 * Sizes, limits and prices: Google's image-generation guide, pricing and deprecation pages as of 2026-11-23. Where the
 * delivered size is not the nominal ratio (it never quite is: 16:9 is 1376 × 768), the delivered one stands here.
 */
import type { Extent } from '../geometry.ts';
import type { Cell, SizeClass, ThinkingLevel, Usage } from '../model.ts';
import { exhaustive } from '../result.ts';

export type ModelStatus = 'default' | 'premium' | 'draft' | 'retired' | 'offline' | 'custom';

/** Which adapter speaks to it. */
export type ModelWire = 'gemini' | 'imagen' | 'offline';

export interface ModelEntry {
  readonly id: string;
  readonly nick: string;
  readonly status: ModelStatus;
  readonly wire: ModelWire;
  /** ISO date of the service's shutdown, known or reported; null while it is offered. */
  readonly retiredOn: string | null;
  readonly successor: string | null;
  /** Delivered sizes by nominal ratio and size class. */
  readonly sizes: SizeTable;
  /** How the request names the shape: ratio and size, ratio only, or neither. */
  readonly shapeFields: 'ratio-and-size' | 'ratio' | 'none';
  readonly references: ReferenceLimits;
  readonly thinking: { readonly levels: readonly ThinkingLevel[]; readonly default: ThinkingLevel | null };
  readonly price: Price | null;
  /** Longer sides cost upload time and are not seen better: a picture is 560 to 1120 tokens to the model. */
  readonly maxSendSidePx: number;
  /** Tokens of prompt that it takes. */
  readonly inputTokens: number;
  readonly turns: TurnAbility;
}

/** What a model makes of the turns before. */
export interface TurnAbility {
  /** `poor`: it takes them, but its maker says that it is not made for them. */
  readonly taken: 'well' | 'poor' | 'no';
  /** It signs its parts, and refuses a picture of its own that returns without the signature. */
  readonly signed: boolean;
}

const signedTurns: TurnAbility = { taken: 'well', signed: true };
const plainTurns: TurnAbility = { taken: 'well', signed: false };

export type SizeTable = Readonly<Record<string, Partial<Readonly<Record<SizeClass | 'only', readonly [number, number]>>>>>;

export interface ReferenceLimits {
  /** Pictures beside the layer, in all. */
  readonly total: number;
  readonly object: number;
  readonly character: number;
  readonly style: number;
}

/** US dollars. */
export interface Price {
  readonly perImage: Partial<Readonly<Record<SizeClass | 'only', number>>>;
  /** Per million tokens; null where only a price per picture is published. */
  readonly perMillion: { readonly image: number; readonly textIn: number; readonly textOut: number } | null;
}

type Row = readonly [number, number];

/** 1K sizes; 2K and 4K are exactly two and four times as large. */
const gemini3Base: Readonly<Record<string, Row>> = {
  '1:1': [1024, 1024],
  '2:3': [848, 1264],
  '3:2': [1264, 848],
  '3:4': [896, 1200],
  '4:3': [1200, 896],
  '4:5': [928, 1152],
  '5:4': [1152, 928],
  '9:16': [768, 1376],
  '16:9': [1376, 768],
  '21:9': [1584, 672],
};

const gemini3Extreme: Readonly<Record<string, Row>> = {
  '1:4': [512, 2048],
  '4:1': [2048, 512],
  '1:8': [384, 3072],
  '8:1': [3072, 384],
};

/** The one class that is not a multiple, with the guide's own 792 × 168 for 21:9. */
const at512: Readonly<Record<string, Row>> = {
  '1:1': [512, 512],
  '2:3': [424, 632],
  '3:2': [632, 424],
  '3:4': [448, 600],
  '4:3': [600, 448],
  '4:5': [464, 576],
  '5:4': [576, 464],
  '9:16': [384, 688],
  '16:9': [688, 384],
  '21:9': [792, 168],
  '1:4': [256, 1024],
  '4:1': [1024, 256],
  '1:8': [192, 1536],
  '8:1': [1536, 192],
};

const times = (row: Row, factor: number): Row => [row[0] * factor, row[1] * factor];

function table(base: Readonly<Record<string, Row>>, classes: readonly SizeClass[]): SizeTable {
  const factors: Record<SizeClass, number> = { '512': 0.5, '1K': 1, '2K': 2, '4K': 4 };
  return Object.fromEntries(
    Object.entries(base).map(([ratio, row]) => [
      ratio,
      Object.fromEntries(classes.map((size) => [size, size === '512' ? (at512[ratio] ?? times(row, 0.5)) : times(row, factors[size])])),
    ]),
  );
}

const only = (rows: Readonly<Record<string, Row>>): SizeTable =>
  Object.fromEntries(Object.entries(rows).map(([ratio, row]) => [ratio, { only: row }]));

const nanoBanana1Sizes = only({
  '1:1': [1024, 1024],
  '2:3': [832, 1248],
  '3:2': [1248, 832],
  '3:4': [864, 1184],
  '4:3': [1184, 864],
  '4:5': [896, 1152],
  '5:4': [1152, 896],
  '9:16': [768, 1344],
  '16:9': [1344, 768],
  '21:9': [1536, 672],
});

const imagenBase: Readonly<Record<string, Row>> = {
  '1:1': [1024, 1024],
  '3:4': [896, 1280],
  '4:3': [1280, 896],
  '9:16': [768, 1408],
  '16:9': [1408, 768],
};

const all14 = { ...gemini3Base, ...gemini3Extreme };
const noThinking = { levels: [], default: null } as const;
const noReferences: ReferenceLimits = { total: 0, object: 0, character: 0, style: 0 };

export const defaultModelId = 'gemini-nano-banana-2.1';
export const offlineModelId = 'offline';

export const builtInModels: readonly ModelEntry[] = [
  {
    id: defaultModelId,
    nick: 'Nano Banana 2.1',
    status: 'default',
    wire: 'gemini',
    retiredOn: null,
    successor: null,
    sizes: table(all14, ['1K', '2K', '4K']),
    shapeFields: 'ratio-and-size',
    references: { total: 14, object: 10, character: 4, style: 0 },
    thinking: { levels: ['minimal', 'medium', 'high'], default: 'medium' },
    price: { perImage: { '1K': 0.0336, '2K': 0.0504, '4K': 0.0756 }, perMillion: { image: 30, textIn: 1.5, textOut: 7.5 } },
    maxSendSidePx: 2048,
    inputTokens: 131_072,
    turns: signedTurns,
  },
  {
    id: 'gemini-3-pro-image',
    nick: 'Nano Banana Pro',
    status: 'premium',
    wire: 'gemini',
    retiredOn: null,
    successor: null,
    sizes: table(gemini3Base, ['1K', '2K', '4K']),
    shapeFields: 'ratio-and-size',
    references: { total: 14, object: 6, character: 5, style: 3 },
    // Always thinks; the level cannot be chosen.
    thinking: noThinking,
    price: { perImage: { '1K': 0.134, '2K': 0.134, '4K': 0.24 }, perMillion: { image: 120, textIn: 2, textOut: 12 } },
    maxSendSidePx: 2048,
    inputTokens: 65_536,
    turns: signedTurns,
  },
  {
    id: 'gemini-3.1-flash-lite-image',
    nick: 'Nano Banana 2 Lite',
    status: 'draft',
    wire: 'gemini',
    retiredOn: null,
    successor: null,
    sizes: table(gemini3Base, ['1K']),
    shapeFields: 'ratio-and-size',
    references: { total: 14, object: 14, character: 0, style: 0 },
    thinking: { levels: ['minimal', 'high'], default: 'minimal' },
    price: { perImage: { '1K': 0.0336 }, perMillion: null },
    maxSendSidePx: 1536,
    inputTokens: 65_536,
    turns: { taken: 'poor', signed: true },
  },
  {
    id: 'gemini-3.1-flash-image',
    nick: 'Nano Banana 2',
    status: 'retired',
    wire: 'gemini',
    // Deprecated on 6 October 2026; this shutdown date is reported by users, not by Google.
    retiredOn: '2026-10-29',
    successor: defaultModelId,
    sizes: table(all14, ['512', '1K', '2K', '4K']),
    shapeFields: 'ratio-and-size',
    references: { total: 14, object: 10, character: 4, style: 0 },
    thinking: { levels: ['minimal', 'high'], default: 'minimal' },
    price: { perImage: { '512': 0.045, '1K': 0.067, '2K': 0.101, '4K': 0.151 }, perMillion: { image: 60, textIn: 0.5, textOut: 3 } },
    maxSendSidePx: 2048,
    inputTokens: 131_072,
    turns: signedTurns,
  },
  {
    id: 'gemini-2.5-flash-image',
    nick: 'Nano Banana 1',
    status: 'retired',
    wire: 'gemini',
    retiredOn: '2026-10-02',
    successor: defaultModelId,
    sizes: nanoBanana1Sizes,
    shapeFields: 'ratio',
    references: { total: 3, object: 3, character: 3, style: 3 },
    thinking: noThinking,
    price: { perImage: { only: 0.039 }, perMillion: null },
    maxSendSidePx: 1536,
    inputTokens: 32_768,
    turns: plainTurns,
  },
  {
    id: 'gemini-2.0-flash-preview-image-generation',
    nick: 'Gemini 2.0 Flash image',
    status: 'retired',
    wire: 'gemini',
    retiredOn: '2026-06-01',
    successor: defaultModelId,
    // Follows its input at about 1024 px; exact sizes were never published, so the answer's header decides.
    sizes: only({ '1:1': [1024, 1024] }),
    shapeFields: 'none',
    references: { total: 3, object: 3, character: 3, style: 3 },
    thinking: noThinking,
    price: null,
    maxSendSidePx: 1024,
    inputTokens: 32_000,
    turns: plainTurns,
  },
  ...(
    [
      ['imagen-4.0-generate-001', 'Imagen 4', defaultModelId, ['1K', '2K']],
      ['imagen-4.0-ultra-generate-001', 'Imagen 4 Ultra', 'gemini-3-pro-image', ['1K', '2K']],
      ['imagen-4.0-fast-generate-001', 'Imagen 4 Fast', 'gemini-3.1-flash-lite-image', ['1K']],
    ] as const
  ).map(
    ([id, nick, successor, classes]): ModelEntry => ({
      id,
      nick,
      status: 'retired',
      wire: 'imagen',
      retiredOn: '2026-08-17',
      successor,
      sizes: table(imagenBase, classes),
      // The fast one takes no size (its one class is what it gives).
      shapeFields: classes.length === 1 ? 'ratio' : 'ratio-and-size',
      references: noReferences,
      thinking: noThinking,
      price: null,
      maxSendSidePx: 0,
      inputTokens: 480,
      turns: { taken: 'no', signed: false },
    }),
  ),
  {
    id: offlineModelId,
    nick: 'Offline (not AI)',
    status: 'offline',
    wire: 'offline',
    retiredOn: null,
    successor: null,
    sizes: table(all14, ['1K', '2K', '4K']),
    shapeFields: 'ratio-and-size',
    references: { total: 14, object: 14, character: 14, style: 14 },
    thinking: noThinking,
    price: { perImage: { '1K': 0, '2K': 0, '4K': 0 }, perMillion: { image: 0, textIn: 0, textOut: 0 } },
    maxSendSidePx: 2048,
    inputTokens: 131_072,
    turns: plainTurns,
  },
];

/**
 * The entry for `id`. An identifier that is not in the registry is a model of the user's: it gets the default's sizes
 * and limits, and the service decides whether it exists.
 */
export function findModel(id: string): ModelEntry {
  const known = builtInModels.find((model) => model.id === id);
  if (known !== undefined) return known;
  const like = builtInModels.find((model) => model.id === defaultModelId) as ModelEntry;
  return {
    ...like,
    id,
    nick: id,
    status: 'custom',
    wire: id.startsWith('imagen-') ? 'imagen' : 'gemini',
    thinking: noThinking,
    price: null,
  };
}

/** What to tell the user before a model is used; null when there is nothing to say. */
export function modelWarning(model: ModelEntry): string | null {
  switch (model.status) {
    case 'retired':
      return (
        `${model.nick} (${model.id}) is retired${model.retiredOn === null ? '' : ` since ${model.retiredOn}`} and may not answer.` +
        (model.successor === null ? '' : ` Use ${model.successor} instead.`)
      );
    case 'offline':
      return 'The offline model is not AI: it follows a small list of commands. Add a Gemini API key for real edits.';
    case 'custom':
      return `${model.id} is not in Retake's list; sizes and limits are taken from ${defaultModelId}.`;
    case 'default':
    case 'premium':
    case 'draft':
      return null;
    default:
      return exhaustive(model.status);
  }
}

/** Every cell of a model, as it delivers them. */
export function cellsOf(model: ModelEntry): readonly Cell[] {
  return Object.entries(model.sizes).flatMap(([ratio, bySize]) =>
    Object.entries(bySize).map(([size, [width, height]]) => ({
      ratio: model.shapeFields === 'none' ? null : ratio,
      size: size === 'only' ? null : (size as SizeClass),
      extent: { width, height },
    })),
  );
}

/** The size classes a model can be asked for, small to large; [] when it has no choice. */
export function sizeClassesOf(model: ModelEntry): readonly SizeClass[] {
  const order: readonly SizeClass[] = ['512', '1K', '2K', '4K'];
  return order.filter((size) => Object.values(model.sizes).some((bySize) => bySize[size] !== undefined));
}

/** The published price of one picture, US dollars; null when none is published. */
export function priceOf(model: ModelEntry, size: SizeClass | null): number | null {
  return model.price?.perImage[size ?? 'only'] ?? (size === null ? (Object.values(model.price?.perImage ?? {})[0] ?? null) : null);
}

/**
 * What an answer cost, US dollars to four places: from the token counts where the service gave them (thoughts are
 * billed, and unflagged drafts too), else the price of one picture; null when nothing is known.
 */
export function costOf(model: ModelEntry, size: SizeClass | null, usage: Usage | null): number | null {
  const rates = model.price?.perMillion ?? null;
  if (rates === null || usage === null || usage.imageTokens === null) return priceOf(model, size);
  const words = Math.max(0, usage.candidateTokens - usage.imageTokens) + usage.thoughtTokens;
  const dollars = (usage.imageTokens * rates.image + usage.promptTokens * rates.textIn + words * rates.textOut) / 1e6;
  return Math.round(dollars * 1e4) / 1e4;
}

/** Width over height of what a cell really delivers. */
export const trueRatio = (extent: Extent): number => extent.width / extent.height;

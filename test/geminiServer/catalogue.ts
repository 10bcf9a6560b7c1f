/**
 * What this server says it offers, and what each model accepts. Written from Google's guide, not from Retake's
 * registry, so that a slip in either one shows.
 */
export interface ServedModel {
  readonly id: string;
  readonly displayName: string;
  readonly methods: readonly string[];
  readonly inputTokenLimit: number;
  readonly outputTokenLimit: number;
  /** null: takes no aspectRatio at all. */
  readonly ratios: readonly string[] | null;
  /** null: takes no imageSize at all. */
  readonly sizes: readonly string[] | null;
  readonly thinkingLevels: readonly string[];
  /** Refuses anything but both of them. */
  readonly bothModalities: boolean;
  /** Tokens that one picture in the prompt counts as. */
  readonly pictureTokens: number;
  readonly mostPictures: number;
  readonly retired: boolean;
}

const ten = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];
const fourteen = [...ten, '1:4', '4:1', '1:8', '8:1'];
const five = ['1:1', '3:4', '4:3', '9:16', '16:9'];
const chat = ['generateContent', 'countTokens', 'batchGenerateContent'];

const gemini = (model: Pick<ServedModel, 'id' | 'displayName'> & Partial<ServedModel>): ServedModel => ({
  methods: chat,
  inputTokenLimit: 131_072,
  outputTokenLimit: 32_768,
  ratios: ten,
  sizes: ['1K', '2K', '4K'],
  thinkingLevels: [],
  bothModalities: false,
  pictureTokens: 1120,
  mostPictures: 15,
  retired: false,
  ...model,
});

const imagen = (id: string, displayName: string, sizes: readonly string[] | null): ServedModel =>
  gemini({ id, displayName, sizes, ratios: five, methods: ['predict'], inputTokenLimit: 480, mostPictures: 0, retired: true });

export const servedModels: readonly ServedModel[] = [
  gemini({
    id: 'gemini-nano-banana-2.1',
    displayName: 'Nano Banana 2.1',
    ratios: fourteen,
    thinkingLevels: ['MINIMAL', 'MEDIUM', 'HIGH'],
  }),
  gemini({ id: 'gemini-3-pro-image', displayName: 'Nano Banana Pro', inputTokenLimit: 65_536, pictureTokens: 560 }),
  gemini({
    id: 'gemini-3.1-flash-lite-image',
    displayName: 'Nano Banana 2 Lite',
    inputTokenLimit: 65_536,
    outputTokenLimit: 4096,
    sizes: ['1K'],
    thinkingLevels: ['MINIMAL', 'HIGH'],
  }),
  gemini({
    id: 'gemini-3.1-flash-image',
    displayName: 'Nano Banana 2',
    ratios: fourteen,
    sizes: ['512', '1K', '2K', '4K'],
    thinkingLevels: ['MINIMAL', 'HIGH'],
    retired: true,
  }),
  gemini({
    id: 'gemini-2.5-flash-image',
    displayName: 'Nano Banana',
    inputTokenLimit: 32_768,
    sizes: null,
    pictureTokens: 258,
    retired: true,
  }),
  gemini({
    id: 'gemini-2.0-flash-preview-image-generation',
    displayName: 'Gemini 2.0 Flash Preview Image Generation',
    inputTokenLimit: 32_000,
    outputTokenLimit: 8192,
    ratios: null,
    sizes: null,
    bothModalities: true,
    pictureTokens: 258,
    retired: true,
  }),
  imagen('imagen-4.0-generate-001', 'Imagen 4', ['1K', '2K']),
  imagen('imagen-4.0-ultra-generate-001', 'Imagen 4 Ultra', ['1K', '2K']),
  imagen('imagen-4.0-fast-generate-001', 'Imagen 4 Fast', null),
  gemini({
    id: 'gemini-embedding-2',
    displayName: 'Gemini Embedding 2',
    methods: ['embedContent', 'batchEmbedContents', 'countTokens'],
    inputTokenLimit: 8192,
    outputTokenLimit: 1,
    mostPictures: 6,
  }),
];

/** As `GET /v1beta/models` lists it. */
export const modelResource = (model: ServedModel) => ({
  name: `models/${model.id}`,
  version: '001',
  displayName: model.displayName,
  description: `${model.displayName} on the local server`,
  inputTokenLimit: model.inputTokenLimit,
  outputTokenLimit: model.outputTokenLimit,
  supportedGenerationMethods: model.methods,
  ...(model.thinkingLevels.length > 0 ? { thinking: true } : {}),
});

/**
 * A generateContent request as the server understands it, and the rules that go beyond its grammar: what the model
 * accepts, pictures that are pictures, and thought signatures that came from here.
 */
import { createHash } from 'node:crypto';
import type { ServedModel } from './catalogue.ts';
import { badRequest } from './serviceError.ts';

export interface ReceivedPicture {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface ReceivedTurn {
  readonly role: 'user' | 'model';
  /** Every text, labels of pictures among them. */
  readonly text: string;
  /** The last text: what was asked, behind the labels. */
  readonly promptText: string;
  readonly parts: readonly Part[];
  readonly pictures: readonly ReceivedPicture[];
}

export interface GenerateRequest {
  readonly model: string;
  /** All turns, oldest first; the last one asks. */
  readonly turns: readonly ReceivedTurn[];
  /** Of the last turn, in order. */
  readonly pictures: readonly ReceivedPicture[];
  /** The last text of the last turn: the prompt, behind the labels of pictures. */
  readonly promptText: string;
  readonly aspectRatio: string | null;
  readonly imageSize: string | null;
  readonly thinkingLevel: string | null;
  readonly includeThoughts: boolean;
  readonly wantsImage: boolean;
  readonly systemText: string;
}

export interface Part {
  text?: string;
  inlineData?: { mimeType?: string; data?: string };
  fileData?: { mimeType?: string; fileUri?: string };
  thought?: boolean;
  thoughtSignature?: string;
  [other: string]: unknown;
}

export interface Content {
  role?: string;
  parts?: Part[];
}

/** Remembers the parts that were given out, whole and as they were written, across the life of one server. */
export class Signatures {
  readonly #issued = new Map<string, string>();
  readonly #written = new Map<string, string>();

  issue(part: Part): string {
    const signature = createHash('sha256')
      .update(`${this.#issued.size} ${fingerprint(part)}`)
      .digest('base64');
    this.#issued.set(signature, fingerprint(part));
    return signature;
  }

  /** `written` are the very characters in which the part goes out. */
  remember(part: Part, written: string): void {
    if (part.thoughtSignature !== undefined) this.#issued.set(part.thoughtSignature, fingerprint(part));
    this.#written.set(keyOf(part), written);
  }

  fits(part: Part): boolean {
    const { thoughtSignature } = part;
    if (thoughtSignature === undefined) return false;
    // Google's documented stand-ins for history that another model made.
    if (thoughtSignature === 'context_engineering_is_the_way_to_go' || thoughtSignature === 'skip_thought_signature_validator') return true;
    return this.#issued.get(thoughtSignature) === fingerprint(part);
  }

  /** The characters in which a part went out; null for one that never did. */
  writtenAs(part: Part): string | null {
    return this.#written.get(keyOf(part)) ?? null;
  }
}

const keyOf = (part: Part): string => `${part.thoughtSignature ?? ''} ${fingerprint(part)}`;

/** Of every field but the signature, whatever their order. */
const fingerprint = ({ thoughtSignature: _, ...fields }: Part): string => createHash('sha256').update(canonical(fields)).digest('hex');

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

const inputTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'];
const unreadable = 'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting';

/** The type that the bytes say. */
export function typeOfBytes(bytes: Uint8Array): string | null {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(16, bytes.byteLength)).toString('latin1');
  if (latin.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (latin.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (latin.startsWith('RIFF') && latin.slice(8, 12) === 'WEBP') return 'image/webp';
  if (/^....ftyp(heic|heix|mif1|heim)/s.test(latin)) return 'image/heic';
  return null;
}

export interface Reading {
  readonly model: ServedModel;
  readonly signatures: Signatures;
  /** Bytes of an uploaded file, or null when there is none at that address. */
  readonly file: (uri: string) => ReceivedPicture | null;
  /** Told of what the service would let pass but Retake must not do. */
  readonly note: (what: string) => unknown;
  /** The request's own characters; null where they are not at hand (the lines of a batch). */
  readonly body: string | null;
}

interface GenerationConfig {
  candidateCount?: number;
  responseModalities?: string[];
  responseMimeType?: string;
  responseSchema?: unknown;
  thinkingConfig?: { thinkingLevel?: string; includeThoughts?: boolean; thinkingBudget?: number };
  imageConfig?: { aspectRatio?: string; imageSize?: string };
  responseFormat?: { image?: { aspectRatio?: string; imageSize?: string } };
}

const enumRatios: Readonly<Record<string, string>> = Object.fromEntries(
  ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9', '1:4', '4:1', '1:8', '8:1'].map((ratio) => {
    const words: Readonly<Record<string, string>> = {
      1: 'ONE',
      2: 'TWO',
      3: 'THREE',
      4: 'FOUR',
      5: 'FIVE',
      8: 'EIGHT',
      9: 'NINE',
      16: 'SIXTEEN',
      21: 'TWENTY_ONE',
    };
    const [width, height] = ratio.split(':') as [string, string];
    return [`ASPECT_RATIO_${words[width]}_BY_${words[height]}`, ratio];
  }),
);

const enumSizes: Readonly<Record<string, string>> = {
  IMAGE_SIZE_FIVE_TWELVE: '512',
  IMAGE_SIZE_ONE_K: '1K',
  IMAGE_SIZE_TWO_K: '2K',
  IMAGE_SIZE_FOUR_K: '4K',
};

/** `json` has passed the grammar. Throws the service's 400 for all that the model does not take. */
export function readGenerateRequest(json: Record<string, unknown>, reading: Reading): GenerateRequest {
  const contents = (json.contents ?? []) as Content[];
  if (contents.length === 0) throw badRequest('* GenerateContentRequest.contents: contents is not specified\n');
  const config = (json.generationConfig ?? {}) as GenerationConfig;
  const turns = contents.map((content, i) => readTurn(content, i, reading));
  checkOrder(turns, reading);
  const last = turns.at(-1) as ReceivedTurn;
  if (last.role !== 'user') throw badRequest('Please ensure that single turn requests end with a user role or the role field is empty.');
  const pictureCount = turns.reduce((sum, turn) => sum + (turn.role === 'user' ? turn.pictures.length : 0), 0);
  if (pictureCount > reading.model.mostPictures)
    throw badRequest(`The number of images (${pictureCount}) exceeds the limit (${reading.model.mostPictures}) for this model.`);
  const shape = readShape(config, reading);
  checkModalities(config, reading.model);
  checkThinking(config, reading.model);
  if ((config.candidateCount ?? 1) > 1) throw badRequest('Multiple candidates is not enabled for this model');
  if (config.responseMimeType !== undefined && config.responseMimeType !== 'text/plain')
    throw badRequest('JSON mode is not enabled for this model');
  const modalities = config.responseModalities ?? ['TEXT', 'IMAGE'];
  return {
    model: reading.model.id,
    turns,
    pictures: last.pictures,
    promptText: last.promptText,
    ...shape,
    thinkingLevel: config.thinkingConfig?.thinkingLevel ?? null,
    includeThoughts: config.thinkingConfig?.includeThoughts ?? false,
    wantsImage: modalities.includes('IMAGE'),
    systemText: textOf((json.systemInstruction as Content | undefined)?.parts ?? []),
  };
}

const textOf = (parts: readonly Part[]): string => parts.map((part) => (part.thought === true ? '' : (part.text ?? ''))).join('');

const lastText = (content: Content): string => content.parts?.filter((part) => part.text !== undefined).at(-1)?.text ?? '';

function readTurn(content: Content, index: number, reading: Reading): ReceivedTurn {
  const role = content.role ?? 'user';
  if (role !== 'user' && role !== 'model') throw badRequest('Please use a valid role: user, model.');
  const parts = content.parts ?? [];
  if (parts.length === 0) throw badRequest(`* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.\n`);
  const pictures: ReceivedPicture[] = [];
  let isFirstAnswer = true;
  for (const [i, part] of parts.entries()) {
    const data = (['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'] as const).filter(
      (name) => part[name] !== undefined,
    );
    if (data.length === 0)
      throw badRequest(
        `* GenerateContentRequest.contents[${index}].parts[${i}].data: required oneof field 'data' must have one initialized field\n`,
      );
    if (data.length > 1)
      throw badRequest(
        `Invalid value at 'contents[${index}].parts[${i}]' (oneof), oneof field 'data' is already set. Cannot set '${data[1]}'`,
      );
    if (role === 'model' && part.thought !== true) {
      const mustSign = part.inlineData !== undefined || isFirstAnswer;
      checkSignature(part, mustSign, index, i, reading);
      isFirstAnswer = false;
    }
    if (role === 'model') checkWritten(part, index, i, reading);
    if (part.inlineData !== undefined) pictures.push(readPicture(part.inlineData, reading));
    if (part.fileData !== undefined) pictures.push(readFile(part.fileData, reading));
  }
  return { role, text: textOf(parts), promptText: lastText(content), parts, pictures };
}

/** The service takes turns in any order; a conversation of ours begins with the user and alternates. */
function checkOrder(turns: readonly ReceivedTurn[], { note }: Reading): void {
  if (turns.some((turn, i) => turn.role !== (i % 2 === 0 ? 'user' : 'model')))
    note(`the turns do not alternate: ${turns.map((turn) => turn.role).join(', ')}`);
}

/** The service cannot tell how a part was written; we promise to return it to the byte. */
function checkWritten(part: Part, index: number, at: number, { signatures, body, note }: Reading): void {
  const place = `(content ${index + 1}, part ${at + 1})`;
  const written = signatures.writtenAs(part);
  if (written === null) note(`a model turn holds a part that was never given out ${place}`);
  else if (body !== null && !body.includes(written)) note(`a part of the model came back in other bytes ${place}`);
}

/** Positions count from one, as in the message that Google documents. */
function checkSignature(part: Part, mustSign: boolean, index: number, at: number, reading: Reading): void {
  const isPicture = part.inlineData !== undefined;
  if (part.thoughtSignature === undefined) {
    if (isPicture) throw badRequest(`Image part is missing a thought_signature in content position ${index + 1}, part position ${at + 1}.`);
    // One that was given out without a signature returns without it.
    if (mustSign && reading.signatures.writtenAs(part) === null)
      reading.note(`a model turn came back without the signature of its first part (content ${index + 1}, part ${at + 1})`);
    return;
  }
  if (!reading.signatures.fits(part)) throw badRequest('Thought signature is not valid.');
}

function readPicture(data: { mimeType?: string; data?: string }, reading: Reading): ReceivedPicture {
  const type = data.mimeType ?? '';
  if (type === '') throw badRequest('Unable to determine the mime type of the inline data.');
  if (!inputTypes.includes(type)) throw badRequest(type === 'image/svg+xml' ? unreadable : `Unsupported MIME type: ${type}`);
  const bytes = new Uint8Array(Buffer.from(data.data ?? '', 'base64'));
  const real = typeOfBytes(bytes);
  if (real === null) throw badRequest(unreadable);
  if (real !== type && !(real === 'image/heic' && type === 'image/heif')) reading.note(`a picture labelled ${type} is ${real}`);
  return { type, bytes };
}

function readFile(data: { mimeType?: string; fileUri?: string }, reading: Reading): ReceivedPicture {
  const file = reading.file(data.fileUri ?? '');
  if (file === null) throw badRequest(`Cannot fetch content from the provided URL: ${data.fileUri ?? ''}`);
  return file;
}

function readShape(config: GenerationConfig, { model, note }: Reading): { aspectRatio: string | null; imageSize: string | null } {
  const image = config.imageConfig ?? config.responseFormat?.image ?? {};
  const isEnum = config.responseFormat !== undefined;
  const aspectRatio = image.aspectRatio === undefined ? null : isEnum ? (enumRatios[image.aspectRatio] ?? '?') : image.aspectRatio;
  const imageSize = image.imageSize === undefined ? null : isEnum ? (enumSizes[image.imageSize] ?? '?') : image.imageSize;
  if (aspectRatio !== null && model.ratios === null) throw badRequest('Aspect ratio is not supported for this model.');
  if (imageSize !== null && model.sizes === null) throw badRequest('Image size is not supported for this model.');
  if (aspectRatio !== null && model.ratios?.includes(aspectRatio) !== true)
    throw badRequest(`aspect_ratio must be one of ${model.ratios?.map((ratio) => `'${ratio}'`).join(', ')}.`);
  if (imageSize !== null && model.sizes?.includes(imageSize) !== true)
    throw badRequest(`image_size must be one of ${model.sizes?.map((size) => `'${size}'`).join(', ')}.`);
  if (aspectRatio === null && model.ratios !== null) note('no aspectRatio: the result would follow the last picture');
  return { aspectRatio, imageSize };
}

function checkModalities(config: GenerationConfig, model: ServedModel): void {
  const modalities = config.responseModalities ?? [];
  const isBoth = modalities.includes('TEXT') && modalities.includes('IMAGE');
  if (modalities.includes('AUDIO') || (modalities.length > 0 && !modalities.includes('IMAGE')) || (model.bothModalities && !isBoth))
    throw badRequest(
      `The requested combination of response modalities (${modalities.join(', ')}) is not supported by the model. models/${model.id} accepts the following combination of response modalities:\n* TEXT, IMAGE\n`,
    );
}

function checkThinking(config: GenerationConfig, model: ServedModel): void {
  const level = config.thinkingConfig?.thinkingLevel;
  if (level === undefined) return;
  if (model.thinkingLevels.length === 0) throw badRequest('Thinking level is not supported for this model.');
  if (!model.thinkingLevels.includes(level))
    throw badRequest(`Thinking level ${level} is not supported for this model. Please retry with other thinking level.`);
}

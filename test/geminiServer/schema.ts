/**
 * The request messages of the wire, field by field, and the check that Google's JSON parser makes on them: an unknown
 * name, a value of the wrong type or an unknown enum value is refused before the model sees anything.
 * Names are accepted in lowerCamelCase and in snake_case, and messages name them in snake_case, as the service does.
 */
import { badRequest } from './serviceError.ts';

type Field =
  | { readonly is: 'text' | 'whole' | 'number' | 'truth' | 'bytes' | 'any' }
  | { readonly is: 'enum'; readonly name: string; readonly values: readonly string[] }
  | { readonly is: 'message'; readonly fields: Message }
  | { readonly is: 'list'; readonly of: Field };

export type Message = Readonly<Record<string, Field>>;

const text: Field = { is: 'text' };
const whole: Field = { is: 'whole' };
const decimal: Field = { is: 'number' };
const truth: Field = { is: 'truth' };
const any: Field = { is: 'any' };
const list = (of: Field): Field => ({ is: 'list', of });
const message = (fields: Message): Field => ({ is: 'message', fields });
const choice = (name: string, values: readonly string[]): Field => ({ is: 'enum', name, values });

const mediaResolutions = ['MEDIA_RESOLUTION_UNSPECIFIED', 'MEDIA_RESOLUTION_LOW', 'MEDIA_RESOLUTION_MEDIUM', 'MEDIA_RESOLUTION_HIGH'];

const part: Message = {
  text,
  inlineData: message({ mimeType: text, data: { is: 'bytes' } }),
  fileData: message({ mimeType: text, fileUri: text }),
  functionCall: any,
  functionResponse: any,
  executableCode: any,
  codeExecutionResult: any,
  thought: truth,
  thoughtSignature: { is: 'bytes' },
  partMetadata: any,
  // Newer than the SDK, which drops it: what every service does to its clients one day.
  provenanceMetadata: any,
  videoMetadata: any,
  mediaResolution: message({ level: choice('PartMediaResolution.Level', mediaResolutions) }),
};

const content: Message = { parts: list(message(part)), role: text };

const harmCategories = [
  'HARM_CATEGORY_HARASSMENT',
  'HARM_CATEGORY_HATE_SPEECH',
  'HARM_CATEGORY_SEXUALLY_EXPLICIT',
  'HARM_CATEGORY_DANGEROUS_CONTENT',
  'HARM_CATEGORY_CIVIC_INTEGRITY',
];

const thresholds = ['BLOCK_LOW_AND_ABOVE', 'BLOCK_MEDIUM_AND_ABOVE', 'BLOCK_ONLY_HIGH', 'BLOCK_NONE', 'OFF'];

const generationConfig = (imageFields: ImageFields): Message => ({
  candidateCount: whole,
  stopSequences: list(text),
  maxOutputTokens: whole,
  temperature: decimal,
  topP: decimal,
  topK: decimal,
  seed: whole,
  responseMimeType: text,
  responseSchema: any,
  responseJsonSchema: any,
  presencePenalty: decimal,
  frequencyPenalty: decimal,
  responseModalities: list(choice('GenerationConfig.Modality', ['TEXT', 'IMAGE', 'AUDIO'])),
  thinkingConfig: message({
    includeThoughts: truth,
    thinkingBudget: whole,
    thinkingLevel: choice('ThinkingConfig.ThinkingLevel', ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']),
  }),
  mediaResolution: choice('GenerationConfig.MediaResolution', mediaResolutions),
  ...(imageFields === 'imageConfig'
    ? { imageConfig: message({ aspectRatio: text, imageSize: text }) }
    : { responseFormat: message({ image: message({ aspectRatio: text, imageSize: text }) }) }),
});

/** Which of its two spellings of the picture's shape the service takes (reports differ between API versions). */
export type ImageFields = 'imageConfig' | 'responseFormat';

export const generateMessage = (imageFields: ImageFields): Message => ({
  model: text,
  contents: list(message(content)),
  systemInstruction: message(content),
  tools: list(
    message({
      googleSearch: message({ searchTypes: message({ webSearch: message({}), imageSearch: message({}) }), timeRangeFilter: any }),
      functionDeclarations: any,
      codeExecution: any,
      urlContext: any,
    }),
  ),
  toolConfig: any,
  safetySettings: list(
    message({ category: choice('HarmCategory', harmCategories), threshold: choice('SafetySetting.HarmBlockThreshold', thresholds) }),
  ),
  generationConfig: message(generationConfig(imageFields)),
  cachedContent: text,
});

export const countTokensMessage = (imageFields: ImageFields): Message => ({
  contents: list(message(content)),
  generateContentRequest: message(generateMessage(imageFields)),
});

export const batchMessage = (imageFields: ImageFields): Message => ({
  batch: message({
    displayName: text,
    priority: whole,
    model: text,
    inputConfig: message({
      fileName: text,
      requests: message({ requests: list(message({ request: message(generateMessage(imageFields)), metadata: message({ key: text }) })) }),
    }),
  }),
});

const embedMessage: Message = { model: text, content: message(content), taskType: text, title: text, outputDimensionality: whole };

export const embedContentMessage = embedMessage;
export const batchEmbedMessage: Message = { requests: list(message(embedMessage)) };

export const uploadMessage: Message = { file: message({ name: text, displayName: text, mimeType: text, sizeBytes: text }) };

/** Parameters from the SDK's mapping; the service itself takes any value here. */
export const predictMessage: Message = {
  instances: list(message({ prompt: text })),
  parameters: message({
    sampleCount: whole,
    aspectRatio: text,
    sampleImageSize: text,
    personGeneration: text,
    safetySetting: text,
    includeRaiReason: truth,
    language: text,
  }),
};

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The request with its names in lowerCamelCase; throws the service's own 400 when it does not fit. */
export function readMessage(fields: Message, json: unknown): Record<string, unknown> {
  const violations: { field: string; description: string }[] = [];
  const read = readFields(fields, json, '', violations);
  if (violations.length > 0)
    throw badRequest(violations.map((violation) => violation.description).join('\n'), [
      { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations },
    ]);
  return read;
}

type Violations = { field: string; description: string }[];

function readFields(fields: Message, json: unknown, path: string, violations: Violations): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    violations.push({ field: path, description: `Invalid value at '${path}' (message), ${JSON.stringify(json)}` });
    return {};
  }
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    const field = Object.hasOwn(fields, camel(name)) ? fields[camel(name)] : undefined;
    if (field === undefined) {
      const at = path === '' ? '' : ` at '${path}'`;
      violations.push({
        field: path,
        description: `Invalid JSON payload received. Unknown name ${JSON.stringify(name)}${at}: Cannot find field.`,
      });
      continue;
    }
    if (value === null) continue;
    read[camel(name)] = readField(field, value, path === '' ? snake(name) : `${path}.${snake(name)}`, violations);
  }
  return read;
}

function readField(field: Field, value: unknown, path: string, violations: Violations): unknown {
  const wrong = (type: string): unknown => {
    violations.push({ field: path, description: `Invalid value at '${path}' (${type}), ${JSON.stringify(value)?.slice(0, 200)}` });
    return undefined;
  };
  switch (field.is) {
    case 'any':
      return value;
    case 'text':
      return typeof value === 'string' ? value : wrong('TYPE_STRING');
    case 'whole':
      return Number.isInteger(value) ? value : wrong('TYPE_INT32');
    case 'number':
      return typeof value === 'number' ? value : wrong('TYPE_FLOAT');
    case 'truth':
      return typeof value === 'boolean' ? value : wrong('TYPE_BOOL');
    case 'bytes':
      if (typeof value === 'string' && isBase64(value)) return value;
      violations.push({
        field: path,
        description: `Invalid value at '${path}' (TYPE_BYTES), Base64 decoding failed for ${JSON.stringify(value)?.slice(0, 60)}`,
      });
      return undefined;
    case 'enum':
      return typeof value === 'string' && field.values.includes(value)
        ? value
        : wrong(`type.googleapis.com/google.ai.generativelanguage.v1beta.${field.name}`);
    case 'message':
      return readFields(field.fields, value, path, violations);
    case 'list':
      // The parser takes a single value for a repeated field.
      return (Array.isArray(value) ? value : [value]).map((item, i) => readField(field.of, item, `${path}[${i}]`, violations));
  }
}

/** Standard or URL-safe alphabet, padded or not. A pattern over 100 MB would be slow, so only the tail is matched. */
function isBase64(value: string): boolean {
  const head = value.slice(0, 4096);
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(head) && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value.slice(-4096));
}

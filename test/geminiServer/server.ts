/**
 * A local Gemini service that keeps to the real one's wire: paths, headers, CORS, grammar, answers and errors. It listens
 * on loopback, records every request, notes each malformed one, and can be told how to answer next.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerBody, countTokensBody, type PictureMaker } from './answerBody.ts';
import { BatchDesk, type BatchItem } from './batches.ts';
import { modelResource, type ServedModel, servedModels } from './catalogue.ts';
import { allowOrigin, answerPreflight } from './cors.ts';
import { embed } from './embeddings.ts';
import type { AnswerChange, Scripted } from './failures.ts';
import { FileShelf, granularityBytes } from './files.ts';
import { type Content, type GenerateRequest, type Part, readGenerateRequest, Signatures } from './generateRequest.ts';
import { createOfflineAnswer } from './offlineAnswer.ts';
import * as schema from './schema.ts';
import { badRequest, keyInvalid, keyMissing, modelNotFound, Refusal, type ServiceError, serviceError } from './serviceError.ts';

export interface GeminiServerOptions {
  /** 0 takes a free port. */
  readonly port?: number;
  /** The one key that opens it. */
  readonly key?: string;
  /** Makes the pictures; the offline model when not given. */
  readonly answer?: PictureMaker;
  /** 'today' answers 404 for retired models; 'all' serves them too. */
  readonly alive?: 'today' | 'all';
  readonly imageFields?: schema.ImageFields;
  /** For dates and for the life of files. */
  readonly now?: () => number;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly byteLength: number;
  /** The JSON of the body, before any check; undefined when there was none. */
  readonly json: unknown;
  /** Its characters; '' when there were none. */
  readonly body: string;
  /** True once the client closed the connection before it had the whole answer. */
  gaveUp: boolean;
  /** True once the whole answer has left. */
  isAnswered: boolean;
}

/** Which requests take the next scripted answer. */
export type ScriptPlace = 'generate' | 'models';

export interface GeminiServer {
  /** "http://127.0.0.1:PORT", for GOOGLE_GEMINI_BASE_URL. */
  readonly url: string;
  readonly key: string;
  /** Without preflights. */
  readonly requests: readonly RecordedRequest[];
  /** Requests that ask for an answer: generateContent, streamGenerateContent and predict. */
  readonly asked: readonly RecordedRequest[];
  /** generateContent requests that passed every check. */
  readonly understood: readonly GenerateRequest[];
  readonly preflights: readonly RecordedRequest[];
  /** What was wrong with requests, in words; a test asserts that it stays empty. */
  readonly malformed: readonly string[];
  /** The next answers, in order; null is the usual answer. Afterwards all answers are usual again. */
  script(answers: readonly (Scripted | null)[], place?: ScriptPlace): void;
  /** The same answer to every request, until the next call; null goes back to usual answers. */
  always(answer: Scripted | null, place?: ScriptPlace): void;
  /** Brings a batch to an end that looking at it cannot. */
  endBatch(name: string, state: 'BATCH_STATE_FAILED' | 'BATCH_STATE_EXPIRED'): void;
  forget(): void;
  close(): Promise<void>;
}

const defaultKey = 'local-test-key';
/** Inline limit of a request since January 2026. */
const mostBytes = 100 * 1024 * 1024;
const jsonType = 'application/json; charset=UTF-8';

/** `exactOptionalPropertyTypes` forbids passing undefined; this is the one place that fills the gaps. */
const filled = (options: GeminiServerOptions) => ({
  port: 0,
  key: defaultKey,
  answer: createOfflineAnswer(),
  alive: 'today' as const,
  imageFields: 'imageConfig' as const,
  now: Date.now,
  ...options,
});

export async function startGeminiServer(options: GeminiServerOptions = {}): Promise<GeminiServer> {
  const settings = filled(options);
  const requests: RecordedRequest[] = [];
  const preflights: RecordedRequest[] = [];
  const understood: GenerateRequest[] = [];
  const malformed: string[] = [];
  const queues: Record<ScriptPlace, (Scripted | null)[]> = { generate: [], models: [] };
  const standing: Record<ScriptPlace, Scripted | null> = { generate: null, models: null };
  const signatures = new Signatures();
  const files = new FileShelf(settings.now);
  let url = '';

  const next = (place: ScriptPlace): Scripted | null => {
    const queued = queues[place].shift();
    return queued === undefined ? standing[place] : queued;
  };

  const isAlive = (model: ServedModel) => settings.alive === 'all' || !model.retired;

  function servedModel(id: string, method: string): ServedModel {
    const model = servedModels.find((each) => each.id === id);
    if (model === undefined || !isAlive(model) || !model.methods.includes(method))
      throw new Refusal(modelNotFound(id, method), model === undefined && !/^(gemini|imagen)-/.test(id));
    return model;
  }

  function understand(
    model: ServedModel,
    json: unknown,
    body: string | null,
    note = (what: string): unknown => malformed.push(what),
  ): GenerateRequest {
    const read = schema.readMessage(schema.generateMessage(settings.imageFields), json);
    return readGenerateRequest(read, {
      model,
      signatures,
      file: (uri) => files.atUri(uri),
      note,
      body,
    });
  }

  async function usualAnswer(model: ServedModel, request: GenerateRequest, change: AnswerChange): Promise<Record<string, unknown>> {
    const made = await settings.answer(change.square === true ? { ...request, aspectRatio: '1:1' } : request);
    return answerBody(request, model, made, change, signatures);
  }

  const batches = new BatchDesk(
    settings.now,
    async (modelId, item) => {
      try {
        const model = servedModel(modelId, 'batchGenerateContent');
        const request = understand(model, item.request, null);
        const scripted = next('generate');
        if (scripted?.kind === 'json')
          return scripted.status === 200 ? { response: scripted.body } : { error: (scripted.body as ServiceError).error };
        return { response: await usualAnswer(model, request, scripted?.kind === 'answer' ? scripted : {}) };
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause;
        if (cause.malformed) malformed.push(cause.message);
        return { error: { code: cause.body.error.code, message: cause.body.error.message } };
      }
    },
    (lines) => files.put(new TextEncoder().encode(lines), 'application/jsonl', undefined, url).name as string,
  );

  const server = createServer((request, response) => {
    void serve(request, response).catch((cause: unknown) => {
      if (response.headersSent) response.destroy();
      else if (cause instanceof Refusal) {
        if (cause.malformed) malformed.push(cause.message);
        sendJson(response, cause.body.error.code, cause.body);
      } else sendJson(response, 500, serviceError(500, `The local server itself failed: ${String(cause)}`));
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', 'http://127.0.0.1');
    const recorded: RecordedRequest = {
      method: request.method ?? 'GET',
      path: address.pathname,
      query: address.searchParams,
      headers: request.headers,
      byteLength: 0,
      json: undefined,
      body: '',
      gaveUp: false,
      isAnswered: false,
    };
    response.on('finish', () => {
      recorded.isAnswered = true;
    });
    response.on('close', () => {
      if (!response.writableFinished) recorded.gaveUp = true;
    });
    if (request.method === 'OPTIONS') {
      preflights.push(recorded);
      answerPreflight(request, response);
      return;
    }
    requests.push(recorded);
    allowOrigin(request, response);
    const body = await readBody(request);
    Object.assign(recorded, { byteLength: body.byteLength });
    checkKey(request, address);
    const [, isUpload] = /^\/(upload\/)?/.exec(address.pathname) ?? [];
    if (isUpload !== undefined) {
      takeUpload(request, response, address, body);
      return;
    }
    const path = /^\/v1beta\/(.+)$/.exec(address.pathname)?.[1];
    if (path === undefined) {
      malformed.push(`no such path: ${address.pathname}`);
      sendJson(response, 404, serviceError(404, 'Requested entity was not found.'));
      return;
    }
    if (body.bytes === null) throw badRequest(`Request payload size exceeds the limit: ${mostBytes} bytes.`);
    const json = request.method === 'POST' ? parse(request, body.bytes) : undefined;
    Object.assign(recorded, { json, body: body.bytes.toString('utf8') });
    await route(request.method ?? 'GET', decodeURIComponent(path), json, address, response, recorded);
  }

  function checkKey(request: IncomingMessage, address: URL): void {
    const inQuery = address.searchParams.get('key');
    if (inQuery !== null) malformed.push('the key is in the address, where logs keep it');
    const key = request.headers['x-goog-api-key'] ?? inQuery;
    // An upload's own address is its credential.
    if (address.searchParams.has('upload_id')) return;
    if (key === null || key === undefined || key === '') throw new Refusal(keyMissing, false);
    if (key !== settings.key) throw new Refusal(keyInvalid, false);
  }

  function parse(request: IncomingMessage, bytes: Buffer): unknown {
    if (bytes.length === 0) return {};
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) malformed.push('a body without content-type application/json');
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch {
      throw badRequest('Invalid JSON payload received. Unexpected end of string or token.');
    }
  }

  async function route(
    method: string,
    path: string,
    json: unknown,
    address: URL,
    response: ServerResponse,
    recorded: RecordedRequest,
  ): Promise<void> {
    const verb = /^models\/([^/:]+):(\w+)$/.exec(path);
    if (method === 'POST' && verb !== null) {
      await callModel(verb[1], verb[2], json, address, response, recorded);
      return;
    }
    if (method === 'GET' && /^models(\/[^/]+)?$/.test(path)) {
      await send(response, next('models'), () => Promise.resolve(models(path, address)));
      return;
    }
    const file = /^(files\/[^/:]+)(:download)?$/.exec(path);
    if (method === 'GET' && path === 'files') return sendJson(response, 200, page(files.list(), 'files', address, 10));
    if (file !== null && method === 'GET') {
      if (file[2] === undefined && address.searchParams.get('alt') !== 'media') return sendJson(response, 200, files.get(file[1]));
      const bytes = files.bytesOf(file[1]);
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length }).end(bytes);
      return;
    }
    if (file !== null && method === 'DELETE') {
      files.delete(file[1]);
      return sendJson(response, 200, {});
    }
    const batch = /^(batches\/[^/:]+)(:cancel)?$/.exec(path);
    if (method === 'GET' && path === 'batches') return sendJson(response, 200, page(batches.list(), 'operations', address, 10));
    if (batch !== null && method === 'GET') return sendJson(response, 200, await batches.get(batch[1]));
    if (batch !== null && method === 'DELETE') {
      batches.delete(batch[1]);
      return sendJson(response, 200, {});
    }
    if (batch?.[2] !== undefined && method === 'POST') {
      batches.cancel(batch[1]);
      return sendJson(response, 200, {});
    }
    malformed.push(`no such call: ${method} /v1beta/${path}`);
    sendJson(response, 404, serviceError(404, 'Requested entity was not found.'));
  }

  function models(path: string, address: URL): unknown {
    if (path === 'models') return page(servedModels.filter(isAlive).map(modelResource), 'models', address, 50);
    const model = servedModels.find((each) => `models/${each.id}` === path);
    if (model === undefined || !isAlive(model)) throw new Refusal(modelNotFound(path.slice('models/'.length), 'generateContent'), false);
    return modelResource(model);
  }

  async function callModel(
    id: string,
    verb: string,
    json: unknown,
    address: URL,
    response: ServerResponse,
    recorded: RecordedRequest,
  ): Promise<void> {
    switch (verb) {
      case 'generateContent':
      case 'streamGenerateContent': {
        const model = servedModel(id, 'generateContent');
        const request = understand(model, json, recorded.body);
        understood.push(request);
        const isStream = verb === 'streamGenerateContent';
        const usual = (change: AnswerChange) => usualAnswer(model, request, change);
        await send(
          response,
          next('generate'),
          usual,
          isStream ? (address.searchParams.get('alt') === 'sse' ? 'events' : 'array') : 'object',
        );
        return;
      }
      case 'predict': {
        servedModel(id, 'predict');
        const request = understandPredict(id, json);
        await send(response, next('generate'), (change) => predict(request, change));
        return;
      }
      case 'countTokens': {
        const model = servedModel(id, 'countTokens');
        const read = schema.readMessage(schema.countTokensMessage(settings.imageFields), json) as {
          contents?: unknown;
          generateContentRequest?: unknown;
        };
        // Counting asks for no picture, so its shape is nobody's business.
        const request = understand(model, read.generateContentRequest ?? { contents: read.contents }, null, () => {});
        sendJson(response, 200, countTokensBody(request, model));
        return;
      }
      case 'batchGenerateContent':
        servedModel(id, 'batchGenerateContent');
        sendJson(response, 200, createBatch(id, json, recorded.byteLength));
        return;
      case 'embedContent': {
        servedModel(id, 'embedContent');
        const read = schema.readMessage(schema.embedContentMessage, json) as { content: Content; outputDimensionality?: number };
        sendJson(response, 200, { embedding: embed(read.content, read.outputDimensionality) });
        return;
      }
      case 'batchEmbedContents': {
        servedModel(id, 'batchEmbedContents');
        const { requests: each = [] } = schema.readMessage(schema.batchEmbedMessage, json) as {
          requests?: { model?: string; content: Content; outputDimensionality?: number }[];
        };
        if (each.some((one) => one.model !== `models/${id}`))
          throw badRequest('* BatchEmbedContentsRequest.requests[0].model: model must match the model of the request');
        sendJson(response, 200, { embeddings: each.map((one) => embed(one.content, one.outputDimensionality)) });
        return;
      }
      default:
        malformed.push(`no such method: ${verb}`);
        sendJson(response, 404, serviceError(404, 'Requested entity was not found.'));
    }
  }

  function understandPredict(id: string, json: unknown): GenerateRequest & { readonly samples: number } {
    const { instances = [], parameters = {} } = schema.readMessage(schema.predictMessage, json) as {
      instances?: { prompt?: string }[];
      parameters?: { sampleCount?: number; aspectRatio?: string; sampleImageSize?: string };
    };
    const model = servedModel(id, 'predict');
    const promptText = instances[0]?.prompt ?? '';
    if (instances.length !== 1 || promptText === '') throw badRequest('Exactly one instance with a prompt is expected.');
    const samples = parameters.sampleCount ?? 1;
    if (samples < 1 || samples > 4) throw badRequest(`sampleCount must be between 1 and 4, got ${samples}.`);
    const { aspectRatio = '1:1', sampleImageSize } = parameters;
    if (model.ratios?.includes(aspectRatio) !== true) throw badRequest(`Invalid aspect ratio: ${aspectRatio}.`);
    if (sampleImageSize !== undefined && model.sizes?.includes(sampleImageSize) !== true)
      throw badRequest(`Invalid sample image size: ${sampleImageSize}.`);
    const turn = { role: 'user' as const, text: promptText, promptText, parts: [{ text: promptText }], pictures: [] };
    return {
      model: id,
      turns: [turn],
      pictures: [],
      promptText,
      aspectRatio,
      imageSize: sampleImageSize ?? null,
      thinkingLevel: null,
      includeThoughts: false,
      wantsImage: true,
      systemText: '',
      samples,
    };
  }

  /** Imagen answers with PNG. */
  async function predict(request: GenerateRequest & { readonly samples: number }, change: AnswerChange): Promise<unknown> {
    const made = await settings.answer(request);
    if (made.picture === null) return { predictions: [{ raiFilteredReason: made.text }] };
    const { default: sharp } = await import('sharp');
    const png = await sharp(made.picture.bytes).png().toBuffer();
    const data = change.damage === 'empty-data' ? '' : change.damage === 'garbage' ? 'bm90IGEgcGljdHVyZQ==' : png.toString('base64');
    const one = { mimeType: change.claimedType ?? 'image/png', bytesBase64Encoded: data };
    return { predictions: Array.from({ length: request.samples }, () => one) };
  }

  function createBatch(model: string, json: unknown, byteLength: number): Record<string, unknown> {
    if (byteLength > 20 * 1024 * 1024) throw badRequest('Request payload size exceeds the limit: 20971520 bytes.');
    const { batch } = schema.readMessage(schema.batchMessage(settings.imageFields), json) as {
      batch?: {
        displayName?: string;
        inputConfig?: { fileName?: string; requests?: { requests?: { request: Record<string, unknown>; metadata?: { key?: string } }[] } };
      };
    };
    const { fileName, requests: inline } = batch?.inputConfig ?? {};
    if (fileName !== undefined) {
      const lines = new TextDecoder()
        .decode(files.bytesOf(fileName))
        .split('\n')
        .filter((line) => line.trim() !== '');
      return batches.create(model, batch?.displayName ?? '', lines.map(readLine), true);
    }
    const items = inline?.requests ?? [];
    if (items.length === 0) throw badRequest('* BatchGenerateContentRequest.batch.input_config: requests or file_name is required\n');
    const list = items.map((item): BatchItem => ({ key: item.metadata?.key ?? null, request: item.request }));
    return batches.create(model, batch?.displayName ?? '', list, false);
  }

  function takeUpload(request: IncomingMessage, response: ServerResponse, address: URL, body: Body): void {
    const header = (name: string): string => String(request.headers[`x-goog-upload-${name}`] ?? '');
    const command = header('command');
    if (address.pathname !== '/upload/v1beta/files') throw new Refusal(serviceError(404, 'Requested entity was not found.'), true);
    if (body.bytes === null) throw badRequest('The upload is larger than this server takes.');
    if (command === 'start') {
      if (header('protocol') !== 'resumable') throw badRequest(`Unsupported upload protocol: ${header('protocol')}`);
      const sizeBytes = Number(header('header-content-length'));
      const read = schema.readMessage(schema.uploadMessage, parse(request, body.bytes)) as { file?: { displayName?: string } };
      const id = files.start(read.file ?? {}, header('header-content-type'), sizeBytes);
      response.setHeader('x-goog-upload-status', 'active');
      response.setHeader('x-goog-upload-chunk-granularity', String(granularityBytes));
      response.setHeader('x-goog-upload-url', `${url}/upload/v1beta/files?upload_id=${id}&upload_protocol=resumable`);
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end();
      return;
    }
    if (!/^(upload|upload, finalize|finalize)$/.test(command)) throw badRequest(`Unsupported upload command: ${command}`);
    const file = files.add(address.searchParams.get('upload_id') ?? '', Number(header('offset')), body.bytes, command, url);
    response.setHeader('x-goog-upload-status', file === null ? 'active' : 'final');
    sendJson(response, 200, file === null ? {} : { file });
  }

  async function send(
    response: ServerResponse,
    scripted: Scripted | null,
    usual: (change: AnswerChange) => Promise<unknown>,
    as: 'object' | 'events' | 'array' = 'object',
  ): Promise<void> {
    const shape = (json: unknown) => (as === 'array' ? [json] : json);
    const sendGood = (json: unknown) => {
      if (as === 'object') rememberParts(json);
      if (as !== 'events') return sendJson(response, 200, shape(json));
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${JSON.stringify(json)}\r\n\r\n`);
    };
    if (scripted === null) return sendGood(await usual({}));
    switch (scripted.kind) {
      case 'answer':
        return sendGood(await usual(scripted));
      case 'json':
        for (const [name, value] of Object.entries(scripted.headers ?? {})) response.setHeader(name, value);
        return scripted.status === 200 ? sendGood(scripted.body) : sendJson(response, scripted.status, shape(scripted.body));
      case 'text':
        for (const part of scripted.parts ?? []) signatures.remember(JSON.parse(part) as Part, part);
        response.writeHead(scripted.status, { 'content-type': scripted.type, ...scripted.headers }).end(scripted.body);
        return;
      case 'hang':
        return;
      case 'slow': {
        const isOpen = await waited(response, scripted.delayMs);
        if (isOpen) await send(response, scripted.next, usual, as);
        return;
      }
      case 'disconnect': {
        if (scripted.when === 'before-answer') {
          response.destroy();
          return;
        }
        const whole = JSON.stringify(await usual({}));
        response.writeHead(200, { 'content-type': jsonType, 'content-length': Buffer.byteLength(whole) });
        response.write(whole.slice(0, Math.floor(whole.length / 2)), () => response.destroy());
        return;
      }
    }
  }

  function rememberParts(json: unknown): void {
    const { candidates } = (json ?? {}) as { candidates?: { content?: Content }[] | null };
    const written = writtenJson(json);
    for (const part of candidates?.[0]?.content?.parts ?? ([] as Part[])) {
      // Five levels down: candidates, the first of them, its content, parts, the part.
      const characters = writtenJson(part).replaceAll('\n', `\n${' '.repeat(10)}`);
      if (!written.includes(characters)) throw new Error('a part is not written as the server thinks it is');
      signatures.remember(part, characters);
    }
  }

  // As long as the real one keeps an idle connection; Node's 5 s would break requests after a long computation.
  server.keepAliveTimeout = 240_000;
  await new Promise<void>((resolve) => server.listen(settings.port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const isAsk = (request: RecordedRequest) => /:(generateContent|streamGenerateContent|predict)$/.test(request.path);
  return {
    url,
    key: settings.key,
    requests,
    get asked() {
      return requests.filter(isAsk);
    },
    understood,
    preflights,
    malformed,
    script(answers, place = 'generate') {
      queues[place] = [...answers];
    },
    always(answer, place = 'generate') {
      queues[place] = [];
      standing[place] = answer;
    },
    endBatch: (name, state) => batches.end(name, state),
    forget() {
      for (const list of [requests, preflights, understood, malformed]) list.length = 0;
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Resolves false when the client went away first. */
function waited(response: ServerResponse, delayMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), delayMs);
    response.on('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

interface Body {
  /** null when it was longer than the limit; it is read to its end all the same, so that the client hears the answer. */
  readonly bytes: Buffer | null;
  readonly byteLength: number;
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const pieces: Buffer[] = [];
  let byteLength = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    byteLength += piece.length;
    if (byteLength <= mostBytes) pieces.push(piece);
    else pieces.length = 0;
  }
  return { bytes: byteLength > mostBytes ? null : Buffer.concat(pieces), byteLength };
}

function readLine(line: string, index: number): BatchItem {
  try {
    const { key = null, request } = JSON.parse(line) as { key?: string; request: Record<string, unknown> };
    return { key, request };
  } catch {
    throw badRequest(`Line ${index + 1} of the input file is not JSON.`);
  }
}

/** Lists with `pageSize` and `pageToken`. */
function page(all: readonly unknown[], name: string, address: URL, usualSize: number): Record<string, unknown> {
  const size = Math.max(1, Number(address.searchParams.get('pageSize') ?? usualSize));
  const from = Number(Buffer.from(address.searchParams.get('pageToken') ?? '', 'base64url').toString() || '0');
  const rest = from + size < all.length ? { nextPageToken: Buffer.from(String(from + size)).toString('base64url') } : {};
  return { [name]: all.slice(from, from + size), ...rest };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': jsonType }).end(`${writtenJson(body)}\n`);
}

/** Pretty-printed, and what HTML could misread escaped: another spelling than any client's. */
const writtenJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(/[<>&=]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`);

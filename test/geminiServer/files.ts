/**
 * Uploaded files: started with the size, sent in pieces at stated offsets, finalized, kept for 48 hours.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { ReceivedPicture } from './generateRequest.ts';
import { Refusal, serviceError } from './serviceError.ts';

const lifetimeMs = 48 * 3600 * 1000;
/** Pieces other than the last are multiples of this. */
export const granularityBytes = 8 * 1024 * 1024;

interface Upload {
  readonly displayName: string | undefined;
  readonly type: string;
  readonly sizeBytes: number;
  readonly pieces: Buffer[];
  received: number;
}

interface StoredFile {
  readonly resource: Record<string, unknown> & { readonly name: string; readonly uri: string };
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly expiresAt: number;
}

export class FileShelf {
  readonly #uploads = new Map<string, Upload>();
  readonly #files = new Map<string, StoredFile>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  start(file: { displayName?: string }, type: string, sizeBytes: number): string {
    const id = randomBytes(12).toString('hex');
    this.#uploads.set(id, { displayName: file.displayName, type, sizeBytes, pieces: [], received: 0 });
    return id;
  }

  /** Takes one piece; the finished file's resource, or null when more is to come. */
  add(id: string, offset: number, piece: Buffer, command: string, baseUrl: string): Record<string, unknown> | null {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw new Refusal(serviceError(404, 'Upload not found.'), true);
    if (offset !== upload.received)
      throw new Refusal(serviceError(400, `Invalid request. Offset ${offset}, expected ${upload.received}.`), true);
    upload.pieces.push(piece);
    upload.received += piece.length;
    const isFinal = command.includes('finalize');
    if (!isFinal) {
      if (piece.length % granularityBytes !== 0)
        throw new Refusal(serviceError(400, `Chunk size must be a multiple of ${granularityBytes} bytes.`), true);
      return null;
    }
    this.#uploads.delete(id);
    if (upload.received !== upload.sizeBytes)
      throw new Refusal(serviceError(400, `Upload has ${upload.received} bytes, expected ${upload.sizeBytes}.`), true);
    return this.put(Buffer.concat(upload.pieces), upload.type, upload.displayName, baseUrl);
  }

  put(bytes: Uint8Array, type: string, displayName: string | undefined, baseUrl: string): Record<string, unknown> {
    const name = `files/${randomBytes(6).toString('hex')}`;
    const now = this.#now();
    const time = new Date(now).toISOString();
    const resource = {
      name,
      ...(displayName === undefined ? {} : { displayName }),
      mimeType: type,
      sizeBytes: String(bytes.length),
      createTime: time,
      updateTime: time,
      expirationTime: new Date(now + lifetimeMs).toISOString(),
      sha256Hash: Buffer.from(createHash('sha256').update(bytes).digest('hex')).toString('base64'),
      uri: `${baseUrl}/v1beta/${name}`,
      state: 'ACTIVE',
      source: 'UPLOADED',
    };
    this.#files.set(name, { resource, bytes, type, expiresAt: now + lifetimeMs });
    return resource;
  }

  #find(name: string): StoredFile {
    const file = this.#files.get(name);
    if (file === undefined || file.expiresAt <= this.#now())
      throw new Refusal(
        serviceError(403, `You do not have permission to access the File ${name.slice('files/'.length)} or it may not exist.`),
        false,
      );
    return file;
  }

  get(name: string): Record<string, unknown> {
    return this.#find(name).resource;
  }

  bytesOf(name: string): Uint8Array {
    return this.#find(name).bytes;
  }

  delete(name: string): void {
    this.#find(name);
    this.#files.delete(name);
  }

  list(): readonly Record<string, unknown>[] {
    return [...this.#files.values()].filter((file) => file.expiresAt > this.#now()).map((file) => file.resource);
  }

  /** For `fileData.fileUri`. */
  atUri(uri: string): ReceivedPicture | null {
    const file = [...this.#files.values()].find((each) => each.resource.uri === uri || each.resource.name === uri);
    return file === undefined || file.expiresAt <= this.#now() ? null : { type: file.type, bytes: file.bytes };
  }
}

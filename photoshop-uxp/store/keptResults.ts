/**
 * Answers that were paid for, from the moment they arrive until they are placed: a file in the plug-in's folder, found again
 * whatever becomes of the document, of the panel, or of Photoshop.
 */
import type { Failure } from '../../shared/core/failure.ts';
import type { PictureType } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import { fromUtf8, toUtf8 } from '../../shared/core/text.ts';
import type { PluginFiles } from './pluginFiles.ts';

export interface KeptResult {
  /** Of its take. */
  readonly id: string;
  readonly instruction: string;
  /** Of the document that it was made for. */
  readonly title: string;
  /** Ms since 1970. */
  readonly at: number;
  readonly type: PictureType;
}

export interface KeptResults {
  keep(result: KeptResult, bytes: Uint8Array): Promise<Result<void, Failure>>;
  /** Oldest first; what cannot be read is left alone. */
  list(): Promise<Result<readonly KeptResult[], Failure>>;
  /** Null when it is gone. */
  read(id: string): Promise<Result<Uint8Array | null, Failure>>;
  remove(id: string): Promise<Result<void, Failure>>;
}

const folder = 'results';
const aboutPath = (id: string): string => `${folder}/${id}.json`;
const picturePath = (id: string): string => `${folder}/${id}.picture`;

export function createKeptResults(files: PluginFiles): KeptResults {
  return {
    async keep(result, bytes) {
      // The picture first: what is listed can be read.
      const written = await files.write(picturePath(result.id), bytes);
      return written.ok ? files.write(aboutPath(result.id), toUtf8(JSON.stringify(result))) : written;
    },
    async list() {
      const listed = await files.list(folder);
      if (!listed.ok) return listed;
      const found: KeptResult[] = [];
      for (const { name } of listed.value) {
        if (!name.endsWith('.json')) continue;
        const bytes = await files.read(`${folder}/${name}`);
        if (!bytes.ok) return bytes;
        const result = bytes.value === null ? null : parsed(bytes.value);
        if (result !== null && aboutPath(result.id) === `${folder}/${name}`) found.push(result);
      }
      return ok(found.sort((a, b) => a.at - b.at));
    },
    read: (id) => files.read(picturePath(id)),
    async remove(id) {
      const removed = await files.remove(aboutPath(id));
      return removed.ok ? files.remove(picturePath(id)) : removed;
    },
  };
}

function parsed(bytes: Uint8Array): KeptResult | null {
  try {
    const { id, instruction, title, at, type } = JSON.parse(fromUtf8(bytes) ?? '') as Partial<KeptResult>;
    return typeof id === 'string' &&
      typeof instruction === 'string' &&
      typeof title === 'string' &&
      typeof at === 'number' &&
      type !== undefined
      ? { id, instruction, title, at, type }
      : null;
  } catch {
    return null;
  }
}

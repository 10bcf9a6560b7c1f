/**
 * A picture that was paid for is not thrown away because the disk is full: when something fails after the model has
 * answered, its bytes go to the folder for temporary files, and the user is told where.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../../shared/core/failure.ts';
import type { AnswerPicture, EditAnswer } from '../../shared/core/model.ts';
import { err } from '../../shared/core/result.ts';
import type { JobPorts } from './jobPorts.ts';

export interface KeptAnswer {
  take(answer: Pick<EditAnswer, 'picture'>): void;
  /** Ends a job with `failure`, the answer put by if there is one. A cancel leaves nothing behind. */
  failing(failure: Failure, ports: JobPorts): Promise<{ readonly ok: false; readonly error: Failure }>;
}

export function keeping(): KeptAnswer {
  let picture: AnswerPicture | null = null;
  return {
    take(answer) {
      picture = answer.picture;
    },
    async failing(failure, ports) {
      if (picture === null || failure.kind === 'cancelled') return err(failure);
      const path = await putBy(picture.bytes, picture.type.split('/')[1]);
      if (path !== null) ports.kept(path);
      return err(failure);
    },
  };
}

/** Writes bytes that were paid for to the folder for temporary files; null when even that fails, which is no news by then. */
export async function putBy(bytes: Uint8Array, ending: string): Promise<string | null> {
  const path = join(tmpdir(), `retake-answer-${randomBytes(6).toString('hex')}.${ending}`);
  try {
    await writeFile(path, bytes, { flag: 'wx' });
    return path;
  } catch {
    return null;
  }
}

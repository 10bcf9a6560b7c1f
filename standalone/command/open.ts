/** `retake open`: the page on loopback, until Ctrl-C. */
import { fileURLToPath } from 'node:url';
import { neverAborted } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { readEnvironment } from './environment.ts';
import { readInput } from './files.ts';
import { startPageServer } from './pageServer.ts';
import { whenStopped } from './stopSignals.ts';

/** Calls `opened` with the page's address, and resolves when the user has stopped it. */
export async function serveUntilStopped(
  input: string | null,
  port: number | null,
  opened: (url: string) => void,
): Promise<Result<void, Failure>> {
  const access = readEnvironment(process.env);
  if (!access.ok) return access;
  const read = input === null ? null : await readInput(input, neverAborted);
  if (read !== null && !read.ok) return read;
  const { apiKey, baseUrl } = access.value;
  try {
    const server = await startPageServer({
      port: port ?? undefined,
      document: read === null ? undefined : { name: read.value.file.name, bytes: read.value.bytes },
      apiKey: apiKey ?? undefined,
      baseUrl: baseUrl === '' ? undefined : baseUrl,
      distDir: fileURLToPath(new URL('./page', import.meta.url)),
    });
    const stopped = new Promise<void>((resolve) => {
      whenStopped(resolve);
    });
    opened(server.url);
    await stopped;
    await server.close();
    return ok(undefined);
  } catch (cause) {
    return err({ kind: 'host', operation: 'serving the page', message: cause instanceof Error ? cause.message : String(cause) });
  }
}

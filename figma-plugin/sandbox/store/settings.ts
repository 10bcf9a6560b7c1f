/** Settings on this machine, in Figma's `clientStorage`: 5 MB for all of a plug-in's keys and values together. */
import type { Failure } from '../../../shared/core/failure.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import { guarded } from '../guarded.ts';

const prefix = 'retake.';

export async function getSetting(figma: PluginAPI, key: string): Promise<Result<string | null, Failure>> {
  const { answer } = await guarded('Reading a setting', async () => {
    const value: unknown = await figma.clientStorage.getAsync(prefix + key);
    return ok(typeof value === 'string' ? value : null);
  });
  return answer;
}

export async function setSetting(figma: PluginAPI, key: string, value: string | null): Promise<Result<null, Failure>> {
  const { answer } = await guarded('Keeping a setting on this machine', async () => {
    if (value === null) await figma.clientStorage.deleteAsync(prefix + key);
    else await figma.clientStorage.setAsync(prefix + key, value);
    return ok(null);
  });
  if (answer.ok || answer.error.kind !== 'host' || !/quota|exceed|5 ?MB/i.test(answer.error.message)) return answer;
  const { operation, message } = answer.error;
  return err({ kind: 'host', operation, message: `Figma’s room of 5 MB for this plug-in’s settings is used up (${message})` });
}

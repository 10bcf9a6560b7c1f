/** Takes as files, in and out, as every front end offers them. */
import type { AbortSignal } from '../core/abort.ts';
import type { LookPorts } from '../core/edit/takeLooks.ts';
import type { History, Take } from '../core/history/take.ts';
import { exportBranch, exportPicture } from './exportTake.ts';
import { readTakeArchive, takeFileName } from './takeArchive.ts';

export function takeFiles({ codec, clock }: Pick<LookPorts, 'codec' | 'clock'>) {
  type From = Omit<LookPorts, 'codec' | 'clock'>;
  return {
    exportPicture: (from: From, history: History, take: Take, signal: AbortSignal) =>
      exportPicture({ ...from, codec, clock }, history, take, signal),
    exportBranch: (from: From, history: History, take: Take, signal: AbortSignal) =>
      exportBranch({ ...from, codec, clock }, history, take, signal),
    readBranch: (bytes: Uint8Array, name: string, signal: AbortSignal) => readTakeArchive(bytes, name, codec, signal),
    nameOf: takeFileName,
  };
}

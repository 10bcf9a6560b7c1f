/** Photoshop's own dialogs for files, and the clipboard. */
import type { Failure } from '../../shared/core/failure.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import type { GivenFile } from '../../shared/panel/state.ts';
import { isFull, messageOf } from '../host/hostError.ts';
import type { UxpFile, UxpStorage } from '../types/modules.ts';

declare const navigator: { readonly clipboard?: { setContent?(content: object): Promise<void>; writeText?(text: string): Promise<void> } };

const endings = { pictures: ['png', 'jpg', 'jpeg'], takes: ['zip'] } as const;

export interface FileDialogs {
  /** [] when the user cancels. */
  pick(what: keyof typeof endings): Promise<readonly GivenFile[]>;
  /** False when the user cancels. */
  save(name: string, bytes: Uint8Array): Promise<Result<boolean, Failure>>;
  /** Whether it is on the clipboard now. */
  copy(text: string): Promise<boolean>;
}

export function createFileDialogs({ localFileSystem, formats }: UxpStorage): FileDialogs {
  return {
    async pick(what) {
      const picked = await localFileSystem.getFileForOpening({ types: [...endings[what]], allowMultiple: true }).catch(() => null);
      const files = picked === null ? [] : Array.isArray(picked) ? picked : [picked];
      return files.map((file: UxpFile) => ({
        name: file.name,
        bytes: async () => new Uint8Array((await file.read({ format: formats.binary })) as ArrayBuffer),
      }));
    },
    async save(name, bytes) {
      try {
        const file = await localFileSystem.getFileForSaving(name, { types: [name.slice(name.lastIndexOf('.') + 1)] });
        if (file === null) return ok(false);
        await file.write(bytes.slice().buffer, { format: formats.binary });
        return ok(true);
      } catch (cause) {
        return err({ kind: 'write-failed', path: name, why: isFull(cause) ? 'disk-full' : 'other', message: messageOf(cause) });
      }
    },
    async copy(text) {
      try {
        const { clipboard } = navigator;
        if (clipboard?.writeText !== undefined) await clipboard.writeText(text);
        else if (clipboard?.setContent !== undefined) await clipboard.setContent({ 'text/plain': text });
        else return false;
        return true;
      } catch {
        return false;
      }
    },
  };
}

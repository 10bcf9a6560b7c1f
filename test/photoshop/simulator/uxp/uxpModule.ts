/** require('uxp') */
import type { Application } from '../application.ts';
import { atLeast, uxpVersionOf } from '../versions.ts';
import type { Entrypoints } from './entrypoints.ts';
import { domains, errors, FileEntry, type FileSession, FolderEntry, fileTypes, formats, modes, types } from './files.ts';
import { type KeyStore, secureStorage } from './keyStore.ts';
import type { Manifest } from './manifest.ts';
import { xmp } from './xmp.ts';

export interface UxpParts {
  readonly app: Application;
  readonly manifest: Manifest;
  readonly session: FileSession;
  readonly keys: KeyStore;
  readonly entrypoints: Entrypoints;
  readonly uiLocale: string;
  /** Addresses that the user's browser was sent to. */
  readonly opened: string[];
}

export function uxpModule({ app, manifest, session, keys, entrypoints, uiLocale, opened }: UxpParts): object {
  const schemes = manifest.requiredPermissions?.launchProcess?.schemes ?? [];
  return {
    entrypoints: entrypoints.module,
    host: { name: 'Photoshop', version: app.versionText, uiLocale },
    versions: { uxp: `uxp-${uxpVersionOf(app.version)}-local`, plugin: manifest.version ?? '0.0.0' },
    shell: {
      async openExternal(url: string | URL): Promise<string> {
        const { protocol, href } = new URL(String(url));
        if (!schemes.includes(protocol.slice(0, -1))) throw new Error(`Permission denied to open ${href}. Manifest entry not found.`);
        opened.push(href);
        return '';
      },
    },
    storage: {
      localFileSystem: session.localFileSystem,
      secureStorage: secureStorage(keys, atLeast(app.version, 26, 10)),
      domains,
      fileTypes,
      formats,
      types,
      modes,
      errors,
      File: FileEntry,
      Folder: FolderEntry,
    },
    ...(atLeast(app.version, 25) ? { xmp } : {}),
  };
}

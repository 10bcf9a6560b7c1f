/** The parts of a plug-in's manifest that the host goes by. */
export interface Manifest {
  readonly id?: string;
  readonly name?: string;
  readonly version?: string;
  readonly entrypoints?: readonly { readonly type: string; readonly id: string }[];
  readonly requiredPermissions?: {
    readonly network?: { readonly domains?: readonly string[] | 'all' };
    readonly clipboard?: 'read' | 'readAndWrite';
    readonly launchProcess?: { readonly schemes?: readonly string[]; readonly extensions?: readonly string[] };
    readonly localFileSystem?: 'plugin' | 'request' | 'fullAccess';
  };
}

/** A plug-in with a panel, a command and Retake's permissions, for tests that are about something else. */
export const defaultManifest: Manifest = {
  id: 'retake.photoshop',
  name: 'Retake',
  version: '0.1.0',
  entrypoints: [
    { type: 'panel', id: 'mainPanel' },
    { type: 'command', id: 'regenerate' },
  ],
  requiredPermissions: {
    network: { domains: ['https://generativelanguage.googleapis.com'] },
    localFileSystem: 'request',
    clipboard: 'readAndWrite',
    launchProcess: { schemes: ['https'], extensions: [] },
  },
};

import type { Application } from '../application.ts';
import type { Descriptor } from './descriptor.ts';

export interface Environment {
  readonly app: Application;
  /** The file behind a session token of this run; null for any other text. */
  readonly fileOf: (token: string) => { readonly name: string; readonly path: string; readonly bytes: Uint8Array } | null;
}

/** Answers a descriptor, or throws CommandFailure. */
export type Command = (environment: Environment, command: Descriptor) => object | Promise<object>;

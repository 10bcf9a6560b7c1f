import type { Run } from './run.ts';

/** What one kind of Figma's host objects has. `id` tells which of its kind; nodes are modelled by `nodeKinds` and what it names. */
export interface HostModel {
  /** For `no such property`. */
  readonly title: string;
  readonly get: Readonly<Record<string, (run: Run, id: string) => unknown>>;
  readonly set?: Readonly<Record<string, (run: Run, id: string, value: unknown) => void>>;
  readonly call: Readonly<Record<string, (run: Run, id: string, ...given: never[]) => unknown>>;
  /** Members that Figma has and the simulator has not. */
  readonly unmodelled?: readonly string[];
}

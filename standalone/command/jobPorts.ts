import type { AbortSignal } from '../../shared/core/abort.ts';
import type { WriteGate } from './files.ts';
import type { WorkStage } from './jobs.ts';

/** How a job reaches the terminal. */
export interface JobPorts {
  readonly signal: AbortSignal;
  readonly gate: WriteGate;
  /** At the start of each stage; `what` completes a sentence for the user ("Opening poster.psd"). */
  stage(stage: WorkStage, what: string): void;
  warn(text: string): void;
  /**
   * Where this run keeps its journal. Once something was paid for it stays when the run fails or is stopped, for the
   * next run to find; before, whoever is left standing removes it.
   */
  journal(path: string, isPaid: boolean): void;
  /** What the model gave has been put by, because the rest failed. */
  kept(path: string): void;
}

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
  /** What the model gave has been put by, because the rest failed. */
  kept(path: string): void;
}

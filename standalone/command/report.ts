/** What `--report` writes: schema 1. Every key is always there; `null` where nothing is known. */
import type { StageTimings } from '../../shared/core/edit/types.ts';
import { explain, type Failure, type NextAction } from '../../shared/core/failure.ts';
import type { Extent } from '../../shared/core/geometry.ts';
import type { LayerRef } from '../../shared/core/host.ts';
import type { Cell, SentPicture, Usage } from '../../shared/core/model.ts';
import type { Provenance } from '../../shared/core/provenance.ts';
import type { ExitCode } from './exitCodes.ts';

/** The walk's own stages, and what the command does around them; ms. `total` is the whole job's wall time. */
export type CommandTimings = StageTimings & { readonly open: number; readonly save: number; readonly write: number };

export interface EditReport {
  readonly schema: 1;
  /** The document's size, and that of the picture the model gave. */
  readonly source: Extent;
  readonly result: Extent;
  readonly layer: {
    readonly of: LayerRef | 'visible';
    readonly name: string;
    readonly placed: { readonly ref: LayerRef; readonly bounds: readonly [x: number, y: number, width: number, height: number] };
  };
  readonly model: string;
  readonly modelVersion: string;
  readonly description: string;
  readonly usage: Usage | null;
  readonly costUsd: number | null;
  readonly attempts: number;
  readonly cell: Cell;
  readonly sent: readonly SentPicture[];
  readonly timingsMs: CommandTimings;
  readonly peakRssMb: number;
  readonly provenance: Provenance;
  readonly notes: readonly string[];
  readonly output: string;
}

export type GenerateReport = Omit<EditReport, 'source' | 'layer' | 'sent'>;

export interface FailureReport {
  readonly schema: 1;
  readonly failure: { readonly kind: Failure['kind']; readonly title: string; readonly sentence: string; readonly nextAction: NextAction };
  readonly exitCode: ExitCode;
}

export function failureReport(failure: Failure, exitCode: ExitCode): FailureReport {
  return { schema: 1, failure: { kind: failure.kind, ...explain(failure) }, exitCode };
}

export const reportText = (report: EditReport | GenerateReport | FailureReport): string => `${JSON.stringify(report, null, 2)}\n`;

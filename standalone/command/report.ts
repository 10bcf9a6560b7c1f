/** What `--report` writes: schema 1. Every key is always there; `null` where nothing is known. */
import type { Findings, StageTimings } from '../../shared/core/edit/types.ts';
import { explain, type Failure, type NextAction } from '../../shared/core/failure.ts';
import type { Bounds, Extent } from '../../shared/core/geometry.ts';
import type { TakeContext } from '../../shared/core/history/take.ts';
import type { LayerRef } from '../../shared/core/host.ts';
import type { Cell, SentPicture, Usage } from '../../shared/core/model.ts';
import type { Provenance } from '../../shared/core/provenance.ts';
import type { ExitCode } from './exitCodes.ts';

/** The walk's own stages, and what the command does around them; ms. `total` is the whole job's wall time. */
export type CommandTimings = StageTimings & { readonly open: number; readonly save: number; readonly write: number };

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

export interface EditReport extends Nullable<FindingsReport> {
  readonly schema: 1;
  /** The document's size, and that of the picture the model gave. */
  readonly source: Extent;
  readonly result: Extent;
  readonly layer: {
    readonly of: LayerRef | 'visible';
    readonly name: string;
    readonly placed: { readonly ref: LayerRef; readonly bounds: FourNumbers };
  };
  readonly model: string;
  readonly modelVersion: string;
  readonly description: string;
  /** What the model was shown of the rounds before, and why; `parent` is the take that it goes on from. */
  readonly take: { readonly id: string; readonly parent: string | null } & Omit<TakeContext, 'instructions'>;
  readonly usage: Usage | null;
  readonly costUsd: number | null;
  readonly attempts: number;
  readonly cell: Cell;
  readonly sent: readonly Omit<SentPicture, 'bytes'>[];
  readonly timingsMs: CommandTimings;
  readonly peakRssMb: number;
  readonly provenance: Provenance;
  readonly notes: readonly string[];
  readonly output: string;
}

export type GenerateReport = Omit<EditReport, 'source' | 'layer' | 'sent' | 'take' | keyof FindingsReport>;

export type FourNumbers = readonly [x: number, y: number, width: number, height: number];

/** What comparing an answer with its source found. The matrix maps result pixels to source pixels, centres at +0.5. */
export interface FindingsReport {
  readonly mode: Findings['mode'];
  readonly registration: Findings['registration'];
  readonly tone: Findings['tone'];
  readonly change: { readonly fraction: number; readonly bounds: FourNumbers | null };
  readonly kept: Findings['kept'];
}

export interface MergeReport extends FindingsReport {
  readonly schema: 1;
  readonly source: Extent;
  readonly result: Extent;
  /** ms. `compose` holds register, tone, change and lift, and placing. */
  readonly timingsMs: Readonly<Record<'decode' | 'register' | 'tone' | 'change' | 'lift' | 'compose' | 'encode' | 'total', number>>;
  readonly peakRssMb: number;
  readonly notes: readonly string[];
  readonly provenance: Provenance;
  readonly output: string;
}

export const findingsReport = ({ mode, registration, tone, change, kept }: Findings): FindingsReport => ({
  mode,
  registration,
  tone,
  change: { fraction: change.fraction, bounds: change.bounds === null ? null : numbersOf(change.bounds) },
  kept,
});

/** For an answer that was not compared with its source. */
export const noFindings = { mode: null, registration: null, tone: null, change: null, kept: null } as const;

export const numbersOf = ({ x, y, width, height }: Bounds): FourNumbers => [x, y, width, height];

export interface FailureReport {
  readonly schema: 1;
  readonly failure: { readonly kind: Failure['kind']; readonly title: string; readonly sentence: string; readonly nextAction: NextAction };
  readonly exitCode: ExitCode;
}

export function failureReport(failure: Failure, exitCode: ExitCode): FailureReport {
  return { schema: 1, failure: { kind: failure.kind, ...explain(failure) }, exitCode };
}

export const reportText = (report: EditReport | GenerateReport | MergeReport | FailureReport): string =>
  `${JSON.stringify(report, null, 2)}\n`;

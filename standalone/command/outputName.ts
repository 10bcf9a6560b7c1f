/** Where a result goes and in which format, from what the user said and what there is already. */
import { basename, dirname, extname, join } from 'node:path';
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { err, exhaustive, ok, type Result } from '../../shared/core/result.ts';
import { fileStem } from '../../shared/core/text.ts';
import type { DocumentFormat } from '../documents/document.ts';
import { checkTarget, freeName, type InputFile, type Target, type WriteGate, writeWhole } from './files.ts';
import type { OutputChoice } from './jobs.ts';

export type OutputFormat = 'psd' | 'psb' | 'png';

export interface OutputPlan<Format = OutputFormat> {
  readonly format: Format;
  /** Writes it, and answers where it went. */
  write(bytes: Uint8Array, gate: WriteGate, signal: AbortSignal): Promise<Result<string, Failure>>;
}

const formats: readonly OutputFormat[] = ['psd', 'psb', 'png'];

/** By the name's ending; `bad-option` for any other. */
export function formatOf(path: string): Result<OutputFormat, Failure> {
  const ending = extname(path).slice(1).toLowerCase();
  const format = formats.find((known) => known === ending);
  return format === undefined
    ? err({ kind: 'bad-option', option: '--output', got: basename(path), wanted: 'a name ending in .psd, .psb or .png' })
    : ok(format);
}

/** The first of a name has no number. */
export const countText = (n: number): string => (n === 1 ? '' : `-${n}`);

/** "poster.png" and "poster-retake.psd" both lead to "poster-retake-N.psd". */
export function besideName(input: string, format: OutputFormat, n: number, ending: 'retake' | 'merged' = 'retake'): string {
  const stem = basename(input, extname(input)).replace(/-(retake|merged)(-\d+)?$/, '');
  return join(dirname(input), `${stem}-${ending}${countText(n)}.${format}`);
}

/** A file name from an instruction: "A red fox, at dawn" → "a-red-fox-at-dawn.png". */
export function generatedName(instruction: string, n: number): string {
  return `${fileStem(instruction, 48) || 'picture'}${countText(n)}.png`;
}

/** Where the output will be, whatever its name. */
export const outputFolder = (choice: OutputChoice, input: InputFile): string => dirname(choice.kind === 'file' ? choice.path : input.path);

/** Checked now, before anything is paid for; written later. `inputs` are never written over. */
export async function planEditOutput(
  choice: OutputChoice,
  input: InputFile,
  inputFormat: DocumentFormat,
  inputs: readonly InputFile[],
  ending: 'retake' | 'merged' = 'retake',
): Promise<Result<OutputPlan, Failure>> {
  const layered = inputFormat === 'psb' ? 'psb' : 'psd';
  switch (choice.kind) {
    case 'beside':
      return planFreeName((n) => besideName(input.path, layered, n, ending), layered);
    case 'file': {
      const format = formatOf(choice.path);
      if (!format.ok) return format;
      const other = format.value === 'png' || format.value === layered ? null : format.value;
      if (other !== null && (inputFormat === 'psd' || inputFormat === 'psb'))
        return err({
          kind: 'bad-option',
          option: '--output',
          got: basename(choice.path),
          wanted: `.${layered} or .png, because the input is a ${layered.toUpperCase()}`,
        });
      return planFile(choice.path, choice.replace, format.value, inputs);
    }
    case 'in-place': {
      if (inputFormat !== 'psd' && inputFormat !== 'psb')
        return err({ kind: 'bad-option', option: '--in-place', got: input.name, wanted: 'a PSD or PSB; other formats hold no layers' });
      // The input itself may be replaced; its folder is checked as for any other.
      const trouble = await checkTarget(input.path, true, []);
      if (trouble !== null) return err(trouble);
      return ok(planned({ kind: 'in-place', input }, input.path, layered));
    }
    default:
      return exhaustive(choice);
  }
}

export async function planGenerateOutput(
  choice: Exclude<OutputChoice, { kind: 'in-place' }>,
  instruction: string,
): Promise<Result<OutputPlan, Failure>> {
  if (choice.kind === 'beside') return planFreeName((n) => generatedName(instruction, n), 'png');
  const format = formatOf(choice.path);
  return format.ok ? planFile(choice.path, choice.replace, format.value, []) : format;
}

const planned = <Format>(target: Target, path: string, format: Format): OutputPlan<Format> => ({
  format,
  async write(bytes, gate, signal) {
    const written = await writeWhole(target, bytes, gate, signal);
    return written.ok ? ok(path) : written;
  },
});

export async function planFile<Format>(
  path: string,
  replace: boolean,
  format: Format,
  inputs: readonly InputFile[],
): Promise<Result<OutputPlan<Format>, Failure>> {
  const trouble = await checkTarget(path, replace, inputs);
  if (trouble !== null) return err(trouble);
  return ok(planned({ kind: replace ? 'replace' : 'new', path }, path, format));
}

/** Names are counted up until one is free, also when somebody takes it in the meantime. */
export async function planFreeName<Format>(nameOf: (n: number) => string, format: Format): Promise<Result<OutputPlan<Format>, Failure>> {
  const first = await freeName(nameOf);
  if (!first.ok) return first;
  const trouble = await checkTarget(first.value.path, false, []);
  if (trouble !== null) return err(trouble);
  return ok({
    format,
    async write(bytes, gate, signal) {
      let { path, n } = first.value;
      for (;;) {
        const written = await writeWhole({ kind: 'new', path }, bytes, gate, signal);
        if (written.ok) return ok(path);
        if (written.error.kind !== 'write-failed' || written.error.why !== 'exists') return written;
        const next = await freeName(nameOf, n + 1);
        if (!next.ok) return next;
        ({ path, n } = next.value);
      }
    },
  });
}

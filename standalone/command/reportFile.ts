/** Puts a report where it was asked for, whole or not at all; an older one there is replaced. */
import { neverAborted } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { checkTarget, writeWhole } from './files.ts';
import { type EditReport, type FailureReport, type GenerateReport, reportText } from './report.ts';

const gate = { temporary: () => Promise.resolve(), mayCommit: () => Promise.resolve(true) };

export async function writeReport(path: string, report: EditReport | GenerateReport | FailureReport): Promise<Failure | null> {
  const trouble = await checkTarget(path, true, []);
  if (trouble !== null) return trouble;
  const written = await writeWhole({ kind: 'replace', path }, new TextEncoder().encode(reportText(report)), gate, neverAborted);
  return written.ok ? null : written.error;
}

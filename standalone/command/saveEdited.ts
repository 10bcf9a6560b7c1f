/**
 * Saves an edited document. With --in-place somebody else may have saved the file since it was read: then the take is placed
 * once more in what is there now, so that neither run erases the other's layers or takes.
 */
import { type PlacedAgain, placeAgain } from '../../shared/core/edit/placeAgain.ts';
import type { EditOutcome } from '../../shared/core/edit/types.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { pruneBlobs } from '../../shared/core/history/pruneBlobs.ts';
import type { Take } from '../../shared/core/history/take.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import type { DocumentHost } from '../documents/document.ts';
import type { JobPorts } from './jobPorts.ts';
import type { OutputChoice } from './jobs.ts';
import { openInput } from './openInput.ts';
import { type OutputPlan, planEditOutput } from './outputName.ts';
import type { Watch } from './watch.ts';

export interface SavedEdit {
  readonly take: Take;
  readonly output: string;
  readonly notes: readonly string[];
  readonly saveMs: number;
  readonly writeMs: number;
}

export interface EditToSave {
  readonly document: DocumentHost;
  readonly edited: EditOutcome;
  readonly model: string;
  readonly input: string;
  readonly choice: OutputChoice;
  readonly plan: OutputPlan;
}

/** A file that is saved by others as often as this is tried is not waited for. */
const mostTries = 20;

export async function saveEdited(
  { document, edited, model, input, choice, plan }: EditToSave,
  codec: PictureCodec,
  ports: JobPorts,
  watch: Watch,
): Promise<Result<SavedEdit, Failure>> {
  const { signal } = ports;
  let current = { document, plan, placed: { take: edited.take, others: 0 } as PlacedAgain };
  const notes: string[] = [];
  for (let tries = 1; ; tries++) {
    ports.stage('save', 'Encoding the result');
    const pruned = await pruneBlobs(current.document.store);
    if (!pruned.ok) return pruned;
    const encoded = await current.document.save(current.plan.format, signal);
    if (!encoded.ok) return encoded;
    const saveMs = watch.lap();
    ports.stage('write', 'Writing the file');
    const written = await current.plan.write(encoded.value, ports.gate, signal);
    const writeMs = watch.lap();
    const { take, others } = current.placed;
    if (written.ok) {
      if (others > 0) notes.push(othersNote(others));
      if (pruned.value !== '') notes.push(pruned.value);
      return ok({ take, output: written.value, notes, saveMs, writeMs });
    }
    const { error } = written;
    const isOvertaken = choice.kind === 'in-place' && error.kind === 'write-failed' && error.why === 'changed';
    if (!isOvertaken || tries === mostTries) return written;

    const opened = await openInput(input, codec, signal);
    if (!opened.ok) return opened;
    const again = await planEditOutput(choice, opened.value.file, opened.value.document.format, []);
    if (!again.ok) return again;
    const { composition, provenance } = edited;
    const made = { take: edited.take, composition, provenance, model };
    const into = { host: opened.value.document, store: opened.value.document.store };
    const placed = await placeAgain(into, document.store, made, signal);
    if (!placed.ok) return placed;
    current = { document: opened.value.document, plan: again.value, placed: placed.value };
  }
}

const othersNote = (count: number): string =>
  `The file was saved by somebody else meanwhile, with ${count === 1 ? 'one take' : `${count} takes`} of theirs: this take was placed in what is there now, and theirs stayed.`;

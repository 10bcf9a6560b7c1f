/** The walk without a layer: words in, a picture out. Where it goes is the caller's choice. */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import type { Cell, EditRequest, SizeClass } from '../model.ts';
import { cellsOf, costOf, type ModelEntry, sizeClassesOf } from '../models/registry.ts';
import { generatePrompt } from '../prompts/generate.ts';
import { compile } from '../prompts/promptText.ts';
import { err, ok, type Result } from '../result.ts';
import { wordsIn } from '../said.ts';
import { badSize, checkInstruction } from './compileRequest.ts';
import { provenanceOf } from './provenanceOf.ts';
import { startStages } from './stages.ts';
import type { EditPorts, GenerateAsk, GenerateOutcome, OnProgress } from './types.ts';

export async function generatePicture(
  ports: Pick<EditPorts, 'model' | 'entry' | 'clock' | 'ids'>,
  ask: GenerateAsk,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<Result<GenerateOutcome, Failure>> {
  const { model, entry, clock, ids } = ports;
  const stages = startStages(clock, onProgress);
  const at = clock.now();

  stages.begin('compile');
  const trouble = checkInstruction(ask.instruction, entry);
  if (trouble !== null) return err(trouble);
  const cell = chooseCell(entry, ask.ratio ?? '1:1', ask.size);
  if (!cell.ok) return cell;
  const request: EditRequest = {
    model: entry.id,
    cell: cell.value,
    pictures: [],
    instruction: ask.instruction.trim(),
    prompt: compile(generatePrompt, { instruction: ask.instruction }),
    turns: [],
    thinking: null,
  };

  stages.begin('ask');
  const answer = await model.edit(request, signal);
  if (!answer.ok) return answer;
  const { picture, said, usage, attempts } = answer.value;
  return ok({
    picture,
    description: wordsIn(said),
    provenance: provenanceOf(entry, request, answer.value, { takeId: ids.next(), parentTakeId: null, at }),
    cell: request.cell,
    costUsd: costOf(entry, request.cell.size, usage),
    usage,
    timingsMs: stages.end(answer.value.timingsMs),
    attempts,
  });
}

/** The cell of that nominal ratio; the smallest class when none is asked for. */
function chooseCell(entry: ModelEntry, ratio: string, size: SizeClass | null): Result<Cell, Failure> {
  if (size !== null && !sizeClassesOf(entry).includes(size)) return err(badSize(size, entry));
  const cells = cellsOf(entry);
  if (entry.shapeFields === 'none') return ok(cells[0]);
  const ofRatio = cells.filter((cell) => cell.ratio === ratio);
  if (ofRatio.length === 0) {
    const known = [...new Set(cells.map((cell) => cell.ratio))].join(', ');
    return err({ kind: 'bad-option', option: 'ratio', got: ratio, wanted: `one of ${known} for ${entry.nick}` });
  }
  const preferred = size ?? (sizeClassesOf(entry).includes('1K') ? '1K' : null);
  return ok(ofRatio.find((cell) => cell.size === preferred) ?? ofRatio[0]);
}

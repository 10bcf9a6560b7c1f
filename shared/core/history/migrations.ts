/** Earlier saved forms, each a numbered step to the next, with a fixture in `test/fixtures/history`. */

import { fieldsOf, finite, orNull, readPlacement, readProvenance, readSource, readUsage, readWith, text } from './savedEntries.ts';
import type { Take } from './take.ts';
import { freshContext, noPictures } from './take.ts';

/**
 * Version 1: one entry with the list of all placed takes. It kept no pictures; the answer's words become its text.
 * Takes of it that cannot be read are counted and left out; null when the whole is of no use.
 */
export function fromVersion1(saved: string): { readonly takes: readonly Take[]; readonly unreadable: number } | null {
  let value: unknown;
  try {
    value = JSON.parse(saved);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { schema, takes } = value as { schema?: unknown; takes?: unknown };
  if (schema !== 1 || !Array.isArray(takes)) return null;
  const read = takes.map((take: unknown, i) => readWith((each) => migrateTake(each, i + 1), take));
  return {
    takes: read.flatMap((entry) => (entry.kind === 'read' ? [entry.value] : [])),
    unreadable: read.filter(({ kind }) => kind !== 'read').length,
  };
}

function migrateTake(value: unknown, order: number): Take {
  const take = fieldsOf(value, 'the take');
  const instruction = text(take.instruction, 'the instruction');
  const description = text(take.description, 'the words');
  const provenance = readProvenance(take.provenance);
  return {
    id: text(take.id, 'the identifier'),
    parent: orNull(take.parent, 'the parent', text),
    order,
    state: 'done',
    instruction,
    region: null,
    context: { ...freshContext(instruction), why: 'Made by an earlier version of Retake.' },
    said: description === '' ? [] : [{ kind: 'text', text: description }],
    pictures: noPictures,
    turn: null,
    prompt: provenance.prompt,
    provenance,
    model: provenance.model,
    source: readSource(take.source),
    placed: readPlacement(take.placed),
    findings: null,
    scores: [],
    usage: orNull(take.usage, 'the usage', readUsage),
    costUsd: orNull(take.costUsd, 'the cost', finite),
    tookMs: finite(take.tookMs, 'the time'),
    at: finite(take.at, 'the date'),
    failure: null,
  };
}

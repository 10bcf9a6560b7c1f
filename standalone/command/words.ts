/** What the command says at the end: a failure, a take, a list of layers. Pure: values in, text out. */
import { explain, type Failure } from '../../shared/core/failure.ts';
import { sizeText } from '../../shared/core/geometry.ts';
import type { LayerInfo } from '../../shared/core/host.ts';
import type { LayersListing } from './jobs.ts';
import type { EditReport, GenerateReport, MergeReport } from './report.ts';

/** Title, sentence, and what helps here on the command line. */
export function failureText(failure: Failure, kept: string | null): string {
  const { title, sentence } = explain(failure);
  const lines = [`${title}. ${sentence}`];
  const hint = hintFor(failure);
  if (hint !== null) lines.push(hint);
  if (kept !== null) lines.push(`What the model gave is kept in ${kept}`);
  return lines.join('\n');
}

function hintFor(failure: Failure): string | null {
  if (failure.kind === 'write-failed' && failure.why === 'exists') return '--force replaces it.';
  if (failure.kind === 'no-such-layer' || failure.kind === 'ambiguous-layer') return '`retake layers INPUT` lists them all.';
  if (failure.kind === 'no-such-take' && failure.near.length === 0) return '`retake edit` adds one.';
  if (failure.kind === 'no-such-take' || failure.kind === 'ambiguous-take') return '`retake history INPUT` lists them all.';
  if (failure.kind === 'no-key')
    return 'Here it is read from GEMINI_API_KEY. Without --model and without a key, the offline model answers.';
  if (failure.kind === 'unauthorised' && failure.reason === 'missing') return 'Here it is read from GEMINI_API_KEY.';
  return null;
}

export const costText = (costUsd: number | null): string => (costUsd === null ? 'cost unknown' : `$${costUsd.toFixed(4)}`);

/** Two lines for a person who watches. */
export function summaryText(report: EditReport | GenerateReport): string {
  const seconds = (report.timingsMs.total / 1000).toFixed(1);
  const facts = [report.modelVersion || report.model, sizeText(report.result), costText(report.costUsd), `${seconds} s`];
  if (report.attempts > 1) facts.push(`${report.attempts} attempts`);
  return [report.description.trim(), facts.join(' · ')].filter((line) => line !== '').join('\n');
}

/** One line for a person who watches a merge: what was found. */
export function mergeText({ mode, registration, tone, change, timingsMs }: MergeReport): string {
  const facts = [{ delta: 'the change alone', whole: 'the whole answer', unchanged: 'nothing differs' }[mode]];
  if (mode === 'delta') facts.push(`${(change.fraction * 100).toFixed(1)} % changed`);
  if (registration.residualPx !== null) facts.push(`fits within ${registration.residualPx.toFixed(2)} px`);
  if (tone.applied) facts.push(`colour shift of ${tone.maxShift.toFixed(0)} levels undone`);
  return [...facts, `${(timingsMs.total / 1000).toFixed(1)} s`].join(' · ');
}

/** One layer a line, groups indented: identifier, name, kind, place, and what is unusual about it. */
export function layersText({ document, format, layers, notes }: LayersListing): string {
  const byRef = new Map(layers.map((layer) => [layer.ref, layer]));
  const depthOf = (layer: LayerInfo): number => {
    const parent = layer.parent === null ? undefined : byRef.get(layer.parent);
    return parent === undefined ? 0 : depthOf(parent) + 1;
  };
  const rows = layers.map((layer) => [
    `#${layer.ref}`,
    `${'  '.repeat(depthOf(layer))}${layer.name}`,
    layer.kind,
    `${sizeText(layer.bounds)} at ${layer.bounds.x}, ${layer.bounds.y}`,
    [
      layer.visible ? '' : 'hidden',
      layer.locked ? 'locked' : '',
      layer.hasMask ? 'mask' : '',
      layer.opacity < 1 ? `${Math.round(layer.opacity * 100)} %` : '',
    ]
      .filter((word) => word !== '')
      .join(', '),
  ]);
  const head = `${document.title}  ${format.toUpperCase()}, ${sizeText(document.extent)}, ${document.depth} bit, ${document.profile.name}`;
  return [head, ...columns(rows), ...notes.map((note) => `Note: ${note}`)].join('\n');
}

/** Left-aligned columns, two spaces apart. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, [...cell].length)), []);
  return rows.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat(widths[i] - [...cell].length))
      .join('  ')
      .trimEnd(),
  );
}

export const layersJson = ({ document, format, layers, notes }: LayersListing): string =>
  JSON.stringify(
    {
      schema: 1,
      title: document.title,
      format,
      width: document.extent.width,
      height: document.extent.height,
      depth: document.depth,
      profile: document.profile.name,
      layers: layers.map(({ ref, name, path, kind, parent, bounds, visible, locked, opacity, hasMask }) => ({
        id: ref,
        name,
        path,
        kind,
        parent,
        bounds: [bounds.x, bounds.y, bounds.width, bounds.height],
        visible,
        locked,
        opacity,
        hasMask,
      })),
      notes,
    },
    null,
    2,
  );

/**
 * Why a take may be trusted: before, answer and result under a slider, what was taken from the answer, how far it had to be
 * moved, and what else differed, with the figures in words.
 */
import type { ComponentChildren, JSX, TargetedPointerEvent } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ToldFindings } from '../../../shared/core/edit/explainTake.ts';
import {
  arrowsOf,
  changeMap,
  differenceMap,
  displacementMap,
  type Evidence,
  heatScale,
  longestDisplacement,
  mostDifferenceLevels,
} from '../../../shared/core/explain/heatMaps.ts';
import type { Extent } from '../../../shared/core/geometry.ts';
import type { Pixels } from '../../../shared/core/pixels.ts';
import { IconButton } from '../../../shared/panel/icons.tsx';
import { Divider } from '../../../shared/panel/parts/divider.tsx';
import { Segments } from '../../../shared/panel/parts/segments.tsx';
import type { ExplainedTake } from '../documentSession.ts';
import { Dialog } from './dialogs.tsx';

const views = { compare: 'Compare', change: 'What changed', moved: 'Moved', difference: 'Difference' } as const;
type ViewName = keyof typeof views;

const pairs = {
  'before result': ['Before', 'Result'],
  'before answer': ['Before', 'Answer'],
  'answer result': ['Answer', 'Result'],
} as const;
type Pair = keyof typeof pairs;

export interface EvidenceViewProps {
  readonly take: ExplainedTake;
  readonly onClose: () => void;
}

export function EvidenceView({ take, onClose }: EvidenceViewProps): JSX.Element {
  const [view, setView] = useState<ViewName>('compare');
  const { shown } = take;
  return (
    <Dialog label={`What ${take.name} changed`} kind={shown.kind === 'figures' ? '' : 'pg-evidence'} onClose={onClose}>
      <div class="pg-dialog-head">
        <h2>{take.name}</h2>
        <IconButton icon="close" label="Close" onPress={onClose} />
      </div>
      {shown.kind === 'making' ? (
        <div class="pg-evidence-room" role="status">
          <p class="pg-evidence-none">Laying the answer over its layer once more…</p>
        </div>
      ) : shown.kind === 'figures' ? (
        <>
          <p>{shown.missing}</p>
          {shown.findings === null ? null : <Figures findings={shown.findings} notes={[]} evidence={null} />}
        </>
      ) : (
        <>
          <Segments group="pg-evidence-view" label={{ text: 'View' }} names={views} chosen={view} onChoose={setView} />
          {view === 'compare' ? <Compared evidence={shown.evidence} /> : null}
          {view === 'change' ? (
            <Drawn evidence={shown.evidence} make={changeMap} label="The change in its own colours, the rest grey" />
          ) : null}
          {view === 'moved' ? <Moved evidence={shown.evidence} source={shown.source} reason={shown.findings.registration.reason} /> : null}
          {view === 'difference' ? <Difference evidence={shown.evidence} /> : null}
          <Figures findings={shown.findings} notes={shown.notes} evidence={shown.evidence} />
        </>
      )}
    </Dialog>
  );
}

/** Canvas of `pixels`, as large as fits. */
function Picture({ pixels, label, clip }: { readonly pixels: Pixels; readonly label: string; readonly clip?: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { width, height, data } = pixels;
    canvas.current?.getContext('2d')?.putImageData(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height), 0, 0);
  }, [pixels]);
  return (
    <canvas
      ref={canvas}
      width={pixels.width}
      height={pixels.height}
      role="img"
      aria-label={label}
      style={clip === undefined ? undefined : { clipPath: `inset(0 0 0 ${clip * 100}%)` }}
    />
  );
}

function Frame({ extent, children }: { readonly extent: Extent; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="pg-evidence-room">
      <div
        class="pg-evidence-frame"
        style={{ aspectRatio: `${extent.width} / ${extent.height}`, '--pg-ratio': extent.width / extent.height }}
      >
        {children}
      </div>
    </div>
  );
}

function Compared({ evidence }: { readonly evidence: Evidence }): JSX.Element {
  const [pair, setPair] = useState<Pair>('before result');
  const [at, setAt] = useState(0.5);
  const [left, right] = pairs[pair];
  const of = { Before: evidence.before, Answer: evidence.answer, Result: evidence.result } as const;
  const move = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    if (event.buttons === 0) return;
    const { left: start, width } = event.currentTarget.getBoundingClientRect();
    setAt(Math.max(0, Math.min(1, (event.clientX - start) / width)));
  };
  return (
    <>
      <Frame extent={evidence}>
        <div
          class="pg-evidence-pair"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            move(event);
          }}
          onPointerMove={move}
        >
          <Picture pixels={of[left]} label={left} />
          <Picture pixels={of[right]} label={right} clip={at} />
          <Divider
            label={`${left} and ${right}`}
            left={left.toLowerCase()}
            at={at}
            style={{ left: `${at * 100}%`, top: 0, height: '100%' }}
            onMove={setAt}
          />
          <span class="pg-side" style={{ left: '12px', top: 0 }}>
            {left}
          </span>
          <span class="pg-side" style={{ right: '12px', top: 0 }}>
            {right}
          </span>
        </div>
      </Frame>
      <div class="pg-evidence-foot">
        <Segments
          group="pg-evidence-pair"
          label={{ text: 'What is compared' }}
          names={{ 'before result': 'Before | Result', 'before answer': 'Before | Answer', 'answer result': 'Answer | Result' }}
          chosen={pair}
          onChoose={setPair}
        />
      </div>
    </>
  );
}

function Drawn({
  evidence,
  make,
  label,
}: {
  readonly evidence: Evidence;
  readonly make: (evidence: Evidence) => Pixels;
  readonly label: string;
}): JSX.Element {
  const pixels = useMemo(() => make(evidence), [evidence, make]);
  return (
    <>
      <Frame extent={evidence}>
        <Picture pixels={pixels} label={label} />
      </Frame>
      <div class="pg-evidence-foot">
        <span class="pg-quiet">{label}</span>
      </div>
    </>
  );
}

function Difference({ evidence }: { readonly evidence: Evidence }): JSX.Element {
  const pixels = useMemo(() => differenceMap(evidence), [evidence]);
  return (
    <>
      <Frame extent={evidence}>
        <Picture pixels={pixels} label="How far the registered answer differs from the layer" />
      </Frame>
      <div class="pg-evidence-foot">
        <Scale from="Same" to={`${mostDifferenceLevels} levels and more`} />
        <span class="pg-quiet">Outside the change, this is what the model did to the rest. It was left out.</span>
      </div>
    </>
  );
}

function Moved({
  evidence,
  source,
  reason,
}: {
  readonly evidence: Evidence;
  readonly source: Extent;
  readonly reason: string | null;
}): JSX.Element {
  const { displacement } = evidence;
  const made = useMemo(() => {
    if (displacement === null) return null;
    // Less than a pixel would look like a lot on a scale of its own.
    const most = Math.max(1, longestDisplacement(displacement));
    return { most, pixels: displacementMap(displacement, most), ...arrowsOf(displacement, evidence, source) };
  }, [evidence]);
  if (made === null)
    return (
      <div class="pg-evidence-room">
        <p class="pg-evidence-none">{reason ?? 'The answer could not be laid over the layer, so nothing was moved.'}</p>
      </div>
    );
  const { most, pixels, arrows, exaggeration } = made;
  return (
    <>
      <Frame extent={evidence}>
        <Picture pixels={pixels} label="How far each place of the answer was moved to lie on the layer" />
        <svg class="pg-evidence-arrows" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          {arrows.map((arrow) => (
            <line key={`${arrow.x} ${arrow.y}`} x1={arrow.fromX} y1={arrow.fromY} x2={arrow.x} y2={arrow.y} />
          ))}
        </svg>
        {arrows.map((arrow) => (
          <span key={`${arrow.x} ${arrow.y}`} class="pg-evidence-tip" style={{ left: `${arrow.x * 100}%`, top: `${arrow.y * 100}%` }} />
        ))}
      </Frame>
      <div class="pg-evidence-foot">
        <Scale from="0" to={`${most < 10 ? most.toFixed(1) : Math.round(most)} px`} />
        <span class="pg-quiet">
          Each place was moved to its dot, in pixels of the layer
          {exaggeration > 1.5 ? `, drawn ${Math.round(exaggeration)} times as long` : ''}.
        </span>
      </div>
    </>
  );
}

const gradient = `linear-gradient(to right, ${Array.from({ length: 9 }, (_, n) => {
  const k = Math.round((n * 255) / 8) * 3;
  return `rgb(${heatScale[k]}, ${heatScale[k + 1]}, ${heatScale[k + 2]})`;
}).join(', ')})`;

function Scale({ from, to }: { readonly from: string; readonly to: string }): JSX.Element {
  return (
    <span class="pg-evidence-scale">
      <span>{from}</span>
      <span class="pg-evidence-gradient" style={{ background: gradient }} />
      <span>{to}</span>
    </span>
  );
}

function Figures({
  findings,
  notes,
  evidence,
}: {
  readonly findings: ToldFindings;
  readonly notes: readonly string[];
  readonly evidence: Evidence | null;
}): JSX.Element {
  const { mode, registration, tone, change, changedPixelsOutside } = findings;
  const displacement = evidence?.displacement ?? null;
  const most = displacement === null ? null : longestDisplacement(displacement);
  const px = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} px`;
  const figures: readonly (readonly [string, string])[] = [
    ['Changed', mode === 'unchanged' ? 'nothing' : mode === 'whole' ? 'all of the layer' : `${percentText(change.fraction)} of the layer`],
    [
      'Touched elsewhere',
      mode === 'whole' ? 'there is no elsewhere' : changedPixelsOutside === 0 ? 'no pixel' : `${changedPixelsOutside} pixels`,
    ],
    ...(evidence === null
      ? []
      : [['Moved', most === null ? 'not possible' : most < 0.05 ? 'not at all' : `by up to ${px(most)}`] as const]),
    ['Fits', fitText(registration)],
    [
      'Colour shift',
      tone.applied
        ? `up to ${tone.maxShift.toFixed(1)} levels, undone`
        : tone.maxShift > 0
          ? `up to ${tone.maxShift.toFixed(1)} levels, kept`
          : 'not undone',
    ],
  ];
  const said = [...new Set([...notes, ...(tone.reason === null ? [] : [tone.reason])])];
  return (
    <div class="pg-evidence-figures">
      <dl>
        {figures.map(([what, value]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {said.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

function fitText({ accepted, confidence, residualPx }: ToldFindings['registration']): string {
  if (!accepted) return 'nothing corresponds';
  const agrees = `${Math.round(confidence * 100)} % of the structure agrees`;
  return residualPx === null ? agrees : `${agrees}, bent by ${residualPx.toFixed(1)} px`;
}

const percentText = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

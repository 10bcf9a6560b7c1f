/**
 * Why a take may be trusted: before, answer and result under a slider, what was taken from the answer, how far it had to be
 * moved, and what else differed, with the figures in words.
 */
import type { ComponentChildren, JSX } from 'preact';
import type { ToldFindings } from '../../core/edit/explainTake.ts';
import { heatScale, mostDifferenceLevels } from '../../core/explain/heatMaps.ts';
import type { Extent } from '../../core/geometry.ts';
import { exhaustive } from '../../core/result.ts';
import type { PanelActions } from '../state.ts';
import type { EvidencePair, EvidencePicture, EvidenceView as EvidenceViewName, ExplainedState } from '../takesState.ts';
import { usePictureFrame } from './pictureFrame.tsx';
import { PicturePair } from './picturePair.tsx';
import { Segments } from './segments.tsx';

const views: Readonly<Record<EvidenceViewName, string>> = {
  compare: 'Compare',
  change: 'Changed',
  moved: 'Moved',
  difference: 'Difference',
};

const pairs: Readonly<Record<EvidencePair, string>> = {
  'before result': 'Before | Result',
  'before answer': 'Before | Answer',
  'answer result': 'Answer | Result',
};

const sides: Readonly<Record<EvidencePair, readonly [EvidencePicture, EvidencePicture]>> = {
  'before result': ['before', 'result'],
  'before answer': ['before', 'answer'],
  'answer result': ['answer', 'result'],
};

const sideTitles: Readonly<Partial<Record<EvidencePicture, string>>> = { before: 'Before', answer: 'Answer', result: 'Result' };

export interface EvidenceViewProps {
  readonly explained: ExplainedState;
  readonly actions: Pick<PanelActions, 'takes'>;
}

type Compared = Extract<ExplainedState['shown'], { kind: 'compared' }>;

export function EvidenceView({ explained, actions: { takes } }: EvidenceViewProps): JSX.Element {
  const { shown, view } = explained;
  switch (shown.kind) {
    case 'making':
      return (
        <div class="rt-evidence">
          <Room>
            <p class="rt-evidence-none" role="status">
              Laying the answer over its layer once more…
            </p>
          </Room>
        </div>
      );
    case 'figures':
      return (
        <div class="rt-evidence">
          <p class="rt-evidence-missing">{shown.missing}</p>
          {shown.findings === null ? null : <Figures findings={shown.findings} notes={[]} moved={null} />}
        </div>
      );
    case 'compared':
      return (
        <div class="rt-evidence">
          <div class="rt-evidence-views">
            <Segments group="rt-evidence-view" label={{ text: 'View' }} names={views} chosen={view} onChoose={takes.setEvidenceView} />
          </div>
          <View explained={explained} shown={shown} actions={{ takes }} />
          <Figures findings={shown.findings} notes={shown.notes} moved={movedText(shown.movedPx)} />
        </div>
      );
    default:
      return exhaustive(shown);
  }
}

function View({ explained: { view, pair }, shown, actions: { takes } }: EvidenceViewProps & { readonly shown: Compared }): JSX.Element {
  const { pictures, extent, arrows, movedPx } = shown;
  switch (view) {
    case 'compare': {
      const [left, right] = sides[pair].map((name) => ({ title: sideTitles[name] ?? '', picture: pictures[name] ?? null }));
      return (
        <>
          <Room>
            <PicturePair left={left} right={right} extent={extent} />
          </Room>
          <div class="rt-evidence-foot">
            <Segments
              group="rt-evidence-pair"
              label={{ text: 'What is compared' }}
              names={pairs}
              chosen={pair}
              onChoose={takes.setEvidencePair}
            />
          </div>
        </>
      );
    }
    case 'change':
      return (
        <>
          <Drawn extent={extent} address={pictures.change} label="The change in its own colours, the rest grey" />
          <div class="rt-evidence-foot">
            <span class="rt-quiet">The change in its own colours, the rest grey</span>
          </div>
        </>
      );
    case 'moved':
      if (movedPx === null)
        return (
          <Room>
            <p class="rt-evidence-none">
              {shown.findings.registration.reason ?? 'The answer could not be laid over the layer, so nothing was moved.'}
            </p>
          </Room>
        );
      return (
        <>
          <Drawn extent={extent} address={pictures.moved} label="How far each place of the answer was moved to lie on the layer">
            {arrows === null ? null : <Arrows arrows={arrows.arrows} />}
          </Drawn>
          <div class="rt-evidence-foot">
            {/* Less than a pixel would look like a lot on a scale of its own. */}
            <Scale from="0" to={pxText(Math.max(1, movedPx))} />
            <span class="rt-quiet">
              Each place was moved to its dot, in pixels of the layer
              {arrows !== null && arrows.exaggeration > 1.5 ? `, drawn ${Math.round(arrows.exaggeration)} times as long` : ''}.
            </span>
          </div>
        </>
      );
    case 'difference':
      return (
        <>
          <Drawn extent={extent} address={pictures.difference} label="How far the registered answer differs from the layer" />
          <div class="rt-evidence-foot">
            <Scale from="Same" to={`${mostDifferenceLevels} levels and more`} />
            <span class="rt-quiet">Outside the change, this is what the model did to the rest. It was left out.</span>
          </div>
        </>
      );
    default:
      return exhaustive(view);
  }
}

const Room = ({ children }: { readonly children: ComponentChildren }): JSX.Element => <div class="rt-compare-room">{children}</div>;

interface DrawnProps {
  readonly extent: Extent;
  readonly address: string | undefined;
  readonly label: string;
  readonly children?: ComponentChildren;
}

function Drawn({ extent, address, label, children }: DrawnProps): JSX.Element {
  const frame = usePictureFrame<HTMLDivElement>(extent);
  return (
    <Room>
      <div {...frame} class="rt-compare-frame rt-evidence-frame">
        {address === undefined ? null : <img src={address} alt={label} draggable={false} />}
        {children}
      </div>
    </Room>
  );
}

function Arrows({ arrows }: { readonly arrows: NonNullable<Compared['arrows']>['arrows'] }): JSX.Element {
  return (
    <>
      <svg class="rt-evidence-arrows" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {arrows.map((arrow) => (
          <line key={`${arrow.x} ${arrow.y}`} x1={arrow.fromX} y1={arrow.fromY} x2={arrow.x} y2={arrow.y} />
        ))}
      </svg>
      {arrows.map((arrow) => (
        <span key={`${arrow.x} ${arrow.y}`} class="rt-evidence-tip" style={{ left: `${arrow.x * 100}%`, top: `${arrow.y * 100}%` }} />
      ))}
    </>
  );
}

const gradient = `linear-gradient(to right, ${Array.from({ length: 9 }, (_, n) => {
  const k = Math.round((n * 255) / 8) * 3;
  return `rgb(${heatScale[k]}, ${heatScale[k + 1]}, ${heatScale[k + 2]})`;
}).join(', ')})`;

function Scale({ from, to }: { readonly from: string; readonly to: string }): JSX.Element {
  return (
    <span class="rt-evidence-scale">
      <span>{from}</span>
      <span class="rt-evidence-gradient" style={{ background: gradient }} />
      <span>{to}</span>
    </span>
  );
}

interface FiguresProps {
  readonly findings: ToldFindings;
  readonly notes: readonly string[];
  /** How far it was moved, in words; null where that is not known. */
  readonly moved: string | null;
}

function Figures({ findings, notes, moved }: FiguresProps): JSX.Element {
  const { mode, registration, tone, change, changedPixelsOutside } = findings;
  const figures: readonly (readonly [string, string])[] = [
    ['Changed', mode === 'unchanged' ? 'nothing' : mode === 'whole' ? 'all of the layer' : `${percentText(change.fraction)} of the layer`],
    [
      'Touched elsewhere',
      mode === 'whole' ? 'there is no elsewhere' : changedPixelsOutside === 0 ? 'no pixel' : `${changedPixelsOutside} pixels`,
    ],
    ...(moved === null ? [] : [['Moved', moved] as const]),
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
    <div class="rt-evidence-figures">
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

const pxText = (px: number): string => `${px < 10 ? px.toFixed(1) : Math.round(px)} px`;

const movedText = (px: number | null): string => (px === null ? 'not possible' : px < 0.05 ? 'not at all' : `by up to ${pxText(px)}`);

function fitText({ accepted, confidence, residualPx }: ToldFindings['registration']): string {
  if (!accepted) return 'nothing corresponds';
  const agrees = `${Math.round(confidence * 100)} % of the structure agrees`;
  return residualPx === null ? agrees : `${agrees}, bent by ${residualPx.toFixed(1)} px`;
}

const percentText = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

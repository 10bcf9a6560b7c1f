/** Two takes, or a take and its source, on each other: a slider, what differs as heat, or the one and the other in turn. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../icons.tsx';
import type { PanelActions } from '../state.ts';
import type { ComparedState, CompareMode } from '../takesState.ts';
import { usePictureFrame } from './pictureFrame.tsx';
import { PicturePair } from './picturePair.tsx';
import { Segments } from './segments.tsx';

const modes: Readonly<Record<CompareMode, string>> = { slider: 'Slider', difference: 'Difference', blink: 'Blink' };
/** Slow enough to see both, quick enough for the eye to carry one over to the other. */
const blinkMs = 700;

export interface CompareViewProps {
  readonly compared: ComparedState;
  readonly actions: Pick<PanelActions, 'takes'>;
}

export function CompareView({ compared, actions: { takes } }: CompareViewProps): JSX.Element {
  const { left, right, mode, extent } = compared;
  const isReady = left.picture !== null && right.picture !== null && extent !== null;
  return (
    <div class="rt-compare">
      <div class="rt-compare-head">
        <Segments group="rt-compare-mode" label={{ text: 'How to compare' }} names={modes} chosen={mode} onChoose={takes.setCompareMode} />
      </div>
      <div class="rt-compare-room">
        {isReady ? (
          <Pictures compared={compared} extent={extent} />
        ) : (
          <p class="rt-compare-wait rt-quiet" role="status">
            {compared.trouble ?? 'Reading the pictures'}
          </p>
        )}
      </div>
      <div class="rt-compare-foot">
        <span class="rt-select rt-grow">
          <select
            aria-label="Compared with"
            value={left.id ?? ''}
            onChange={(event) => {
              const { value } = event.currentTarget;
              if (right.id !== null) takes.compare(right.id, value === '' ? null : value);
            }}
          >
            {compared.others.map(({ id, title }) => (
              <option key={id ?? ''} value={id ?? ''} selected={id === left.id}>
                {title}
              </option>
            ))}
          </select>
          <Icon name="chevronDown" />
        </span>
        <Icon name="chevronRight" />
        <span class="rt-clip rt-grow rt-compare-right" title={right.title}>
          {right.title}
        </span>
      </div>
      <p class="rt-quiet rt-figure rt-compare-finding" role="status">
        {compared.finding}
      </p>
    </div>
  );
}

interface PicturesProps {
  readonly compared: ComparedState;
  readonly extent: NonNullable<ComparedState['extent']>;
}

function Pictures({ compared, extent }: PicturesProps): JSX.Element {
  const { left, right, mode } = compared;
  const [isLeft, setLeft] = useState(true);
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (mode !== 'blink' || isHeld) return;
    const timer = setInterval(() => setLeft((shown) => !shown), blinkMs);
    return () => clearInterval(timer);
  }, [mode, isHeld]);
  const frame = usePictureFrame<HTMLDivElement & HTMLButtonElement>(extent);
  if (mode === 'difference')
    return (
      <div {...frame} class="rt-compare-frame">
        {compared.difference === null ? null : <img src={compared.difference} alt={`What differs: ${compared.finding}`} />}
      </div>
    );
  if (mode === 'blink')
    return (
      <button
        {...frame}
        type="button"
        class="rt-plain rt-compare-frame"
        aria-pressed={isHeld}
        title={isHeld ? 'Blink' : 'Hold; press again to go on'}
        onClick={() => setHeld(!isHeld)}
      >
        <img src={left.picture ?? ''} alt={left.title} />
        <img src={right.picture ?? ''} alt={right.title} class={isLeft ? 'rt-unseen' : ''} />
        <span class="rt-side rt-side-left">{isLeft ? left.title : right.title}</span>
      </button>
    );
  return <PicturePair left={left} right={right} extent={extent} />;
}

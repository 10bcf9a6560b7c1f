/** Two pictures on each other, the one left of a divider, the other right of it. */
import type { JSX, TargetedPointerEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Extent } from '../../core/geometry.ts';
import { Divider } from './divider.tsx';
import { usePictureFrame } from './pictureFrame.tsx';

export interface PairSide {
  readonly title: string;
  /** An address for an `<img>`; null until it is made. */
  readonly picture: string | null;
}

export interface PicturePairProps {
  readonly left: PairSide;
  readonly right: PairSide;
  readonly extent: Extent;
}

export function PicturePair({ left, right, extent }: PicturePairProps): JSX.Element {
  const [at, setAt] = useState(0.5);
  const frame = usePictureFrame<HTMLDivElement>(extent);
  const move = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    if (event.buttons === 0) return;
    const { left: start, width } = event.currentTarget.getBoundingClientRect();
    setAt(Math.max(0, Math.min(1, (event.clientX - start) / width)));
  };
  return (
    <div
      {...frame}
      class="rt-compare-frame rt-compare-pair"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={move}
    >
      {right.picture === null ? null : <img src={right.picture} alt={right.title} draggable={false} />}
      {/* The part that lies left: its picture is as wide as the frame, whatever the part's own width. */}
      <span class="rt-compare-part" style={{ width: `${at * 100}%` }}>
        {at === 0 || left.picture === null ? null : (
          <img src={left.picture} alt={left.title} draggable={false} style={{ width: `${100 / at}%` }} />
        )}
      </span>
      <Divider
        label={`${left.title} and ${right.title}`}
        left={left.title}
        at={at}
        style={{ left: `${at * 100}%`, top: 0, height: '100%' }}
        onMove={setAt}
      />
      <span class="rt-side rt-side-left">{left.title}</span>
      <span class="rt-side rt-side-right">{right.title}</span>
    </div>
  );
}

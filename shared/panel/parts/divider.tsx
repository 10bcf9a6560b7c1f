/** The line between two pictures that lie on each other: a slider that arrow keys, Home and End move. */
import type { CSSProperties, JSX } from 'preact';
import { Icon } from '../icons.tsx';
import { usePlainControls } from './plainControls.tsx';

export interface DividerProps {
  /** What lies left and right of it. */
  readonly label: string;
  readonly left: string;
  /** Share of the width that shows what lies left, 0 to 1. */
  readonly at: number;
  readonly style: CSSProperties;
  readonly onMove: (at: number) => void;
}

export function Divider({ label, left, at, style, onMove }: DividerProps): JSX.Element {
  const percent = Math.round(at * 100);
  // The one element that takes the focus everywhere.
  const Line = usePlainControls() ? 'button' : 'div';
  return (
    <Line
      class="rt-divider"
      style={style}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${percent} % ${left}`}
      onKeyDown={(event) => {
        const step = event.shiftKey ? 0.1 : 0.02;
        const to = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        onMove(Math.max(0, Math.min(1, to)));
      }}
    >
      <span class="rt-knob">
        <Icon name="slide" />
      </span>
    </Line>
  );
}

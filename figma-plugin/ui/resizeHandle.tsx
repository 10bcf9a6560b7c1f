/** The corner by which the panel is made larger: dragged, or with the arrow keys. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Extent } from '../../shared/core/geometry.ts';
import { fitPanelSize } from '../wire/panelSize.ts';

export interface ResizeHandleProps {
  readonly onResize: (size: Extent) => void;
  /** The size that it has come to rest at. */
  readonly onRest: (size: Extent) => void;
}

const keyStepPx = 20;
/** A size that has stood so long is remembered, whether or not the drag is seen to end. */
const restMs = 400;

export function ResizeHandle({ onResize, onRest }: ResizeHandleProps): JSX.Element {
  /** Where the drag began, on the screen: the panel's own coordinates move with its corner in some of Figma's layouts. */
  const grip = useRef<{ readonly x: number; readonly y: number; readonly size: Extent; last: Extent | null } | null>(null);
  const frame = useRef(0);
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const sizeNow = (): Extent => ({ width: innerWidth, height: innerHeight });
  const sizeAt = (event: PointerEvent): Extent | null =>
    grip.current === null
      ? null
      : fitPanelSize({
          width: grip.current.size.width + event.screenX - grip.current.x,
          height: grip.current.size.height + event.screenY - grip.current.y,
        });
  /** However the drag ends: a frame loses the pointer without a `pointerup` when the page around it is resized (Chromium 156). */
  const end = (): void => {
    const last = grip.current?.last ?? null;
    grip.current = null;
    if (last === null) return;
    clearTimeout(resting.current);
    cancelAnimationFrame(frame.current);
    onResize(last);
    onRest(last);
  };
  return (
    <button
      type="button"
      class="fg-resize"
      aria-label="Resize the panel"
      title="Resize"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { x: event.screenX, y: event.screenY, size: sizeNow(), last: null };
      }}
      onPointerMove={(event) => {
        const size = sizeAt(event);
        if (size === null || grip.current === null) return;
        grip.current.last = size;
        cancelAnimationFrame(frame.current);
        frame.current = requestAnimationFrame(() => onResize(size));
        clearTimeout(resting.current);
        resting.current = setTimeout(() => onRest(size), restMs);
      }}
      onPointerUp={(event) => {
        const size = sizeAt(event);
        if (size !== null && grip.current !== null) grip.current.last = size;
        end();
      }}
      onPointerCancel={end}
      onLostPointerCapture={end}
      onKeyDown={(event) => {
        const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const { width, height } = sizeNow();
        const size = fitPanelSize({ width: width + step[0] * keyStepPx, height: height + step[1] * keyStepPx });
        onResize(size);
        onRest(size);
      }}
    >
      <svg width="14" height="14" viewBox="0 0 14 14" fill="none" aria-hidden="true" focusable="false">
        <path d="M11.5 5.5l-6 6M11.5 9l-2.5 2.5" stroke="currentColor" stroke-linecap="round" />
      </svg>
    </button>
  );
}

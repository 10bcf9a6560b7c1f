/**
 * A list of any length of which only what can be seen is in the page, between two spacers. All items have one size
 * along the axis, so that every place is known without measuring.
 */
import type { ComponentChildren, CSSProperties, HTMLAttributes, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { onWindowResize } from './onWindowResize.ts';

export interface WindowedListProps {
  /** What is listed; told anew about the window when it is another. */
  readonly items: readonly unknown[];
  readonly itemPx: number;
  readonly axis: 'x' | 'y';
  readonly class: string;
  readonly render: (index: number) => ComponentChildren;
  /** This item is scrolled into sight whenever it changes; null leaves the list where it is. */
  readonly inSight: number | null;
  /** Told which items are in the page, first to last. */
  readonly onWindow?: (first: number, last: number) => void;
  readonly attributes?: HTMLAttributes<HTMLDivElement>;
}

/** Items kept ready on either side of what is seen. */
const ahead = 4;

export function WindowedList(props: WindowedListProps): JSX.Element {
  const { items, itemPx, axis, render, inSight, onWindow } = props;
  const count = items.length;
  const box = useRef<HTMLDivElement>(null);
  const [start, setStart] = useState(0);
  const [roomPx, setRoom] = useState(itemPx * 8);

  const measure = (): void => {
    const element = box.current;
    if (element === null) return;
    setRoom(axis === 'y' ? element.clientHeight : element.clientWidth);
    // Only whole items count: a scroll within one changes nothing in the page.
    setStart(Math.max(0, Math.floor((axis === 'y' ? element.scrollTop : element.scrollLeft) / itemPx)));
  };

  useLayoutEffect(() => {
    measure();
    const element = box.current;
    if (element === null) return;
    // Photoshop's runtime has no ResizeObserver; there the window's own event must do.
    if (typeof ResizeObserver === 'undefined') return onWindowResize(measure);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [axis, itemPx]);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || inSight === null || inSight < 0) return;
    const room = axis === 'y' ? element.clientHeight : element.clientWidth;
    const at = axis === 'y' ? element.scrollTop : element.scrollLeft;
    const to = inSight * itemPx < at ? inSight * itemPx : (inSight + 1) * itemPx > at + room ? (inSight + 1) * itemPx - room : at;
    if (to === at) return;
    if (axis === 'y') element.scrollTop = to;
    else element.scrollLeft = to;
    measure();
  }, [inSight, count]);

  const first = Math.max(0, Math.min(start, count - 1) - ahead);
  const last = Math.min(count - 1, start + Math.ceil(roomPx / itemPx) + ahead);
  useEffect(() => {
    if (count > 0) onWindow?.(first, last);
  }, [first, last, items]);

  const shown: ComponentChildren[] = [];
  for (let index = first; index <= last; index++) shown.push(render(index));
  const space = (skipped: number): CSSProperties =>
    axis === 'y' ? { height: `${skipped * itemPx}px` } : { width: `${skipped * itemPx}px` };
  return (
    <div {...props.attributes} ref={box} class={`${props.class} rt-windowed-${axis}`} onScroll={measure}>
      <span class="rt-space" style={space(first)} />
      {shown}
      <span class="rt-space" style={space(Math.max(0, count - 1 - last))} />
    </div>
  );
}

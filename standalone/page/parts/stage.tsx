/**
 * The canvas: the document on a checkerboard, zoomed and panned, with the region's outline and the compare divider on
 * top. One canvas of the stage's size in device pixels is drawn anew for each view, so 100 % is one to one and crisp.
 */
import type { CSSProperties, JSX, TargetedPointerEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { levelFor, type Surface } from '../../../shared/browser/surface.ts';
import type { Bounds, Extent, Point } from '../../../shared/core/geometry.ts';
import { isEmpty, sizeText } from '../../../shared/core/geometry.ts';
import { Divider } from '../../../shared/panel/parts/divider.tsx';
import { dragRegion, type Grip, handlePlace, handles, nudgeRegion } from '../regionDrag.ts';
import { pan, toDocument, type View, zoomTo } from '../viewport.ts';

export type Tool = 'hand' | 'region';

export interface StageProps {
  readonly extent: Extent;
  readonly picture: Surface | null;
  /** A newer picture is on its way. */
  readonly isDrawing: boolean;
  /** Shown left of the divider; null when nothing is compared. */
  readonly before: Surface | null;
  readonly view: View;
  readonly tool: Tool;
  readonly region: Bounds | null;
  readonly isBusy: boolean;
  readonly onView: (view: View) => void;
  /** The stage's size in device pixels. */
  readonly onSize: (stage: Extent) => void;
  readonly onRegion: (region: Bounds | null) => void;
  readonly onTool: (tool: Tool) => void;
}

/** Squares of the checkerboard, CSS px. */
const checkPx = 8;
/** Below this travel, CSS px, a press is a click. */
const clickPx = 3;

type Drag =
  | { readonly kind: 'pan'; readonly at: Point }
  | { readonly kind: 'region'; readonly grip: Grip; readonly start: Bounds; readonly from: Point; readonly pressed: Point }
  | { readonly kind: 'divider' };

const nowhere: Bounds = { x: 0, y: 0, width: 0, height: 0 };

export function Stage(props: StageProps): JSX.Element {
  const { extent, picture, isDrawing, before, view, tool, region, isBusy } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<Drag | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0, ratio: 1 });
  const [drawnRegion, setDrawnRegion] = useState<Bounds | null>(null);
  const [divider, setDivider] = useState(0.5);
  const [isSpaceDown, setSpaceDown] = useState(false);
  const [isDragging, setDragging] = useState(false);
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => {
      const ratio = devicePixelRatio;
      const next = { width: Math.round(element.clientWidth * ratio), height: Math.round(element.clientHeight * ratio), ratio };
      setSize(next);
      latest.current.onSize(next);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // The wheel must be able to keep the page from zooming, which passive listeners cannot.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { view: current, extent: document, onView } = latest.current;
      const ratio = devicePixelRatio;
      // Lines and pages, where a browser counts in them, to pixels.
      const unit = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? 16 : 400;
      if (event.ctrlKey || event.metaKey) {
        const factor = Math.exp(-Math.max(-60, Math.min(60, event.deltaY * unit)) * 0.008);
        onView(zoomTo(current, current.scale * factor, devicePoint(event, element)));
        return;
      }
      const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      onView(pan(current, { x: -dx * unit * ratio, y: -dy * unit * ratio }, document, stageExtent(element)));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, []);

  useEffect(() => {
    const isTyping = (event: KeyboardEvent): boolean =>
      event.target instanceof HTMLElement && event.target.closest('input, textarea, select, button, a, [role="slider"]') !== null;
    const down = (event: KeyboardEvent): void => {
      if (event.code !== 'Space' || isTyping(event)) return;
      event.preventDefault();
      setSpaceDown(true);
    };
    const up = (event: KeyboardEvent): void => {
      if (event.code === 'Space') setSpaceDown(false);
    };
    const lost = (): void => setSpaceDown(false);
    addEventListener('keydown', down);
    addEventListener('keyup', up);
    addEventListener('blur', lost);
    return () => {
      removeEventListener('keydown', down);
      removeEventListener('keyup', up);
      removeEventListener('blur', lost);
    };
  }, []);

  useLayoutEffect(() => {
    const target = canvas.current;
    if (target === null || size.width === 0) return;
    if (target.width !== size.width || target.height !== size.height) {
      target.width = size.width;
      target.height = size.height;
    }
    draw(target, { extent, picture, before, view, divider, ratio: size.ratio });
  }, [extent, picture, before, view, divider, size]);

  const shown = drawnRegion ?? region;
  const toCss = (value: number): number => value / size.ratio;
  const place = (bounds: Bounds): CSSProperties => ({
    left: `${toCss(view.x + bounds.x * view.scale)}px`,
    top: `${toCss(view.y + bounds.y * view.scale)}px`,
    width: `${toCss(bounds.width * view.scale)}px`,
    height: `${toCss(bounds.height * view.scale)}px`,
  });

  const press = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    const element = box.current;
    if (element === null || (event.button !== 0 && event.button !== 1)) return;
    const at = devicePoint(event, element);
    const grip =
      event.target instanceof Element ? (event.target.closest<HTMLElement>('[data-grip]')?.dataset.grip as Grip | undefined) : undefined;
    const isDivider = event.target instanceof Element && event.target.closest('.rt-divider') !== null;
    element.setPointerCapture(event.pointerId);
    if (isDivider) drag.current = { kind: 'divider' };
    else if (event.button === 1 || isSpaceDown || (tool === 'hand' && (grip === undefined || grip === 'inside')))
      drag.current = { kind: 'pan', at };
    else drag.current = { kind: 'region', grip: grip ?? 'new', start: shown ?? nowhere, from: toDocument(view, at), pressed: at };
    setDragging(true);
  };

  const move = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    const element = box.current;
    const current = drag.current;
    if (element === null || current === null) return;
    const at = devicePoint(event, element);
    switch (current.kind) {
      case 'pan':
        drag.current = { kind: 'pan', at };
        props.onView(pan(view, { x: at.x - current.at.x, y: at.y - current.at.y }, extent, stageExtent(element)));
        return;
      case 'region':
        setDrawnRegion(dragRegion(current.grip, current.start, current.from, toDocument(view, at), extent, event.shiftKey));
        return;
      case 'divider':
        setDivider(dividerAt(at.x, view, extent));
        return;
    }
  };

  const release = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    const current = drag.current;
    drag.current = null;
    setDragging(false);
    if (current?.kind !== 'region') return;
    const element = box.current;
    const at = element === null ? current.pressed : devicePoint(event, element);
    const travel = Math.hypot(at.x - current.pressed.x, at.y - current.pressed.y) / size.ratio;
    const drawn = drawnRegion;
    setDrawnRegion(null);
    if (current.grip === 'new' && (travel < clickPx || drawn === null || isEmpty(drawn))) props.onRegion(null);
    else if (drawn !== null) props.onRegion(drawn);
  };

  const cursor =
    isSpaceDown || drag.current?.kind === 'pan'
      ? isDragging
        ? 'grabbing'
        : 'grab'
      : tool === 'region'
        ? 'crosshair'
        : isDragging
          ? 'grabbing'
          : 'grab';
  const dividerX = toCss(view.x + divider * extent.width * view.scale);
  const dividerTop = Math.max(0, toCss(view.y));
  const dividerEnd = Math.min(toCss(size.height), toCss(view.y + extent.height * view.scale));
  return (
    <div
      ref={box}
      class="pg-stage"
      data-cursor={cursor}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
    >
      <canvas ref={canvas} class="pg-canvas" role="img" aria-label={`The picture, ${sizeText(extent)} pixels`} aria-busy={isDrawing} />
      {isBusy ? <div class="pg-busy" style={place(shown ?? { x: 0, y: 0, ...extent })} aria-hidden="true" /> : null}
      {shown === null ? null : (
        <div
          class="pg-region"
          style={place(shown)}
          data-grip="inside"
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move it
          tabIndex={0}
          aria-label={`Region ${sizeText(shown)} at ${shown.x}, ${shown.y}`}
          onKeyDown={(event) => {
            const step = event.shiftKey ? 10 : 1;
            const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
            if (by !== undefined) props.onRegion(nudgeRegion(shown, { x: by[0], y: by[1] }, extent));
            else if (event.key === 'Delete' || event.key === 'Backspace') props.onRegion(null);
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        >
          {handles.map((grip) => {
            const at = handlePlace(grip);
            return <span key={grip} class="pg-handle" data-grip={grip} style={{ left: `${at.x * 100}%`, top: `${at.y * 100}%` }} />;
          })}
          <span class="pg-region-size" aria-hidden="true">
            {sizeText(shown)}
          </span>
        </div>
      )}
      {before === null ? null : (
        <>
          <Divider
            label="Before and after"
            left="before"
            at={divider}
            style={{ left: `${dividerX}px`, top: `${dividerTop}px`, height: `${Math.max(0, dividerEnd - dividerTop)}px` }}
            onMove={setDivider}
          />
          <span class="pg-side pg-side-before" style={{ right: `calc(100% - ${dividerX - 12}px)`, top: `${dividerTop}px` }}>
            Before
          </span>
          <span class="pg-side" style={{ left: `${dividerX + 12}px`, top: `${dividerTop}px` }}>
            After
          </span>
        </>
      )}
    </div>
  );
}

function devicePoint(event: MouseEvent, element: Element): Point {
  const { left, top } = element.getBoundingClientRect();
  return { x: (event.clientX - left) * devicePixelRatio, y: (event.clientY - top) * devicePixelRatio };
}

const stageExtent = (element: Element): Extent => ({
  width: element.clientWidth * devicePixelRatio,
  height: element.clientHeight * devicePixelRatio,
});

const dividerAt = (deviceX: number, view: View, extent: Extent): number =>
  Math.max(0, Math.min(1, (deviceX - view.x) / (extent.width * view.scale)));

interface Scene {
  readonly extent: Extent;
  readonly picture: Surface | null;
  readonly before: Surface | null;
  readonly view: View;
  readonly divider: number;
  readonly ratio: number;
}

function draw(canvas: HTMLCanvasElement, { extent, picture, before, view, divider, ratio }: Scene): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const width = extent.width * view.scale;
  const height = extent.height * view.scale;
  const clip = {
    left: Math.max(0, view.x),
    top: Math.max(0, view.y),
    right: Math.min(canvas.width, view.x + width),
    bottom: Math.min(canvas.height, view.y + height),
  };
  if (clip.right <= clip.left || clip.bottom <= clip.top) return;

  context.save();
  context.beginPath();
  context.rect(clip.left, clip.top, clip.right - clip.left, clip.bottom - clip.top);
  context.clip();
  const check = Math.round(checkPx * ratio);
  context.fillStyle = '#ffffff';
  context.fillRect(clip.left, clip.top, clip.right - clip.left, clip.bottom - clip.top);
  context.fillStyle = '#e4e4e4';
  const firstRow = Math.floor((clip.top - view.y) / check);
  const firstColumn = Math.floor((clip.left - view.x) / check);
  for (let row = firstRow; view.y + row * check < clip.bottom; row++)
    for (let column = firstColumn + ((firstColumn + row) & 1); view.x + column * check < clip.right; column += 2)
      context.fillRect(view.x + column * check, view.y + row * check, check, check);

  // From 200 % on, pixels are what one wants to see; below, smooth.
  context.imageSmoothingEnabled = view.scale < 2;
  context.imageSmoothingQuality = 'high';
  if (picture !== null) context.drawImage(levelFor(picture, view.scale), view.x, view.y, width, height);
  if (before !== null) {
    // The part of the stage left of the divider, cleared to the board first: the answer may have covered transparency.
    const left = Math.round(view.x + width * divider);
    context.beginPath();
    context.rect(clip.left, clip.top, Math.max(0, left - clip.left), clip.bottom - clip.top);
    context.clip();
    context.fillStyle = '#ffffff';
    context.fillRect(clip.left, clip.top, clip.right - clip.left, clip.bottom - clip.top);
    context.fillStyle = '#e4e4e4';
    for (let row = firstRow; view.y + row * check < clip.bottom; row++)
      for (let column = firstColumn + ((firstColumn + row) & 1); view.x + column * check < clip.right; column += 2)
        context.fillRect(view.x + column * check, view.y + row * check, check, check);
    context.drawImage(levelFor(before, view.scale), view.x, view.y, width, height);
  }
  context.restore();
}

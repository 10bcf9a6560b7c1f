/** The frame of one picture, as large as fits into the room around it, in the picture's ratio. */
import type { CSSProperties, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Extent } from '../../core/geometry.ts';
import { onWindowResize } from './onWindowResize.ts';
import { usePlainControls } from './plainControls.tsx';

export interface PictureFrame<Frame extends HTMLElement> {
  readonly ref: RefObject<Frame | null>;
  readonly style: CSSProperties;
}

export function usePictureFrame<Frame extends HTMLElement>({ width, height }: Extent): PictureFrame<Frame> {
  const isMeasured = usePlainControls();
  const ref = useRef<Frame>(null);
  const [room, setRoom] = useState<Extent | null>(null);
  // A style sheet says it by container units, which Photoshop's runtime has not.
  useLayoutEffect(() => {
    if (!isMeasured) return;
    const measure = (): void => {
      const around = ref.current?.parentElement;
      if (around != null) setRoom({ width: around.clientWidth, height: around.clientHeight });
    };
    measure();
    return onWindowResize(measure);
  }, [isMeasured, width, height]);
  if (!isMeasured) return { ref, style: { aspectRatio: `${width} / ${height}`, '--rt-ratio': width / height } };
  const scale = room === null ? 0 : Math.min(room.width / width, room.height / height);
  return { ref, style: { width: `${Math.floor(width * scale)}px`, height: `${Math.floor(height * scale)}px` } };
}

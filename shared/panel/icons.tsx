/** The panel's own icon set: 16 px grid, 1.25 px strokes that take the text's colour. Decorative; the control carries the name. */
import type { ComponentChildren, JSX } from 'preact';

const paths = {
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  close: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  back: 'M9.5 4 5.5 8l4 4',
  chevronDown: 'M5 6.5 8 9.5l3-3',
  chevronRight: 'M6.5 5l3 3-3 3',
  check: 'M3.5 8.5l3 3 6-7',
  warning: 'M8 2.8 14 13H2L8 2.8ZM8 6.5v3M8 11.2v.1',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.2v3.6M8 5.1v.1',
  eye: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  eyeOff: 'M2 9.2C3.5 10.8 5.5 11.8 8 11.8s4.5-1 6-2.6M4.4 11.1l-1 1.7M8 11.8v1.9M11.6 11.1l1 1.7',
  lock: 'M4.5 7.5h7v5.5h-7V7.5ZM5.8 7.5V5.6a2.2 2.2 0 0 1 4.4 0v1.9',
  region: 'M3 5.5V3h2.5M10.5 3H13v2.5M13 10.5V13h-2.5M5.5 13H3v-2.5',
  move: 'M8 2v12M2 8h12M6.2 3.8 8 2l1.8 1.8M6.2 12.2 8 14l1.8-1.8M3.8 6.2 2 8l1.8 1.8M12.2 6.2 14 8l-1.8 1.8',
  compare: 'M8 2v12M3 4h5v8H3V4ZM10.5 4H13v8h-2.5',
  slide: 'M6 4.8 2.8 8 6 11.2M10 4.8 13.2 8 10 11.2',
  explain: 'M7.2 11.9a4.7 4.7 0 1 0 0-9.4 4.7 4.7 0 0 0 0 9.4ZM10.6 10.6l3.2 3.2M5.2 8.4l1.4-1.6 1.2 1.1 1.6-2',
  undo: 'M6 3.5 3 6.5l3 3M3.3 6.5h5.9a3.3 3.3 0 0 1 0 6.6H6.5',
  star: 'M8 2.3l1.75 3.6 3.95.55-2.87 2.77.7 3.93L8 11.28l-3.53 1.87.7-3.93L2.3 6.45l3.95-.55L8 2.3Z',
  bookmark: 'M4.5 2.8h7v10.4L8 10.6l-3.5 2.6V2.8Z',
  search: 'M7.2 11.9a4.7 4.7 0 1 0 0-9.4 4.7 4.7 0 0 0 0 9.4ZM10.6 10.6l3.2 3.2',
  tree: 'M4.5 5.2v5.6M4.5 8.6c0-1.8 7-.4 7-3.4M4.5 5.2a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.5 13.8a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM11.5 5.2a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z',
  again: 'M12.7 6.2A5 5 0 1 0 13 9M13 3v3.3H9.7',
  pencil: 'M10.6 3.1l2.3 2.3-7.2 7.2-2.9.6.6-2.9 7.2-7.2Z',
  note: 'M3 3h10v7.2L10.2 13H3V3ZM10 13v-3h3M5.5 6h5M5.5 8.5h2.5',
  bin: 'M3 4.5h10M6.3 4.5V3h3.4v1.5M4.3 4.5l.6 8.5h6.2l.6-8.5M6.8 7v3.7M9.2 7v3.7',
  copy: 'M5.5 5.5V3h7.5v7.5h-2.5M3 5.5h7.5V13H3V5.5Z',
  archive: 'M2.5 3h11v3h-11V3ZM3.5 6v7h9V6M6.5 8.5h3',
  place: 'M8 2.5v6.5M5.3 6.5 8 9.2l2.7-2.7M2.5 10.5v2.7h11v-2.7',
  stop: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM3.8 3.8l8.4 8.4',
  offline: 'M2 2l12 12M2.2 6.6A8.6 8.6 0 0 1 5 5M8 4.2a8.6 8.6 0 0 1 5.8 2.4M4.4 9A5.4 5.4 0 0 1 7 7.6M6.6 11.3a2 2 0 0 1 2.8 0',
  question: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.4a1.7 1.7 0 1 1 2.6 1.5c-.6.3-.9.7-.9 1.3M8 11.2v.1',
  key: 'M10.3 8.7a3 3 0 1 0-2.8-2L3 11.2V13h2.2v-1.5h1.5V10l.9-.9',
  settings:
    'M2.5 5h5.2M11.3 5h2.2M2.5 11h2.2M8.3 11h5.2M9.5 6.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM6.5 12.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3.2l2.2 1.3',
  picture: 'M2.5 3.5h11v9h-11v-9ZM3 11l3.2-3.2 2.5 2.5 1.8-1.8L13 11M10.5 6.3v.1',
  layers: 'M8 2.5 14 5.8 8 9 2 5.8 8 2.5ZM2.5 8.6 8 11.6l5.5-3',
  folder: 'M2.5 4h4l1.3 1.5h5.7V12.5h-11V4Z',
  text: 'M4 4.8V3.5h8v1.3M8 3.5v9M6.5 12.5h3',
  shape: 'M3 3h6.5v6.5H3V3ZM9.5 6.6a3.3 3.3 0 1 1-2.9 2.9',
  smart: 'M3 3h10v10H3V3ZM8.5 7.5H11V11H8.5V7.5Z',
  adjust: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 2v12M8 5h3.5M8 8h4.8M8 11h3.5',
  open: 'M2.5 12.5v-9h3.8L7.6 5h5.9v2M2.5 12.5 4.3 7h10.2l-1.8 5.5H2.5Z',
  save: 'M8 2.5v7M5 6.8l3 3 3-3M3 12.8h10',
  fit: 'M2.5 6V3.5H5M11 3.5h2.5V6M13.5 10v2.5H11M5 12.5H2.5V10M5.5 6.5h5v3h-5v-3Z',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.8v1.2M8 13v1.2M1.8 8H3M13 8h1.2M3.6 3.6l.9.9M11.5 11.5l.9.9M12.4 3.6l-.9.9M4.5 11.5l-.9.9',
  moon: 'M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6Z',
  system: 'M2.5 3.5h11v7.5h-11V3.5ZM6 13.5h4M8 11v2.5',
  keyboard: 'M1.8 4.5h12.4v7H1.8v-7ZM4.2 6.8v.1M6.7 6.8v.1M9.2 6.8v.1M11.7 6.8v.1M5 9.3h6',
  more: 'M3.5 8.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8ZM8 8.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8ZM12.5 8.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8Z',
  spark: 'M8 2.2l1.5 4.3L13.8 8l-4.3 1.5L8 13.8 6.5 9.5 2.2 8l4.3-1.5L8 2.2Z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({
  name,
  size = 16,
  filled = false,
}: {
  readonly name: IconName;
  readonly size?: number;
  readonly filled?: boolean;
}): JSX.Element {
  return (
    <svg
      class="rt-icon"
      width={size}
      height={size}
      style={{ width: `${size}px`, height: `${size}px` }}
      viewBox="0 0 16 16"
      fill="none"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d={paths[name]}
        fill={filled ? 'currentColor' : undefined}
        stroke="currentColor"
        stroke-width="1.25"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

export interface IconButtonProps {
  readonly icon: IconName;
  /** Its accessible name and its tooltip. */
  readonly label: string;
  readonly onPress: () => void;
  readonly disabled?: boolean;
  /** For a control that stays down. */
  readonly pressed?: boolean;
  readonly keys?: string;
  /** Draws the sign full, for a mark that is set. */
  readonly filled?: boolean;
  readonly children?: ComponentChildren;
}

export function IconButton({
  icon,
  label,
  onPress,
  disabled = false,
  pressed,
  keys,
  filled = false,
  children,
}: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="rt-icon-button"
      aria-label={label}
      aria-pressed={pressed}
      title={keys === undefined ? label : `${label}  ${keys}`}
      disabled={disabled}
      onClick={onPress}
    >
      <Icon name={icon} filled={filled} />
      {children}
    </button>
  );
}

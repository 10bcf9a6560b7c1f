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
  eyeOff: 'M2 9.2C3.5 10.8 5.5 11.8 8 11.8s4.500-1 6-2.600M4.400 11.100l-1 1.700M8 11.800v1.900M11.600 11.100l1 1.700',
  lock: 'M4.500 7.500h7v5.500h-7V7.500ZM5.800 7.500V5.600a2.200 2.200 0 0 1 4.400 0v1.900',
  region: 'M3 5.500V3h2.500M10.500 3H13v2.500M13 10.500V13h-2.500M5.500 13H3v-2.500',
  hand: 'M3.500 3.500l3.600 9 1.500-3.900 3.900-1.500-9-3.600Z',
  compare: 'M8 2v12M3 4h5v8H3V4ZM10.500 4H13v8h-2.500',
  undo: 'M6 3.500 3 6.500l3 3M3.300 6.500h5.900a3.300 3.300 0 0 1 0 6.600H6.500',
  key: 'M10.300 8.700a3 3 0 1 0-2.800-2L3 11.200V13h2.200v-1.500h1.500V10l.900-.900',
  settings:
    'M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 1.800v1.900M8 12.300v1.900M1.800 8h1.900M12.300 8h1.900M3.600 3.600l1.350 1.350M11.050 11.050l1.350 1.350M12.400 3.600l-1.350 1.350M4.950 11.050 3.600 12.400',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3.200l2.200 1.300',
  picture: 'M2.500 3.500h11v9h-11v-9ZM3 11l3.200-3.200 2.500 2.500 1.800-1.800L13 11M10.500 6.300v.1',
  layers: 'M8 2.500 14 5.800 8 9 2 5.800 8 2.500ZM2.500 8.600 8 11.600l5.500-3',
  folder: 'M2.500 4h4l1.300 1.500h5.700V12.500h-11V4Z',
  text: 'M4 4.800V3.500h8v1.300M8 3.500v9M6.500 12.500h3',
  shape: 'M3 3h6.500v6.500H3V3ZM9.500 6.600a3.300 3.300 0 1 1-2.900 2.900',
  smart: 'M3 3h10v10H3V3ZM8.500 7.500H11V11H8.500V7.500Z',
  adjust: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 2v12M8 5h3.500M8 8h4.800M8 11h3.500',
  open: 'M2.500 12.500v-9h3.800L7.600 5h5.900v2M2.500 12.500 4.300 7h10.200l-1.800 5.500H2.500Z',
  save: 'M8 2.500v7M5 6.800l3 3 3-3M3 12.800h10',
  fit: 'M2.500 6V3.500H5M11 3.500h2.500V6M13.500 10v2.500H11M5 12.500H2.500V10M5.500 6.500h5v3h-5v-3Z',
  sun: 'M8 10.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600ZM8 1.800v1.200M8 13v1.200M1.800 8H3M13 8h1.200M3.600 3.600l.900.900M11.500 11.500l.900.900M12.400 3.600l-.900.900M4.500 11.500l-.900.900',
  moon: 'M13 9.600A5.500 5.500 0 0 1 6.400 3a5.500 5.500 0 1 0 6.600 6.600Z',
  system: 'M2.500 3.500h11v7.500h-11V3.500ZM6 13.500h4M8 11v2.500',
  keyboard: 'M1.800 4.500h12.400v7H1.800v-7ZM4.200 6.800v.1M6.700 6.800v.1M9.200 6.800v.1M11.700 6.800v.1M5 9.300h6',
  more: 'M4 8v.1M8 8v.1M12 8v.1',
  spark: 'M8 2.200l1.500 4.300L13.800 8l-4.300 1.500L8 13.800 6.500 9.500 2.200 8l4.300-1.500L8 2.200Z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): JSX.Element {
  return (
    <svg class="rt-icon" width={size} height={size} viewBox="0 0 16 16" fill="none" aria-hidden="true" focusable="false">
      <path d={paths[name]} stroke="currentColor" stroke-width="1.25" stroke-linecap="round" stroke-linejoin="round" />
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
  readonly children?: ComponentChildren;
}

export function IconButton({ icon, label, onPress, disabled = false, pressed, keys, children }: IconButtonProps): JSX.Element {
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
      <Icon name={icon} />
      {children}
    </button>
  );
}

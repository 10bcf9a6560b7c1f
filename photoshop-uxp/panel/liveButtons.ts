/**
 * In UXP a button that was disabled once can no longer be reached by Tab (Adobe's known issues). So none is ever disabled here:
 * it looks so, says so, and does nothing. Call once, before anything is drawn.
 */
import { options } from 'preact';

interface ButtonProps {
  readonly disabled?: boolean;
  readonly class?: string;
  readonly onClick?: unknown;
}

export function keepButtonsInReach(): void {
  const before = options.vnode;
  options.vnode = (vnode) => {
    if (vnode.type === 'button') {
      const { disabled, onClick, ...rest } = vnode.props as ButtonProps;
      const more = disabled === true ? { class: `${rest.class ?? ''} rt-disabled`, 'aria-disabled': true } : { onClick };
      vnode.props = { ...rest, ...more } as unknown as typeof vnode.props;
    }
    before?.(vnode);
  };
}

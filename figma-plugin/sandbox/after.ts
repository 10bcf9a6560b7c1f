/** Runs `work` in a while, unless it is called off by what this answers. */
export type After = (work: () => void, ms: number) => () => void;

/** By Figma's own timers. */
export const after: After = (work, ms) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

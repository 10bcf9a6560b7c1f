/** The DOM's lists: arrays that also find by name. */
export interface Named {
  readonly name: string;
}

export type Collection<T> = readonly T[] & { getByName(name: string): T; readonly typename: string };

export function collection<T extends Named>(typename: string, members: readonly T[], more: object = {}): Collection<T> {
  return Object.assign([...members], {
    typename,
    getByName(name: string): T {
      const found = members.find((one) => one.name === name);
      if (found === undefined) throw new Error(`Could not find “${name}”`);
      return found;
    },
    ...more,
  });
}

export const boundsObject = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }): object => ({
  typename: 'Bounds',
  left: x,
  top: y,
  right: x + width,
  bottom: y + height,
  width,
  height,
});

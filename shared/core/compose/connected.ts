/** Regions of a grid of cells: what hangs together, by sides or corners. */

/** All cells that hang together with `start`, itself among them; those that are `seen` are walls, and all found become so. */
export function connectedTo(start: number, columns: number, seen: Uint8Array): Int32Array {
  const rows = seen.length / columns;
  const cells: number[] = [start];
  seen[start] = 1;
  for (let n = 0; n < cells.length; n++) {
    const x = cells[n] % columns;
    const y = (cells[n] - x) / columns;
    for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u++) {
        const cell = v * columns + u;
        if (seen[cell] !== 0) continue;
        seen[cell] = 1;
        cells.push(cell);
      }
    }
  }
  return Int32Array.from(cells);
}

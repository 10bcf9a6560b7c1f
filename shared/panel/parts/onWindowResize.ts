/** Calls `listen` when the window's size changes, where the runtime tells: nobody says that Photoshop's does. Answers how to stop. */
export function onWindowResize(listen: () => void): () => void {
  if (typeof addEventListener !== 'function') return () => {};
  addEventListener('resize', listen);
  return () => removeEventListener('resize', listen);
}

/** Files come by the host's own dialog where it has one, and by the page's file field where not. */
import { describe, expect, test } from 'vitest';
import { bench, file, key, settled } from '../page/panelBench.ts';

describe('a host with a dialog of its own', () => {
  test('gives reference pictures by it, and takes that were exported', async () => {
    const asked: string[] = [];
    const made = await bench({
      environmentKey: key,
      async pickFiles(what) {
        asked.push(what);
        return what === 'pictures' ? [file('mood.png'), file('anna.png')] : [file('branch.zip')];
      },
    });
    expect(made.panel.state().can.pickFiles).toBe(true);
    made.panel.actions.pickReferences();
    await settled();
    expect(made.panel.state().references.items.map(({ name }) => name)).toEqual(['mood.png', 'anna.png']);
    made.panel.actions.takes.pickFile();
    await settled();
    // The bench reads no archive: what the dialog gave has come to be read.
    expect(made.panel.state().run).toMatchObject({ kind: 'failed', explanation: { sentence: expect.stringContaining('branch.zip') } });
    expect(asked).toEqual(['pictures', 'takes']);
  });

  test('says which file cannot be read, and goes on', async () => {
    const gone = { name: 'gone.zip', bytes: () => Promise.reject(new Error('it was moved')) };
    const made = await bench({ environmentKey: key, pickFiles: async () => [gone] });
    made.panel.actions.takes.pickFile();
    await settled();
    expect(made.panel.state().run).toMatchObject({ kind: 'failed', explanation: { sentence: expect.stringContaining('gone.zip') } });
    expect(made.panel.state().takes.busy).toBe(null);
  });

  test('changes nothing when the user cancels it', async () => {
    const made = await bench({ environmentKey: key, pickFiles: async () => [] });
    made.panel.actions.pickReferences();
    made.panel.actions.takes.pickFile();
    await settled();
    expect(made.panel.state()).toMatchObject({ references: { items: [] }, run: { kind: 'idle' } });
  });
});

test('without one, the panel says so', async () => {
  const { panel } = await bench({ environmentKey: key });
  expect(panel.state().can.pickFiles).toBe(false);
  panel.actions.pickReferences();
  panel.actions.takes.pickFile();
  await settled();
  expect(panel.state().run).toEqual({ kind: 'idle' });
});

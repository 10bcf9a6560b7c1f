import { build } from 'esbuild';

/** A source that imports ours, from the project's root, as one classic script for QuickJS: as `figma-plugin/build.mjs` makes the main script. */
export async function bundleForSandbox(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    format: 'iife',
    target: 'es2019',
    write: false,
  });
  return outputFiles[0].text;
}

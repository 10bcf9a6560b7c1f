#!/usr/bin/env node
// The installed name of the command; what it does is in standalone/command, built to standalone/dist.
import { existsSync } from 'node:fs';

const built = new URL('../dist/retake.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write('Retake is not built yet. Run `npm run prepare` in its folder, then try again.\n');
  process.exitCode = 2;
}

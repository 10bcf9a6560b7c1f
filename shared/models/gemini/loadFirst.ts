/**
 * The SDK names ReadableStream while it loads, and UXP has none. Imported ahead of it, because static imports run before
 * a file's own code; where the platform has the class, nothing changes.
 */
const globals = globalThis as { ReadableStream?: unknown };
globals.ReadableStream ??= class {};

/** Written in by build.mjs. */

/** Another address of the Gemini service; '' for Google's own. */
declare const builtServiceUrl: string;
/** The script of worker/main.ts, for a worker from a blob. */
declare const builtWorkerSource: string;

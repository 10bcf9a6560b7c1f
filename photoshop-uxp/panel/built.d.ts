/** Put in by build.mjs: another address of the service, for development; '' for Google's own. */
declare const builtServiceUrl: string;
/** UXP's own: its modules by name. */
declare function require(name: string): unknown;

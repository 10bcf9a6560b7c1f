/** The ways in which a user or a system stops a program: Ctrl-C, `kill`, and the terminal's window closing. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Takes the place of whoever listened before (the entry file does until the command is loaded), to the end of the program. */
export function whenStopped(listener: () => void): void {
  for (const signal of signals) {
    const before = process.rawListeners(signal) as NodeJS.SignalsListener[];
    // First the new one: with none, if only for a moment, a signal would end the program on the spot.
    process.on(signal, listener);
    for (const one of before) process.off(signal, one);
  }
}

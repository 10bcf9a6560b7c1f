/** The ways in which a user or a system stops a program: Ctrl-C, `kill`, and the terminal's window closing. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Takes the place of whoever listened before (the entry file does until the command is loaded); answers how to stop listening. */
export function whenStopped(listener: () => void): () => void {
  for (const signal of signals) {
    process.removeAllListeners(signal);
    process.on(signal, listener);
  }
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** The words of Photoshop's and UXP's errors; the handbook (§16) says where each was seen. */

/** An error with the number that plug-ins branch on. */
export interface NumberedError extends Error {
  number?: number;
}

export function numbered(number: number, message: string): NumberedError {
  const error: NumberedError = new Error(message);
  error.number = number;
  return error;
}

export const outsideModal = (event: string): NumberedError =>
  numbered(1000, `Event: ${event} may modify the state of Photoshop. Such events are only allowed from inside a modal scope`);

export const readOutsideModal = (): Error => new Error('The requested functionality is only allowed from inside a modal scope.');

/** "Photoshop Error. Code: -1", with what it was about where Photoshop says so. */
export const photoshopError = (code: number, message?: string): NumberedError =>
  numbered(code, `Photoshop Error. Code: ${code}${message === undefined ? '' : `. Message: ${message}`}`);

export const userCancelled = (): NumberedError => numbered(-128, 'User cancelled the operation');

export function wrongArgument(index: number, expected: string, actual: unknown): Error {
  return new Error(`Argument ${index} has an invalid type. Expected type: ${expected} actual type: ${typeName(actual)}`);
}

const typeName = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

/** A batchPlay command's failure; it resolves as an error descriptor instead of rejecting. */
export class CommandFailure extends Error {
  readonly result: number;
  constructor(result: number, message: string) {
    super(message);
    this.result = result;
  }
}

export const noSuch = (what: string): CommandFailure => new CommandFailure(-25922, `The object “${what}” is not currently available.`);

export const notAvailable = (command: string): CommandFailure =>
  new CommandFailure(-25920, `The command “${command}” is not currently available.`);

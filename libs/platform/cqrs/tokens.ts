/** What Nest injects by symbol because it is an interface. */
export const GATEKEEPER = Symbol('gatekeeper');
export const READ_SIDE = Symbol('read side');
export const SHEET_DESK = Symbol('sheet desk');

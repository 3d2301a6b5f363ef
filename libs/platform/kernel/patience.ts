/*
 * Who gets no answer sends the same command again, perhaps to another door, and believes what that one says: also a refusal. By then the
 * first copy must be written, or never be. So what a door and the log may take together is less than a sender waits.
 */

/** How long a sender waits at least before sending a command again elsewhere, in milliseconds. */
export const senderWaits = 20_000;

/** A door sends nothing of a command to the log later than this after it came, in milliseconds. */
export const sentWithin = 10_000;

/** The log has written an append this long after it was sent, or never will, in milliseconds. */
export const writtenWithin = 5_000;

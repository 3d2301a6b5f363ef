/** What a fact is called that one read model cannot fold. */
export const poison = '毒';
export const poisonedLane = 'serviceCenter';
/** How the program of a run folds it: not at all, or by leaving it out, which is wrong on purpose. */
export type Fold = 'fails' | 'skips';
